"""A sentence in both languages, for whoever must judge what was found."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

BEIJING: Final = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Words:
    """The same in Chinese and in English."""

    zh: str
    en: str


def beijing(at: datetime) -> str:
    """An instant as clocks in China show it, to the millisecond."""
    local = at.astimezone(BEIJING)
    return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d}"
