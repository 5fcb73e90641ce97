"""One rule of a profile over what one point gives: whether that is bad, and by which figures.

When it is told is the condition's affair (`condition.py`); here is decided what a measurement says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from contracts.rules import Above, Below, Rate, Rule, Silence, Stuck
from edge.core import condition
from edge.core.condition import Condition, Limit, Measured

SAMPLES: Final = 100
"""Kept of a rate's window at most; more do not make a slope truer."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a point gave. at: when it was measured, UTC."""

    value: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Unread:
    """A point gave no value. silent: nothing came at all, rather than something that is no value."""

    reason: str
    silent: bool = False


Answer = Value | Unread


@dataclass(frozen=True, slots=True)
class Watched:
    """One rule's memory. history: (instant, value) of a rate's window, or where a stuck value began."""

    condition: Condition
    history: tuple[tuple[datetime, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured and what it was held against. unit: with `{}` for the point's."""

    value: float | None = None
    threshold: float | None = None
    unit: str = "{}"


def policy(rule: Silence) -> condition.Policy:
    """The rule's delays, as the condition wants them."""
    return condition.Policy(rule.on_delay_s, rule.off_delay_s, rule.chatters, rule.chatter_s)


def overridden(rule: Rule, thresholds: Mapping[str, float]) -> Rule:
    """The rule with the threshold that an operator wants instead of the profile's, if any.

    The deadband keeps its width. A number that makes no sense of the rule leaves it as it is.
    """
    wanted = thresholds.get(rule.name)
    if wanted is None:
        return rule
    if isinstance(rule, Stuck):
        return rule.model_copy(update={"for_s": wanted}) if wanted > 0 else rule
    clear_at = rule.clear_at + wanted - rule.raise_at
    if isinstance(rule, Rate):
        if wanted <= 0:
            return rule
        clear_at = max(clear_at, 0.0)
    return rule.model_copy(update={"raise_at": wanted, "clear_at": clear_at})


def step(
    rule: Rule, watched: Watched, answer: Answer | None, at: datetime
) -> tuple[Watched, tuple[condition.Effect, ...], Figures]:
    """The rule's memory after an answer, what to tell, and the figures of it.

    answer: None where there is nothing to say yet. at: on a clock that never steps.
    """
    history = watched.history
    measured: Measured = "unknown"
    figures = Figures()
    if isinstance(answer, Value):
        before = condition.is_bad(watched.condition)
        measured, history, figures = _judged(rule, history, answer.value, at, before=before)
    after, effects = condition.step(policy(rule), watched.condition, measured, at)
    return Watched(after, history), effects, figures


Judged = tuple[Measured, tuple[tuple[datetime, float], ...], Figures]


def _judged(
    rule: Rule, history: tuple[tuple[datetime, float], ...], value: float, at: datetime, *, before: bool
) -> Judged:
    match rule:
        case Above() | Below():
            limit = Limit(rule.raise_at, rule.clear_at)
            return _word(limit.breached(value, before=before)), (), Figures(value, rule.raise_at)
        case Rate():
            return _changing(rule, history, value, at, before=before)
        case Stuck():
            return _standing(rule, history, value, at, before=before)


def _changing(
    rule: Rate, history: tuple[tuple[datetime, float], ...], value: float, at: datetime, *, before: bool
) -> Judged:
    """Unknown until values of half of the window are there."""
    spacing = timedelta(seconds=rule.within_s / SAMPLES)
    begin = at - timedelta(seconds=rule.within_s)
    kept = tuple((then, old) for then, old in history if then >= begin)
    now = (*kept, (at, value))
    span_s = (at - now[0][0]).total_seconds()
    kept = now if not kept or at - kept[-1][0] >= spacing else kept
    if span_s < rule.within_s / 2:
        return "unknown", kept, Figures()
    slope = _slope_per_min(now)
    speed = {"rising": slope, "falling": -slope, "either": abs(slope)}[rule.direction]
    bad = Limit(rule.raise_at, rule.clear_at).breached(speed, before=before)
    return _word(bad), kept, Figures(round(slope, 6), rule.raise_at, "{}/min")


def _slope_per_min(samples: tuple[tuple[datetime, float], ...]) -> float:
    """Least squares through at least two instants."""
    begin = samples[0][0]
    minutes = [(then - begin).total_seconds() / 60 for then, _ in samples]
    mean_t = sum(minutes) / len(samples)
    mean_v = sum(value for _, value in samples) / len(samples)
    spread = sum((t - mean_t) ** 2 for t in minutes)
    return sum((t - mean_t) * (v - mean_v) for t, (_, v) in zip(minutes, samples, strict=True)) / spread


def _standing(
    rule: Stuck, history: tuple[tuple[datetime, float], ...], value: float, at: datetime, *, before: bool
) -> Judged:
    """One that was told as stuck before a restart is taken as stuck until it moves."""
    begin = at - timedelta(seconds=rule.for_s if before else 0)
    since, first = history[0] if history else (begin, value)
    if abs(value - first) > rule.tolerance:
        since, first = at, value
    stood_s = (at - since).total_seconds()
    figures = Figures(round(stood_s, 1), rule.for_s, "s")
    return _word(stood_s >= rule.for_s), ((since, first),), figures


def _word(bad: bool) -> Measured:  # noqa: FBT001 - one word for another
    return "bad" if bad else "good"


def begun(name: str, told: frozenset[str], at: datetime) -> Watched:
    """A rule's memory after a start. told: faults of its subject that were open before."""
    state = condition.start(at, bad=name in told)
    return Watched(replace(state, unstable=unstable(name) in told))


def unstable(name: str) -> str:
    """The fault's name while it comes and goes."""
    return f"{name}_unstable"
