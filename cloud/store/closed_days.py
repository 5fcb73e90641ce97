"""Days that are over: what certificates are counted from, as it was then, and what came late."""

import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from psycopg.rows import class_row

from cloud.core.camera_duty import Doubt
from cloud.core.cells import CameraSight, FacadeCells
from cloud.core.day_digest import rows
from cloud.core.day_digest.attested import Entry, content
from cloud.core.day_digest.facts import Book, Parts, Row, digest, sight_sha256, text
from cloud.core.day_digest.tables import DOUBT, FAULT, GRID, SIGHT, Table, of_orders
from cloud.core.days import ZONE
from cloud.core.spans import Span
from cloud.store import certified, doubts, ledger, log, registered, registry, sights
from cloud.store.certified import LineRow
from cloud.store.log import Leaf
from cloud.store.pool import Connection, Jsonb

Late = tuple[date, date | None]
"""The first and the last day that are concerned; None: all since."""
_NONE: Final = UUID(int=0)
LOCK: Final = 0x44617973  # "Days"


async def lock(conn: Connection, estate: str) -> None:
    """Be the only one who closes days of an estate, until the transaction ends."""
    await conn.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (LOCK, estate))


async def begun(conn: Connection, earliest: date) -> list[tuple[str, date]]:
    """Each estate with its newest closed day; where there is none, with the day before the first to close.

    That is the day in which a camera was seen first, or `earliest` where that is later.
    """
    found = await conn.execute(
        "SELECT estate, coalesce((SELECT max(day) FROM closed_day WHERE estate = agent.estate),"
        " greatest((min(first_seen_at) AT TIME ZONE %s)::date, %s) - 1)"
        " FROM agent JOIN camera ON camera.agent = agent.id"
        " WHERE first_seen_at IS NOT NULL GROUP BY estate ORDER BY estate",
        (ZONE.key, earliest),
    )
    return list(await found.fetchall())


async def bounds(conn: Connection, estate: str) -> tuple[date, date] | None:
    """Its oldest and newest closed day; None where there is none."""
    found = await conn.execute("SELECT min(day), max(day) FROM closed_day WHERE estate = %s", (estate,))
    row = await found.fetchone()
    assert row is not None
    return None if row[0] is None else (row[0], row[1])


async def days(conn: Connection, estate: str, begin: date, end: date) -> list[date]:
    """The closed ones of [begin, end), oldest first."""
    found = await conn.execute(
        "SELECT day FROM closed_day WHERE estate = %s AND number = 0 AND day >= %s AND day < %s ORDER BY day",
        (estate, begin, end),
    )
    return [row[0] for row in await found.fetchall()]


async def put(
    conn: Connection, estate: str, day: date, facts: Parts, at: datetime
) -> dict[str, dict[str, Any]]:
    """Close a day, or add lines to it; what its entry of the log says of the parts.

    The entry is made in the same transaction (migration 0050).
    """
    told = {part: text(lines) for part, lines in sorted(facts.items())}
    parts = {part: {"lines": len(facts[part]), "sha256": digest(lines)} for part, lines in told.items()}
    await conn.execute(
        "INSERT INTO closed_day (estate, day, number, closed_at, parts, facts)"
        " SELECT %(estate)s, %(day)s, coalesce(max(number) + 1, 0), %(at)s, %(parts)s, %(facts)s"
        " FROM closed_day WHERE estate = %(estate)s AND day = %(day)s",
        {
            "estate": estate,
            "day": day,
            "at": at,
            "parts": Jsonb(parts),
            "facts": zlib.compress(json.dumps(told, ensure_ascii=False).encode()),
        },
    )
    return parts


async def entries(
    conn: Connection, estate: str, wanted: Sequence[date]
) -> dict[date, list[tuple[Leaf, Entry]]]:
    """What the log has of some days, in its order. What still waits for its place is not there yet."""
    subjects = {f"{estate}/{day}": day for day in wanted}
    kept = await conn.execute(
        "SELECT day, number, facts FROM closed_day WHERE estate = %s AND day = ANY(%s)",
        (estate, list(wanted)),
    )
    facts = {(day, number): _unpacked(told) for day, number, told in await kept.fetchall()}
    found: dict[date, list[tuple[Leaf, Entry]]] = {}
    for leaf in await log.about(conn, "day", list(subjects)):
        day, said = subjects[leaf.subject], content(leaf.entry)
        own = None if said is None else facts.get((day, said.number))
        found.setdefault(day, []).append((leaf, Entry(said, own)))
    return found


async def book(conn: Connection, estate: str, span: Span, since: Mapping[Table, datetime]) -> Book:
    """What an estate's days of a span are made of.

    since: what was there from then on is read too, by its table, as it may have ended meanwhile.
    """
    cameras, agents = await registered.devices(conn, estate)
    raw = await ledger.watching(conn, cameras, span, span[1])
    wide = {table: (since.get(table, span[0]), span[1]) for table in (FAULT, DOUBT, SIGHT, GRID)}
    faults = await certified.faults(conn, estate, cameras, agents, wide[FAULT])
    subjects = {fault.id: (fault.subject_type, fault.subject) for fault in faults}
    told = await certified.fault_lines(conn, list(subjects))
    facades = [facade.id for facade in await registry.facades(conn, estate)]
    standing: tuple[Doubt, ...] = await doubts.touching(conn, wide[DOUBT], cameras)
    found: list[Row] = [
        *rows.of_raw(raw, estate),
        *map(rows.fault, faults),
        *(rows.fault_line(subjects[line.of], line.of, line) for line in told),
        *map(rows.doubt, standing),
        *map(_sight, await sights.of_facades(conn, wide[SIGHT], facades, finely=True)),
        *map(_grid, await sights.grids(conn, wide[GRID], facades)),
        *await _orders(conn, estate, span),
    ]
    histories = _by_fault(told)
    return Book(tuple(found), rows.minutes(raw, estate), rows.severities(histories.items()))


