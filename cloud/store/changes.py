"""The log of changes that browsers follow. Its ids appear in order: who saw n has seen all below."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from cloud.store import whose
from cloud.store.pool import Connection, DatabaseDown, pipelined

LOCK = 0x4368616E  # "Chan"

Topic = Literal[
    "alert", "clip", "fault", "work_order", "camera", "agent", "sensor", "minute", "notification", "handover"
]


@dataclass(frozen=True, slots=True)
class Change:
    """Something that a page may show has changed."""

    topic: Topic
    subject: str
    message_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """A change with its place in the log."""

    id: int
    topic: Topic
    subject: str
    message_id: UUID | None
    estate: str | None
    """Whose it is: only they are told. None: nobody knows, and nobody is told."""


async def record(conn: Connection, changes: Sequence[Change], at: datetime) -> None:
    """Append to the log and wake the listeners. Call it last in a transaction.

    A lock is held until commit: without it a lower id could become visible after a higher one, and a browser
    that has already read the higher would never hear of it.
    """
    if not changes:
        return
    unique = list(dict.fromkeys(changes))
    async with pipelined(conn):
        await conn.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        await conn.execute(
            "INSERT INTO change (at, topic, subject, message_id, estate)"  # noqa: S608 - constants
            f" SELECT %s, topic, subject, message_id, {whose.estate_of('topic')}"
            " FROM unnest(%s::text[], %s::text[], %s::uuid[]) AS given (topic, subject, message_id)",
            (at, [c.topic for c in unique], [c.subject for c in unique], [c.message_id for c in unique]),
        )


async def since(conn: Connection, last_id: int, limit: int) -> list[LoggedChange]:
    """At most `limit` changes after `last_id`, oldest first."""
    async with conn.cursor(row_factory=class_row(LoggedChange)) as cursor:
        await cursor.execute(
            "SELECT id, topic, subject, message_id, estate FROM change WHERE id > %s ORDER BY id LIMIT %s",
            (last_id, limit),
        )
        return await cursor.fetchall()


async def newest(conn: Connection) -> int:
    """The id of the newest change, 0 when there is none."""
    row = await (await conn.execute("SELECT coalesce(max(id), 0) FROM change")).fetchone()
    assert row is not None
    return int(row[0])


async def trim(conn: Connection, before: datetime) -> int:
    """Forget changes older than `before`; the number of rows."""
    # The newest stays, so that ids never start anew below what a browser knows.
    done = await conn.execute(
        "DELETE FROM change WHERE at < %s AND id < (SELECT max(id) FROM change)", (before,)
    )
    return done.rowcount


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[AsyncIterator[None]]:
    """Wake-ups, one for each commit that changed something.

    Raises:
        DatabaseDown: The database cannot be reached or went away.
    """
    try:
        conn = await psycopg.AsyncConnection.connect(url, autocommit=True, application_name="fallwatch-live")
    except psycopg.OperationalError as error:
        raise DatabaseDown(str(error).strip()) from error
    async with conn:
        await conn.execute("LISTEN fallwatch_change")
        yield _wakeups(conn)


async def _wakeups(conn: Connection) -> AsyncIterator[None]:
    try:
        async for _ in conn.notifies():
            yield None
    except psycopg.OperationalError as error:
        raise DatabaseDown(str(error).strip()) from error
