"""The fit and the verdict on tracks given as numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge.core.vision.fall import above, below, judge
from edge.core.vision.path import describe
from edge.core.vision.settings import DetectorSettings
from edge.core.vision.surroundings import Surroundings
from edge.core.vision.tracks import Point, View

SETTINGS = DetectorSettings()
QUIET = Surroundings(density=1e-6, body_px=8)


def points_of(t, x, y, side=8.0):
    rows = zip(t, x, y, strict=True)
    return tuple(Point(float(a), float(b), float(c), side, 50.0, 0.0, side) for a, b, c in rows)


def seconds(n, fps=25.0):
    return np.arange(n) / fps


def fall(t, height, share=0.8):
    """A fall over `share` of the picture's height in the time given."""
    return 0.1 * height + share * height * (t / t[-1]) ** 2


@given(
    scale=st.floats(0.5, 3.0), duration_s=st.floats(0.9, 3.0), fps=st.sampled_from([10.0, 15.0, 25.0, 30.0])
)
def test_a_fall_is_accepted_at_any_scale_and_pace(scale, duration_s, fps):
    height = round(720 * scale)
    view = View(height, round(1280 * scale), 1 / fps)
    t = seconds(max(7, round(duration_s * fps)), fps)
    where = Surroundings(1e-6 / scale**2, 8 * scale)
    points = points_of(t, np.full_like(t, 300 * scale), fall(t, height), 8 * scale)
    verdict = judge(points, where, view, SETTINGS)
    assert verdict is not None
    assert verdict.score >= 0.5


@given(scale=st.floats(0.5, 4.0))
def test_the_verdict_does_not_depend_on_the_resolution(scale):
    t = seconds(25)
    scores = []
    for factor in (1.0, scale):
        view = View(round(720 * factor), round(1280 * factor), 0.04)
        where = Surroundings(1e-6 / factor**2, 8 * factor)
        points = points_of(t, 300 * factor + 20 * factor * t, factor * fall(t, 720), 8 * factor)
        verdict = judge(points, where, view, SETTINGS)
        assert verdict is not None
        scores.append(verdict.score)
    assert abs(scores[0] - scores[1]) < 0.02


@given(speed=st.floats(40, 700), slope=st.floats(-1, 1))
def test_even_motion_is_never_a_fall(speed, slope):
    t = seconds(25)
    y = 150 + speed * t * 0.8
    verdict = judge(points_of(t, 600 + slope * speed * t, y), QUIET, View(720, 1280, 0.04), SETTINGS)
    assert verdict is None or verdict.score < 0.5


@given(drag=st.floats(0.0, 0.8), start=st.floats(-0.1, 0.1))
def test_drag_leaves_a_fall_a_fall(drag, start):
    """Quadratic drag; drag is the share of gravity that it takes at the end of the way."""
    t = seconds(40)
    speed, y, track = start * 100, 60.0, []
    for _ in t:
        track.append(y)
        acceleration = 300 * (1 - drag * (speed / 400) ** 2)
        y += speed * 0.04 + acceleration * 0.04**2 / 2
        speed += acceleration * 0.04
    verdict = judge(points_of(t, np.full_like(t, 300), track), QUIET, View(720, 1280, 0.04), SETTINGS)
    assert verdict is not None
    assert verdict.score >= 0.5


@given(pitch=st.floats(20, 65), distance=st.floats(12, 60), height_m=st.floats(20, 90))
def test_any_pose_of_the_camera_leaves_the_path_smooth(pitch, distance, height_m):
    t = seconds(round(25 * (height_m / 4.9) ** 0.5))
    up = np.arctan2(height_m - 4.9 * t**2, distance)
    y = 360 + 700 * np.tan(np.radians(pitch) - up)
    seen = (y > 0) & (y < 720)
    if seen.sum() < 12:
        return
    side = np.full(int(seen.sum()), 8.0)
    motion = describe(t[seen], np.full(len(side), 640.0), y[seen], side, View(720, 1280, 0.04))
    assert motion.inlier.mean() > 0.9
    assert motion.residual < 1.0


def test_outliers_do_not_bend_the_fit():
    t = seconds(25)
    x, y = np.full_like(t, 300), fall(t, 720)
    y[[6, 15]] += (40, -60)
    verdict = judge(points_of(t, x, y), QUIET, View(720, 1280, 0.04), SETTINGS)
    assert verdict is not None
    assert verdict.score >= 0.5
    assert len(verdict.points) == 23


def test_clutter_asks_for_more_evidence():
    t = seconds(9)
    points = points_of(t, np.full_like(t, 300), fall(t, 720))
    view = View(720, 1280, 0.04)
    crowded = judge(points, Surroundings(2e-3, 8), view, SETTINGS)
    assert crowded is not None
    assert crowded.score < 0.5
    assert crowded.weakest.rule == "evidence"


def test_a_wide_body_that_moves_down_slowly_is_no_fall():
    t = seconds(40)
    points = points_of(t, np.full_like(t, 300), fall(t, 720))
    verdict = judge(points, Surroundings(1e-6, 900), View(720, 1280, 0.04), SETTINGS)
    assert verdict is not None
    assert verdict.weakest.rule == "metres_wide"
    assert verdict.score < 0.5


def test_one_thing_wider_than_any_that_falls_is_none_though_it_gains_speed():
    """A drone that descends ever faster, but slower than gravity would have it, looks metres wide."""
    t = seconds(75)
    points = points_of(t, np.full_like(t, 300), fall(t, 720, 0.4), 50)
    verdict = judge(points, Surroundings(1e-6, 50), View(720, 1280, 0.04), SETTINGS)
    assert verdict is not None
    assert verdict.score < 0.5
    assert verdict.weakest.rule == "metres_wide"


def test_too_few_points_say_nothing():
    t = seconds(3)
    assert judge(points_of(t, t, fall(t, 720)), QUIET, View(720, 1280, 0.04), SETTINGS) is None


@given(value=st.floats(0, 1e6), limit=st.floats(1e-3, 1e6))
def test_shares_are_shares(value, limit):
    assert 0 <= above(value, limit) <= 1
    assert abs(above(value, limit) + below(value, limit) - 1) < 1e-9


def test_a_share_is_a_half_at_its_limit():
    assert above(5.0, 5.0) == 0.5
