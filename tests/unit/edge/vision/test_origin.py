"""What a calibrated fall tells; how often its intervals hold is counted in tests/integration."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core.vision import ballistics
from edge.core.vision.facade import calibrated
from edge.core.vision.frame import Breadth, Fall, Release, Track
from edge.core.vision.origin import ODD, origin_of, place_of
from models.synth import fall as motion
from tests.fixtures.throws import calibrated_view, throw
from tests.unit.edge.vision.test_facade import CAMERA, EIGHT, PLAN, SIZE, points

CALIBRATION = calibrated(PLAN, points(*EIGHT), SIZE)


def along(path_m: np.ndarray, period_s: float = 0.04) -> Fall:
    """A fall whose places (n, 3) follow one another."""
    pixels, _ = CAMERA.project(path_m)
    times = np.arange(len(path_m)) * period_s
    release = Release(float(pixels[0, 0]), float(pixels[0, 1]), 2.0)
    return Fall(Track(1, times, pixels.astype(np.float32)), 0.9, float(times[-1]), (), release=release)


@given(
    k=st.floats(0.003, 0.3),
    up=st.floats(-1, 4),
    out=st.floats(0, 6),
    height=st.floats(5, 40),
)
@settings(max_examples=25, deadline=None, derandomize=True)
def test_the_path_is_that_of_a_thousand_steps_a_second(
    k: float, up: float, out: float, height: float
) -> None:
    place, velocity = np.array([0.0, height, 0.3]), np.array([1.0, up, out])
    path = motion.trajectory(place, velocity, k)
    times = np.linspace(0, (len(path) - 1) * motion.STEP_S, 30)
    state = np.concatenate((place, velocity))[None]
    calm = np.zeros((1, 2))
    flown = ballistics.flown(state, np.array([k]), calm, times[None])[0, :, :3]
    assert flown == pytest.approx(motion.at(path, times), abs=0.1)
    speed = np.linalg.norm(path[-1] - path[-2]) / motion.STEP_S
    assert ballistics.impact_speed(state, np.array([k]), calm)[0] == pytest.approx(speed, abs=0.05)


def test_a_bag_from_the_ninth_floor_is_told_from_the_ninth_floor() -> None:
    place, velocity = np.array([16.0, PLAN.line_m(9) + 1.2, 0.3]), np.array([0.5, 0.3, 1.8])
    path = motion.trajectory(place, velocity, 0.05)
    found = origin_of(along(motion.at(path, np.arange(0.1, 1.6, 0.04))), CALIBRATION)
    assert found is not None
    assert (found.floor, found.flat, found.from_above) == (9, "5", False)
    assert found.floor_low <= 9 <= found.floor_high
    assert found.height_m.low < place[1] < found.height_m.high
    speed = float(np.linalg.norm(path[-1] - path[-2])) / motion.STEP_S
    assert found.speed_m_s.low < speed < found.speed_m_s.high
    assert found.energy_j_per_kg.value == pytest.approx(found.speed_m_s.value**2 / 2)
    assert found.odd < ODD / 2


@pytest.mark.parametrize(("drag_per_m", "begins_s"), [(0.05, 0.1), (0.05, 1.0), (0.1, 2.0), (0.2, 2.5)])
def test_a_track_that_begins_late_is_told_from_floors_that_hold_the_true_one(
    drag_per_m: float, begins_s: float
) -> None:
    place, velocity = np.array([16.0, PLAN.line_m(12) + 1.2, 0.3]), np.array([0.5, 0.3, 1.8])
    path = motion.trajectory(place, velocity, drag_per_m)
    found = origin_of(along(motion.at(path, begins_s + np.arange(30) * 0.04)), CALIBRATION)
    assert found is not None
    assert found.floor_low <= 12 <= found.floor_high
    assert found.height_m.low < place[1] < found.height_m.high


@pytest.mark.parametrize(
    ("speed_m_s", "acceleration_m_s2"),
    [(30.0, 0.0), (60.0, 0.0), (0.0, 40.0)],
    ids=["a light that runs down a strip", "a faster light", "an insect before the lens"],
)
def test_what_no_fall_does_is_an_odd_throw(speed_m_s: float, acceleration_m_s2: float) -> None:
    times = np.arange(0, 1.2, 0.04)
    down = speed_m_s * times + acceleration_m_s2 / 2 * times**2
    path = np.column_stack((np.full(len(times), 16.0), 38 - down, np.zeros(len(times))))
    found = origin_of(along(path), CALIBRATION)
    assert found is None or found.odd > ODD


def test_what_entered_from_above_is_told_from_a_floor_upwards() -> None:
    random = np.random.default_rng(5)
    held = []
    while len(held) < 2:
        view, calibration = calibrated_view(random)
        thrown = throw(view, random)
        if thrown is None or not thrown.from_above:
            continue
        found = origin_of(thrown.fall, calibration)
        assert found is not None
        assert found.floor_high == view.plan.floors
        held.append(found.floor <= thrown.floor)
    assert all(held)


def test_the_same_fall_is_told_the_same_twice() -> None:
    random = np.random.default_rng(1)
    view, calibration = calibrated_view(random)
    thrown = None
    while thrown is None:
        thrown = throw(view, random)
    assert origin_of(thrown.fall, calibration) == origin_of(thrown.fall, calibration)


def test_floor_and_flat_are_known_before_the_fall_has_ended() -> None:
    place = np.array([16.0, PLAN.line_m(9) + 1.2, 0.3])
    path = motion.trajectory(place, np.array([0.5, 0.3, 1.8]), 0.05)
    found = place_of(along(motion.at(path, np.arange(0.0, 0.5, 0.04))), CALIBRATION)
    assert found is not None
    assert (found.floor, found.flat) == (9, "5")
    assert found.speed_m_s is None


def test_a_track_of_four_points_tells_nothing() -> None:
    assert origin_of(along(np.tile([16.0, 30.0, 0.3], (4, 1))), CALIBRATION) is None


def test_how_broad_a_thing_is_follows_from_its_picture_before_the_wall() -> None:
    place, velocity = np.array([16.0, PLAN.line_m(9) + 1.2, 0.3]), np.array([0.0, 0.0, 1.5])
    path = motion.at(motion.trajectory(place, velocity, 0.02), np.arange(0.1, 1.6, 0.04))
    left, right = (CAMERA.project(path + np.array([half, 0.0, 0.0]))[0] for half in (-0.2, 0.2))
    widths = right[:, 0] - left[:, 0]
    breadth = Breadth(float(np.median(widths)), float(widths.min()), float(widths.max()))
    for found in (origin_of, place_of):
        told = found(replace(along(path), breadth_px=breadth), CALIBRATION)
        assert told is not None
        assert told.size_m.low < 0.4 < told.size_m.high
        assert told.size_m.value == pytest.approx(0.4, rel=0.1)
        assert found(along(path), CALIBRATION).size_m is None
