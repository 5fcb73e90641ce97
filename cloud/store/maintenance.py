"""Faults and the work orders that follow from them: moved together, in the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from cloud.core import fault as faults
from cloud.core import work_order as orders
from cloud.core.machine import Record
from cloud.store.changes import Change
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
    state: faults.State
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


@dataclass(frozen=True, slots=True)
class WorkOrderRow:
    """A work order with what it is about."""

    id: UUID
    number: int
    state: orders.State
    fault: UUID
    kind: str
    subject_type: SubjectType
    subject: str
    opened_at: datetime
    taken_by: str | None
    taken_at: datetime | None
    finished_by: str | None
    finished_at: datetime | None
    measure: str | None
    closed_at: datetime | None


_MACHINE = "SELECT id, state, severity, acknowledged_by, cleared_at, close_reason FROM fault"
"""A fault's id, and what its machine needs to know of it."""


async def raise_fault(
    conn: Connection,
    subject: faults.Subject,
    kind: str,
    finding: faults.Finding,
    *,
    estate: str,
    since: datetime,
    at: datetime,
) -> list[Change]:
    """Raise a fault that is there `since` then, as far as known, and order work `at` this moment.

    Where the same is open already, it is brought up to date.
    """
    raised, effects = faults.raise_fault(at, finding.severity, finding.reason)
    row = await (
        await conn.execute(
            "INSERT INTO fault (kind, subject_type, subject, estate, state, since, reason, severity, value,"
            " baseline, threshold, unit, what, advice, thumbnail)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (kind, subject_type, subject) WHERE state <> 'closed' DO NOTHING RETURNING id",
            (kind, subject.type, subject.id, estate, raised.state, since, *_columns(finding)),
        )
    ).fetchone()
    if row is None:
        return await _update_fault(conn, subject, kind, finding, at)
    return [Change("fault", str(row[0])), *await _follow_fault(conn, row[0], effects, at)]


async def clear_fault(conn: Connection, subject: faults.Subject, kind: str, at: datetime) -> list[Change]:
    """The device is well again: its open fault closes by itself, and its work order is told."""
    row = await _open_fault(conn, subject, kind)
    return [] if row is None else await _step_fault(conn, row, faults.Clear(), at)


async def _open_fault(conn: Connection, subject: faults.Subject, kind: str) -> tuple[Any, ...] | None:
    rows = await conn.execute(
        f"{_MACHINE} WHERE kind = %s AND subject_type = %s AND subject = %s AND state <> 'closed' FOR UPDATE",
        (kind, subject.type, subject.id),
    )
    return await rows.fetchone()


async def _update_fault(
    conn: Connection, subject: faults.Subject, kind: str, finding: faults.Finding, at: datetime
) -> list[Change]:
    """Newer figures for an open fault; its picture stays where no newer one comes."""
    row = await _open_fault(conn, subject, kind)
    if row is None:
        return []
    await conn.execute(
        "UPDATE fault SET reason = %s, severity = %s, value = %s, baseline = %s, threshold = %s, unit = %s,"
        " what = %s, advice = %s, thumbnail = coalesce(%s, thumbnail) WHERE id = %s",
        (*_columns(finding), row[0]),
    )
    return await _step_fault(conn, row, faults.Update(finding.severity), at)


def _columns(finding: faults.Finding) -> tuple[Any, ...]:
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


async def apply(
    conn: Connection, order: UUID, given: orders.Take | orders.Finish, at: datetime
) -> list[Change] | None:
    """Move a work order by its machine; None when there is no such order.

    Raises:
        Forbidden: The machine does not allow it.
    """
    # The fault first: every path that holds both locks takes them in this order.
    row = await (
        await conn.execute(
            "SELECT fault.id FROM fault JOIN work_order ON work_order.fault = fault.id WHERE"
            " work_order.id = %s"
            " FOR UPDATE OF fault",
            (order,),
        )
    ).fetchone()
    return None if row is None else await _step_order(conn, row[0], given, at)


async def _step_fault(
    conn: Connection, row: tuple[Any, ...], given: faults.Input, at: datetime
) -> list[Change]:
    before = faults.Fault(*row[1:])
    after, effects = faults.step(before, given, at)
    await conn.execute(
        "UPDATE fault SET state = %s, severity = %s, acknowledged_by = %s, cleared_at = %s, close_reason = %s"
        " WHERE id = %s",
        (after.state, after.severity, after.acknowledged_by, after.cleared_at, after.close_reason, row[0]),
    )
    return [Change("fault", str(row[0])), *await _follow_fault(conn, row[0], effects, at)]


