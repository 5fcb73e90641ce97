"""When something is started again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from edge.core.restart import (
    Calmed,
    Ended,
    Policy,
    Restart,
    Start,
    Stormed,
    TimePassed,
    Wait,
    delay_s,
    due,
    step,
)

T0 = datetime(2026, 3, 1, tzinfo=UTC)
POLICY = Policy(base_s=1, cap_s=10, jitter=0.5, healthy_s=30)


def after(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def test_it_starts_at_once() -> None:
    restart, effects = step(POLICY, Restart(), TimePassed(), T0)
    assert effects == (Start(),)
    assert due(restart, T0) is None


def test_each_failure_in_a_row_waits_twice_as_long() -> None:
    restart, at, waits = Restart(), T0, []
    for _ in range(6):
        restart, _ = step(POLICY, restart, TimePassed(), at)
        restart, effects = step(POLICY, restart, Ended(luck=0), at)
        waits += [effect.seconds for effect in effects if isinstance(effect, Wait)]
        at = due(restart, at) or at
    assert waits == [1, 2, 4, 8, 10, 10]


def test_a_healthy_run_forgives_what_was() -> None:
    restart, _ = step(POLICY, Restart(failures=5), TimePassed(), T0)
    restart, _ = step(POLICY, restart, Ended(luck=0), after(31))
    assert restart.failures == 1


def test_it_is_not_started_before_its_time_nor_twice() -> None:
    restart, _ = step(POLICY, Restart(), TimePassed(), T0)
    assert step(POLICY, restart, TimePassed(), after(5)) == (restart, ())
    restart, _ = step(POLICY, restart, Ended(luck=0), T0)
    assert step(POLICY, restart, TimePassed(), after(0.9)) == (restart, ())


@given(st.integers(1, 100), st.floats(0, 1))
def test_a_delay_lies_between_the_jitter_and_the_cap(failures: int, luck: float) -> None:
    assert POLICY.base_s * 0.5 <= delay_s(POLICY, failures, luck) <= POLICY.cap_s


def test_five_ends_within_a_minute_are_a_storm_which_is_told_once_and_ends_with_a_healthy_run() -> None:
    policy = Policy(base_s=1, cap_s=8, jitter=0, healthy_s=30, storm=5, storm_s=60)
    restart, at, told = Restart(), T0, []
    for _ in range(8):
        restart, _ = step(policy, restart, TimePassed(), at)
        restart, effects = step(policy, restart, Ended(luck=0), at)
        told += [effect for effect in effects if not isinstance(effect, Wait)]
        at = due(restart, at) or at
    assert told == [Stormed(5)]
    restart, _ = step(policy, restart, TimePassed(), at)
    assert step(policy, restart, TimePassed(), at + timedelta(seconds=29))[1] == ()
    restart, effects = step(policy, restart, TimePassed(), at + timedelta(seconds=30))
    assert effects == (Calmed(),)
    assert not restart.storming


def test_ends_that_are_far_apart_are_no_storm() -> None:
    restart = Restart()
    for turn in range(20):
        restart, _ = step(POLICY, restart, TimePassed(), after(turn * 20))
        restart, effects = step(POLICY, restart, Ended(luck=0), after(turn * 20))
        assert not [effect for effect in effects if isinstance(effect, Stormed)]
