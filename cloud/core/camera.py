"""Which of two reports of a camera's state counts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

State = Literal["streaming", "lost"]


@dataclass(frozen=True, slots=True)
class CameraReport:
    """What an agent said of a camera, and when in its own order."""

    state: State
    since: datetime
    reason: str
    boot: UUID
    seq: int


def supersedes(new: CameraReport, known: CameraReport | None) -> bool:
    """Whether `new` is the later one: by sequence within a boot, by time between boots.

    Messages are sent again after an outage, so an older report may arrive after a newer one.
    """
    if known is None:
        return True
    if new.boot == known.boot:
        return new.seq > known.seq
    return new.since >= known.since
