"""How soon work was taken on and how soon things were right again, read from the history of work orders."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from cloud.core.ledger import Figure, OrderLine

BEGINS = frozenset({"opened", "recurred"})


@dataclass(frozen=True, slots=True)
class Episode:
    """One time that something was wrong: from `opened` or `recurred` to the next of them.

    taken_at: when somebody took it; None where it was over before, or nobody has. restored_at: when it was
    right again: a device when it was back, anything else when the work that a second person approved was
    finished. cancelled: it need not be done, and counts nowhere. late: its deadline passed.
    """

    number: int
    source: str
    begun_at: datetime
    taken_at: datetime | None
    restored_at: datetime | None
    cancelled: bool
    late: bool


def episodes(lines: Iterable[OrderLine]) -> tuple[Episode, ...]:
    """What the lines tell, order by order. Those of one order come as they were written."""
    found: list[Episode] = []
    for _, of_order in groupby(sorted(lines, key=lambda line: line.number), key=lambda line: line.number):
        part: list[OrderLine] = []
        for line in of_order:
            if line.what in BEGINS and part:
                found.append(_episode(part))
                part = []
            part.append(line)
        if part:
            found.append(_episode(part))
    return tuple(found)


def reaction(found: Sequence[Episode], begin: datetime, end: datetime) -> tuple[Figure, ...]:
    """The figures of the episodes that began in [begin, end).

    mtta: mean time to acknowledge, of those that somebody took. mttr: mean time to restoration (IEC
    60050-192:2015, 192-07-23), of those that are right again. Both in seconds. on_time: the share that was
    finished before its deadline, or may still be.
    """
    counted = [one for one in found if begin <= one.begun_at < end and not one.cancelled]
    taken_s = [(one.taken_at - one.begun_at).total_seconds() for one in counted if one.taken_at]
    restored_s = [(one.restored_at - one.begun_at).total_seconds() for one in counted if one.restored_at]
    return (
        Figure("mtta", sum(taken_s), len(taken_s)),
        Figure("mttr", sum(restored_s), len(restored_s)),
        Figure("on_time", sum(not one.late for one in counted), len(counted)),
    )


def _episode(lines: Sequence[OrderLine]) -> Episode:
    first = lines[0]
    return Episode(
        number=first.number,
        source=first.source,
        begun_at=first.at,
        taken_at=next((line.at for line in lines if line.what == "taken"), None),
        restored_at=_restored_at(lines),
        cancelled=any(line.what == "cancelled" for line in lines),
        late=any(line.what == "overdue" for line in lines),
    )


def _restored_at(lines: Sequence[OrderLine]) -> datetime | None:
    back = next((line.at for line in lines if line.what == "fault_cleared"), None)
    if back is not None or not any(line.what == "verified" for line in lines):
        return back
    return max((line.at for line in lines if line.what == "finished"), default=None)
