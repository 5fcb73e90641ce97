"""Closes days that are over, and holds the rows of closed ones against the log: docs/design/certificate.md.

Each day is closed in a transaction of its own, in which its entry of the log waits for its place: whoever is
killed has closed it or has not.
"""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final

from cloud.core import merkle
from cloud.core.day_digest.attested import Attested, attested, lost
from cloud.core.day_digest.comparing import Compared, compare, is_rehung, keys
from cloud.core.day_digest.facts import CLOSES_AFTER, Book, Parts, day_of, facts, through, window
from cloud.core.day_digest.tables import TABLES, Table
from cloud.core.day_digest.wording import said
from cloud.core.head import Head
from cloud.core.words import Words
from cloud.store import closed_days, log, pool
from cloud.store.log import HeadRow, Leaf
from cloud.store.pool import Connection, Pool

BACK: Final = 31 * timedelta(days=1)
"""So far back the first days to be closed lie: they are as they are by then, and their entries say when."""
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Examined:
    """What became of a day. entries: of the log, 0: it is not closed. late: lines that came later.

    doubts: why its entries cannot be believed.
    """

    day: date
    entries: int
    late: int
    compared: Compared
    doubts: tuple[Words, ...] = ()

    @property
    def state(self) -> str:
        """In a word."""
        if self.differences:
            return "differs from the log"
        return "agrees with the log" if self.entries else "has no digest"

    @property
    def differences(self) -> list[Words]:
        """Where rows are not what the log says, lines that it does not know yet among them."""
        found = (*self.compared.differences, *self.compared.added)
        return [*self.doubts, *(said(self.day, each) for each in found)]

    def alarming(self, *, late: bool = False) -> int:
        """How many of them are nobody's work as it is meant to be. late: lines may be on their way.

        A camera that hangs on another box since is told, as its outages are counted from that one's; it was
        hung there openly.
        """
        found = self.compared.differences if late else (*self.compared.differences, *self.compared.added)
        return len(self.doubts) + sum(not is_rehung(each) for each in found)


@dataclass(frozen=True, slots=True)
class Closed:
    """What a run has done. closed: days; late: days to which lines were added."""

    closed: int
    late: int


async def waits_s(conn: Connection, at: datetime) -> float:
    """For how long the oldest day that is over has not been closed; 0 where none is."""
    begun = await closed_days.begun(conn, day_of(at - BACK))
    ends = [window(last + DAY)[1] for _, last in begun]
    return max((at - end).total_seconds() for end in [*ends, at])


def due(last: date, at: datetime) -> list[date]:
    """Which days after `last` are to be closed, oldest first."""
    return through(last + DAY, day_of(at - CLOSES_AFTER) - DAY)


async def close_due(opened: Pool, at: datetime) -> Closed:
    """Close every day that is due, and look again at those of which something was delivered late."""
    async with pool.transaction(opened) as conn:
        begun, late = await closed_days.begun(conn, day_of(at - BACK)), await closed_days.late(conn)
    closed = 0
    for estate, last in begun:
        for day in due(last, at):
            async with pool.transaction(opened) as conn:
                closed += await _close(conn, estate, day, at)
    added = 0
    for estate in late:
        async with pool.transaction(opened) as conn:
            added += await take_late(conn, estate, at)
    return Closed(closed, added)


async def _close(conn: Connection, estate: str, day: date, at: datetime) -> bool:
    """Whether it was open."""
    await closed_days.lock(conn, estate)
    if await closed_days.days(conn, estate, day, day + DAY):
        return False
    span = window(day)
    book = await closed_days.book(conn, estate, span, {})
    await closed_days.put(conn, estate, day, facts(book, span), at)
    return True


async def take_late(conn: Connection, estate: str, at: datetime) -> int:
    """Add to closed days what was delivered late, to each by an entry of its own; how many have grown.

    What does not only add is no delivery: it is left as it is, and counted.
    """
    await closed_days.lock(conn, estate)
    wanted = await closed_days.take_late(conn, estate)
    if not wanted:
        return 0
    await log.seal_all(conn, at)
    grown = 0
    for found in await examine(conn, estate, wanted, wanted):
        if found.entries and found.compared.added:
            await closed_days.put(conn, estate, found.day, found.compared.lines, at)
            grown += 1
        await closed_days.found(conn, estate, found.day, found.alarming(late=True), at)
    return grown


