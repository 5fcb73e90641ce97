"""Seconds that were really watched."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core.health import MAX_GAP_S, MinuteDone, Watch, finish, passed, searched, stalled, start

T0 = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def watched(times: list[float]) -> tuple[Watch, list[MinuteDone]]:
    watch = start(T0)
    done: list[MinuteDone] = []
    for t_s in times:
        watch, minutes = searched(watch, after(t_s))
        done += minutes
    return watch, done


def test_a_minute_without_gaps_is_watched_whole() -> None:
    _, done = watched([index * 0.04 for index in range(1501)])
    assert [(found.minute, found.frames) for found in done] == [(T0, 1500)]
    assert done[0].watched_s == pytest.approx(60)


def test_a_gap_is_not_watched() -> None:
    times = [index * 0.04 for index in range(1501) if not 500 <= index < 750]
    _, done = watched(times)
    assert done[0].watched_s == pytest.approx(60 - 10.04)


def test_a_frame_gap_across_the_minute_is_shared() -> None:
    watch, done = watched([59.9, 60.3])
    assert done[0].watched_s == pytest.approx(0.1)
    assert watch.watched_s == pytest.approx(0.3)


def test_a_minute_that_nobody_watched_is_a_record_too() -> None:
    watch, done = passed(start(T0), after(182))
    assert [(found.minute, found.watched_s, found.frames) for found in done] == [
        (T0, 0, 0),
        (after(60), 0, 0),
        (after(120), 0, 0),
    ]
    assert watch.minute == after(180)


def test_a_minute_waits_for_frames_on_their_way() -> None:
    _, done = passed(start(T0), after(61.9))
    assert done == ()


def test_dropped_frames_are_counted() -> None:
    watch, _ = searched(start(T0), after(1), dropped=3)
    assert finish(watch) == (MinuteDone(T0, 0, 1, 3),)


def test_a_clock_that_is_set_does_not_make_a_year_of_minutes() -> None:
    watch, done = passed(start(T0), T0 + timedelta(days=365))
    assert len(done) == 1
    assert watch.minute == T0 + timedelta(days=365) - timedelta(minutes=1)


@given(st.lists(st.floats(0, 3), max_size=300))
@settings(deadline=None, derandomize=True)
def test_never_more_than_sixty_seconds_and_never_more_than_passed(gaps: list[float]) -> None:
    times, t_s = [], 0.0
    for gap_s in gaps:
        t_s += gap_s
        times.append(t_s)
    watch, done = watched(times)
    assert all(0 <= found.watched_s <= 60 for found in done)
    assert sum(found.watched_s for found in done) + watch.watched_s <= t_s + 1e-6
    assert sum(found.frames for found in done) + watch.frames == len(times)


def test_a_stall_is_a_gap_in_which_something_could_fall_unseen() -> None:
    watch, _ = watched([0.0, 0.04])
    assert not stalled(start(T0), after(100))
    assert not stalled(watch, after(0.04 + MAX_GAP_S))
    assert stalled(watch, after(0.05 + MAX_GAP_S))
