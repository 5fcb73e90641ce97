"""Who is told, when, how often, and what becomes of what is sent."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.core import delivery, escalation, quiet
from cloud.core.delivery import Delivery, Refused, Taken, Unknown
from cloud.core.escalation import (
    USUAL,
    Answered,
    Everybody,
    NobodyReached,
    OnCall,
    Person,
    Policy,
    Responsible,
    Step,
    Tell,
    TimePassed,
)
from cloud.core.on_call import Calendar, Rotation, Shift
from cloud.core.quiet import QuietHours
from cloud.core.routing import Recipients, Roster, Told, recipients, tell_at, telling
from cloud.core.wording import Facts, Named, link, words

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 5, 18, 30, tzinfo=UTC)  # 02:30 in Shanghai.
STEPS = tuple(escalation.Step(after_s=after, whom=Everybody(role="desk")) for after in (0, 120, 300))
ROTATION = Rotation(shifts=(Shift(people=("li",), anchor=date(2026, 3, 2)),))
ROSTER = Roster(
    SHANGHAI,
    members={"desk": ["li", "wang"], "maintenance": ["zhao"]},
    duty={"desk": Calendar(ROTATION)},
    quiet={"li": QuietHours(time(22), time(7)), "zhao": QuietHours(time(22), time(7))},
)


def test_each_step_comes_in_its_time_until_somebody_answers() -> None:
    state, told = escalation.step(escalation.begun(STEPS, AT), TimePassed(), STEPS, AT)
    assert told == (Tell(0),)
    assert escalation.due(state) == AT + timedelta(seconds=120)
    early, told = escalation.step(state, TimePassed(), STEPS, AT + timedelta(seconds=119))
    assert (early, told) == (state, ())
    ended, _ = escalation.step(state, Answered(), STEPS, AT)
    assert escalation.due(ended) is None
    assert escalation.step(ended, TimePassed(), STEPS, AT + timedelta(days=1)) == (ended, ())


def test_after_an_outage_every_missed_step_is_told_once() -> None:
    late = AT + timedelta(hours=2)
    state, told = escalation.step(escalation.begun(STEPS, AT), TimePassed(), STEPS, late)
    assert told == (Tell(0), Tell(1), Tell(2))
    assert state.state == "exhausted"
    assert escalation.step(state, TimePassed(), STEPS, late)[1] == ()


def test_where_nobody_can_be_reached_the_next_step_comes_now() -> None:
    state, _ = escalation.step(escalation.begun(STEPS, AT), TimePassed(), STEPS, AT)
    hurried, _ = escalation.step(state, NobodyReached(), STEPS, AT)
    after, told = escalation.step(hurried, TimePassed(), STEPS, AT)
    assert told == (Tell(1),)
    assert escalation.due(after) == AT + timedelta(seconds=180)


def test_a_policy_whose_steps_go_back_in_time_is_refused() -> None:
    with pytest.raises(ValueError, match="comes after"):
        Policy(alerts=(STEPS[1], STEPS[0]), faults=STEPS)


def test_in_a_gap_the_whole_role_is_told_and_it_is_said() -> None:
    assert recipients(OnCall(role="desk"), ROSTER, AT).people == ("li",)
    found = recipients(OnCall(role="maintenance"), ROSTER, AT)
    assert (found.people, found.in_gap) == (("zhao",), True)


def test_somebody_on_call_who_has_left_is_a_gap() -> None:
    gone = Roster(SHANGHAI, {"desk": ["wang"]}, {"desk": Calendar(ROTATION)})
    found = recipients(OnCall(role="desk"), gone, AT)
    assert (found.people, found.in_gap) == (("wang",), True)
    assert recipients(Person(username="li"), gone, AT).people == ()


def test_a_device_warning_waits_until_the_morning() -> None:
    assert tell_at("li", quiet.of_fault("warning"), ROSTER, AT) == datetime(2026, 3, 6, 7, tzinfo=SHANGHAI)
    assert tell_at("wang", quiet.of_fault("warning"), ROSTER, AT) == AT


@given(
    st.sampled_from(["critical", "high", "notice"]),
    st.times(),
    st.times(),
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1)),  # noqa: DTZ001
)
def test_no_quiet_hours_ever_hold_back_a_fall(
    severity: str, begins: time, ends: time, naive: datetime
) -> None:
    at = naive.replace(tzinfo=UTC)
    roster = Roster(SHANGHAI, {}, quiet={"li": QuietHours(begins, ends)})
    assert tell_at("li", quiet.of_alert(severity), roster, at) == at


@given(st.lists(st.integers(1, 20 * 60), min_size=1, max_size=120))
def test_a_flapping_device_is_told_thrice_an_hour_and_once_that_it_is_unstable(waits_s: list[int]) -> None:
    at, before = AT, list[Told]()
    for wait in waits_s:
        at += timedelta(seconds=wait)
        found = telling(before, at)
        if found != "silent":
            before.append(Told(at, found == "unstable"))
    for told in before:
        hour = [other for other in before if told.at <= other.at < told.at + timedelta(hours=1)]
        assert sum(not other.unstable for other in hour) <= 3
        assert sum(other.unstable for other in hour) <= 1


@pytest.mark.parametrize("kind", ["email", "webhook"])
def test_where_the_receiver_can_tell_a_copy_an_unknown_outcome_is_tried_again(kind: str) -> None:
    claimed = delivery.claim(Delivery("waiting", "routine", kind))  # type: ignore[arg-type]
    after, by = delivery.settle(claimed, Unknown("cut off"), AT, others=True)
    assert (after.state, by, after.maybe_came) == ("waiting", "stay", True)


def test_a_robot_is_told_again_of_a_person_at_risk_and_never_again_of_a_device() -> None:
    risk = delivery.claim(Delivery("waiting", "person_at_risk", "wecom"))
    assert delivery.settle(risk, Unknown("cut off"), AT, others=False)[0].state == "waiting"
    device = delivery.claim(Delivery("waiting", "routine", "wecom"))
    assert delivery.settle(device, Unknown("cut off"), AT, others=True)[0].state == "unknown"


def test_what_lastingly_refuses_is_left_at_once_for_the_next_channel() -> None:
    claimed = delivery.claim(Delivery("waiting", "routine", "wecom"))
    after, by = delivery.settle(claimed, Refused("code 93000", lasting=True), AT, others=True)
    assert (after.state, after.attempts, by) == ("waiting", 0, "next_channel")
    assert (
        delivery.settle(claimed, Refused("code 93000", lasting=True), AT, others=False)[0].state == "failed"
    )


Outcomes = st.lists(
    st.sampled_from([Taken(), Refused("no"), Refused("never", lasting=True), Unknown("?")]), max_size=12
)


@given(Outcomes, st.sampled_from(quiet.URGENCIES), st.sampled_from(["email", "wecom"]), st.integers(0, 3))
def test_a_device_is_never_told_twice_where_the_receiver_cannot_tell_a_copy(
    outcomes: list[delivery.Outcome], urgency: quiet.Urgency, kind: delivery.ChannelKind, others: int
) -> None:
    state, maybe_arrived = Delivery("waiting", urgency, kind), 0
    for outcome in outcomes:
        if state.state != "waiting":
            break
        if state.kind not in delivery.KEYED and urgency != "person_at_risk":
            assert maybe_arrived == 0
        state = delivery.claim(state)
        maybe_arrived += isinstance(outcome, Taken | Unknown)
        state, by = delivery.settle(state, outcome, AT, others=others > 0)
        if by == "next_channel":
            others -= 1
    assert state.state in {"waiting", "sent", "failed", "unknown"}
    assert state.state != "failed" or maybe_arrived == 0


def test_a_message_is_chinese_first_and_names_no_home() -> None:
    facts = Facts("A-12345678", Named("花园", "Garden"), Named("3 号楼东面", "East of 3"), "critical", AT)
    said = words(facts, 1, SHANGHAI, in_gap=True, unstable=False)
    assert said.title == "【檐哨】疑似高空抛物：花园 3 号楼东面"
    assert "02:30:00" in said.body
    assert "第 2 步" in said.body
    assert "无人排班" in said.body
    assert said.body.index("无人排班") < said.body.index("Something fell")


def test_what_is_overdue_is_told_to_whoever_is_responsible_and_by_its_source_alone() -> None:
    roster = Roster(SHANGHAI, {"maintenance": ["wu", "zhao"]}, {}, {})
    assert recipients(Responsible(), roster, AT, "zhao").people == ("zhao",)
    assert recipients(Responsible(), roster, AT, "gone") == Recipients(("wu", "zhao"), in_gap=True)
    due = Facts("W-7", Named("花园", "Garden"), Named("", ""), "serious", AT, source="complaint")
    said = words(due, 1, SHANGHAI, in_gap=False, unstable=False)
    assert said.title == "【檐哨】工单超期 投诉：花园"
    assert "期限：2" in said.body
    assert "仍未完成，已升级到第 2 步" in said.body


def test_a_message_leads_to_its_subject_only_where_the_pages_have_an_address() -> None:
    subject = UUID(int=7)
    assert (
        link("https://watch.example.org/", "alert", subject)
        == f"https://watch.example.org/desk?alert={subject}"
    )
    assert link("https://watch.example.org", "fault", subject).endswith(f"/maintenance?fault={subject}")
    assert link("", "work_order", subject) == ""
    facts = Facts("A-1", Named("花园", "Garden"), Named("东", "East"), "critical", AT)
    assert "https" not in words(facts, 0, SHANGHAI, in_gap=False, unstable=False).body
    led = replace(facts, link=link("https://watch.example.org", "alert", subject))
    assert (
        f"\nhttps://watch.example.org/desk?alert={subject}\n"
        in words(led, 0, SHANGHAI, in_gap=False, unstable=False).body
    )


def test_only_orders_have_somebody_who_is_responsible() -> None:
    step = Step(after_s=0, whom=Responsible())
    with pytest.raises(ValueError, match="only a work order"):
        Policy(alerts=(step,), faults=USUAL.faults)


def test_the_usual_policy_asks_whoever_is_on_call_first() -> None:
    assert isinstance(USUAL.alerts[0].whom, OnCall)
    assert USUAL.alerts[0].after_s == 0
