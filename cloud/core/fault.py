"""A device's fault: an alarm that ends when the device is well, and told once its cause could have shown."""

import base64
import binascii
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from cloud.core import alarm as alarms
from cloud.core.alarm import RECOVERED, Acknowledge, Alarm, Clear, State
from cloud.core.machine import Forbidden, Record, following
from contracts.devices import DeviceFault, Severity, SubjectType, Words

__all__ = ["RECOVERED", "Acknowledge", "Alarm", "Clear", "State"]

SubjectKind = SubjectType | Literal["node", "estate"]
"""What can be at fault: a device for which an agent speaks, a node that gives power or network, or what is
kept of an estate."""

CAMERA_LOST: Final = "camera_lost"
AGENT_OFFLINE: Final = "agent_offline"
SUPPLY_LOST: Final = "supply_lost"
"""Of a node: what hangs on it fell silent together, and it says nothing itself."""
CHATTERING: Final = "chattering"
"""Of a camera or an agent: it comes and goes (ISA-18.2: chattering alarm)."""
_OF_SILENCE: Final = frozenset({CAMERA_LOST, AGENT_OFFLINE, SUPPLY_LOST, CHATTERING})
EVIDENCE_DAMAGED: Final = "evidence_damaged"
"""Of an estate: clips of it that ought to be in the evidence store are not there whole."""
OWN: Final = _OF_SILENCE | {EVIDENCE_DAMAGED}
"""Kinds that the cloud decides itself, by states, silence, and looks at the evidence. What a device says of
them changes nothing."""

MOVED: Final = "moved"
"""Nobody can say where the camera looks until somebody has confirmed it."""
OF_PICTURE: Final = frozenset(
    {
        *("lost", "stalled", "frozen", "dark", "over_exposed", "covered", "defocused", "moved", "noisy"),
        *("striped", "colour_cast", "low_frame_rate", "ir_cut_stuck", "soiled", "unstable"),
        *("unrecorded", "worker_crashing"),
    }
)
"""Kinds that say that a camera's picture is not what it should be, or that its box does not search it."""

TRANSITIONS: Final = {
    ("waiting", "announce"): "announced",
    ("waiting", "release"): "waiting",
}
"""Whether people are told of it. Suppressed beneath its cause it is not; released it waits anew, since what
comes back after its cause does so within minutes."""

RECOVERY_WAIT: Final = timedelta(minutes=3)
"""A camera that gets its power back streams within two minutes; one more for patience."""
JPEG: Final = b"\xff\xd8\xff"
"""How every JPEG begins (ITU-T T.81, B.1.1.3: start of image, then a marker)."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The device or node that a fault is of."""

    type: SubjectKind
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


RAISED: Final = Alarm(latched=False)
"""As every fault begins: seen by nobody, and over when the device is well."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What the machine needs to know of a fault.

    tell_at: when people are told of it, unless it proves to follow from another before. announced_at: when
    they were told.
    """

    tell_at: datetime
    severity: Severity = "serious"
    alarm: Alarm = RAISED
    announced_at: datetime | None = None

    @property
    def state(self) -> State:
        """Whether it is in somebody's hands, and whether it is over."""
        return self.alarm.state


@dataclass(frozen=True, slots=True)
class Update:
    """The device told of it again, with newer figures."""

    severity: Severity


@dataclass(frozen=True, slots=True)
class Announce:
    """It has waited long enough for a cause."""


@dataclass(frozen=True, slots=True)
class OrderWork:
    """Effect: maintenance gets a work order."""


@dataclass(frozen=True, slots=True)
class TellWorkOrder:
    """Effect: the work order learns that its fault has cleared."""


ByPeople = Acknowledge | alarms.Shelve | alarms.Unshelve
Input = ByPeople | Update | Announce | Clear | alarms.TimePassed | alarms.Suppress | alarms.Release
Effect = Record | OrderWork | TellWorkOrder


def raise_fault(
    at: datetime, severity: Severity, note: str, *, wait: timedelta = timedelta(0)
) -> tuple[Fault, tuple[Effect, ...]]:
    """A new fault and what follows. wait: how long its cause may take to show; none: it is told now."""
    fault = Fault(at + wait, severity)
    raised = Record(at, "raised", "system", note)
    if wait:
        return fault, (raised,)
    announced, effects = step(fault, Announce(), at)
    return announced, (raised, *effects)


def due(fault: Fault) -> datetime | None:
    """When people are to be told of it; None where they have been, need not be, or it is over."""
    quiet = fault.announced_at is not None or fault.alarm.suppressed_by is not None or fault.state == "closed"
    return None if quiet else fault.tell_at


def step(fault: Fault, given: Input, at: datetime) -> tuple[Fault, tuple[Effect, ...]]:
    """The fault after `given`, and what follows. Newer figures leave a line where the severity changes.

    Raises:
        Forbidden: The tables do not allow it.
    """
    match given:
        case Update(severity):
            if fault.state == "closed":
                raise Forbidden("the fault", "closed", "update")
            changed = severity != fault.severity
            line = (Record(at, f"severity:{severity}", "system", ""),) if changed else ()
            return replace(fault, severity=severity), line
        case Announce():
            if due(fault) is None:
                raise Forbidden("the fault", _telling(fault), "announce")
            following("the fault", TRANSITIONS, _telling(fault), "announce")
            return replace(fault, announced_at=at), (Record(at, "announced", "system", ""), OrderWork())
        case Clear():
            alarm, records = alarms.step(fault.alarm, given, at)
            return replace(fault, alarm=alarm), (*records, TellWorkOrder())
        case alarms.Release():
            alarm, records = alarms.step(fault.alarm, given, at)
            return replace(fault, alarm=alarm, tell_at=at + RECOVERY_WAIT), records
        case _:
            alarm, records = alarms.step(fault.alarm, given, at)
            return replace(fault, alarm=alarm), records


def _telling(fault: Fault) -> str:
    return "waiting" if fault.announced_at is None else "announced"


def is_blinding(kind: str, severity: Severity) -> bool:
    """Whether a fault means that nobody can rely on what a camera shows."""
    return kind in _OF_SILENCE or (kind in OF_PICTURE and severity != "warning")


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


def evidence_damaged(missing: int, rotten: int, locked: int) -> Finding:
    """What a look at the evidence says of an estate's clips: how many are damaged, and how."""
    found = (
        (missing, "丢失", "missing"),
        (rotten, "内容已变", "changed"),
        (locked, "密钥丢失", "locked, their key is lost"),
    )
    there = [(number, zh, en) for number, zh, en in found if number]
    return Finding(
        severity="critical",
        value=missing + rotten + locked,
        what=Words(
            zh="证据录像" + "、".join(f"{zh} {number} 段" for number, zh, _ in there),
            en="Clips kept as evidence: " + ", ".join(f"{number} {en}" for number, _, en in there),
        ),
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
