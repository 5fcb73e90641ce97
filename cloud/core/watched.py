"""What a camera watched: minutes in a row with the same figure are one thing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Watched:
    """`minutes` minutes in a row from `begin` on, of each of which a camera recorded `watched_s` seconds."""

    camera: str
    begin: datetime
    minutes: int
    watched_s: float

    @property
    def end(self) -> datetime:
        """The first instant after them."""
        return self.begin + self.minutes * MINUTE
