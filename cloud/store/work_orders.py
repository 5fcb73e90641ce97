"""Work orders and their history."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from cloud.core import work_order as machine
from cloud.core.fault import SubjectKind
from cloud.core.machine import Record
from cloud.store.pool import Connection


@dataclass(frozen=True, slots=True)
class WorkOrderRow:
    """A work order with what it is about."""

    id: UUID
    number: int
    state: machine.State
    fault: UUID
    kind: str
    subject_type: SubjectKind
    subject: str
    opened_at: datetime
    taken_by: str | None
    taken_at: datetime | None
    finished_by: str | None
    finished_at: datetime | None
    measure: str | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """A work order that is locked until the transaction's end."""

    id: UUID
    order: machine.WorkOrder


async def insert(conn: Connection, fault: UUID, at: datetime) -> UUID:
    """A new order."""
    row = await (
        await conn.execute(
            "INSERT INTO work_order (fault, state, opened_at) VALUES (%s, 'open', %s) RETURNING id",
            (fault, at),
        )
    ).fetchone()
    assert row is not None
    await write_down(conn, row[0], Record(at, "opened", "system", ""))
    return UUID(str(row[0]))


async def hold_of_fault(conn: Connection, fault: UUID) -> Held | None:
    """The order of a fault, locked."""
    async with conn.cursor(row_factory=class_row(_MachineRow)) as cursor:
        await cursor.execute(
            "SELECT id, state, fault_cleared, taken_by, taken_at, finished_by, finished_at, measure,"
            " closed_at FROM work_order WHERE fault = %s FOR UPDATE",
            (fault,),
        )
        row = await cursor.fetchone()
    return None if row is None else Held(row.id, row.machine())


async def move(conn: Connection, order: UUID, after: machine.WorkOrder) -> None:
    """What the machine made of it."""
    await conn.execute(
        "UPDATE work_order SET state = %s, fault_cleared = %s, taken_by = %s, taken_at = %s,"
        " finished_by = %s, finished_at = %s, measure = %s, closed_at = %s WHERE id = %s",
        (
            after.state,
            after.fault_cleared,
            after.taken_by,
            after.taken_at,
            after.finished_by,
            after.finished_at,
            after.measure,
            after.closed_at,
            order,
        ),
    )


async def write_down(conn: Connection, order: UUID, record: Record) -> None:
    """A line in its history."""
    await conn.execute(
        "INSERT INTO work_order_history (work_order, at, what, by, note) VALUES (%s, %s, %s, %s, %s)",
        (order, record.at, record.what, record.by, record.note),
    )


@dataclass(frozen=True, slots=True)
class _MachineRow:
    id: UUID
    state: machine.State
    fault_cleared: bool
    taken_by: str | None
    taken_at: datetime | None
    finished_by: str | None
    finished_at: datetime | None
    measure: str | None
    closed_at: datetime | None

    def machine(self) -> machine.WorkOrder:
        return machine.WorkOrder(
            self.state,
            self.fault_cleared,
            self.taken_by,
            self.taken_at,
            self.finished_by,
            self.finished_at,
            self.measure,
            self.closed_at,
        )


_ORDERS = (
    "SELECT work_order.id, work_order.number, work_order.state, fault.id AS fault, fault.kind,"
    " fault.subject_type,"
    " fault.subject, work_order.opened_at, work_order.taken_by, work_order.taken_at, work_order.finished_by,"
    " work_order.finished_at, work_order.measure, work_order.closed_at"
    " FROM work_order JOIN fault ON fault.id = work_order.fault"
)


async def since(conn: Connection, begin: datetime, limit: int = 200) -> list[WorkOrderRow]:
    """Work orders that are not closed, and those closed after `begin`; newest first."""
    async with conn.cursor(row_factory=class_row(WorkOrderRow)) as cursor:
        await cursor.execute(
            f"{_ORDERS} WHERE work_order.state <> 'closed' OR work_order.closed_at > %s"
            " ORDER BY work_order.state = 'closed', work_order.number DESC LIMIT %s",
            (begin, limit),
        )
        return await cursor.fetchall()


async def find(conn: Connection, order: UUID) -> WorkOrderRow | None:
    """One work order."""
    async with conn.cursor(row_factory=class_row(WorkOrderRow)) as cursor:
        return await (await cursor.execute(f"{_ORDERS} WHERE work_order.id = %s", (order,))).fetchone()
