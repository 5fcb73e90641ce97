"""Draws for inspections as they were made, and what was found of what was drawn."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from psycopg.rows import class_row

from cloud.core.sampling import Pick, Unit
from cloud.store.pool import Connection

What = Literal["facade", "camera"]
Outcome = Literal["passed", "failed"]

_POPULATIONS: Final = {
    "facade": "SELECT estate, id FROM facade ORDER BY estate, id",
    "camera": "SELECT agent.estate, camera.id FROM camera JOIN agent ON agent.id = camera.agent"
    " ORDER BY agent.estate, camera.id",
}


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw as it was made. population: how many there were; sha256: of all of them."""

    id: UUID
    seed: str
    what: What
    size: int
    population: int
    sha256: str
    purpose: str
    drawn_at: datetime
    drawn_by: str


@dataclass(frozen=True, slots=True)
class PickRow:
    """Something that was drawn, and what the inspector found; None: not yet."""

    draw: UUID
    estate: str
    subject: str
    key: str
    outcome: Outcome | None
    note: str
    inspected_by: str | None
    inspected_at: datetime | None
    work_order: UUID | None


_DRAW: Final = (
    "SELECT id, seed, what, size, population, sha256, purpose, drawn_at, drawn_by FROM inspection_draw"
)
_PICK: Final = (
    "SELECT draw, estate, subject, key, outcome, note, inspected_by, inspected_at, work_order"
    " FROM inspection_pick"
)


async def population(conn: Connection, what: What) -> list[Unit]:
    """All that can be drawn of what may be seen."""
    rows = await conn.execute(_POPULATIONS[what].encode())
    return [Unit(estate, identity) for estate, identity in await rows.fetchall()]


async def keep(conn: Connection, draw: Draw, picks: Sequence[Pick]) -> None:
    """A draw with what it gave."""
    await conn.execute(
        "INSERT INTO inspection_draw (id, seed, what, size, population, sha256, purpose, drawn_at, drawn_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        astuple(draw),
    )
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO inspection_pick (draw, estate, subject, key) VALUES (%s, %s, %s, %s)",
            [(draw.id, pick.unit.stratum, pick.unit.id, pick.key) for pick in picks],
        )


async def draws(conn: Connection, limit: int = 50) -> list[Draw]:
    """The newest first."""
    async with conn.cursor(row_factory=class_row(Draw)) as cursor:
        await cursor.execute(
            f"{_DRAW} ORDER BY drawn_at DESC, id LIMIT %s",
            (limit,),
        )
        return await cursor.fetchall()


async def picks(conn: Connection, of: Sequence[UUID]) -> list[PickRow]:
    """What some draws gave, by estate and key."""
    async with conn.cursor(row_factory=class_row(PickRow)) as cursor:
        await cursor.execute(f"{_PICK} WHERE draw = ANY(%s) ORDER BY draw, estate, key", (list(of),))
        return await cursor.fetchall()


async def find(conn: Connection, draw: UUID, subject: str) -> tuple[Draw, PickRow] | None:
    """Something that was drawn, locked until the transaction's end, and its draw."""
    async with conn.cursor(row_factory=class_row(PickRow)) as cursor:
        await cursor.execute(f"{_PICK} WHERE draw = %s AND subject = %s FOR UPDATE", (draw, subject))
        found = await cursor.fetchone()
    if found is None:
        return None
    async with conn.cursor(row_factory=class_row(Draw)) as cursor:
        await cursor.execute(f"{_DRAW} WHERE id = %s", (draw,))
        made = await cursor.fetchone()
    assert made is not None
    return made, found


@dataclass(frozen=True, slots=True)
class Inspected:
    """What an inspector found; work_order: what came of it."""

    outcome: Outcome
    note: str
    by: str
    at: datetime
    work_order: UUID | None = None


async def inspect(conn: Connection, pick: PickRow, found: Inspected) -> bool:
    """What was found, said once; whether it was the first word."""
    done = await conn.execute(
        "UPDATE inspection_pick SET outcome = %s, note = %s, inspected_by = %s, inspected_at = %s,"
        " work_order = %s WHERE draw = %s AND subject = %s AND outcome IS NULL",
        (*astuple(found), pick.draw, pick.subject),
    )
    return done.rowcount == 1
