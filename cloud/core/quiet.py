"""Quiet hours: what may wait until the morning, and what never does."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Final, Literal

from cloud.core import spans

Urgency = Literal["person_at_risk", "urgent", "routine"]

URGENCIES: Final[tuple[Urgency, ...]] = ("person_at_risk", "urgent", "routine")
"""The most urgent first: in this order they are sent."""
MAY_WAIT: Final = frozenset({"routine"})
"""What quiet hours hold back. A person at risk is not in it, and no setting can put it there."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local hours; where they end at or before they begin they pass midnight."""

    begins: time
    ends: time


def of_alert(severity: str) -> Urgency:
    """Something fell: of a high score somebody may be hurt now, of a low one somebody should look now."""
    return "urgent" if severity == "notice" else "person_at_risk"


def of_fault(severity: str) -> Urgency:
    """A device failed: a critical one blinds many places, any other waits for daylight."""
    return "urgent" if severity == "critical" else "routine"


OF_ORDER: Final[Urgency] = "routine"
"""An order that is overdue has waited for days: it waits for the morning."""


def held_until(hours: QuietHours | None, urgency: Urgency, at: datetime, zone: tzinfo) -> datetime | None:
    """When these quiet hours end, for what may wait and comes in them; None: tell it now."""
    if hours is None or urgency not in MAY_WAIT or hours.begins == hours.ends:
        return None
    local = at.astimezone(zone).replace(tzinfo=None)
    for day in (local.date() - timedelta(days=1), local.date()):
        begins, ends = spans.hours(hours.begins, hours.ends, day)
        if begins <= local < ends:
            return ends.replace(tzinfo=zone)
    return None
