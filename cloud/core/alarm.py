"""The life of an alarm, in the words of ISA-18.2 and OPC UA Part 9.

Three regions run side by side. `life` says whether somebody has it in hand and whether it is over; `shelf`
whether a person has set it aside for a while; `cause` whether it only follows from another alarm. A fall is
latched: it stays until somebody says what it was. A device's fault ends when the device is well.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, cast

from cloud.core.machine import Forbidden, Record, following

State = Literal["raised", "acknowledged", "confirmed", "closed"]

LIFE: Final = {
    ("raised", "acknowledge"): "acknowledged",
    ("acknowledged", "confirm"): "confirmed",
    ("acknowledged", "close"): "closed",
    ("confirmed", "close"): "closed",
    ("closed", "reopen"): "acknowledged",
    ("raised", "clear"): "closed",
    ("acknowledged", "clear"): "closed",
    ("confirmed", "clear"): "closed",
}
"""`close` and `reopen` are people's, for what is latched; `clear` is the condition's, for what is not."""

SHELF: Final = {
    ("unshelved", "shelve"): "shelved",
    ("shelved", "shelve"): "shelved",
    ("shelved", "unshelve"): "unshelved",
    ("shelved", "time passed"): "unshelved",
    ("shelved", "close or clear"): "unshelved",
}

CAUSE: Final = {
    ("unsuppressed", "suppress"): "suppressed",
    ("suppressed", "suppress"): "suppressed",
    ("suppressed", "release"): "unsuppressed",
}

TRANSITIONS: Final = {"life": LIFE, "shelf": SHELF, "cause": CAUSE}

RECOVERED: Final = "recovered"
SHELVE_AT_MOST: Final = timedelta(hours=8)
"""One shift: whoever shelves an alarm meets it again. ISA-18.2 asks for a limit and leaves it to the site."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Set aside until then, by whom and why."""

    by: str
    at: datetime
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """What the machine needs to know of an alarm. suppressed_by: the alarm from which it follows.

    latched: it stays until somebody says what it was; else it ends with its condition.
    """

    latched: bool
    state: State = "raised"
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    assigned_to: str | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None
    close_reason: str | None = None
    shelf: Shelf | None = None
    suppressed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Somebody has seen it and answers for it."""

    by: str


@dataclass(frozen=True, slots=True)
class Confirm:
    """Somebody was there and has done what was to be done (OPC UA Part 9, 5.7: confirmed)."""

    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Assign:
    """It is somebody's to see through."""

    by: str
    to: str


@dataclass(frozen=True, slots=True)
class Note:
    """Somebody writes down what the next one should know."""

    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Shelve:
    """Somebody sets it aside until then."""

    by: str
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Unshelve:
    """Somebody takes it up again before the end."""

    by: str


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Only the clock moved."""


@dataclass(frozen=True, slots=True)
class Close:
    """Somebody says what it was."""

    by: str
    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reopen:
    """Somebody says why it was not over; it is in their hands then."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Clear:
    """The condition has returned to normal."""


@dataclass(frozen=True, slots=True)
class Suppress:
    """It follows from another alarm."""

    cause: str


@dataclass(frozen=True, slots=True)
class Release:
    """What it followed from is over, and it is not."""


ByPeople = Acknowledge | Confirm | Assign | Note | Shelve | Unshelve | Close | Reopen
Input = ByPeople | TimePassed | Clear | Suppress | Release


def due(alarm: Alarm) -> datetime | None:
    """When time alone will change it: the end of its shelf."""
    return None if alarm.shelf is None else alarm.shelf.until


def step(alarm: Alarm, given: Input, at: datetime) -> tuple[Alarm, tuple[Record, ...]]:
    """The alarm after `given`, and what to write down about it.

    Raises:
        Forbidden: The tables do not allow it, or it would be shelved for too long or unseen.
    """
    match given:
        case Acknowledge() | Confirm() | Close() | Reopen() | Clear():
            return _live(alarm, given, at)
        case Assign(by, to):
            _expect_open(alarm, "assign")
            return replace(alarm, assigned_to=to), (Record(at, f"assigned:{to}", by, ""),)
        case Note(by, text):
            return alarm, (Record(at, "note", by, text),)
        case Shelve() | Unshelve() | TimePassed():
            return _shelve(alarm, given, at)
        case Suppress() | Release():
            return _place(alarm, given, at)


