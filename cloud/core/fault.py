"""The life of a device fault: raised → acknowledged → closed. It closes by itself when the device is back."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, cast

from cloud.core.machine import Record, following

State = Literal["raised", "acknowledged", "closed"]
Kind = Literal["camera_lost", "agent_offline"]
SubjectType = Literal["camera", "agent"]

TRANSITIONS: Final = {
    ("raised", "acknowledge"): "acknowledged",
    ("raised", "clear"): "closed",
    ("acknowledged", "clear"): "closed",
}
RECOVERED: Final = "recovered"


@dataclass(frozen=True, slots=True)
class Fault:
    """What the machine needs to know of a fault."""

    state: State
    acknowledged_by: str | None = None
    cleared_at: datetime | None = None
    close_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """A technician takes it on."""

    by: str


@dataclass(frozen=True, slots=True)
class Clear:
    """The device is back."""


@dataclass(frozen=True, slots=True)
class OrderWork:
    """Effect: maintenance gets a work order."""


@dataclass(frozen=True, slots=True)
class TellWorkOrder:
    """Effect: the work order learns that its fault has cleared."""


Effect = Record | OrderWork | TellWorkOrder


def raise_fault(at: datetime, note: str) -> tuple[Fault, tuple[Effect, ...]]:
    """A new fault and what follows from it."""
    return Fault("raised"), (Record(at, "raised", "system", note), OrderWork())


def step(fault: Fault, given: Acknowledge | Clear, at: datetime) -> tuple[Fault, tuple[Effect, ...]]:
    """The fault after `given`, and what follows from it.

    Raises:
        Forbidden: The table does not allow it.
    """
    match given:
        case Acknowledge(by):
            state = cast("State", following("the fault", TRANSITIONS, fault.state, "acknowledge"))
            return replace(fault, state=state, acknowledged_by=by), (Record(at, "acknowledged", by, ""),)
        case Clear():
            state = cast("State", following("the fault", TRANSITIONS, fault.state, "clear"))
            after = replace(fault, state=state, cleared_at=at, close_reason=RECOVERED)
            return after, (Record(at, f"closed:{RECOVERED}", "system", ""), TellWorkOrder())
