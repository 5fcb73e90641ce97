"""What agents are told after the commit: confirmations merged into ranges, rejections one by one. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from uuid import UUID

from contracts.base import MAX_TEXT, SeqRange
from contracts.messages import Confirm, Receipt, Reject

MAX_RANGES = 500

Key = tuple[str, UUID, int]


def confirmations(keys: Iterable[Key], at: datetime) -> list[tuple[str, Receipt]]:
    """(agent, Confirm) for each agent, its numbers as few ranges as possible; several when one is full.

    at: our clock now; agents tell the time by it.
    """
    numbers: dict[str, dict[UUID, set[int]]] = defaultdict(lambda: defaultdict(set))
    for agent, boot, seq in keys:
        numbers[agent][boot].add(seq)
    receipts: list[tuple[str, Receipt]] = []
    for agent, boots in numbers.items():
        ranges = iter([found for boot, seqs in boots.items() for found in _ranges(boot, seqs)])
        while part := tuple(islice(ranges, MAX_RANGES)):
            receipts.append((agent, Confirm(ranges=part, at=at)))
    return receipts


def rejection(boot: UUID, seq: int, reason: str) -> Receipt:
    """The message that tells an agent why one of its messages is not stored."""
    return Reject(boot=boot, seq=seq, reason=reason[:MAX_TEXT])


def _ranges(boot: UUID, seqs: set[int]) -> list[SeqRange]:
    ranges: list[SeqRange] = []
    first = last = -1
    for seq in sorted(seqs):
        if seq == last + 1 and first > 0:
            last = seq
            continue
        if first > 0:
            ranges.append(SeqRange(boot=boot, first=first, last=last))
        first = last = seq
    if first > 0:
        ranges.append(SeqRange(boot=boot, first=first, last=last))
    return ranges
