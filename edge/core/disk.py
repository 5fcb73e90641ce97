"""What goes from a full disk: recordings first, then the oldest telemetry; alarms and new clips never."""

from dataclasses import dataclass
from typing import Final

SLACK_BYTES: Final = 1024**2
"""Room that is kept inside the outbox's file when the disk has none: some thousand readings."""
KEEP_MESSAGES: Final = 1_000
"""An outbox that holds no more than this is not what fills the disk."""


@dataclass(frozen=True, slots=True)
class Policy:
    """keep_free_bytes: room for new clips; below it recordings go, below half of it telemetry goes.

    reserve_bytes: size of the reserve, on top of it.
    """

    keep_free_bytes: int
    reserve_bytes: int


@dataclass(frozen=True, slots=True)
class Disk:
    """What was measured. free_bytes: for anybody. slack_bytes: inside the outbox's file, for new messages.

    recordings_bytes: clips that the cloud has and that are still here. messages: how many wait.
    """

    free_bytes: int
    slack_bytes: int
    recordings_bytes: int
    messages: int
    has_reserve: bool


@dataclass(frozen=True, slots=True)
class DeleteRecordings:
    """Effect: delete the oldest of them until so many remain."""

    keep_bytes: int


@dataclass(frozen=True, slots=True)
class Thin:
    """Effect: take the oldest telemetry out of the outbox, so that what is new finds room where it was."""


@dataclass(frozen=True, slots=True)
class MakeReserve:
    """Effect: take the room again that was given up."""


Effect = DeleteRecordings | Thin | MakeReserve


def decide(policy: Policy, disk: Disk) -> Effect | None:
    """What to do now; to be asked again after it has been done."""
    short_bytes = policy.keep_free_bytes - disk.free_bytes
    if short_bytes > 0 and disk.recordings_bytes > 0:
        return DeleteRecordings(max(disk.recordings_bytes - short_bytes, 0))
    if short_bytes > 0:
        very_short = disk.free_bytes < policy.keep_free_bytes / 2 and disk.slack_bytes < SLACK_BYTES
        return Thin() if very_short and disk.messages > KEEP_MESSAGES else None
    if not disk.has_reserve and -short_bytes >= policy.reserve_bytes:
        return MakeReserve()
    return None
