"""The life of an alert: raised → acknowledged → closed with a reason. Nobody closes what nobody saw."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, cast

from cloud.core.machine import Record, following

State = Literal["raised", "acknowledged", "closed"]
Severity = Literal["critical", "high", "notice"]
CloseReason = Literal[
    "real_throw", "falling_part", "false_bird", "false_insect", "false_weather", "false_light", "false_other"
]

TRANSITIONS: Final = {
    ("raised", "acknowledge"): "acknowledged",
    ("acknowledged", "close"): "closed",
}

CRITICAL_SCORE: Final = 0.8
HIGH_SCORE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Alert:
    """What the machine needs to know of an alert."""

    state: State
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None
    close_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Somebody at the desk has seen it and answers for it."""

    by: str


@dataclass(frozen=True, slots=True)
class Close:
    """Somebody at the desk says what it was."""

    by: str
    reason: CloseReason
    note: str = ""


def step(alert: Alert, given: Acknowledge | Close, at: datetime) -> tuple[Alert, tuple[Record, ...]]:
    """The alert after `given`, and what to write down about it.

    Raises:
        Forbidden: The table does not allow it.
    """
    match given:
        case Acknowledge(by):
            state = cast("State", following("the alert", TRANSITIONS, alert.state, "acknowledge"))
            after = replace(alert, state=state, acknowledged_by=by, acknowledged_at=at)
            return after, (Record(at, "acknowledged", by, ""),)
        case Close(by, reason, note):
            state = cast("State", following("the alert", TRANSITIONS, alert.state, "close"))
            after = replace(alert, state=state, closed_by=by, closed_at=at, close_reason=reason)
            return after, (Record(at, f"closed:{reason}", by, note),)


def severity(score: float) -> Severity:
    """How loud a fall of this score (0..1) is told."""
    if score >= CRITICAL_SCORE:
        return "critical"
    return "high" if score >= HIGH_SCORE else "notice"
