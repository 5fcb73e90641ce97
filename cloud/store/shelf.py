"""The four columns in which a row says that it is shelved: by whom, since when, until when, why."""

from datetime import datetime

from cloud.core.alarm import Shelf


def columns(found: Shelf | None) -> tuple[str | None, datetime | None, datetime | None, str | None]:
    """shelved_by, shelved_at, shelved_until, shelve_reason."""
    return (None, None, None, None) if found is None else (found.by, found.at, found.until, found.reason)


def read(by: str | None, at: datetime | None, until: datetime | None, reason: str | None) -> Shelf | None:
    """What the four columns say."""
    if by is None or at is None or until is None:
        return None
    return Shelf(by, at, until, reason or "")
