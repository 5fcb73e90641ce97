"""The keys of the estates, as they are wrapped."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg.rows import class_row

from cloud.store.pool import Connection

LOCK: Final = 0x4B657973  # "Keys"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A version of an estate's key. wrapped: None once it was destroyed."""

    id: UUID
    estate: str
    version: int
    master: str
    wrapped: bytes | None
    created_at: datetime
    destroyed_at: datetime | None


_SELECT: Final = "SELECT id, estate, version, master, wrapped, created_at, destroyed_at FROM estate_key"


async def lock(conn: Connection) -> None:
    """Be the only one who makes, wraps or destroys keys, until the transaction ends."""
    await conn.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))


async def newest(conn: Connection, estate: str) -> KeyRow | None:
    """The last version of an estate's key; None before there is one."""
    async with conn.cursor(row_factory=class_row(KeyRow)) as cursor:
        await cursor.execute(f"{_SELECT} WHERE estate = %s ORDER BY version DESC LIMIT 1", (estate,))
        return await cursor.fetchone()


async def find(conn: Connection, key: UUID) -> KeyRow | None:
    """One key."""
    async with conn.cursor(row_factory=class_row(KeyRow)) as cursor:
        await cursor.execute(f"{_SELECT} WHERE id = %s", (key,))
        return await cursor.fetchone()


async def everything(conn: Connection) -> list[KeyRow]:
    """All keys of all estates."""
    async with conn.cursor(row_factory=class_row(KeyRow)) as cursor:
        await cursor.execute(f"{_SELECT} ORDER BY estate, version")
        return await cursor.fetchall()


async def add(conn: Connection, row: KeyRow) -> None:
    """Keep a new key."""
    await conn.execute(
        "INSERT INTO estate_key (id, estate, version, master, wrapped, created_at)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (row.id, row.estate, row.version, row.master, row.wrapped, row.created_at),
    )


async def rewrap(conn: Connection, key: UUID, master: str, wrapped: bytes) -> None:
    """The same key under another master key."""
    await conn.execute(
        "UPDATE estate_key SET master = %s, wrapped = %s WHERE id = %s AND wrapped IS NOT NULL",
        (master, wrapped, key),
    )


async def destroy(conn: Connection, estate: str, at: datetime) -> int:
    """Forget every key of an estate; how many there were."""
    done = await conn.execute(
        "UPDATE estate_key SET wrapped = NULL, destroyed_at = %s WHERE estate = %s AND wrapped IS NOT NULL",
        (at, estate),
    )
    return done.rowcount
