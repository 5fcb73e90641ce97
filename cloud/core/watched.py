"""What a camera watched: minutes in a row with the same figure are one thing."""

from collections.abc import Iterator, Sequence
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


@dataclass(frozen=True, slots=True)
class Runs:
    """What one camera watched, as columns: where many are added up, an object for each costs the most.

    at: minutes after `first` at which each begins, growing. minutes, watched_s: as of `Watched`.
    """

    first: datetime
    at: Sequence[int]
    minutes: Sequence[int]
    watched_s: Sequence[float]

    def each(self, camera: str) -> Iterator[Watched]:
        """One by one, oldest first."""
        for at, minutes, watched_s in zip(self.at, self.minutes, self.watched_s, strict=True):
            yield Watched(camera, self.first + at * MINUTE, minutes, watched_s)
