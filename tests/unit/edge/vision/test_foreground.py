"""The difference of three pictures and what it does not see."""

import cv2
import numpy as np
import pytest

from edge.core.vision import candidates, foreground
from edge.core.vision.foreground import Moment
from edge.core.vision.settings import DetectorSettings

SETTINGS = DetectorSettings()


def grey(value=100):
    return np.full((64, 96), value, np.uint8)


def spot(x, y, value=160):
    picture = grey()
    picture[y : y + 4, x : x + 4] = value
    return picture


def look(shown, active, threshold=5.0, *, factor=1, middle=None, still=None):
    middle = np.zeros_like(shown.magnitude) if middle is None else middle
    level = np.full(active.shape, threshold, np.float32)
    return candidates.find(shown, candidates.Scene(middle, still, active, level, factor), SETTINGS)


def test_a_passing_thing_stands_out_where_it_was_and_leaves_no_ghost():
    shown = foreground.difference(Moment(1.0, spot(10, 10), spot(40, 30), spot(70, 50)))
    assert shown.magnitude[31, 41] == 60
    assert np.count_nonzero(shown.magnitude) == 16


def test_darker_things_count_as_much():
    shown = foreground.difference(Moment(1.0, spot(10, 10, 40), spot(40, 30, 40), spot(70, 50, 40)))
    assert shown.magnitude[31, 41] == 60
    assert not shown.bright.any()


def test_a_step_of_brightness_is_no_difference():
    assert not foreground.difference(Moment(1.0, grey(), grey(140), grey(140))).magnitude.any()


