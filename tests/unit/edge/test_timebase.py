"""From time stamps to UTC: early and late packets, drift, clocks that are set."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core.timebase import DRIFT_LIMIT, EPOCH, JUMP_S, SETTLE_S, WINDOW_S, Timebase, observe, utc

T0 = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
FPS = 25


def run(
    seconds: float,
    *,
    delay_s: object = lambda _: 0.05,
    rate: float = 1.0,
    base: Timebase | None = None,
    from_s: float = 0,
) -> Timebase:
    """A stream whose clock runs at `rate` of ours, its packets `delay_s(t)` late."""
    for index in range(int(seconds * FPS)):
        t_s = from_s + index / FPS
        late_s = delay_s(t_s) if callable(delay_s) else 0.0
        base = observe(base, t_s * rate, T0 + timedelta(seconds=t_s + late_s))
    assert base is not None
    return base


def error_s(base: Timebase, t_s: float, rate: float = 1.0) -> float:
    return (utc(base, t_s * rate) - (T0 + timedelta(seconds=t_s))).total_seconds()


def test_a_steady_stream_is_late_by_its_delay() -> None:
    assert abs(error_s(run(30), 30) - 0.05) < 1e-6


def test_a_burst_from_a_buffer_at_the_beginning_is_seen_through() -> None:
    base = run(6, delay_s=lambda t_s: max(1.5 - t_s, 0.02))
    assert abs(error_s(base, 5) - 0.02) < 1e-6


def test_a_late_packet_moves_nothing() -> None:
    base = run(60, delay_s=lambda t_s: 0.9 if int(t_s) % 7 == 0 else 0.02)
    assert abs(error_s(base, 60) - 0.02) < 0.001


def test_a_drifting_clock_is_followed() -> None:
    base = run(600, rate=1 + 100e-6)
    assert abs(error_s(base, 600, 1 + 100e-6) - 0.05) < 0.01


def test_a_stamp_that_leaps_forward_is_a_discontinuity() -> None:
    base = observe(run(30), 30 + 100, T0 + timedelta(seconds=30.05))
    assert base.discontinuities == 1
    assert abs((utc(base, 130) - T0).total_seconds() - 30.05) < 1e-6


def test_a_clock_of_ours_that_is_set_forward_is_found_within_two_windows() -> None:
    base = run(30)
    base = run(2 * WINDOW_S + 1, delay_s=lambda _: 3600.05, base=base, from_s=30)
    assert base.discontinuities == 1
    assert abs(error_s(base, 60) - 3600.05) < 1e-6


@given(st.lists(st.floats(0, JUMP_S * 0.9), min_size=50, max_size=400), st.floats(-400e-6, 400e-6))
@settings(deadline=None, derandomize=True)
def test_no_jitter_makes_it_move_faster_than_a_quartz_drifts(delays: list[float], drift: float) -> None:
    base: Timebase | None = None
    before: tuple[float, float] | None = None
    for index, late_s in enumerate(delays):
        t_s = index * 0.5
        arrived_at = T0 + timedelta(seconds=t_s + late_s)
        base = observe(base, t_s * (1 + drift), arrived_at)
        assert base.discontinuities == 0
        arrived_s = (arrived_at - EPOCH).total_seconds()
        if before is not None and t_s > SETTLE_S + JUMP_S:
            limit_s = DRIFT_LIMIT * (WINDOW_S + 2 * JUMP_S + 0.5) + 1e-6
            assert abs(base.offset_s - before[1]) <= limit_s
        before = (arrived_s, base.offset_s)


@given(st.lists(st.floats(0, 1), min_size=20, max_size=200))
@settings(deadline=None, derandomize=True)
def test_a_later_stamp_is_a_later_instant(delays: list[float]) -> None:
    base: Timebase | None = None
    for index, late_s in enumerate(delays):
        base = observe(base, index * 0.04, T0 + timedelta(seconds=index * 0.04 + late_s))
    assert base is not None
    assert utc(base, 1.0) < utc(base, 1.04)
