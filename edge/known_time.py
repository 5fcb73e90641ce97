"""What is known of true time, on the disk: the agent writes it, its workers and its next run read it."""

from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from edge import clock
from edge.config.files import put
from edge.core.timekeeping import Anchor, Source

NAME: Final = "time.json"


class KnownTime(BaseModel):
    """An anchor of one start of the operating system. known_until: UTC that has surely passed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    os_boot: str
    at: AwareDatetime
    utc: AwareDatetime
    uncertainty_s: float | None
    source: Source
    known_until: AwareDatetime | None = None

    @property
    def anchor(self) -> Anchor:
        """As it is used."""
        return Anchor(self.at, self.utc, self.uncertainty_s, self.source)


def write(folder: Path, os_boot: str, anchor: Anchor, known_until: datetime | None) -> None:
    """Whole or not at all, and on the disk when this returns.

    Raises:
        OSError: It cannot be written.
    """
    known = KnownTime(
        os_boot=os_boot,
        at=anchor.at,
        utc=anchor.utc,
        uncertainty_s=anchor.uncertainty_s,
        source=anchor.source,
        known_until=known_until,
    )
    put(folder / NAME, known.model_dump_json().encode(), 0o644)


def read(folder: Path) -> KnownTime | None:
    """What is there; None where there is nothing, or nothing that can be read."""
    try:
        return KnownTime.model_validate_json((folder / NAME).read_bytes())
    except (OSError, ValidationError):
        return None


class Followed:
    """What the agent knows, for another process of the box."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._os_boot = clock.os_boot()
        self._seen_ns = 0

    def news(self) -> Anchor | None:
        """What the agent has learnt since the last call. To be adopted when nothing is half stamped."""
        try:
            changed_ns = (self._folder / NAME).stat().st_mtime_ns
        except OSError:
            return None
        if changed_ns == self._seen_ns:
            return None
        self._seen_ns = changed_ns
        found = read(self._folder)
        if found is None or found.os_boot != self._os_boot or found.anchor == clock.anchor():
            return None
        return found.anchor