def test_a_repeated_picture_makes_no_moment_of_its_own():
    window, seen = foreground.Window(), []
    for index in range(12):
        luma = spot(4 * (index // 2), 10)
        window, moments = foreground.push(window, index * 0.04, luma, SETTINGS)
        seen += [moment.t_s for moment in moments]
    assert np.allclose(seen, [0.16, 0.24, 0.32])


def test_the_window_stays_small():
    window = foreground.Window()
    chance = np.random.default_rng(1)
    for index in range(200):
        luma = chance.integers(0, 255, (64, 96)).astype(np.uint8)
        window, _ = foreground.push(window, index / 30, luma, SETTINGS)
    assert len(window.shots) < 12


def test_a_restless_place_raises_its_own_threshold_and_no_other():
    activity = foreground.no_activity((2, 3))
    peaks = np.full((2, 3), 4, np.uint8)
    peaks[0, 0] = 60
    for _ in range(200):
        active = peaks > foreground.thresholds(activity, SETTINGS)
        activity = foreground.learn(activity, peaks, active, 0.04, SETTINGS)
    level = foreground.thresholds(activity, SETTINGS)
    assert level[0, 0] > 50
    assert level[1, 2] < 10


def test_a_place_that_something_passed_once_hears_as_well_as_before_soon():
    activity = foreground.no_activity((2, 3))
    quiet, passing = np.full((2, 3), 2, np.uint8), np.full((2, 3), 2, np.uint8)
    passing[0, 0] = 80

    def after(seconds, peaks, activity):
        for _ in range(round(seconds / 0.04)):
            active = peaks > foreground.thresholds(activity, SETTINGS)
            activity = foreground.learn(activity, peaks, active, 0.04, SETTINGS)
        return activity, float(foreground.thresholds(activity, SETTINGS)[0, 0])

    activity, _ = after(5, quiet, activity)
    activity, deafened = after(0.5, passing, activity)
    activity, later = after(15, quiet, activity)
    assert deafened > 40
    assert later < 0.6 * deafened
    _, at_last = after(20, quiet, activity)
    assert at_last < 10


def test_a_candidate_is_measured_in_full_resolution_pixels():
    shown = foreground.difference(Moment(1.0, grey(), spot(40, 30), grey()))
    active = foreground.block_peaks(shown.magnitude, 8) > 5
    found = look(shown, active, factor=2)
    assert found.xy_px.tolist() == [[83.5, 63.5]]
    assert found.xyxy.tolist() == [[80, 60, 87, 67]]
    assert found.area_px.tolist() == [64]
    assert found.contrast.tolist() == [60]


def test_a_flood_gives_no_candidates():
    shown = foreground.difference(Moment(1.0, grey(), grey(200), grey()))
    active = foreground.block_peaks(shown.magnitude, 8) > 5
    found = look(shown, active)
    assert len(found.area_px) == 0


def test_the_number_of_candidates_is_bounded():
    chance = np.random.default_rng(2)
    busy = np.where(chance.random((640, 960)) > 0.995, 200, 100).astype(np.uint8)
    still = np.full_like(busy, 100)
    shown = foreground.difference(Moment(1.0, still, busy, still))
    active = np.zeros((80, 120), np.bool_)
    active[:20, :60] = True
    found = look(shown, active)
    assert len(found.area_px) == SETTINGS.max_candidates


def wall(seed=3):
    chance = np.random.default_rng(seed)
    return np.kron(chance.integers(80, 140, (30, 40)), np.ones((8, 8))).astype(np.uint8)


def with_box(left, top, right, bottom, value=220):
    picture = wall()
    picture[top:bottom, left:right] = value
    return picture


@pytest.mark.parametrize("value", [220, 10])
@pytest.mark.parametrize("step", [1, 3, 8])
def test_a_big_thing_that_moves_less_than_its_size_is_one_spot_and_whole(step, value):
    at = [with_box(60, 30 + k * step, 90, 60 + k * step, value) for k in range(3)]
    moment = Moment(1.0, *at)
    shown = foreground.difference(moment)
    # The plain inside shows nowhere in time, so let its corner have been lit.
    shown.magnitude[32 + step, 61], shown.bright[32 + step, 61] = 40, 40 * (value > 100)
    active = foreground.block_peaks(shown.magnitude, 8) > 5
    found = look(shown, active, middle=at[1], still=wall())
    assert len(found.area_px) == 1
    assert found.area_px[0] == pytest.approx(900, rel=0.05)
    assert np.allclose(found.xy_px[0], (74.5, 44.5 + step), atol=0.5)
    assert (found.contrast[0] > 0) == (value > 100)


def test_where_a_thing_rested_before_it_fell_is_no_part_of_it():
    rested, now = with_box(60, 30, 76, 46), with_box(60, 50, 76, 66)
    moment = Moment(1.0, with_box(60, 40, 76, 56), now, with_box(60, 62, 76, 78))
    shown = foreground.difference(moment)
    active = foreground.block_peaks(shown.magnitude, 8) > 5
    found = look(shown, active, middle=now, still=rested)
    assert len(found.area_px) == 1
    assert np.allclose(found.xy_px[0], (67.5, 57.5), atol=0.5)


def test_a_lit_wall_does_not_swallow_what_falls_before_it():
    moment = Moment(1.0, wall(), with_box(100, 60, 104, 64, 250), wall())
    lit = cv2.subtract(wall(), np.full_like(wall(), 30))
    shown = foreground.difference(moment)
    active = foreground.block_peaks(shown.magnitude, 8) > 5
    found = look(shown, active, middle=moment.middle, still=lit)
    assert np.allclose(found.xy_px, [(101.5, 61.5)], atol=0.5)


def test_what_passes_is_not_in_the_still_picture_and_what_stays_is():
    still = foreground.Still()
    for index in range(60):
        t = index * 0.1
        picture = with_box(4 * index % 300, 10, 4 * index % 300 + 8, 18, 250)
        picture[100:110, 20:40] = 200 if t > 2 else 90
        still = foreground.remembered(still, Moment(t, picture, picture, picture))
        if t < 2:
            clean = wall()
            clean[100:110, 20:40] = 90
            assert still.picture is None or np.array_equal(still.picture, clean)
    clean[100:110, 20:40] = 200
    assert np.array_equal(still.picture, clean)
