"""Faults of devices: one open at a time of each kind and device, their figures, their history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from cloud.core import fault as machine
from cloud.core.machine import Record
from cloud.store.pool import Connection, Jsonb
from contracts.devices import Severity, SubjectType


@dataclass(frozen=True, slots=True)
class FaultRow:
    """A fault with its work order. what, advice: words {zh, en} of the device, where it has said any.

    picture: names its thumbnail's content, None where it has none.
    """

    id: UUID
    kind: str
    subject_type: SubjectType
    subject: str
    estate: str
    state: machine.State
    severity: Severity
    since: datetime
    reason: str
    value: float | None
    baseline: float | None
    threshold: float | None
    unit: str
    what: dict[str, str] | None
    advice: dict[str, str] | None
    picture: str | None
    cleared_at: datetime | None
    close_reason: str | None
    work_order: UUID | None


_MACHINE = "SELECT id, state, severity, acknowledged_by, cleared_at, close_reason FROM fault"
"""A fault's id, and what its machine needs to know of it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A fault that is locked until the transaction's end."""

    id: UUID
    fault: machine.Fault


async def insert(
    conn: Connection,
    subject: machine.Subject,
    kind: str,
    finding: machine.Finding,
    *,
    estate: str,
    state: machine.State,
    since: datetime,
) -> UUID | None:
    """A new fault; None where the same is open already."""
    row = await (
        await conn.execute(
            "INSERT INTO fault (kind, subject_type, subject, estate, state, since, reason, severity, value,"
            " baseline, threshold, unit, what, advice, thumbnail)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (kind, subject_type, subject) WHERE state <> 'closed' DO NOTHING RETURNING id",
            (kind, subject.type, subject.id, estate, state, since, *_columns(finding)),
        )
    ).fetchone()
    return None if row is None else row[0]


async def hold_open(conn: Connection, subject: machine.Subject, kind: str) -> Held | None:
    """The open fault of this kind and device, locked."""
    rows = await conn.execute(
        f"{_MACHINE} WHERE kind = %s AND subject_type = %s AND subject = %s AND state <> 'closed' FOR UPDATE",
        (kind, subject.type, subject.id),
    )
    return _held(await rows.fetchone())


async def hold(conn: Connection, fault: UUID) -> Held | None:
    """A fault, locked."""
    return _held(await (await conn.execute(f"{_MACHINE} WHERE id = %s FOR UPDATE", (fault,))).fetchone())


def _held(row: tuple[Any, ...] | None) -> Held | None:
    return None if row is None else Held(row[0], machine.Fault(*row[1:]))


async def renew(conn: Connection, fault: UUID, finding: machine.Finding) -> None:
    """Newer figures; the picture stays where no newer one comes."""
    await conn.execute(
        "UPDATE fault SET reason = %s, severity = %s, value = %s, baseline = %s, threshold = %s, unit = %s,"
        " what = %s, advice = %s, thumbnail = coalesce(%s, thumbnail) WHERE id = %s",
        (*_columns(finding), fault),
    )


async def move(conn: Connection, fault: UUID, after: machine.Fault) -> None:
    """What the machine made of it."""
    await conn.execute(
        "UPDATE fault SET state = %s, severity = %s, acknowledged_by = %s, cleared_at = %s, close_reason = %s"
        " WHERE id = %s",
        (after.state, after.severity, after.acknowledged_by, after.cleared_at, after.close_reason, fault),
    )


async def write_down(conn: Connection, fault: UUID, record: Record) -> None:
    """A line in its history."""
    await conn.execute(
        "INSERT INTO fault_history (fault, at, what, by, note) VALUES (%s, %s, %s, %s, %s)",
        (fault, record.at, record.what, record.by, record.note),
    )


def _columns(finding: machine.Finding) -> tuple[Any, ...]:
    return (
        finding.reason,
        finding.severity,
        finding.value,
        finding.baseline,
        finding.threshold,
        finding.unit,
        None if finding.what is None else Jsonb(finding.what.model_dump()),
        None if finding.advice is None else Jsonb(finding.advice.model_dump()),
        finding.thumbnail,
    )


async def since(conn: Connection, begin: datetime, limit: int = 200) -> list[FaultRow]:
    """Open faults, and those cleared after `begin`; newest first."""
    async with conn.cursor(row_factory=class_row(FaultRow)) as cursor:
        await cursor.execute(
            "SELECT fault.id, fault.kind, fault.subject_type, fault.subject, fault.estate,"
            " fault.state, fault.severity, fault.since, fault.reason,"
            " fault.value, fault.baseline, fault.threshold, fault.unit, fault.what, fault.advice,"
            " left(encode(sha256(fault.thumbnail), 'hex'), 12) AS picture,"
            " fault.cleared_at, fault.close_reason, work_order.id AS work_order"
            " FROM fault LEFT JOIN work_order ON work_order.fault = fault.id"
            " WHERE fault.state <> 'closed' OR fault.cleared_at > %s"
            " ORDER BY fault.state = 'closed', fault.since DESC, fault.id LIMIT %s",
            (begin, limit),
        )
        return await cursor.fetchall()


async def thumbnail(conn: Connection, fault: UUID) -> bytes | None:
    """The picture of a fault, a JPEG; None when there is no such fault or it has none."""
    row = await (await conn.execute("SELECT thumbnail FROM fault WHERE id = %s", (fault,))).fetchone()
    return None if row is None else row[0]
