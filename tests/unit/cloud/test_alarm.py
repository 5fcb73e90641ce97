"""The alarm machine: whatever people, conditions and causes do, in whatever order, it keeps its promises."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.core import alarm, fault
from cloud.core.alert import RAISED as A_FALL
from cloud.core.machine import Forbidden
from tests.fixtures.cloud import NOW

HOUR = timedelta(hours=1)
PEOPLE = st.sampled_from(["li", "wang"])
by_people = st.one_of(
    st.builds(alarm.Acknowledge, PEOPLE),
    st.builds(alarm.Confirm, PEOPLE),
    st.builds(alarm.Assign, PEOPLE, PEOPLE),
    st.builds(alarm.Note, PEOPLE, st.just("seen from the gate")),
    st.builds(alarm.Unshelve, PEOPLE),
    st.builds(alarm.Close, PEOPLE, st.just("false_laundry")),
    st.builds(alarm.Reopen, PEOPLE, st.just("a second piece was found")),
)
shelvings = st.tuples(st.just("shelve"), PEOPLE, st.integers(-1, 10))
by_itself = st.sampled_from(
    [alarm.TimePassed(), alarm.Clear(), alarm.Suppress("a"), alarm.Suppress("b"), alarm.Release()]
)
scripts = st.lists(st.tuples(st.one_of(by_people, by_itself, shelvings), st.integers(0, 120)))


def played(
    start: alarm.Alarm, script: list[tuple[alarm.Input | tuple[str, str, int], int]]
) -> list[tuple[alarm.Alarm, alarm.Input, alarm.Alarm, datetime]]:
    """(before, input, after, at) of each step that was allowed."""
    state, at, steps = start, NOW, []
    for drawn, minutes in script:
        at += timedelta(minutes=minutes)
        given_ = (
            alarm.Shelve(drawn[1], at + drawn[2] * HOUR, "after the rain")
            if isinstance(drawn, tuple)
            else drawn
        )
        try:
            after, records = alarm.step(state, given_, at)
        except Forbidden:
            continue
        assert (after == state) <= (len(records) <= 1), "what changes nothing leaves at most a note"
        assert (after != state) <= (len(records) == 1), "each change leaves a line"
        steps.append((state, given_, after, at))
        state = after
    return steps


@given(scripts)
def test_a_fall_is_closed_only_by_somebody_with_a_reason_after_somebody_saw_it(
    script: list[tuple[alarm.Input, int]],
) -> None:
    for before, given_, after, _ in played(A_FALL, script):
        assert (after.state == "closed") == (after.closed_by is not None) == (after.close_reason is not None)
        assert (after.state == "raised") == (after.acknowledged_by is None)
        if after.state == "closed" and before.state != "closed":
            assert before.acknowledged_by is not None
        if before.state == "closed" and after.state != "closed":
            assert isinstance(given_, alarm.Reopen)
            assert (after.state, after.acknowledged_by) == ("acknowledged", given_.by)


@given(scripts)
def test_what_is_shelved_is_open_and_comes_back_within_a_shift(script: list[tuple[alarm.Input, int]]) -> None:
    for _, _, after, at in played(A_FALL, script):
        if after.shelf is None:
            assert alarm.due(after) is None
            continue
        assert after.state in {"acknowledged", "confirmed"}
        assert after.shelf.until <= after.shelf.at + alarm.SHELVE_AT_MOST
        back, records = alarm.step(after, alarm.TimePassed(), max(at, after.shelf.until))
        assert back.shelf is None
        assert [record.what for record in records] == ["shelf_ended"]


@given(scripts)
def test_a_fault_is_over_when_its_condition_is_and_nobody_else_says_so(
    script: list[tuple[alarm.Input, int]],
) -> None:
    steps = played(fault.RAISED, script)
    for before, given_, after, _ in steps:
        if after.state == "closed" and before.state != "closed":
            assert isinstance(given_, alarm.Clear)
        assert before.state != "closed" or after.state == "closed"
        assert (after.state == "closed") == (after.close_reason == alarm.RECOVERED)


@given(scripts)
def test_suppression_names_the_cause_and_a_release_takes_it_away(
    script: list[tuple[alarm.Input, int]],
) -> None:
    for before, given_, after, _ in played(fault.RAISED, script):
        match given_:
            case alarm.Suppress(cause):
                assert after.suppressed_by == cause
            case alarm.Release():
                assert (before.suppressed_by is not None, after.suppressed_by) == (True, None)
            case _:
                assert after.suppressed_by == before.suppressed_by


def test_a_fall_that_nobody_has_seen_cannot_be_shelved() -> None:
    with pytest.raises(Forbidden, match="not acknowledged"):
        alarm.step(A_FALL, alarm.Shelve("li", NOW + HOUR, "later"), NOW)


def test_a_fault_waits_for_its_cause_and_is_told_and_ordered_once() -> None:
    found, effects = fault.raise_fault(NOW, "serious", "no frames", wait=HOUR)
    assert [type(effect).__name__ for effect in effects] == ["Record"]
    assert fault.due(found) == NOW + HOUR
    under, _ = fault.step(found, alarm.Suppress("switch"), NOW)
    assert fault.due(under) is None
    with pytest.raises(Forbidden):
        fault.step(under, fault.Announce(), NOW)
    released, _ = fault.step(under, alarm.Release(), NOW + HOUR)
    assert fault.due(released) == NOW + HOUR + fault.RECOVERY_WAIT
    told, effects = fault.step(released, fault.Announce(), NOW + 2 * HOUR)
    assert [type(effect) for effect in effects] == [fault.Record, fault.OrderWork]
    again, _ = fault.step(fault.step(told, alarm.Suppress("switch"), NOW)[0], alarm.Release(), NOW)
    assert fault.due(again) is None, "what was told once is not told again"