async def _follow_fault(
    conn: Connection, fault: UUID, effects: tuple[faults.Effect, ...], at: datetime
) -> list[Change]:
    changes: list[Change] = []
    for effect in effects:
        match effect:
            case Record(when, what, by, note):
                await conn.execute(
                    "INSERT INTO fault_history (fault, at, what, by, note) VALUES (%s, %s, %s, %s, %s)",
                    (fault, when, what, by, note),
                )
            case faults.OrderWork():
                row = await (
                    await conn.execute(
                        "INSERT INTO work_order (fault, state, opened_at) VALUES (%s, 'open',"
                        " %s) RETURNING id",
                        (fault, at),
                    )
                ).fetchone()
                assert row is not None
                await _write_order(conn, row[0], Record(at, "opened", "system", ""))
                changes.append(Change("work_order", str(row[0])))
            case faults.TellWorkOrder():
                changes += await _step_order(conn, fault, orders.FaultCleared(), at)
    return changes


async def _step_order(conn: Connection, fault: UUID, given: orders.Input, at: datetime) -> list[Change]:
    async with conn.cursor(row_factory=class_row(_MachineRow)) as cursor:
        await cursor.execute(
            "SELECT id, state, fault_cleared, taken_by, taken_at, finished_by, finished_at,"
            " measure, closed_at"
            " FROM work_order WHERE fault = %s FOR UPDATE",
            (fault,),
        )
        row = await cursor.fetchone()
    if row is None:
        return []
    after, effects = orders.step(row.machine(), given, at)
    await conn.execute(
        "UPDATE work_order SET state = %s, fault_cleared = %s, taken_by = %s, taken_at = %s,"
        " finished_by = %s,"
        " finished_at = %s, measure = %s, closed_at = %s WHERE id = %s",
        (
            after.state,
            after.fault_cleared,
            after.taken_by,
            after.taken_at,
            after.finished_by,
            after.finished_at,
            after.measure,
            after.closed_at,
            row.id,
        ),
    )
    changes = [Change("work_order", str(row.id))]
    for effect in effects:
        match effect:
            case Record():
                await _write_order(conn, row.id, effect)
            case orders.AcknowledgeFault(by):
                changes += await _acknowledge_fault(conn, fault, by, at)
    return changes


async def _acknowledge_fault(conn: Connection, fault: UUID, by: str, at: datetime) -> list[Change]:
    row = await (await conn.execute(f"{_MACHINE} WHERE id = %s FOR UPDATE", (fault,))).fetchone()
    if row is None or row[1] != "raised":
        return []
    return await _step_fault(conn, row, faults.Acknowledge(by), at)


async def _write_order(conn: Connection, order: UUID, record: Record) -> None:
    await conn.execute(
        "INSERT INTO work_order_history (work_order, at, what, by, note) VALUES (%s, %s, %s, %s, %s)",
        (order, record.at, record.what, record.by, record.note),
    )


@dataclass(frozen=True, slots=True)
class _MachineRow:
    id: UUID
    state: orders.State
    fault_cleared: bool
    taken_by: str | None
    taken_at: datetime | None
    finished_by: str | None
    finished_at: datetime | None
    measure: str | None
    closed_at: datetime | None

    def machine(self) -> orders.WorkOrder:
        return orders.WorkOrder(
            self.state,
            self.fault_cleared,
            self.taken_by,
            self.taken_at,
            self.finished_by,
            self.finished_at,
            self.measure,
            self.closed_at,
        )


async def faults_since(conn: Connection, begin: datetime, limit: int = 200) -> list[FaultRow]:
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


_ORDERS = (
    "SELECT work_order.id, work_order.number, work_order.state, fault.id AS fault, fault.kind,"
    " fault.subject_type,"
    " fault.subject, work_order.opened_at, work_order.taken_by, work_order.taken_at, work_order.finished_by,"
    " work_order.finished_at, work_order.measure, work_order.closed_at"
    " FROM work_order JOIN fault ON fault.id = work_order.fault"
)


async def orders_since(conn: Connection, begin: datetime, limit: int = 200) -> list[WorkOrderRow]:
    """Work orders that are not closed, and those closed after `begin`; newest first."""
    async with conn.cursor(row_factory=class_row(WorkOrderRow)) as cursor:
        await cursor.execute(
            f"{_ORDERS} WHERE work_order.state <> 'closed' OR work_order.closed_at > %s"
            " ORDER BY work_order.state = 'closed', work_order.number DESC LIMIT %s",
            (begin, limit),
        )
        return await cursor.fetchall()


async def find_order(conn: Connection, order: UUID) -> WorkOrderRow | None:
    """One work order."""
    async with conn.cursor(row_factory=class_row(WorkOrderRow)) as cursor:
        return await (await cursor.execute(f"{_ORDERS} WHERE work_order.id = %s", (order,))).fetchone()