async def audit(opened: Pool, estate: str, first: date, last: date, at: datetime) -> list[Examined]:
    """Every day from `first` to `last`, held against the log; which differ is kept.

    What was delivered late is taken in first.
    """
    async with pool.transaction(opened) as conn:
        await take_late(conn, estate, at)
        await log.seal_all(conn, at)
        bounds = await closed_days.bounds(conn, estate)
        days = through(first, last)
        closed = [day for day in days if bounds is not None and bounds[0] <= day <= bounds[1]]
        told = await examine(conn, estate, days, closed)
        for found in told:
            await closed_days.found(conn, estate, found.day, found.alarming(), at)
        return told


async def check_days(opened: Pool, wanted: Callable[[str], bool], at: datetime) -> tuple[int, list[Words]]:
    """Look at closed days, and keep which differ; how many were looked at, and what differs.

    wanted: by a digest of estate and day. What was delivered late is taken in first.
    """
    looked, differences = 0, list[Words]()
    async with pool.transaction(opened) as conn:
        begun = await closed_days.begun(conn, day_of(at))
    for estate, last in begun:
        async with pool.transaction(opened) as conn:
            await take_late(conn, estate, at)
            days = await closed_days.days(conn, estate, date.min, last + DAY)
            turn = [day for day in days if wanted(sha256(f"{estate}/{day}".encode()).hexdigest())]
            await log.seal_all(conn, at)
            for found in await examine(conn, estate, turn, turn):
                alarming = found.alarming()
                await closed_days.found(conn, estate, found.day, alarming, at)
                looked += 1
                differences += found.differences if alarming else []
    return looked, differences


async def examine(
    conn: Connection, estate: str, days: Sequence[date], closed: Collection[date] = ()
) -> list[Examined]:
    """Hold the rows of days against the log, oldest first. Call `log.seal_all` before.

    closed: days of which the log must know something.
    """
    entries, head = await closed_days.entries(conn, estate, days), await log.newest_head(conn)
    found: list[Examined] = []
    for run in _runs(sorted(days)):
        known = {day: attested(estate, day, [entry for _, entry in entries.get(day, ())]) for day in run}
        span = window(run[0])[0], window(run[-1])[1]
        since: dict[Table, datetime] = {}
        for table, at in (each for of in known.values() for each in _begins(of.parts)):
            since[table] = min(at, since.get(table, span[0]))
        book = await closed_days.book(conn, estate, span, since)
        for day in run:
            leaves = [leaf for leaf, _ in entries.get(day, ())]
            if not leaves:
                doubts = [lost(estate, day)] if day in closed else []
                found.append(Examined(day, 0, 0, Compared((), ()), tuple(doubts)))
                continue
            doubts = [words for leaf in leaves if (words := await untrue(conn, estate, day, leaf, head))]
            compared = _compared(book, day, known[day])
            found.append(Examined(day, len(leaves), known[day].late, compared, (*known[day].doubts, *doubts)))
    return found


def _compared(book: Book, day: date, of: Attested) -> Compared:
    there = facts(book, window(day), keys(*of.parts.values()))
    told = {part: lines for part, lines in there.items() if part not in of.doubted}
    return compare(of.parts, told, book.severities, window(day)[0])


def _begins(parts: Parts) -> Iterator[tuple[Table, datetime]]:
    """Since when what lasts has been so, by its table."""
    for lines in parts.values():
        for line in lines:
            table = TABLES[line[0]]
            if table.key and table.at:
                yield table, datetime.fromisoformat(line[1 + table.place(table.at)])


async def untrue(conn: Connection, estate: str, day: date, leaf: Leaf, head: HeadRow | None) -> Words | None:
    """What is wrong with an entry of the log: it is not what was hashed, or not under the head."""
    reason = "" if merkle.leaf_hash(leaf.entry) == leaf.hash else "it has another hash"
    try:
        if head is not None and leaf.index <= head.size:
            root = bytes.fromhex(Head.model_validate_json(head.content).root)
            proof = await log.inclusion(conn, leaf.index, head.size)
            merkle.require_inclusion(leaf.entry, leaf.index, head.size, root, proof)
    except (merkle.Unproved, ValueError) as error:
        reason = reason or str(error)
    if not reason:
        return None
    return Words(
        f"{estate} {day}：日志第 {leaf.index} 条（日摘要）被改动，不是当时封存的那一条",
        f"{estate} {day}: entry {leaf.index} of the log, its digest, was changed: {reason}",
    )


def _runs(days: Sequence[date]) -> Iterator[list[date]]:
    """Days that follow each other, together."""
    run: list[date] = []
    for day in days:
        if run and day - run[-1] != DAY:
            yield run
            run = []
        run.append(day)
    if run:
        yield run
