"""Messages as they came, and which sequence numbers have been seen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from cloud.store.pool import Connection

MAX_SEQ = 2**62
"""Beyond this PostgreSQL's ranges end; no agent counts so far."""

Key = tuple[str, UUID, int]
"""(agent, boot, seq)."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One message: its keys, and the text as it came."""

    agent: str
    boot: UUID
    seq: int
    observed_at: datetime
    message_id: UUID
    kind: str
    payload: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Sequence numbers `first`…`last` of a boot that have not come, both included."""

    agent: str
    boot: UUID
    first: int
    last: int


async def lock_agents(conn: Connection, agents: Collection[str]) -> None:
    """Hold every other ingest off these agents until commit; one order, so that nobody waits in a circle."""
    for agent in sorted(agents):
        await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (agent,))


async def already(conn: Connection, keys: Collection[Key], which: Literal["stored", "refused"]) -> set[Key]:
    """Those of `keys` that have been stored, or refused, before."""
    if not keys:
        return set()
    rows = await conn.execute(
        "SELECT agent, boot, seq FROM unnest(%s::text[], %s::uuid[], %s::bigint[]) AS new (agent, boot, seq)"
        " JOIN seen_range known USING (agent, boot)"
        " WHERE CASE WHEN %s THEN known.stored ELSE known.refused END @> new.seq",
        (*_columns(keys), which == "stored"),
    )
    return {(row[0], row[1], row[2]) for row in await rows.fetchall()}


async def mark(
    conn: Connection, keys: Collection[Key], which: Literal["stored", "refused"], at: datetime
) -> None:
    """Remember that `keys` have been stored, or refused."""
    if not keys:
        return
    column = "stored" if which == "stored" else "refused"
    await conn.execute(
        f"INSERT INTO seen_range (agent, boot, {column}, updated_at)"  # noqa: S608 - one of two constants
        " SELECT agent, boot, range_agg(int8range(seq, seq, '[]')), %s"
        " FROM unnest(%s::text[], %s::uuid[], %s::bigint[]) AS new (agent, boot, seq) GROUP BY agent, boot"
        f" ON CONFLICT (agent, boot) DO UPDATE SET {column} = seen_range.{column} + excluded.{column},"
        " updated_at = excluded.updated_at",
        (at, *_columns(keys)),
    )


def _columns(keys: Collection[Key]) -> tuple[list[str], list[UUID], list[int]]:
    return [key[0] for key in keys], [key[1] for key in keys], [key[2] for key in keys]


async def insert(conn: Connection, rows: Sequence[EventRow], received_at: datetime) -> None:
    """Store messages. One that is there already stays as it is."""
    if not rows:
        return
    await conn.execute(
        "INSERT INTO event (agent, boot, seq, observed_at, message_id, kind, received_at, payload)"
        " SELECT agent, boot, seq, observed_at, message_id, kind, %s, payload::jsonb"
        " FROM unnest(%s::text[], %s::uuid[], %s::bigint[], %s::timestamptz[], %s::uuid[],"
        " %s::text[], %s::text[])"
        " AS new (agent, boot, seq, observed_at, message_id, kind, payload)"
        " ON CONFLICT DO NOTHING",
        (
            received_at,
            [row.agent for row in rows],
            [row.boot for row in rows],
            [row.seq for row in rows],
            [row.observed_at for row in rows],
            [row.message_id for row in rows],
            [row.kind for row in rows],
            [row.payload for row in rows],
        ),
    )


async def gaps(conn: Connection, agent: str) -> list[Gap]:
    """What an agent has counted and we have never received, below the highest that we have."""
    rows = await conn.execute(
        "SELECT boot, lower(hole), upper(hole) - 1 FROM seen_range,"
        " unnest(int8multirange(int8range(1, greatest(upper(stored), upper(refused), 1))) -"
        " stored - refused) AS hole"
        " WHERE agent = %s ORDER BY updated_at, boot, 2",
        (agent,),
    )
    return [Gap(agent, row[0], row[1], row[2]) for row in await rows.fetchall()]


async def missing(conn: Connection) -> dict[str, int]:
    """How many numbers are missing, by agent."""
    rows = await conn.execute(
        "SELECT agent, sum(upper(hole) - lower(hole)) FROM seen_range,"
        " unnest(int8multirange(int8range(1, greatest(upper(stored), upper(refused), 1))) -"
        " stored - refused) AS hole"
        " GROUP BY agent"
    )
    return {row[0]: int(row[1]) for row in await rows.fetchall()}


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that can never be stored, and why."""

    reason: str
    detail: str
    topic: str
    payload: bytes


DEAD_LETTER_BYTES = 4096


async def bury(conn: Connection, letters: Sequence[DeadLetter], received_at: datetime) -> None:
    """Keep dead letters, with the beginning of each payload."""
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO dead_letter (received_at, reason, detail, topic, size_bytes, payload_prefix)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [
                (
                    received_at,
                    letter.reason,
                    letter.detail.replace("\x00", "\\0")[:500],
                    letter.topic.replace("\x00", "\\0")[:500],
                    len(letter.payload),
                    letter.payload[:DEAD_LETTER_BYTES],
                )
                for letter in letters
            ],
        )
