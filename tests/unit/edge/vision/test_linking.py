"""Linking sights to traces: what is dropped, repeated, scaled, slowed, broken in parts or in a crowd."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core.vision import linking
from edge.core.vision.frame import Candidates
from edge.core.vision.settings import DetectorSettings
from edge.core.vision.tracks import Sights, View

SETTINGS = DetectorSettings()
PERIOD_S = 0.04


def sights(t_s, spots):
    """spots: rows of x, y, side, contrast."""
    rows = np.array(spots, np.float32).reshape(-1, 4)
    x, y, side, contrast = rows.T
    boxes = np.stack((x - side / 2, y - side / 2, x + side / 2 - 1, y + side / 2 - 1), axis=1)
    found = Candidates(boxes, rows[:, :2], side**2, contrast)
    return Sights(t_s, found, np.zeros(len(rows), np.float32), np.zeros(len(rows), np.bool_))


def linked(moments, view=None):
    """All traces that the moments make, longest first, and for each moment whether it was fresh."""
    view = view or View(720, 1280, PERIOD_S)
    live, ended, history, fresh, next_id = (), [], (), [], 1
    for now in moments:
        result = linking.link(live, history[-6:], now, view, next_id, SETTINGS)
        live, history = result.live, (*history, result.sights)
        next_id = max([next_id, *(trace.id + 1 for trace in live)])
        ended += result.ended
        fresh.append(result.fresh)
    return sorted((*live, *ended), key=lambda trace: -len(trace.points)), fresh


def fallen(t_s, gravity=500.0, aside=20.0):
    return 400 + aside * t_s, 60 + gravity * t_s**2 / 2


def shown(times, path=fallen, side=8.0, contrast=40.0):
    return [sights(t, [(*path(t), side, contrast)]) for t in times]


@settings(max_examples=60, deadline=None)
@given(dropped=st.sets(st.integers(6, 30), max_size=10), gravity=st.floats(150, 1500))
def test_a_fall_stays_one_trace_when_pictures_are_dropped(dropped, gravity):
    end_s = np.sqrt(2 * 600 / gravity)
    times = [k * PERIOD_S for k in range(int(end_s / PERIOD_S)) if k not in dropped]
    gaps = np.diff(times)
    if len(times) < 8 or gaps.max() > 4.5 * PERIOD_S:
        return
    traces, _ = linked(shown(times, lambda t: fallen(t, gravity)))
    assert len(traces[0].points) >= 0.85 * sum(fallen(t, gravity)[1] > 62 for t in times)


@settings(max_examples=60, deadline=None)
@given(
    lasts=st.lists(st.integers(1, 3), min_size=20, max_size=30),
    jitter=st.floats(0, 0.25),
    seed=st.integers(0, 99),
)
def test_a_repeated_picture_gives_no_second_sight_at_a_wrong_time(lasts, jitter, seed):
    chance = np.random.default_rng(seed)
    moments, first_shown, k = [], {}, 0
    for count in lasts:
        x, y = fallen(k / 30)
        if y > 715:
            break
        first_shown[round(k / 30, 4)] = y
        for number in range(count):
            again = chance.uniform(-jitter, jitter, 2) if number else (0, 0)
            moments.append(sights((k + number) / 30, [(x + again[0], y + again[1], 8, 40)]))
        k += count
    traces, fresh = linked(moments)
    late = [p for p in traces[0].points if p.t_s > 0.5]
    assert len(late) >= 0.8 * sum(t > 0.5 for t in first_shown)
    for point in late:
        assert round(point.t_s, 4) in first_shown
    assert sum(fresh) >= len(first_shown) - 2


@settings(max_examples=40, deadline=None)
@given(zoom=st.floats(0.5, 4.0), seed=st.integers(0, 50))
def test_a_picture_twice_as_large_has_tracks_twice_as_large(zoom, seed):
    chance = np.random.default_rng(seed)
    noise = [chance.uniform((0, 0, 3, -30), (1280, 720, 12, 30), (6, 4)) for _ in range(30)]

    def at(scale):
        moments = []
        for k in range(30):
            spots = np.vstack((noise[k], [(*fallen(k * PERIOD_S), 8, 40)])) * (scale, scale, scale, 1)
            moments.append(sights(k * PERIOD_S, spots))
        traces, _ = linked(moments, View(round(720 * scale), round(1280 * scale), PERIOD_S))
        return traces[0]

    small, large = at(1.0), at(zoom)
    assert [p.t_s for p in small.points] == [p.t_s for p in large.points]
    ways = np.array([[(p.x, p.y) for p in trace.points] for trace in (small, large)])
    assert np.allclose(ways[0] * zoom, ways[1], rtol=1e-3, atol=0.05)


@settings(max_examples=40, deadline=None)
@given(slower=st.floats(0.4, 2.0), rate=st.sampled_from([10, 12.5, 15, 20, 25, 30, 50]))
def test_a_fall_is_followed_at_any_speed_and_rate(slower, rate):
    times = np.arange(0, 1.5 * slower, 1 / rate)
    traces, _ = linked(shown(times, lambda t: fallen(t / slower)), View(720, 1280, 1 / rate))
    moving = sum(fallen(t / slower)[1] > 63 for t in times)
    assert len(traces[0].points) >= 0.85 * moving


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000))
def test_a_strong_thing_is_followed_through_a_crowd_of_weak_ones(seed):
    chance = np.random.default_rng(seed)
    flakes = chance.uniform((0, -700), (1280, 700), (160, 2))
    moments = []
    for k in range(35):
        t = k * PERIOD_S
        rows = [(x + 3 * np.sin(5 * t + x), y + 250 * t, 5, 30) for x, y in flakes]
        rows = [row for row in rows if 0 < row[1] < 720][:90]
        moments.append(sights(t, [*rows, (*fallen(max(t - 0.3, 0)), 16, -50)]))
    traces, _ = linked(moments)
    dark = max(sum(p.contrast < 0 for p in trace.points) for trace in traces)
    assert dark >= 0.8 * sum(fallen(max(s.t_s - 0.3, 0))[1] > 63 for s in moments)


@pytest.mark.parametrize("apart", [14, 22, 30])
def test_the_parts_of_a_large_thing_are_one_sight(apart):
    moments = []
    for k in range(25):
        x, y = fallen(k * PERIOD_S)
        rims = [(x, y - apart / 2, 16, 40), (x, y + apart / 2, 16, 40)]
        moments.append(sights(k * PERIOD_S, rims if k in (14, 15) else [(x, y, 44, 40)]))
    traces, _ = linked(moments)
    errors = [np.hypot(p.x - fallen(p.t_s)[0], p.y - fallen(p.t_s)[1]) for p in traces[0].points]
    assert len(errors) >= 22
    assert max(errors) < 1.0
    assert sum(len(trace.points) > 4 for trace in traces) == 1


def test_what_hardly_moves_is_no_repeated_picture():
    moments = shown(np.arange(0, 1, PERIOD_S), lambda t: (300, 100 + 4 * t))
    _, fresh = linked(moments)
    assert all(fresh)


def test_a_thing_below_the_picture_is_gone_at_once():
    moments = shown(np.arange(0, 1.6, PERIOD_S)) + [sights(1.6 + k * PERIOD_S, []) for k in range(4)]
    view = View(720, 1280, PERIOD_S)
    live, history = (), ()
    for now in moments:
        result = linking.link(live, history[-6:], now, view, 1, SETTINGS)
        live, history = result.live, (*history, result.sights)
    assert live == ()


def test_a_throw_along_the_wall_that_leads_twice_as_far_aside_as_down_is_followed():
    times = [k * PERIOD_S for k in range(25)]
    traces, _ = linked(shown(times, lambda t: (200 + 700 * t, 100 + 150 * t + 250 * t**2)))
    assert len(traces[0].points) >= 18
