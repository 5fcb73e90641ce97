"""A fault is told when it has held, taken back when it is gone, and called unstable when it flaps."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from edge.core.condition import (
    Cleared,
    Condition,
    Effect,
    Limit,
    Measured,
    Policy,
    Raised,
    Steady,
    Unstable,
    due,
    is_bad,
    start,
    step,
)

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
POLICY = Policy(on_delay_s=10, off_delay_s=20, chatters=3, chatter_s=600)


def run(
    measured: list[tuple[float, bool | None]], condition: Condition | None = None
) -> tuple[Condition, list[tuple[float, Effect]]]:
    state, told = condition or start(AT), []
    for second, bad in measured:
        measured_as: Measured = "unknown" if bad is None else "bad" if bad else "good"
        state, effects = step(POLICY, state, measured_as, AT + timedelta(seconds=second))
        told += [(second, effect) for effect in effects]
    return state, told


def at(second: float) -> datetime:
    return AT + timedelta(seconds=second)


def test_it_is_raised_once_after_the_on_delay_since_when_it_began() -> None:
    state, told = run([(0, False), (5, True), (14.9, True), (15, True), (16, True)])
    assert told == [(15, Raised(at(5)))]
    assert is_bad(state)


def test_what_lasts_shorter_than_the_on_delay_is_never_told() -> None:
    _, told = run([(0, True), (9, True), (9.5, False), (10, True), (19, True), (19.5, False)])
    assert told == []


def test_it_is_cleared_after_the_off_delay_since_when_it_was_good() -> None:
    _, told = run([(0, True), (10, True), (30, False), (49, False), (50, False)])
    assert told == [(10, Raised(at(0))), (50, Cleared(at(30)))]


def test_a_relapse_before_the_off_delay_is_the_same_fault() -> None:
    _, told = run([(0, True), (10, True), (30, False), (45, True), (46, False), (65, False)])
    assert told == [(10, Raised(at(0)))]


def test_while_nothing_can_be_told_no_delay_runs() -> None:
    _, told = run([(0, True), (5, None), (12, True), (14.9, True), (15, True)])
    assert told == [(15, Raised(at(5)))]


def test_what_was_raised_before_a_restart_is_cleared_when_it_is_good() -> None:
    _, told = run([(0, False), (20, False)], start(AT, bad=True))
    assert told == [(20, Cleared(at(0)))]


def test_one_that_flaps_becomes_one_unstable_and_then_says_nothing() -> None:
    flaps = [(60 * n + s, s < 15) for n in range(8) for s in range(0, 60, 5)]
    state, told = run(flaps)
    assert [type(effect) for _, effect in told] == [Raised, Cleared, Raised, Cleared, Unstable]
    assert told[-1] == (130, Unstable(at(10), 3))
    assert state.unstable


def test_an_unstable_one_that_stays_bad_is_raised_again() -> None:
    flaps = [(60 * n + s, s < 15) for n in range(4) for s in range(0, 60, 5)]
    stays = [(float(s), True) for s in range(240, 1000, 5)]
    _, told = run(flaps + stays)
    assert told[-2:] == [(850, Steady(at(250))), (850, Raised(at(240)))]


def test_a_deadband_keeps_what_was_bad_bad() -> None:
    hot, dark = Limit(60, 55), Limit(0.2, 0.3)
    assert [hot.breached(v, before=False) for v in (59, 60, 70)] == [False, True, True]
    assert [hot.breached(v, before=True) for v in (59, 55, 54)] == [True, False, False]
    assert [dark.breached(v, before=False) for v in (0.3, 0.2, 0.1)] == [False, True, True]
    assert [dark.breached(v, before=True) for v in (0.25, 0.3, 0.4)] == [True, False, False]


@given(st.lists(st.tuples(st.floats(0.1, 200), st.sampled_from([True, False, None])), max_size=200))
def test_raised_and_cleared_alternate_and_an_hour_has_few_of_them(
    steps: list[tuple[float, bool | None]],
) -> None:
    second, measured = 0.0, []
    for wait_s, bad in steps:
        second += wait_s
        measured.append((second, bad))
    _, told = run(measured)
    spoken = [effect for _, effect in told if isinstance(effect, Raised | Cleared | Unstable)]
    assert all(type(one) is not type(other) for one, other in pairwise(spoken))
    for when, _ in told:
        near = [e for then, e in told if when <= then < when + POLICY.chatter_s and isinstance(e, Raised)]
        assert len(near) <= POLICY.chatters


def test_time_alone_brings_about_what_due_says() -> None:
    state, _ = run([(0, True)])
    assert due(POLICY, state) == at(10)
    state, _ = run([(10, True)], state)
    assert due(POLICY, state) is None
