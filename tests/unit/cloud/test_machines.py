"""The machines of the cloud: whatever is put in, in whatever order, they keep their promises."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.core import alarm, fault, handover, liveness, work_order
from cloud.core.machine import Forbidden, Record, mermaid, mermaid_regions

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
BOOTS = (UUID(int=1), UUID(int=2))

fault_inputs = st.sampled_from(
    [fault.Acknowledge("li"), fault.Clear(), fault.Update("warning"), fault.Update("critical")]
)
order_inputs = st.sampled_from(
    [
        work_order.Assign("zhang", "li"),
        work_order.Take("li"),
        work_order.Wait("li", "no lift today"),
        work_order.Finish("li", "plug"),
        work_order.Verify("li"),
        work_order.Verify("zhang"),
        work_order.Reject("zhang", "still dark"),
        work_order.Cancel("zhang", "twice"),
        work_order.FaultCleared(),
        work_order.Recur(NOW + timedelta(days=9)),
        work_order.TimePassed(),
    ]
)
liveness_inputs = st.one_of(
    st.builds(liveness.Status, st.sampled_from(BOOTS), st.none()),
    st.builds(liveness.LastWill, st.sampled_from(BOOTS)),
    st.just(liveness.TimePassed()),
)


@given(st.lists(fault_inputs))
def test_a_fault_closes_when_its_device_is_back_and_tells_its_order_once(script: list[fault.Clear]) -> None:
    state, effects = fault.raise_fault(NOW, "serious", "no frames")
    assert sum(isinstance(effect, fault.OrderWork) for effect in effects) == 1
    told = 0
    for given_ in script:
        try:
            state, effects = fault.step(state, given_, NOW)
        except Forbidden:
            continue
        told += sum(isinstance(effect, fault.TellWorkOrder) for effect in effects)
    assert told == (state.state == "closed")
    assert (state.state == "closed") == (state.alarm.close_reason == fault.RECOVERED)


def played(source: work_order.Source, script: list[work_order.Input]) -> work_order.WorkOrder:
    """What becomes of an order that is due in a day; what the machine forbids does not happen."""
    state = work_order.WorkOrder("open", source, NOW + timedelta(days=1))
    for hours, given_ in enumerate(script):
        # A fault clears once, and comes back only after it has cleared.
        if isinstance(given_, work_order.FaultCleared) and (source != "fault" or state.fault_cleared):
            continue
        if isinstance(given_, work_order.Recur) and not state.fault_cleared:
            continue
        try:
            state, _ = work_order.step(state, given_, NOW + timedelta(hours=hours))
        except Forbidden:
            continue
    return state


@given(st.lists(order_inputs, max_size=40))
def test_the_order_of_a_fault_is_closed_only_when_its_device_is_back(script: list[work_order.Input]) -> None:
    state = played("fault", script)
    assert (state.state == "closed") == (state.closed_at is not None)
    assert state.state != "closed" or state.fault_cleared
    assert state.state != "cancelled"
    assert state.verified_by is None
    assert not state.fault_cleared or state.state in {"taken", "waiting", "assigned", "closed"}
    assert (state.state == "finished") <= (state.measure is not None)


@given(st.lists(order_inputs, max_size=40))
def test_what_no_device_can_prove_is_closed_by_a_second_person(script: list[work_order.Input]) -> None:
    state = played("patrol", script)
    assert (state.state in {"closed", "cancelled"}) == (state.closed_at is not None)
    assert state.state != "closed" or state.verified_by not in {None, state.finished_by}
    assert (state.state == "cancelled") <= (state.reason == "twice")
    assert (state.overdue_at is None) or state.overdue_at >= state.due_at


def test_a_fault_that_comes_back_opens_its_order_again_with_a_count_and_a_new_deadline() -> None:
    state, _ = work_order.step(played("fault", [work_order.Take("li")]), work_order.FaultCleared(), NOW)
    state, _ = work_order.step(state, work_order.Finish("li", "plug"), NOW)
    state, records = work_order.step(state, work_order.Recur(NOW + timedelta(days=3)), NOW)
    assert (state.state, state.reopened, state.due_at) == ("open", 1, NOW + timedelta(days=3))
    assert (state.taken_by, state.finished_at, state.responsible) == (None, None, "li")
    assert [record.what for record in records if isinstance(record, Record)] == ["recurred"]


def test_what_is_overdue_and_comes_back_in_somebodys_hands_gets_a_deadline_that_can_pass_again() -> None:
    taken = played("fault", [work_order.Take("li")])
    late, _ = work_order.step(taken, work_order.TimePassed(), taken.due_at)
    back, _ = work_order.step(late, work_order.FaultCleared(), taken.due_at)
    again, _ = work_order.step(back, work_order.Recur(taken.due_at + timedelta(days=3)), taken.due_at)
    assert (again.state, again.overdue_at) == (taken.state, None)
    assert work_order.due(again) == taken.due_at + timedelta(days=3)


def test_a_deadline_is_marked_once_when_it_has_passed_and_not_before() -> None:
    order = played("complaint", [])
    end = work_order.due(order)
    assert end is not None
    assert work_order.step(order, work_order.TimePassed(), end - timedelta(seconds=1)) == (order, ())
    late, (record,) = work_order.step(order, work_order.TimePassed(), end)
    assert (late.overdue_at, record) == (end, Record(end, "overdue", "system", ""))
    assert work_order.due(late) is None
    assert work_order.due(played("complaint", [work_order.Take("li"), work_order.Finish("li", "x")])) is None


@given(st.lists(st.tuples(liveness_inputs, st.integers(0, 60))))
def test_an_agent_goes_and_comes_in_turn(script: list[tuple[liveness.Input, int]]) -> None:
    state, at = liveness.Liveness(), NOW
    told: list[type] = []
    for given_, seconds in script:
        at += timedelta(seconds=seconds)
        before = state
        state, effects = liveness.step(state, given_, at)
        told += [type(effect) for effect in effects]
        assert bool(effects) == (state.state != before.state)
        assert (liveness.due(state) is not None) == (state.state == "online")
    assert all(one is not other for one, other in pairwise(told))


def test_silence_is_noticed_when_it_is_due_and_not_before() -> None:
    state, _ = liveness.step(liveness.Liveness(), liveness.Status(BOOTS[0]), NOW)
    end = liveness.due(state)
    assert end == NOW + liveness.SILENCE
    assert liveness.step(state, liveness.TimePassed(), end - timedelta(microseconds=1))[0].state == "online"
    after, effects = liveness.step(state, liveness.TimePassed(), end)
    assert (after.state, after.since, effects) == ("offline", end, (liveness.WentOffline("silence"),))


def test_the_will_of_an_earlier_boot_does_not_take_the_next_one_offline() -> None:
    state, _ = liveness.step(liveness.Liveness(), liveness.Status(BOOTS[1]), NOW)
    assert liveness.step(state, liveness.LastWill(BOOTS[0]), NOW) == (state, ())


def test_an_old_retained_status_does_not_revive_an_agent() -> None:
    state, _ = liveness.step(liveness.Liveness(), liveness.LastWill(BOOTS[0]), NOW)
    old = liveness.Status(BOOTS[0], written_at=NOW - timedelta(hours=1))
    assert liveness.step(state, old, NOW)[0].state == "offline"
    assert liveness.step(liveness.Liveness(), old, NOW)[0].state == "unknown"


@pytest.mark.parametrize(
    ("table", "initial"),
    [
        (alarm.LIFE, "raised"),
        (alarm.SHELF, "unshelved"),
        (alarm.CAUSE, "unsuppressed"),
        (fault.TRANSITIONS, "waiting"),
        (work_order.TRANSITIONS, "open"),
        (liveness.TRANSITIONS, "unknown"),
    ],
)
def test_every_state_of_a_diagram_can_be_reached(table: Mapping[tuple[str, str], str], initial: str) -> None:
    reached = {initial}
    for _ in table:
        reached |= {after for (state, _), after in table.items() if state in reached}
    assert {state for state, _ in table} | set(table.values()) == reached
    diagram = mermaid(table, initial)
    assert diagram.startswith(f"stateDiagram-v2\n    [*] --> {initial}\n")
    assert all(f"{state} --> {after}: {what}" in diagram for (state, what), after in table.items())


def test_the_diagram_of_a_work_order_ends_where_it_was_called_off_for_closed_ones_may_come_back() -> None:
    assert mermaid(work_order.TRANSITIONS, "open").endswith("    cancelled --> [*]\n")


def test_regions_that_run_side_by_side_are_drawn_in_one_state() -> None:
    drawn = mermaid_regions("alarm", alarm.TRANSITIONS)
    assert drawn.startswith("stateDiagram-v2\n    state alarm {\n        [*] --> raised\n")
    assert drawn.count("        --\n") == len(alarm.TRANSITIONS) - 1
    assert drawn.endswith("    }\n")


handover_inputs = st.one_of(
    st.builds(handover.Accept, st.sampled_from(["li", "wang", "zhao"])),
    st.builds(handover.Withdraw, st.sampled_from(["li", "wang", "zhao"])),
)


@given(st.lists(handover_inputs))
def test_a_handover_is_accepted_by_its_receiver_or_withdrawn_by_its_giver_once(
    script: list[handover.Accept | handover.Withdraw],
) -> None:
    state = handover.Handover("li", "wang")
    passed_on = 0
    for given_ in script:
        try:
            state, effects = handover.step(state, given_, NOW)
        except Forbidden:
            continue
        passed_on += len(effects)
        assert given_.by == ("wang" if state.state == "accepted" else "li")
    assert passed_on == (state.state == "accepted")
    assert (state.state == "offered") == (state.ended_at is None)
