"""All rules of one device over everything that a reading of it gave: which faults begin and end.

A device that does not answer is one fault, not one for each of its points.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contracts.base import MAX_TEXT
from contracts.devices import SubjectType, Words
from contracts.rules import Rule, Silence
from edge.core import condition, rules
from edge.core.condition import Cleared, Effect, Measured, Raised, Steady, Unstable
from edge.core.rules import Answer, Figures, Unread, Value, Watched


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a fault is told of."""

    type: SubjectType
    id: str


@dataclass(frozen=True, slots=True)
class Watch:
    """A point that is watched: whom its faults are told of, and its rules."""

    subject: Subject
    unit: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is watched of a device. points: by key, in the order of the settings, at least one.

    silent: told of the first point's subject; None where the device is the box itself.
    """

    points: Mapping[str, Watch]
    silent: Silence | None
    missing: Silence


@dataclass(frozen=True, slots=True)
class FaultTold:
    """Effect: a device's fault begins or ends. since: on the clock of `step`."""

    subject: Subject
    name: str
    state: Literal["raised", "cleared"]
    since: datetime
    rule: Silence
    what: Words
    figures: Figures
    unit: str


State = Mapping[tuple[str, str], Watched]
"""(point key, rule's name) → its memory."""


def subjects(plan: Plan) -> frozenset[Subject]:
    """Everybody whom the plan's faults may be told of."""
    return frozenset(watch.subject for watch in plan.points.values())


def start(plan: Plan, told: Mapping[Subject, frozenset[str]], at: datetime) -> State:
    """Nothing is known but what was told before a restart and not taken back."""
    return {
        (key, rule.name): rules.begun(rule.name, told.get(watch.subject, frozenset()), at)
        for key, watch in plan.points.items()
        for rule in _all(plan, key, watch)
    }


def step(
    plan: Plan,
    state: State,
    answers: Mapping[str, Answer],
    at: datetime,
    thresholds: Mapping[str, float],
) -> tuple[State, tuple[FaultTold, ...]]:
    """The memory after one reading of the device, and the faults that begin or end by it.

    answers: by point; a point that is not in it has nothing to say yet. thresholds: an operator's, by rule.
    """
    after: dict[tuple[str, str], Watched] = {}
    told: list[FaultTold] = []
    silent = plan.silent is not None and _is_silent(answers)
    for key, watch in plan.points.items():
        answer = answers.get(key)
        reason = answer.reason if isinstance(answer, Unread) else ""
        for rule in watch.rules:
            wanted = rules.overridden(rule, thresholds)
            memory, effects, figures = rules.step(wanted, state[key, rule.name], answer, at)
            after[key, rule.name] = memory
            told += _told(watch, rule, effects, figures)
        for silence, measured in _silences(plan, key, answers, silent=silent):
            memory, effects = _step_silence(silence, state[key, silence.name], measured, at, thresholds)
            after[key, silence.name] = memory
            told += _told(watch, silence, effects, Figures(), reason)
    return after, tuple(told)


def _all(plan: Plan, key: str, watch: Watch) -> tuple[Silence, ...]:
    first = next(iter(plan.points)) == key and plan.silent is not None
    return (*watch.rules, *((plan.silent,) if first and plan.silent else ()), plan.missing)


def _is_silent(answers: Mapping[str, Answer]) -> bool:
    found = answers.values()
    return bool(answers) and all(isinstance(answer, Unread) and answer.silent for answer in found)


def _silences(
    plan: Plan, key: str, answers: Mapping[str, Answer], *, silent: bool
) -> list[tuple[Silence, Measured]]:
    """The rules about not being read that concern a point, and what they are to make of the answers."""
    found: list[tuple[Silence, Measured]] = []
    if plan.silent is not None and next(iter(plan.points)) == key:
        found.append((plan.silent, "unknown" if not answers else "bad" if silent else "good"))
    match answers.get(key):
        case Value():
            found.append((plan.missing, "good"))
        case Unread() if not silent:
            found.append((plan.missing, "bad"))
        case _:
            found.append((plan.missing, "unknown"))
    return found


def _step_silence(
    rule: Silence, watched: Watched, measured: Measured, at: datetime, thresholds: Mapping[str, float]
) -> tuple[Watched, tuple[Effect, ...]]:
    """An operator's number is how long it may be silent."""
    on_delay_s = max(thresholds.get(rule.name, rule.on_delay_s), 0.0)
    wanted = rule.model_copy(update={"on_delay_s": on_delay_s})
    after, effects = condition.step(rules.policy(wanted), watched.condition, measured, at)
    return Watched(after), effects


def _told(
    watch: Watch, rule: Silence, effects: tuple[Effect, ...], figures: Figures, reason: str = ""
) -> list[FaultTold]:
    return [_as_fault(watch, rule, effect, figures, reason) for effect in effects]


def _as_fault(watch: Watch, rule: Silence, effect: Effect, figures: Figures, reason: str) -> FaultTold:
    """reason: why it could not be read, in words for whoever mends it."""
    unit = "" if figures.value is None else figures.unit.format(watch.unit)
    name, zh, en = rule.name, rule.what.zh, rule.what.en
    if reason:
        zh, en = f"{zh}: {reason}", f"{en}: {reason}"
    match effect:
        case Unstable(times=times):
            name = rules.unstable(name)
            zh, en = f"反复出现 {times} 次: {zh}", f"Came and went {times} times: {en}"
        case Steady():
            name = rules.unstable(name)
        case Raised() | Cleared():
            pass
    state: Literal["raised", "cleared"] = "raised" if isinstance(effect, Raised | Unstable) else "cleared"
    what = Words(zh=zh[:MAX_TEXT], en=en[:MAX_TEXT])
    return FaultTold(watch.subject, name, state, effect.since, rule, what, figures, unit)


def forgotten(plan: Plan, told: Mapping[Subject, frozenset[str]]) -> tuple[tuple[Subject, str], ...]:
    """Faults of sensors that are open and that no rule of the plan could ever take back.

    Faults of the agent may be others' affair and stay.
    """
    known: dict[Subject, set[str]] = {}
    for key, watch in plan.points.items():
        for rule in _all(plan, key, watch):
            known.setdefault(watch.subject, set()).update({rule.name, rules.unstable(rule.name)})
    return tuple(
        (subject, fault)
        for subject, faults in told.items()
        if subject.type == "sensor"
        for fault in sorted(faults - known[subject])
    )
