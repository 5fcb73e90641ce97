"""Which of two reports of a device counts: of a camera's state, of a fault, of what a device is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
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


class Ordered(Protocol):
    """What a device said, with its place in the device's own order."""

    @property
    def since(self) -> datetime:
        """When it was so in the world."""

    @property
    def boot(self) -> UUID:
        """The start of the agent that said so."""

    @property
    def seq(self) -> int:
        """Its number within the boot."""


def supersedes(new: Ordered, known: Ordered | None) -> bool:
    """Whether `new` is the later one: by sequence within a boot, by time between boots.

    Messages are sent again after an outage, so an older report may arrive after a newer one.
    """
    if known is None:
        return True
    if new.boot == known.boot:
        return new.seq > known.seq
    return new.since >= known.since
