"""The life of a work order: open → assigned → taken → finished → closed by the device or by a second person.

One order serves faults of devices, blind spots, findings of a patrol, complaints and inspections. Whether a
device is well again only the device can say; everything else is proved by somebody else who went and looked.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, cast

from cloud.core.machine import Forbidden, Record, following

State = Literal["open", "assigned", "taken", "waiting", "finished", "closed", "cancelled"]
Source = Literal["fault", "blind_spot", "patrol", "complaint", "inspection"]

TRANSITIONS: Final = {
    ("open", "assign"): "assigned",
    ("open", "take"): "taken",
    ("open", "fault_cleared"): "closed",
    ("open", "cancel"): "cancelled",
    ("assigned", "assign"): "assigned",
    ("assigned", "take"): "taken",
    ("assigned", "fault_cleared"): "closed",
    ("assigned", "cancel"): "cancelled",
    ("taken", "assign"): "assigned",
    ("taken", "wait"): "waiting",
    ("taken", "finish"): "finished",
    ("taken", "finish_after_recovery"): "closed",
    ("taken", "fault_cleared"): "taken",
    ("taken", "recur"): "taken",
    ("taken", "cancel"): "cancelled",
    ("waiting", "assign"): "assigned",
    ("waiting", "take"): "taken",
    ("waiting", "fault_cleared"): "waiting",
    ("waiting", "recur"): "waiting",
    ("waiting", "cancel"): "cancelled",
    ("finished", "verify"): "closed",
    ("finished", "reject"): "taken",
    ("finished", "fault_cleared"): "closed",
    ("closed", "recur"): "open",
}
"""Who has taken an order is on the way: it stays theirs until they say what they did, also when the device
came back by itself meanwhile. `recur`: the same fault of the same device is back."""

RECURS_WITHIN: Final = timedelta(days=7)
"""What comes back within a week was not repaired: its order is opened again, and counts how often."""
UNSETTLED: Final = frozenset({"open", "assigned", "taken", "waiting"})
"""States in which the deadline runs."""


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """What the machine needs to know of a work order. due_at: until when it must be finished.

    fault_cleared: the device is back. overdue_at: when its deadline was found to have passed; it stays when
    the order is finished late, and goes with the deadline that a recurrence gives. reopened: how often its
    fault came back. reason: why it waits, was rejected or cancelled.
    """

    state: State
    source: Source
    due_at: datetime
    responsible: str | None = None
    fault_cleared: bool = False
    taken_by: str | None = None
    taken_at: datetime | None = None
    finished_by: str | None = None
    finished_at: datetime | None = None
    measure: str | None = None
    verified_by: str | None = None
    reason: str | None = None
    closed_at: datetime | None = None
    overdue_at: datetime | None = None
    reopened: int = 0
    reopened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Assign:
    """Somebody is made responsible."""

    by: str
    to: str


@dataclass(frozen=True, slots=True)
class Take:
    """A technician takes it, or goes on with it once the parts are there."""

    by: str


@dataclass(frozen=True, slots=True)
class Wait:
    """It cannot go on now: parts, access, a lift."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Finish:
    """A technician says what was done."""

    by: str
    measure: str


@dataclass(frozen=True, slots=True)
class Verify:
    """Somebody else has seen that it is done."""

    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reject:
    """It is not done: back to whoever finished it."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """It need not be done."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class FaultCleared:
    """The device is back."""


@dataclass(frozen=True, slots=True)
class Recur:
    """The same fault is there again. due_at: by when it must be finished now."""

    due_at: datetime


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing happened; only the clock moved."""


@dataclass(frozen=True, slots=True)
class AcknowledgeFault:
    """Effect: the fault is in somebody's hands."""

    by: str


Act = Assign | Take | Wait | Finish | Verify | Reject | Cancel
"""What a person does."""
Input = Act | FaultCleared | Recur | TimePassed
Effect = Record | AcknowledgeFault


def due(order: WorkOrder) -> datetime | None:
    """When its deadline will pass; None when that is over or no longer matters."""
    return order.due_at if order.state in UNSETTLED and order.overdue_at is None else None


def step(order: WorkOrder, given: Input, at: datetime) -> tuple[WorkOrder, tuple[Effect, ...]]:
    """The order after `given`, and what follows from it.

    Raises:
        Forbidden: The table does not allow it, or not for this source or this person.
    """
    match given:
        case FaultCleared():
            cleared = replace(_moved(order, "fault_cleared"), fault_cleared=True)
            return _dated(cleared, at), (Record(at, "fault_cleared", "system", ""),)
        case Recur(due_at):
            return _reopened(order, due_at, at), (Record(at, "recurred", "system", ""),)
        case TimePassed():
            end = due(order)
            if end is None or at < end:
                return order, ()
            return replace(order, overdue_at=at), (Record(at, "overdue", "system", ""),)
        case _:
            return _acted(order, given, at)


def _acted(order: WorkOrder, given: Act, at: datetime) -> tuple[WorkOrder, tuple[Effect, ...]]:
    effects: tuple[Effect, ...] = ()
    match given:
        case Assign(_, to):
            after, what, note = replace(_moved(order, "assign"), responsible=to), "assigned", to
        case Take(by):
            after = replace(_moved(order, "take"), responsible=by, taken_by=by, taken_at=at, reason=None)
            what, note, effects = "taken", "", (AcknowledgeFault(by),)
        case Wait(_, reason):
            after, what, note = replace(_moved(order, "wait"), reason=reason), "waiting", reason
        case Finish(by, measure):
            moved = _moved(order, "finish_after_recovery" if order.fault_cleared else "finish")
            after = replace(moved, finished_by=by, finished_at=at, measure=measure, reason=None)
            what, note = "finished", measure
        case Verify(by, said):
            _only_a_second_person(order, by)
            after, what, note = replace(_moved(order, "verify"), verified_by=by), "verified", said
        case Reject(_, reason):
            back = _moved(order, "reject")
            after = replace(back, finished_by=None, finished_at=None, reason=reason)
            what, note = "rejected", reason
        case _:  # Cancel
            _not_a_device(order, "cancel")
            after, what, note = (
                replace(_moved(order, "cancel"), reason=given.reason),
                "cancelled",
                given.reason,
            )
    return _dated(after, at), (Record(at, what, given.by, note), *effects)


def _moved(order: WorkOrder, what: str) -> WorkOrder:
    state = cast("State", following("the work order", TRANSITIONS, order.state, what))
    return replace(order, state=state)


def _dated(order: WorkOrder, at: datetime) -> WorkOrder:
    return replace(order, closed_at=at) if order.state in {"closed", "cancelled"} else order


def _reopened(order: WorkOrder, due_at: datetime, at: datetime) -> WorkOrder:
    """As new where it was closed; in the hands that hold it where it was not."""
    moved = replace(
        _moved(order, "recur"),
        fault_cleared=False,
        reopened=order.reopened + 1,
        reopened_at=at,
        due_at=due_at,
        overdue_at=None,
    )
    if moved.state != "open":
        return moved
    return WorkOrder(
        "open",
        order.source,
        due_at,
        responsible=order.responsible,
        reopened=moved.reopened,
        reopened_at=at,
    )


def _not_a_device(order: WorkOrder, what: str) -> None:
    """Nobody can say for a device that it is well."""
    if order.source == "fault":
        raise Forbidden("the work order of a device's fault", order.state, what)


def _only_a_second_person(order: WorkOrder, by: str) -> None:
    _not_a_device(order, "verify")
    if by == order.finished_by:
        raise Forbidden("the work order that you finished yourself", order.state, "verify")
