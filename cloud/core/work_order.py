"""The life of a work order: open → taken → finished → closed once the device is back."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, cast

from cloud.core.machine import Record, following

State = Literal["open", "taken", "finished", "closed"]

TRANSITIONS: Final = {
    ("open", "take"): "taken",
    ("open", "fault_cleared"): "closed",
    ("taken", "finish"): "finished",
    ("taken", "fault_cleared"): "taken",
    ("taken", "finish_after_recovery"): "closed",
    ("finished", "fault_cleared"): "closed",
}
"""Who has taken an order is on the way: it stays theirs until they say what they did, also when the device
came back by itself meanwhile."""


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """What the machine needs to know of a work order."""

    state: State
    fault_cleared: bool = False
    taken_by: str | None = None
    taken_at: datetime | None = None
    finished_by: str | None = None
    finished_at: datetime | None = None
    measure: str | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Take:
    """A technician takes it."""

    by: str


@dataclass(frozen=True, slots=True)
class Finish:
    """A technician says what was done."""

    by: str
    measure: str


@dataclass(frozen=True, slots=True)
class FaultCleared:
    """The device is back."""


@dataclass(frozen=True, slots=True)
class AcknowledgeFault:
    """Effect: the fault is in somebody's hands."""

    by: str


Effect = Record | AcknowledgeFault
Input = Take | Finish | FaultCleared


def step(order: WorkOrder, given: Input, at: datetime) -> tuple[WorkOrder, tuple[Effect, ...]]:
    """The order after `given`, and what follows from it.

    Raises:
        Forbidden: The table does not allow it.
    """
    match given:
        case Take(by):
            taken = replace(_moved(order, "take"), taken_by=by, taken_at=at)
            return taken, (Record(at, "taken", by, ""), AcknowledgeFault(by))
        case Finish(by, measure):
            moved = _moved(order, "finish_after_recovery" if order.fault_cleared else "finish")
            finished = _dated(replace(moved, finished_by=by, finished_at=at, measure=measure), at)
            return finished, (Record(at, "finished", by, measure),)
        case FaultCleared():
            cleared = _dated(replace(_moved(order, "fault_cleared"), fault_cleared=True), at)
            return cleared, (Record(at, "fault_cleared", "system", ""),)


def _moved(order: WorkOrder, what: str) -> WorkOrder:
    state = cast("State", following("the work order", TRANSITIONS, order.state, what))
    return replace(order, state=state)


def _dated(order: WorkOrder, at: datetime) -> WorkOrder:
    return replace(order, closed_at=at) if order.state == "closed" else order
