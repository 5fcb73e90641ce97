"""Which part of the evidence is read in which night."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

BEGINS: Final = time(18, tzinfo=UTC)
"""02:00 in China: nobody is at the desk whom it could slow down, except the night's."""


def is_due(last: datetime | None, at: datetime) -> bool:
    """Whether a night has begun since the last look at the evidence."""
    return last is None or last < _begun(at)


def night(at: datetime) -> date:
    """The day on which the night began that `at` belongs to; by day, the last one's."""
    return _begun(at).date()


def is_turn(sha256: str, of: date, nights: int) -> bool:
    """Whether a clip is read in that night: each is in one of `nights` in a row, about as many in each."""
    return int(sha256[:8], 16) % nights == of.toordinal() % nights


def _begun(at: datetime) -> datetime:
    today = datetime.combine(at.astimezone(UTC).date(), BEGINS)
    return today if today <= at else today - timedelta(days=1)
