"""A profile's rules: what a device measures becomes a fault, with figures, once, and not for each point."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from contracts.devices import Words
from contracts.rules import Rule, Silence
from edge.core import device_watch
from edge.core.device_watch import FaultTold, Plan, Subject, Watch
from edge.core.rules import Answer, Unread, Value, overridden

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
TEMPERATURE, DOOR = Subject("sensor", "cab-temp"), Subject("sensor", "cab-door")
WORDS = {"what": {"zh": "热", "en": "Hot"}, "advice": {"zh": "查", "en": "Look"}}
SILENT = Silence.model_validate({"name": "silent", "on_delay_s": 20, **WORDS})
MISSING = Silence.model_validate({"name": "missing", "on_delay_s": 20, **WORDS})
HOT = {"kind": "above", "name": "hot", "raise_at": 55, "clear_at": 50, "on_delay_s": 20, "off_delay_s": 20}
FAST = {"kind": "rate", "name": "fast", "direction": "rising", "raise_at": 3, "clear_at": 1, "within_s": 60}
STUCK = {"kind": "stuck", "name": "stuck", "for_s": 60, "tolerance": 0.1}


def rule(given: dict[str, object]) -> Rule:
    return TypeAdapter(Rule).validate_python({**WORDS, **given})  # type: ignore[no-any-return]


def plan(*rules: dict[str, object]) -> Plan:
    points = {
        "temperature": Watch(TEMPERATURE, "Cel", tuple(map(rule, rules))),
        "door": Watch(DOOR, "1", ()),
    }
    return Plan(points, SILENT, MISSING)


def value(number: float) -> Value:
    return Value(number, AT)


def run(
    watched: Plan,
    readings: list[dict[str, Answer]],
    *,
    every_s: float = 10,
    thresholds: dict[str, float] | None = None,
    open_before: dict[Subject, frozenset[str]] | None = None,
) -> list[tuple[float, str, str]]:
    """(second, fault, state) of everything that is told."""
    return [
        (second, fault.name, fault.state)
        for second, fault in told(watched, readings, every_s, thresholds, open_before)
    ]


def told(
    watched: Plan,
    readings: list[dict[str, Answer]],
    every_s: float = 10,
    thresholds: dict[str, float] | None = None,
    open_before: dict[Subject, frozenset[str]] | None = None,
) -> list[tuple[float, FaultTold]]:
    state = device_watch.start(watched, open_before or {}, AT)
    found = []
    for number, answers in enumerate(readings):
        at = AT + timedelta(seconds=number * every_s)
        state, faults = device_watch.step(watched, state, answers, at, thresholds or {})
        found += [(number * every_s, fault) for fault in faults]
    return found


def temperatures(*numbers: float) -> list[dict[str, Answer]]:
    return [{"temperature": value(number), "door": value(0)} for number in numbers]


def test_too_much_is_told_after_its_delay_and_taken_back_below_the_deadband() -> None:
    readings = temperatures(30, 56, 57, 58, 53, 51, 49, 49, 49)
    assert run(plan(HOT), readings) == [(30, "hot", "raised"), (80, "hot", "cleared")]


def test_a_fault_carries_value_threshold_unit_words_and_since_when() -> None:
    ((_, fault), *_) = told(plan(HOT), temperatures(56, 57, 58))
    assert (fault.subject, fault.figures.value, fault.figures.threshold, fault.unit) == (
        TEMPERATURE,
        58,
        55,
        "Cel",
    )
    assert (fault.what.en, fault.rule.advice.zh, fault.since) == ("Hot", "查", AT)


def test_too_little_is_told_likewise() -> None:
    low = {"kind": "below", "name": "low", "raise_at": 170, "clear_at": 195}
    assert run(plan(low), temperatures(230, 170, 190, 195)) == [(10, "low", "raised"), (30, "low", "cleared")]


def test_an_operators_threshold_counts_instead_and_keeps_the_deadband() -> None:
    assert run(plan(HOT), temperatures(41, 41, 41, 36, 34, 34, 34), thresholds={"hot": 40}) == [
        (20, "hot", "raised"),
        (60, "hot", "cleared"),
    ]
    moved = overridden(rule(HOT), {"hot": 40})
    assert moved.kind == "above"
    assert (moved.raise_at, moved.clear_at) == (40, 35)


@pytest.mark.parametrize(("given", "wanted"), [(FAST, 0.0), (FAST, -2.0), (STUCK, 0.0)])
def test_an_operators_number_that_makes_no_sense_changes_nothing(
    given: dict[str, object], wanted: float
) -> None:
    assert overridden(rule(given), {str(given["name"]): wanted}) == rule(given)


def test_a_rise_is_told_by_its_slope_however_high_it_is() -> None:
    slow = temperatures(*(20 + 0.1 * n for n in range(20)))
    fast = temperatures(*(20 + 1.0 * n for n in range(10)))
    assert run(plan(FAST), slow) == []
    ((second, fault), *_) = told(plan(FAST), fast)
    assert (second, fault.name, fault.unit) == (30, "fast", "Cel/min")
    assert fault.figures.value == pytest.approx(6)


def test_a_single_outlier_is_no_rise() -> None:
    noise = [20.0] * 8
    noise[5] = 21.5
    assert run(plan(FAST), temperatures(*noise)) == []


def test_a_value_that_stands_is_stuck_until_it_moves_by_more_than_the_tolerance() -> None:
    readings = temperatures(20, *[20.05] * 6, 20.2, 20.2)
    assert run(plan(STUCK), readings) == [(60, "stuck", "raised"), (70, "stuck", "cleared")]


def test_what_was_stuck_before_a_restart_stays_so_until_it_moves() -> None:
    before = {TEMPERATURE: frozenset({"stuck"})}
    assert run(plan(STUCK), temperatures(20, 20, 20), open_before=before) == []
    assert run(plan(STUCK), temperatures(20, 20, 21), open_before=before) == [(20, "stuck", "cleared")]


def test_a_point_that_cannot_be_read_is_missing_and_never_a_value() -> None:
    gone: dict[str, Answer] = {"temperature": Unread("illegal address"), "door": value(0)}
    faults = told(plan(HOT), [*temperatures(20), gone, gone, gone, *temperatures(20)])
    assert [(second, fault.name, fault.state, fault.subject) for second, fault in faults] == [
        (30, "missing", "raised", TEMPERATURE),
        (40, "missing", "cleared", TEMPERATURE),
    ]
    assert faults[0][1].what.en == "Hot: illegal address"
    assert faults[0][1].figures.value is None


def test_a_device_that_does_not_answer_is_one_fault_of_its_first_point() -> None:
    dead: dict[str, Answer] = dict.fromkeys(("temperature", "door"), Unread("no answer", silent=True))
    faults = told(plan(HOT), [*temperatures(20), dead, dead, dead, dead, *temperatures(20)])
    assert [(second, fault.name, fault.state, fault.subject) for second, fault in faults] == [
        (30, "silent", "raised", TEMPERATURE),
        (50, "silent", "cleared", TEMPERATURE),
    ]


def test_a_silence_says_nothing_about_what_was_hot_before() -> None:
    dead: dict[str, Answer] = dict.fromkeys(("temperature", "door"), Unread("no answer", silent=True))
    readings = [*temperatures(60, 60, 60), dead, dead, dead, *temperatures(60)]
    assert run(plan(HOT), readings) == [
        (20, "hot", "raised"),
        (50, "silent", "raised"),
        (60, "silent", "cleared"),
    ]


def test_one_that_has_nothing_to_say_yet_is_not_missing() -> None:
    assert run(plan(HOT), [{} for _ in range(20)]) == []


def test_a_fault_that_was_open_before_a_restart_is_taken_back_without_being_raised_again() -> None:
    before = {TEMPERATURE: frozenset({"hot"})}
    assert run(plan(HOT), temperatures(60, 60, 60, 60), open_before=before) == []
    assert run(plan(HOT), temperatures(40, 40, 40), open_before=before) == [(20, "hot", "cleared")]


def test_what_comes_and_goes_becomes_one_unstable() -> None:
    quick = {**HOT, "on_delay_s": 0, "off_delay_s": 0, "chatters": 3, "chatter_s": 600}
    swinging = temperatures(*[60, 40] * 8)
    assert run(plan(quick), swinging) == [
        (0, "hot", "raised"),
        (10, "hot", "cleared"),
        (20, "hot", "raised"),
        (30, "hot", "cleared"),
        (40, "hot_unstable", "raised"),
    ]
    before = {TEMPERATURE: frozenset({"hot_unstable"})}
    calm = temperatures(*[40] * 62)
    assert run(plan(quick), calm, open_before=before) == [(600, "hot_unstable", "cleared")]


def test_faults_that_no_rule_knows_any_more_are_named_but_not_those_of_the_agent() -> None:
    agent = Subject("agent", "box")
    watched = Plan({"cpu": Watch(agent, "Cel", (rule(HOT),))}, None, MISSING)
    assert device_watch.forgotten(watched, {agent: frozenset({"disk_full", "hot"})}) == ()
    known = {TEMPERATURE: frozenset({"hot", "hot_unstable", "silent", "old"}), DOOR: frozenset({"silent"})}
    assert device_watch.forgotten(plan(HOT), known) == ((TEMPERATURE, "old"), (DOOR, "silent"))


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                name: st.one_of(
                    st.floats(-100, 100).map(value),
                    st.booleans().map(lambda silent: Unread("no", silent=silent)),
                )
                for name in ("temperature", "door")
            },
        ),
        max_size=60,
    ),
    st.dictionaries(st.sampled_from(["hot", "fast", "stuck", "silent", "missing"]), st.floats(-100, 100)),
)
def test_every_fault_is_raised_and_cleared_in_turn(
    readings: list[dict[str, Answer]], thresholds: dict[str, float]
) -> None:
    open_now: set[tuple[Subject, str]] = set()
    for _, fault in told(plan(HOT, FAST, STUCK), readings, thresholds=thresholds):
        key = fault.subject, fault.name
        assert (key in open_now) == (fault.state == "cleared")
        open_now ^= {key}


def test_words_stay_within_what_a_message_may_carry() -> None:
    long = Silence(name="silent", what=Words(zh="长" * 500, en="l" * 500), advice=Words(zh="查", en="Look"))
    watched = Plan({"door": Watch(DOOR, "1", ())}, long, MISSING)
    ((_, fault),) = told(watched, [{"door": Unread("r" * 600, silent=True)}])
    assert (len(fault.what.zh), len(fault.what.en)) == (500, 500)
