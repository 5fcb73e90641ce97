"""What is told when something had to go: how much of what, and which numbers will never come."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from contracts.base import SeqRange
from contracts.devices import Loss
from edge.core.outbox import Key

MAX_RANGES: Final = 500
"""In one message; see `contracts.devices.Loss`."""

What = Literal["telemetry_thinned", "telemetry_refused", "outbox_damaged", "clips_deleted", "frames"]


@dataclass(frozen=True, slots=True)
class Gone:
    """A message that is no longer there."""

    key: Key
    kind: str
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """The content of a `Loss`."""

    what: What
    reason: str
    count: int
    by_kind: Mapping[str, int] = field(default_factory=dict)
    ranges: tuple[SeqRange, ...] = ()
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What a message needs besides its content."""

    message_id: UUID
    agent: str
    boot: UUID
    seq: int
    at: datetime


def ranges(keys: Iterable[Key]) -> tuple[SeqRange, ...]:
    """As few ranges as possible that hold these numbers and no others."""
    found: list[list[Key]] = []
    for key in sorted(set(keys)):
        if found and found[-1][-1] == Key(key.boot, key.seq - 1):
            found[-1][-1] = key
        else:
            found.append([key, key])
    return tuple(SeqRange(boot=first.boot, first=first.seq, last=last.seq) for first, last in found)


def complement(boot: UUID, kept: Iterable[int], last: int) -> Iterator[SeqRange]:
    """The ranges of 1…last of a boot that hold none of the numbers `kept`, which come in rising order."""
    begin = 1
    for seq in kept:
        if seq > begin:
            yield SeqRange(boot=boot, first=begin, last=seq - 1)
        begin = seq + 1
    if begin <= last:
        yield SeqRange(boot=boot, first=begin, last=last)


def thinned(gone: Sequence[Gone], reason: str) -> Iterator[Told]:
    """What to tell of messages that were thinned: one thing, or several where their ranges are many."""
    rest = sorted(gone, key=lambda message: message.key)
    while rest:
        taken = len(rest)
        while len(found := ranges(message.key for message in rest[:taken])) > MAX_RANGES:
            taken = max(taken * MAX_RANGES // len(found), 1)
        part, rest = rest[:taken], rest[taken:]
        yield Told(
            "telemetry_thinned",
            reason,
            len(part),
            Counter(message.kind for message in part),
            found,
            min(message.accepted_at for message in part),
            max(message.accepted_at for message in part),
        )


def message(told: Told, head: Head) -> Loss:
    """The message that tells it."""
    return Loss(
        message_id=head.message_id,
        agent=head.agent,
        boot=head.boot,
        seq=head.seq,
        observed_at=head.at,
        what=told.what,
        count=told.count,
        by_kind=dict(told.by_kind),
        ranges=told.ranges,
        first_at=told.first_at,
        last_at=told.last_at,
        reason=told.reason,
    )
