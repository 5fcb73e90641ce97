"""The lens draws as OpenCV does, knows its density, and never sees what a polynomial folds back."""

import cv2
import numpy as np
import pytest

from cloud.core.geometry.lens import Lens
from cloud.core.geometry.site import axes

PLAIN = Lens((3840, 2160), (3350.0, 3350.0), (1919.5, 1079.5))
BARREL = Lens((1920, 1080), (1000.0, 1010.0), (950.0, 545.0), (-0.25, 0.06, 1e-3, -5e-4, -0.004))
PINCUSHION = Lens((1920, 1080), (1400.0, 1400.0), (959.5, 539.5), (0.12, 0.02, 0.0, 0.0, 0.0))


def points(count: int = 4000) -> np.ndarray:
    rng = np.random.default_rng(5)
    return rng.uniform((-60, -40, -10), (60, 40, 60), (count, 3))


def by_opencv(lens: Lens, places: np.ndarray) -> np.ndarray:
    matrix = np.array([[lens.focal[0], 0, lens.centre[0]], [0, lens.focal[1], lens.centre[1]], [0, 0, 1.0]])
    found = cv2.projectPoints(places, np.zeros(3), np.zeros(3), matrix, np.array(lens.distortion))[0]
    return found.reshape(-1, 2)


@pytest.mark.parametrize("lens", [PLAIN, BARREL, PINCUSHION])
def test_a_lens_draws_where_opencv_draws(lens: Lens) -> None:
    drawn = lens.draw(*points().T)
    assert drawn.drawn.sum() > 100
    wanted = by_opencv(lens, points())[drawn.drawn]
    assert np.allclose(np.column_stack((drawn.u_px, drawn.v_px))[drawn.drawn], wanted, atol=1e-6)


@pytest.mark.parametrize("lens", [PLAIN, BARREL, PINCUSHION])
def test_the_density_is_how_far_a_small_step_moves_the_pixel(lens: Lens) -> None:
    along = np.array([0.3, -0.9, 0.2])
    drawn = lens.draw(*points().T)
    step = 1e-4 * along
    moved = np.linalg.norm(by_opencv(lens, points() + step) - by_opencv(lens, points() - step), axis=1) / 2e-4
    assert np.allclose(lens.px_per_m(drawn, along)[drawn.drawn], moved[drawn.drawn], rtol=1e-4)


@pytest.mark.parametrize("lens", [PLAIN, BARREL, PINCUSHION])
def test_what_is_in_the_picture_is_inside_of_its_bounds_and_never_denser_than_said(lens: Lens) -> None:
    drawn = lens.draw(*points().T)
    a, b = drawn.a[drawn.drawn], drawn.b[drawn.drawn]
    left, right, upper, lower = lens.bounds
    assert left <= a.min() < a.max() <= right
    assert upper <= b.min() < b.max() <= lower
    distance = np.linalg.norm(points(), axis=1)[drawn.drawn]
    for turn in np.eye(3):
        assert (lens.px_per_m(drawn, turn)[drawn.drawn] * distance <= lens.densest_px).all()


def test_what_lies_beyond_the_fold_is_not_seen_though_the_polynomial_puts_it_into_the_picture() -> None:
    lens = Lens((1920, 1080), (1000.0, 1000.0), (959.5, 539.5), (-0.3, 0.0, 0.0, 0.0, 0.0))
    far = np.array([1.75])  # 1.75 (1 - 0.3 * 1.75²) = 0.142: nearly the middle; the fold is at 1.054
    assert by_opencv(lens, np.array([[1.75, 0, 1.0]]))[0, 0] < 1920
    assert not lens.draw(far, np.zeros(1), np.ones(1)).drawn[0]


def test_what_is_behind_the_camera_is_not_seen() -> None:
    assert not PLAIN.draw(np.zeros(1), np.zeros(1), -np.ones(1)).drawn[0]


def test_yaw_is_clockwise_from_north_pitch_upwards_and_roll_clockwise_from_behind() -> None:
    assert np.allclose(axes(0, 0, 0), [[1, 0, 0], [0, 0, -1], [0, 1, 0]])  # right is east, forward north
    assert np.allclose(axes(90, 0, 0)[2], [1, 0, 0])  # east
    assert np.allclose(axes(0, 30, 0)[2], [0, np.cos(np.pi / 6), 0.5])
    assert np.allclose(axes(0, 0, 90)[0], [0, 0, -1])  # the picture's right is down
    turned = axes(123, -40, 17)
    assert np.allclose(turned @ turned.T, np.eye(3))
    assert np.isclose(np.linalg.det(turned), 1)
