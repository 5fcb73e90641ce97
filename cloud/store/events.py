"""Messages as they came, and which sequence numbers have been seen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg.types.multirange import Multirange

from cloud.store.pool import Connection, Later
from contracts.base import SeqRange

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


Span = tuple[int, int]
"""First and last sequence number, both included."""


@dataclass(frozen=True, slots=True)
class Boot:
    """What has come of one start of an agent. accepted: the highest number known of.

    refused: in the dead letters. lost: will never come, says the agent. missing: the rest.
    """

    boot: UUID
    heard_at: datetime
    accepted: int
    stored: tuple[Span, ...]
    refused: tuple[Span, ...]
    lost: tuple[Span, ...]
    missing: tuple[Span, ...]


async def lock_agents(conn: Connection, agents: Collection[str]) -> None:
    """Hold every other ingest off these agents until commit; one order, so that nobody waits in a circle."""
    await conn.execute(
        "SELECT pg_advisory_xact_lock(number) FROM (SELECT DISTINCT hashtextextended(agent, 0) AS number"
        " FROM unnest(%b::text[]) AS agent ORDER BY number) AS one",
        (list(agents),),
    )


Which = Literal["stored", "refused"]


async def already(conn: Connection, keys: Collection[Key], which: Which) -> set[Key]:
    """Those of `keys` that have been stored, or refused, before."""
    return await (await ask_already(conn, keys, which))


async def ask_already(conn: Connection, keys: Collection[Key], which: Which) -> Later[set[Key]]:
    """The same, to be read later."""
    rows = await conn.execute(
        "SELECT agent, boot, seq FROM unnest(%b::text[], %b::uuid[], %b::bigint[]) AS new (agent, boot, seq)"
        " JOIN seen_range known USING (agent, boot)"
        " WHERE CASE WHEN %s THEN known.stored ELSE known.refused END @> new.seq",
        (*_columns(keys), which == "stored"),
    )

    async def read() -> set[Key]:
        return {(row[0], row[1], row[2]) for row in await rows.fetchall()}

    return Later(read)


async def mark(conn: Connection, keys: Collection[Key], which: Which, at: datetime) -> None:
    """Remember that `keys` have been stored, or refused."""
    if not keys:
        return
    column = "stored" if which == "stored" else "refused"
    await conn.execute(
        f"INSERT INTO seen_range (agent, boot, {column}, updated_at)"  # noqa: S608 - one of two constants
        " SELECT agent, boot, range_agg(int8range(seq, seq, '[]')), %s"
        " FROM unnest(%b::text[], %b::uuid[], %b::bigint[]) AS new (agent, boot, seq) GROUP BY agent, boot"
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
        " FROM unnest(%b::text[], %b::uuid[], %b::bigint[], %b::timestamptz[], %b::uuid[],"
        " %b::text[], %b::text[])"
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


async def accepted(conn: Connection, agent: str, boot: UUID, seq: int, at: datetime) -> None:
    """Remember how many messages a boot says it has taken on: what is missing at its end shows by it."""
    if seq == 0:
        return
    await conn.execute(
        "INSERT INTO seen_range (agent, boot, accepted, updated_at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (agent, boot) DO UPDATE SET updated_at = excluded.updated_at,"
        " accepted = greatest(seen_range.accepted, excluded.accepted)",
        (agent, boot, min(seq, MAX_SEQ - 1), at),
    )


async def mark_lost(conn: Connection, agent: str, ranges: Collection[SeqRange], at: datetime) -> None:
    """Remember numbers of which an agent says that they will never come; what has come is none of them."""
    for found in ranges:
        await conn.execute(
            "INSERT INTO seen_range (agent, boot, lost, updated_at)"
            " VALUES (%s, %s, int8multirange(int8range(%s, %s, '[]')), %s)"
            " ON CONFLICT (agent, boot) DO UPDATE SET lost = seen_range.lost + excluded.lost,"
            " updated_at = excluded.updated_at",
            (agent, found.boot, min(found.first, MAX_SEQ), min(found.last, MAX_SEQ), at),
        )


UNSEEN = (
    "(int8multirange(int8range(1, greatest(upper(stored), upper(refused), accepted + 1))) - stored - refused)"
)
"""SQL: what a boot has counted and we have not received, up to the highest number known of."""


async def boots(conn: Connection, agent: str, limit: int) -> list[Boot]:
    """The newest boots of an agent, and what has come of each."""
    rows = await conn.execute(
        "SELECT boot, updated_at, greatest(upper(stored) - 1, upper(refused) - 1, accepted),"  # noqa: S608 - a constant
        f" stored, refused, {UNSEEN} * lost, {UNSEEN} - lost FROM seen_range WHERE agent = %s"
        " ORDER BY updated_at DESC, boot LIMIT %s",
        (agent, limit),
    )
    return [Boot(*row[:3], *map(_spans, row[3:])) for row in await rows.fetchall()]


def _spans(found: Multirange[int]) -> tuple[Span, ...]:
    """First and last number of each part; PostgreSQL's own ranges end before their upper bound."""
    return tuple((part.lower, part.upper - 1) for part in found if part.lower is not None and part.upper)


@dataclass(frozen=True, slots=True)
class Unseen:
    """How many numbers have not come. lost: their agent has told that they never will."""

    missing: int = 0
    lost: int = 0


async def unseen(conn: Connection) -> dict[str, Unseen]:
    """What has not come, by agent."""
    rows = await conn.execute(
        "SELECT agent, sum(upper(hole) - lower(hole)) FILTER (WHERE NOT told),"  # noqa: S608 - a constant
        " sum(upper(hole) - lower(hole)) FILTER (WHERE told) FROM seen_range,"
        f" LATERAL (SELECT unnest({UNSEEN} - lost) AS hole, false AS told"
        f" UNION ALL SELECT unnest({UNSEEN} * lost), true) AS part GROUP BY agent"
    )
    return {row[0]: Unseen(int(row[1] or 0), int(row[2] or 0)) for row in await rows.fetchall()}


async def losses(conn: Connection, agent: str, limit: int) -> list[dict[str, Any]]:
    """The newest losses that an agent told, as it told them."""
    rows = await conn.execute(
        "SELECT payload FROM event WHERE agent = %s AND kind = 'loss'"
        " ORDER BY received_at DESC, seq DESC LIMIT %s",
        (agent, limit),
    )
    return [row[0] for row in await rows.fetchall()]


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
    if not letters:
        return
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
