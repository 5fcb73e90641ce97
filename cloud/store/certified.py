"""What a certificate tells beside its figures: faults, and what was done with them and with alerts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg.rows import class_row

from cloud.core.spans import Span
from cloud.store.pool import Connection


@dataclass(frozen=True, slots=True)
class FaultRow:
    """A fault of a camera, of an agent, or of a node that gives power or network."""

    id: UUID
    subject_type: str
    subject: str
    kind: str
    severity: str
    since: datetime
    cleared_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of somebody's history. of: whose."""

    of: UUID
    at: datetime
    what: str
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A work order as it was opened, and where."""

    number: int
    source: str
    kind: str | None
    subject: str | None
    facade: str | None
    building: str | None
    floor: int | None
    bay: int | None
    title: str
    opened_at: datetime


_FAULTS: Final = (
    "SELECT id, subject_type, subject, kind, severity, since, cleared_at, reason FROM fault"
    " WHERE since < %(end)s AND (cleared_at IS NULL OR cleared_at > %(begin)s)"
    " AND ((subject_type = 'node' AND estate = %(estate)s)"
    " OR (subject_type = 'camera' AND subject = ANY(%(cameras)s))"
    " OR (subject_type = 'agent' AND subject = ANY(%(agents)s))) ORDER BY since, id"
)


async def faults(
    conn: Connection, estate: str, cameras: Collection[str], agents: Collection[str], span: Span
) -> list[FaultRow]:
    """Those of these cameras and agents, and of the estate's nodes, that touch a span; oldest first."""
    values = {
        "estate": estate,
        "cameras": list(cameras),
        "agents": list(agents),
        "begin": span[0],
        "end": span[1],
    }
    async with conn.cursor(row_factory=class_row(FaultRow)) as cursor:
        await cursor.execute(_FAULTS, values)
        return await cursor.fetchall()


async def fault_lines(conn: Connection, faults: Sequence[UUID]) -> list[LineRow]:
    """What happened to some faults, oldest first."""
    async with conn.cursor(row_factory=class_row(LineRow)) as cursor:
        await cursor.execute(
            "SELECT fault AS of, at, what, by, note FROM fault_history WHERE fault = ANY(%s) ORDER BY id",
            (list(faults),),
        )
        return await cursor.fetchall()


async def alert_lines(conn: Connection, alerts: Sequence[UUID]) -> list[LineRow]:
    """What happened to some alerts, oldest first."""
    async with conn.cursor(row_factory=class_row(LineRow)) as cursor:
        await cursor.execute(
            "SELECT alert AS of, at, what, by, note FROM alert_history WHERE alert = ANY(%s) ORDER BY id",
            (list(alerts),),
        )
        return await cursor.fetchall()


async def clips(conn: Connection, events: Sequence[UUID]) -> dict[UUID, str]:
    """Event → SHA-256 of its video, as its device announced it."""
    rows = await conn.execute(
        "SELECT event, sha256 FROM clip WHERE event = ANY(%s) AND sha256 IS NOT NULL", (list(events),)
    )
    return dict(await rows.fetchall())
