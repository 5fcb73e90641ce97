"""Whom a step of an escalation tells, and when: on call or the whole role, now or after quiet hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Final, Literal

from cloud.core import quiet
from cloud.core.escalation import Everybody, OnCall, Person, Responsible, SharedChannel, Whom
from cloud.core.on_call import Calendar, Rotation, on_call
from cloud.core.quiet import QuietHours, Urgency

MOST_IN_AN_HOUR: Final = 3
"""So often within an hour somebody is told of one device; then once that it is unstable, then no more."""
HOUR: Final = timedelta(hours=1)

Telling = Literal["tell", "unstable", "silent"]


@dataclass(frozen=True, slots=True)
class Roster:
    """The people of an estate. members: role → its people. duty: role → its calendar. quiet: whose hours."""

    zone: tzinfo
    members: Mapping[str, Sequence[str]]
    duty: Mapping[str, Calendar] = field(default_factory=dict)
    quiet: Mapping[str, QuietHours] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recipients:
    """people: whom. channel: or where many read. in_gap: nobody was on call, so the whole role is told."""

    people: tuple[str, ...] = ()
    channel: str | None = None
    in_gap: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """That somebody was told of a device. unstable: told that it does not settle."""

    at: datetime
    unstable: bool


def recipients(whom: Whom, roster: Roster, at: datetime, responsible: str | None = None) -> Recipients:
    """Who is told at `at`. Nobody, where a role is empty or a person has left.

    responsible: for the work order, where it is about one.
    """
    if isinstance(whom, Responsible):
        is_there = responsible is not None and _is_known(responsible, roster)
        whom = Person(username=str(responsible)) if is_there else OnCall(role="maintenance")
    match whom:
        case OnCall(role=role):
            duty = on_call(roster.duty.get(role, Calendar(Rotation())), at, roster.zone)
            # Whoever has left since the rotation was made cannot answer: that is a gap as well.
            present = tuple(person for person in duty.people if _is_known(person, roster))
            if present:
                return Recipients(present)
            return Recipients(tuple(roster.members.get(role, ())), in_gap=True)
        case Everybody(role=role):
            return Recipients(tuple(roster.members.get(role, ())))
        case Person(username=person):
            return Recipients((person,) if _is_known(person, roster) else ())
        case SharedChannel(channel=channel):
            return Recipients(channel=str(channel))


def _is_known(person: str, roster: Roster) -> bool:
    return any(person in members for members in roster.members.values())


def tell_at(person: str, urgency: Urgency, roster: Roster, at: datetime) -> datetime:
    """When to tell somebody: now, or when their quiet hours end, if it may wait."""
    return quiet.held_until(roster.quiet.get(person), urgency, at, roster.zone) or at


def telling(before: Sequence[Told], at: datetime) -> Telling:
    """Whether to tell somebody of a device of which they were told `before`, however it flaps."""
    lately = [told for told in before if told.at > at - HOUR]
    if sum(not told.unstable for told in lately) < MOST_IN_AN_HOUR:
        return "tell"
    return "silent" if any(told.unstable for told in lately) else "unstable"
