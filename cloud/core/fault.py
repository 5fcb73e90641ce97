"""The life of a device fault: raised → acknowledged → closed. It closes by itself when the device is well."""

import base64
import binascii
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, cast
from uuid import UUID

from cloud.core.machine import Record, following
from contracts.devices import DeviceFault, Severity, SubjectType, Words

State = Literal["raised", "acknowledged", "closed"]

CAMERA_LOST: Final = "camera_lost"
AGENT_OFFLINE: Final = "agent_offline"
OWN: Final = frozenset({CAMERA_LOST, AGENT_OFFLINE})
"""Kinds that the cloud decides itself, by states and silence. What a device says of them changes nothing."""

OF_PICTURE: Final = frozenset(
    {
        *("lost", "stalled", "frozen", "dark", "over_exposed", "covered", "defocused", "moved", "noisy"),
        *("striped", "colour_cast", "low_frame_rate", "ir_cut_stuck", "soiled", "unstable"),
    }
)
"""Kinds that say that a camera's picture is not what it should be."""

TRANSITIONS: Final = {
    ("raised", "update"): "raised",
    ("raised", "acknowledge"): "acknowledged",
    ("raised", "clear"): "closed",
    ("acknowledged", "update"): "acknowledged",
    ("acknowledged", "clear"): "closed",
}
RECOVERED: Final = "recovered"
JPEG: Final = b"\xff\xd8\xff"
"""How every JPEG begins (ITU-T T.81, B.1.1.3: start of image, then a marker)."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The device that a fault is of."""

    type: SubjectType
    id: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of a fault beside its name. The figures are in `unit`.

    reason: the device's own, for people. baseline: what is usual there. threshold: what the value was held
    against. thumbnail: a JPEG.
    """

    severity: Severity = "serious"
    reason: str = ""
    value: float | None = None
    baseline: float | None = None
    threshold: float | None = None
    unit: str = ""
    what: Words | None = None
    advice: Words | None = None
    thumbnail: bytes | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a device said of one of its faults, and when in its own order."""

    state: Literal["raised", "cleared"]
    since: datetime
    boot: UUID
    seq: int


@dataclass(frozen=True, slots=True)
class Fault:
    """What the machine needs to know of a fault."""

    state: State
    severity: Severity = "serious"
    acknowledged_by: str | None = None
    cleared_at: datetime | None = None
    close_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """The device told of it again, with newer figures."""

    severity: Severity


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """A technician takes it on."""

    by: str


@dataclass(frozen=True, slots=True)
class Clear:
    """The device is well again."""


@dataclass(frozen=True, slots=True)
class OrderWork:
    """Effect: maintenance gets a work order."""


@dataclass(frozen=True, slots=True)
class TellWorkOrder:
    """Effect: the work order learns that its fault has cleared."""


Input = Update | Acknowledge | Clear
Effect = Record | OrderWork | TellWorkOrder


def raise_fault(at: datetime, severity: Severity, note: str) -> tuple[Fault, tuple[Effect, ...]]:
    """A new fault and what follows from it."""
    return Fault("raised", severity), (Record(at, "raised", "system", note), OrderWork())


def step(fault: Fault, given: Input, at: datetime) -> tuple[Fault, tuple[Effect, ...]]:
    """The fault after `given`, and what follows. Newer figures leave a line where the severity changes.

    Raises:
        Forbidden: The table does not allow it.
    """
    match given:
        case Update(severity):
            after = replace(fault, state=_following(fault, "update"), severity=severity)
            changed = severity != fault.severity
            return after, (Record(at, f"severity:{severity}", "system", ""),) if changed else ()
        case Acknowledge(by):
            after = replace(fault, state=_following(fault, "acknowledge"), acknowledged_by=by)
            return after, (Record(at, "acknowledged", by, ""),)
        case Clear():
            state = _following(fault, "clear")
            after = replace(fault, state=state, cleared_at=at, close_reason=RECOVERED)
            return after, (Record(at, f"closed:{RECOVERED}", "system", ""), TellWorkOrder())


def _following(fault: Fault, what: str) -> State:
    return cast("State", following("the fault", TRANSITIONS, fault.state, what))


def is_blinding(kind: str, severity: Severity) -> bool:
    """Whether a fault means that nobody can rely on what a camera shows."""
    return kind in OWN or (kind in OF_PICTURE and severity != "warning")


def finding(message: DeviceFault) -> Finding:
    """What a device's message says of its fault."""
    return Finding(
        severity=message.severity,
        value=message.value,
        baseline=message.baseline,
        threshold=message.threshold,
        unit=message.unit,
        what=message.what,
        advice=message.advice,
        thumbnail=picture(message.thumbnail),
    )


def picture(base64_text: str | None) -> bytes | None:
    """The JPEG in `base64_text`; None where there is none: a broken picture must not hide its fault."""
    if base64_text is None:
        return None
    try:
        content = base64.b64decode(base64_text, validate=True)
    except binascii.Error:
        return None
    return content if content.startswith(JPEG) else None
