"""Who is on call: shifts that people take week about, overrides, and the gaps that nobody noticed.

Weeks and hours are the estate's own: its time zone is an argument, and a shift that begins at 22:00 does so
on both sides of a change to summer time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cloud.core import spans

Username = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Source = Literal["rotation", "override", "gap"]

WEEK_DAYS: Final = 7


class Shift(BaseModel):
    """Hours of a day, and who takes them: each of `people` for a week, in turn.

    anchor: the day from which the first of them has the shift. begins, ends: local; a shift that ends at or
    before its beginning goes on until the next day. weekdays: on which it begins, Monday 0.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    people: tuple[Username, ...] = Field(min_length=1, max_length=52)
    anchor: date
    begins: time = time(0)
    ends: time = time(0)
    weekdays: tuple[Annotated[int, Field(ge=0, le=6)], ...] = (0, 1, 2, 3, 4, 5, 6)


class Rotation(BaseModel):
    """The shifts of one role of an estate. Where two overlap both people are on call."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    shifts: tuple[Shift, ...] = Field(default=(), max_length=20)


@dataclass(frozen=True, slots=True)
class Override:
    """From `begins_at` until `ends_at` it is `person` instead, whatever the rotation says; None: nobody."""

    person: str | None
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is known of one role's duty. Of overrides that overlap the later in the tuple counts."""

    rotation: Rotation
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on call, and why. No people: a gap, which the whole role has to fill."""

    people: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time during which the same people are on call."""

    begins_at: datetime
    ends_at: datetime
    duty: Duty


def on_call(calendar: Calendar, at: datetime, zone: tzinfo) -> Duty:
    """Who is on call at an instant."""
    for override in reversed(calendar.overrides):
        if override.begins_at <= at < override.ends_at:
            return Duty((), "gap") if override.person is None else Duty((override.person,), "override")
    local = at.astimezone(zone).replace(tzinfo=None)
    people: list[str] = []
    for shift in calendar.rotation.shifts:
        for day in (local.date() - timedelta(days=1), local.date()):
            begins, ends = spans.hours(shift.begins, shift.ends, day)
            if begins <= local < ends and (person := _turn(shift, day)) is not None:
                people.append(person)
    return Duty(tuple(dict.fromkeys(people)), "rotation") if people else Duty((), "gap")


def stretches(calendar: Calendar, begin: datetime, end: datetime, zone: tzinfo) -> list[Stretch]:
    """The time from `begin` to `end`, cut where somebody else is on call."""
    cuts = sorted({begin, end, *(cut for cut in _cuts(calendar, begin, end, zone) if begin < cut < end)})
    found: list[Stretch] = []
    for begins_at, ends_at in pairwise(cuts):
        duty = on_call(calendar, begins_at, zone)
        if found and found[-1].duty == duty:
            found[-1] = Stretch(found[-1].begins_at, ends_at, duty)
        else:
            found.append(Stretch(begins_at, ends_at, duty))
    return found


def strangers(rotation: Rotation, members: Sequence[str]) -> list[str]:
    """People in a rotation who are not of its role: they would be asked, and could not answer."""
    named = {person for shift in rotation.shifts for person in shift.people}
    return sorted(named - set(members))


def _turn(shift: Shift, day: date) -> str | None:
    """Whose turn it is on `day`; None before the rotation begins and on days that it leaves out."""
    days = (day - shift.anchor).days
    if days < 0 or day.weekday() not in shift.weekdays:
        return None
    return shift.people[days // WEEK_DAYS % len(shift.people)]


def _cuts(calendar: Calendar, begin: datetime, end: datetime, zone: tzinfo) -> Iterator[datetime]:
    for override in calendar.overrides:
        yield from (override.begins_at, override.ends_at)
    day, last = begin.astimezone(zone).date() - timedelta(days=1), end.astimezone(zone).date()
    while day <= last:
        for shift in calendar.rotation.shifts:
            hours = spans.hours(shift.begins, shift.ends, day)
            yield from (local.replace(tzinfo=zone) for local in hours)
        day += timedelta(days=1)
