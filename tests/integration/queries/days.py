"""Days that are over, and what came late of them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from cloud.core.day_digest.facts import day_of, facts, window
from cloud.core.day_digest.tables import FAULT
from cloud.store import closed_days
from tests.fixtures.cloud import NOW
from tests.integration.queries.made import At, Case, later

DAY: Final = day_of(NOW)
NEXT: Final = DAY + timedelta(days=1)


async def _book(at: At) -> object:
    span = window(DAY)
    return facts(await closed_days.book(at.conn, "garden", span, {FAULT: span[0] - timedelta(days=1)}), span)


async def _put(at: At) -> object:
    span = window(DAY)
    book = await closed_days.book(at.conn, "garden", span, {})
    return await closed_days.put(at.conn, "garden", DAY, facts(book, span), later(1))


async def _entries(at: At) -> object:
    told = await closed_days.entries(at.conn, "garden", [DAY])
    return [[(entry.said, entry.facts) for _, entry in each] for each in told.values()]


CASES: Final[Mapping[str, Case]] = {
    "closed_days.lock": lambda at: closed_days.lock(at.conn, "garden"),
    "closed_days.begun": lambda at: closed_days.begun(at.conn, DAY),
    "closed_days.book": _book,
    "closed_days.put": _put,
    "closed_days.begun (with a closed day)": lambda at: closed_days.begun(at.conn, DAY),
    "closed_days.bounds": lambda at: closed_days.bounds(at.conn, "garden"),
    "closed_days.days": lambda at: closed_days.days(at.conn, "garden", DAY, NEXT),
    "closed_days.entries": _entries,
    "closed_days.announce_late": lambda at: closed_days.announce_late(at.conn, {"box-a": (DAY, DAY)}),
    "closed_days.announce": lambda at: closed_days.announce(at.conn, "garden", DAY),
    "closed_days.late": lambda at: closed_days.late(at.conn),
    "closed_days.take_late": lambda at: closed_days.take_late(at.conn, "garden"),
    "closed_days.found": lambda at: closed_days.found(at.conn, "garden", DAY, 2, later(1)),
    "closed_days.differing": lambda at: closed_days.differing(at.conn),
}
