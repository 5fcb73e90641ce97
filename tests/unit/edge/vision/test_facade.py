"""A camera found from points of the facade: right within its own uncertainty, and honest about bad points."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core.vision import pinhole
from edge.core.vision.facade import CalibrationError, FacadePoint, Plan, calibrated, grid_lines
from models.synth.camera import Camera
from tests.fixtures.throws import calibrated_view, crossings, view

PLAN = Plan(20, 8)
CAMERA = Camera(1920, 1080, 1500, x_m=14, y_m=2, z_m=25, pitch_deg=40, yaw_deg=5, k1=-0.03)
SIZE = (1920, 1080)


def points(*crossed: tuple[int, int]) -> list[FacadePoint]:
    """Exact clicks on (floor line, bay edge)."""
    places = np.array([(edge * PLAN.bay_width_m, PLAN.line_m(line), 0.0) for line, edge in crossed])
    pixels, _ = CAMERA.project(places)
    return [
        FacadePoint(f"line {line}, edge {edge}", *pixel, place[0], place[1])
        for (line, edge), pixel, place in zip(crossed, pixels, places, strict=True)
    ]


FOUR = ((4, 1), (4, 7), (12, 1), (12, 7))
EIGHT = (*FOUR, (8, 2), (8, 6), (6, 4), (10, 4))


def test_places_are_known_as_well_as_the_covariance_says() -> None:
    random = np.random.default_rng(3)
    off: list[float] = []
    for _ in range(25):
        found, calibration = calibrated_view(random)
        _, _, places = crossings(found.plan)
        pixels, _ = found.camera.project(places)
        seen = np.isfinite(pixels).all(1) & (pixels > 0).all(1) & (pixels < found.size).all(1)
        error = calibration.places(pixels[seen]) - places[seen, :2]
        off.extend(np.abs(error / calibration.place_spread(pixels[seen])).ravel())
    shares = [float(np.mean(np.array(off) < limit)) for limit in (1.0, 2.0, 3.0)]
    assert shares[0] > 0.58
    assert shares[1] > 0.90
    assert shares[2] > 0.98


def test_eight_exact_points_give_pose_and_focal_length() -> None:
    found = calibrated(PLAN, points(*EIGHT), SIZE)
    assert found.camera[:3] == pytest.approx((14, 2, 25), rel=0.03, abs=0.4)
    assert found.focal_px == pytest.approx(1500, rel=0.03)
    assert found.pitch_deg == pytest.approx(40, abs=0.6)
    assert max(found.off_px) < 1


def test_uncertainty_grows_with_the_click_error() -> None:
    careful = calibrated(PLAN, [replace(p, click_px=1) for p in points(*EIGHT)], SIZE)
    careless = calibrated(PLAN, [replace(p, click_px=6) for p in points(*EIGHT)], SIZE)
    top = careful.pixels(np.array([[14.0, 50.0]]))
    assert careless.place_spread(top)[0, 1] > 2 * careful.place_spread(top)[0, 1]


def test_the_grid_is_drawn_where_the_camera_sees_it() -> None:
    found = calibrated(PLAN, points(*EIGHT), SIZE)
    lines = grid_lines(found)
    assert len(lines) == PLAN.floors + 1 + PLAN.bays + 1
    truth, _ = CAMERA.project(np.array([[0.0, PLAN.line_m(8), 0.0]]))
    assert lines[7][0] == pytest.approx(truth[0], abs=4)


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        (points(*FOUR[:3]), "3 points: a facade needs at least 4"),
        (points((4, 1), (4, 3), (4, 5), (4, 7)), "on one line"),
        (points((4, 1), (4, 3), (4, 7), (12, 1)), "on one line"),
        (points(*FOUR, (4, 1)), "at the same place"),
    ],
)
def test_points_that_tell_no_camera_are_refused(chosen: list[FacadePoint], says: str) -> None:
    with pytest.raises(CalibrationError, match=says):
        calibrated(PLAN, chosen, SIZE)


def test_mirrored_bays_are_recognised() -> None:
    mirrored = [replace(p, across_m=PLAN.width_m - p.across_m) for p in points(*FOUR)]
    with pytest.raises(CalibrationError, match="mirrored"):
        calibrated(PLAN, mirrored, SIZE)


def test_the_one_wrong_point_is_named() -> None:
    wrong = points(*EIGHT)
    wrong[5] = replace(wrong[5], up_m=wrong[5].up_m + PLAN.floor_height_m)
    with pytest.raises(CalibrationError, match=r"line 8, edge 6 lies .* px from where the others put it"):
        calibrated(PLAN, wrong, SIZE)


def test_a_first_floor_of_its_own_height_shifts_the_lines_above() -> None:
    plan = Plan(10, 2, 3.0, 4.0, first_floor_height_m=5.0)
    assert [plan.line_m(line) for line in (1, 1.5, 2, 3, 11)] == [0, 2.5, 5, 8, 32]
    assert [plan.floor_at(up) for up in (-1, 4.9, 5.1, 8.1, 31, 99)] == [1, 1, 2, 3, 10, 10]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_what_a_pixel_shows_lies_under_that_pixel(seed: int) -> None:
    random = np.random.default_rng(seed)
    found = view(random)
    camera = np.array([3, 2, 30, 0.6, 0.1, 0.05, np.log(found.camera.focal_px), 0.08, 0.02])
    pixels = random.uniform(0.2, 0.8, (6, 2)) * found.size
    places = pinhole.on_plane(camera, pixels, found.size, 1.5)
    world = np.column_stack((places, np.full(len(places), 1.5)))
    hit = np.isfinite(places).all(axis=1) & (np.abs(places) < 500).all(axis=1)
    assert pinhole.project(camera, world, found.size)[hit] == pytest.approx(pixels[hit], abs=1e-3)