def _live(
    alarm: Alarm, given: Acknowledge | Confirm | Close | Reopen | Clear, at: datetime
) -> tuple[Alarm, tuple[Record, ...]]:
    match given:
        case Acknowledge(by):
            after = replace(_moved(alarm, "acknowledge"), acknowledged_by=by, acknowledged_at=at)
            return after, (Record(at, "acknowledged", by, ""),)
        case Confirm(by, note):
            after = replace(_moved(alarm, "confirm"), confirmed_by=by, confirmed_at=at)
            return after, (Record(at, "confirmed", by, note),)
        case Close(by, reason, note):
            return _ended(alarm, "close", by, reason, at), (Record(at, f"closed:{reason}", by, note),)
        case Clear():
            record = Record(at, f"closed:{RECOVERED}", "system", "")
            return _ended(alarm, "clear", None, RECOVERED, at), (record,)
        case Reopen(by, reason):
            after = replace(
                _moved(alarm, "reopen"),
                acknowledged_by=by,
                acknowledged_at=at,
                confirmed_by=None,
                confirmed_at=None,
                assigned_to=by,
                closed_by=None,
                closed_at=None,
                close_reason=None,
            )
            return after, (Record(at, "reopened", by, reason),)


def _moved(alarm: Alarm, what: str) -> Alarm:
    state = cast("State", following("the alarm", LIFE, alarm.state, what))
    if (what in {"close", "reopen"} and not alarm.latched) or (what == "clear" and alarm.latched):
        raise Forbidden("the alarm", alarm.state, what)
    return replace(alarm, state=state)


def _ended(alarm: Alarm, what: str, by: str | None, reason: str, at: datetime) -> Alarm:
    """suppressed_by stays: it tells that it came and went with its cause."""
    over = _moved(alarm, what)
    return replace(over, closed_by=by, closed_at=at, close_reason=reason, shelf=None)


def _shelve(
    alarm: Alarm, given: Shelve | Unshelve | TimePassed, at: datetime
) -> tuple[Alarm, tuple[Record, ...]]:
    now = "unshelved" if alarm.shelf is None else "shelved"
    match given:
        case Shelve(by, until, reason):
            following("the alarm", SHELF, now, "shelve")
            _expect_open(alarm, "shelve")
            if alarm.latched and alarm.state == "raised":
                raise Forbidden("the alarm", "not acknowledged", "shelve")
            if not at < until <= at + SHELVE_AT_MOST:
                hours = SHELVE_AT_MOST // timedelta(hours=1)
                raise Forbidden("the alarm", alarm.state, f"shelve for no time or more than {hours} h")
            record = Record(at, f"shelved:{until.isoformat()}", by, reason)
            return replace(alarm, shelf=Shelf(by, at, until, reason)), (record,)
        case Unshelve(by):
            following("the alarm", SHELF, now, "unshelve")
            return replace(alarm, shelf=None), (Record(at, "unshelved", by, ""),)
        case TimePassed():
            end = due(alarm)
            if end is None or at < end:
                return alarm, ()
            return replace(alarm, shelf=None), (Record(at, "shelf_ended", "system", ""),)


def _place(alarm: Alarm, given: Suppress | Release, at: datetime) -> tuple[Alarm, tuple[Record, ...]]:
    now = "unsuppressed" if alarm.suppressed_by is None else "suppressed"
    _expect_open(alarm, "suppress")
    match given:
        case Suppress(cause):
            following("the alarm", CAUSE, now, "suppress")
            if alarm.suppressed_by == cause:
                return alarm, ()
            return replace(alarm, suppressed_by=cause), (Record(at, f"suppressed:{cause}", "system", ""),)
        case Release():
            following("the alarm", CAUSE, now, "release")
            return replace(alarm, suppressed_by=None), (Record(at, "released", "system", ""),)


def _expect_open(alarm: Alarm, what: str) -> None:
    if alarm.state == "closed":
        raise Forbidden("the alarm", "closed", what)
