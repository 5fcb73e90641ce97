"""How often floor, height and speed lie in the intervals that are told, over many cameras and throws."""

import numpy as np

from edge.core.vision.origin import Interval, origin_of
from tests.fixtures.throws import calibrated_view, throw

CASES = 60
EACH_VIEW = 4


def holds(interval: Interval, truth: float) -> bool:
    return interval.low <= truth <= interval.high


def test_intervals_hold_and_floors_are_right() -> None:
    random = np.random.default_rng(20)
    floors, heights, speeds, flats = [], [], [], []
    while len(speeds) < CASES:
        view, calibration = calibrated_view(random)
        for thrown in filter(None, (throw(view, random) for _ in range(EACH_VIEW))):
            found = origin_of(thrown.fall, calibration)
            assert found is not None
            speeds.append(holds(found.speed_m_s, thrown.speed_m_s))
            heights.append(holds(found.height_m, thrown.height_m))
            if thrown.from_above:
                floors.append(found.floor <= thrown.floor)
            else:
                floors.append(abs(found.floor - thrown.floor) <= 1)
                flats.append(found.bay == thrown.bay)
    assert np.mean(floors) >= 0.95
    assert np.mean(heights) >= 0.90
    assert np.mean(speeds) >= 0.90
    assert np.mean(flats) >= 0.90