def _by_fault(lines: Sequence[LineRow]) -> dict[UUID, list[LineRow]]:
    found: dict[UUID, list[LineRow]] = {}
    for line in lines:
        found.setdefault(line.of, []).append(line)
    return found


async def _orders(conn: Connection, estate: str, span: Span) -> list[Row]:
    """Those that were opened in a span, and what happened to any in it."""
    async with conn.cursor(row_factory=class_row(certified.OrderRow)) as cursor:
        await cursor.execute(
            "SELECT number, source, kind, subject, facade, building, floor, bay, title, opened_at"
            " FROM work_order WHERE estate = %s AND opened_at >= %s AND opened_at < %s ORDER BY number",
            (estate, *span),
        )
        orders = await cursor.fetchall()
    found = await conn.execute(
        "SELECT subject, facade, building, number, opened_at, at, what, by, note FROM work_order_history line"
        " JOIN work_order ON work_order.id = line.work_order"
        " WHERE estate = %s AND at >= %s AND at < %s ORDER BY line.id",
        (estate, *span),
    )
    lines = [
        rows.order_line(of_orders(*told[:3]), (told[3], told[4]), LineRow(_NONE, *told[5:]))
        for told in await found.fetchall()
    ]
    return [*(rows.order(order, order.building) for order in orders), *lines]


def _sight(one: CameraSight) -> Row:
    reasons = ["".join(map(str, row)) for row in one.reason.tolist()]
    px_per_m = [[round(each, 2) for each in row] for row in one.finely.fall_px_m.tolist()]
    return rows.sight(one.facade, one.camera, (one.begins_at, one.ends_at), sight_sha256(reasons, px_per_m))


def _grid(one: FacadeCells) -> Row:
    floors, bays = (",".join(map(str, each)) for each in (one.floors, one.bays))
    values = (one.facade, one.begins_at, one.ends_at, floors, bays, one.spans_px, one.object_m)
    return Row(f"facade/{one.facade}", GRID, values)


async def announce_late(conn: Connection, late: Mapping[str, Late]) -> None:
    """Boxes have delivered what is of days that are over: these are looked at again. late: agent → days."""
    if not late:
        return
    await conn.execute(
        "INSERT INTO day_due (estate, since, until) SELECT estate, since, until"
        " FROM unnest(%b::text[], %b::date[], %b::date[]) AS late (agent, since, until)"
        " JOIN agent ON agent.id = late.agent ORDER BY estate, since",
        (list(late), [since for since, _ in late.values()], [until for _, until in late.values()]),
    )


async def announce(conn: Connection, estate: str, since: date) -> None:
    """Something has come to be known that is so since a day that is over."""
    await conn.execute("INSERT INTO day_due (estate, since) VALUES (%s, %s)", (estate, since))


async def late(conn: Connection) -> list[str]:
    """Estates of which something was delivered late."""
    found = await conn.execute("SELECT DISTINCT estate FROM day_due ORDER BY estate")
    return [row[0] for row in await found.fetchall()]


async def take_late(conn: Connection, estate: str) -> list[date]:
    """The closed days of which something was delivered late, oldest first. They are taken off the list."""
    found = await conn.execute(
        "WITH late AS (DELETE FROM day_due WHERE estate = %(estate)s RETURNING since, until)"
        " SELECT day FROM closed_day WHERE estate = %(estate)s AND number = 0 AND EXISTS"
        " (SELECT FROM late WHERE day BETWEEN since AND coalesce(until, 'infinity')) ORDER BY day",
        {"estate": estate},
    )
    return [row[0] for row in await found.fetchall()]


async def found(conn: Connection, estate: str, day: date, differences: int, at: datetime) -> None:
    """Keep, until it is mended, that a day is not what the log says; 0: it is."""
    if not differences:
        await conn.execute("DELETE FROM day_difference WHERE estate = %s AND day = %s", (estate, day))
        return
    await conn.execute(
        "INSERT INTO day_difference (estate, day, found_at, differences) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (estate, day) DO UPDATE SET differences = excluded.differences",
        (estate, day, at, differences),
    )


async def differing(conn: Connection) -> int:
    """How many days were not what the log says when they were looked at last."""
    row = await (await conn.execute("SELECT count(*) FROM day_difference")).fetchone()
    assert row is not None
    return int(row[0])


def _unpacked(told: bytes) -> dict[str, str] | None:
    try:
        found = json.loads(zlib.decompress(told))
    except (ValueError, zlib.error):
        return None
    return found if isinstance(found, dict) else None
