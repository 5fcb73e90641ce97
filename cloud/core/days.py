"""Whose days and months are counted."""

from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Asia/Shanghai")
"""The definitions of the aggregates name it too."""


def midnight(day: date) -> datetime:
    """When a day begins."""
    return datetime.combine(day, time(), ZONE)
