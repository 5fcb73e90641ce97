"""Work orders as their machine moves them, their history, and how long they may take."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from cloud.core import work_order as machine
from cloud.core.fault import SubjectKind
from cloud.core.machine import Record
from cloud.store.pool import Connection
from contracts.devices import Severity

_STATE: Final = ", ".join(part.name for part in fields(machine.WorkOrder))
"""What the machine needs to know; the columns are named alike."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is: an estate, and as much more as is known. floor, bay: of the facade, from 1."""

    estate: str
    building: str | None = None
    facade: str | None = None
    floor: int | None = None
    bay: int | None = None
    subject_type: SubjectKind | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class New:
    """An order that a person makes, or the timers. reference: its number elsewhere, of a complaint say.

    kind: what it is about where that has a name; else the title says it.
    """

    source: machine.Source
    severity: Severity
    place: Place
    title: str
    detail: str
    reference: str
    by: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A work order that is locked until the transaction's end."""

    id: UUID
    estate: str
    order: machine.WorkOrder


async def insert(conn: Connection, new: New, due_at: datetime, at: datetime) -> UUID:
    """A new order."""
    place = new.place
    row = await (
        await conn.execute(
            "INSERT INTO work_order (state, source, severity, kind, title, detail, reference, opened_by,"
            " opened_at, due_at, estate, building, facade, floor, bay, subject_type, subject)"
            " VALUES ('open', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
            (
                *(
                    new.source,
                    new.severity,
                    new.kind,
                    new.title,
                    new.detail,
                    new.reference,
                    new.by,
                    at,
                    due_at,
                ),
                *(place.estate, place.building, place.facade, place.floor, place.bay),
                *(place.subject_type, place.subject),
            ),
        )
    ).fetchone()
    assert row is not None
    await write_down(conn, row[0], Record(at, "opened", new.by, ""))
    return UUID(str(row[0]))


async def insert_for_fault(conn: Connection, fault: UUID, due_at: datetime, at: datetime) -> UUID:
    """A new order for a fault, with the fault's place."""
    row = await (
        await conn.execute(
            "INSERT INTO work_order (state, source, severity, kind, estate, subject_type, subject, opened_by,"
            " opened_at, due_at)"
            " SELECT 'open', 'fault', severity, kind, estate, subject_type, subject, 'system', %s, %s"
            " FROM fault WHERE id = %s RETURNING id",
            (at, due_at, fault),
        )
    ).fetchone()
    assert row is not None
    await bind(conn, row[0], fault, at)
    await write_down(conn, row[0], Record(at, "opened", "system", ""))
    return UUID(str(row[0]))


async def bind(conn: Connection, order: UUID, fault: UUID, at: datetime) -> None:
    """The order is for this fault now."""
    await conn.execute(
        "INSERT INTO work_order_fault (fault, work_order, bound_at) VALUES (%s, %s, %s)", (fault, order, at)
    )


async def hold(conn: Connection, order: UUID) -> Held | None:
    """An order, locked."""
    return await _held(conn, "id = %s", (order,))


async def hold_of_fault(conn: Connection, fault: UUID) -> Held | None:
    """The order of a fault, locked; None where it has none, or where the order is about a newer one."""
    return await _held(
        conn,
        "id = (SELECT work_order FROM work_order_fault WHERE fault = %s)"
        " AND %s = (SELECT fault FROM work_order_fault WHERE work_order = work_order.id"
        " ORDER BY bound_at DESC, fault LIMIT 1)",
        (fault, fault),
    )


async def hold_recurring(conn: Connection, fault: UUID, closed_since: datetime) -> Held | None:
    """The order to which a new fault belongs, locked; None where it needs a new one.

    It is of the same kind and device, its last fault has cleared, and it is still in hand or was closed after
    `closed_since`.
    """
    return await _held(
        conn,
        "id = (SELECT before.id FROM work_order before JOIN fault USING (kind, subject_type, subject)"
        " WHERE fault.id = %s AND before.source = 'fault' AND before.fault_cleared"
        " AND (before.state IN ('taken', 'waiting') OR (before.state = 'closed' AND before.closed_at >= %s))"
        " ORDER BY before.number DESC LIMIT 1)",
        (fault, closed_since),
    )


async def hold_due(conn: Connection, at: datetime) -> list[Held]:
    """Orders whose deadline has passed and that nobody has marked, locked; two timers at once share them."""
    rows = await conn.execute(
        f"SELECT id, estate, {_STATE} FROM work_order WHERE due_at <= %s AND overdue_at IS NULL"  # noqa: S608 - own names
        " AND state IN ('open', 'assigned', 'taken', 'waiting') FOR UPDATE SKIP LOCKED",
        (at,),
    )
    return [_read(row) for row in await rows.fetchall()]


async def _held(conn: Connection, where: str, values: tuple[Any, ...]) -> Held | None:
    rows = await conn.execute(
        f"SELECT id, estate, {_STATE} FROM work_order WHERE {where} FOR UPDATE",  # noqa: S608 - own words
        values,
    )
    row = await rows.fetchone()
    return None if row is None else _read(row)


def _read(row: tuple[Any, ...]) -> Held:
    return Held(row[0], row[1], machine.WorkOrder(*row[2:]))


async def move(conn: Connection, order: UUID, after: machine.WorkOrder) -> None:
    """What the machine made of it."""
    values = ", ".join("%s" for _ in fields(after))
    await conn.execute(
        f"UPDATE work_order SET ({_STATE}) = ROW({values}) WHERE id = %s",  # noqa: S608 - own names
        (*astuple(after), order),
    )


async def write_down(conn: Connection, order: UUID, record: Record) -> None:
    """A line in its history."""
    await conn.execute(
        "INSERT INTO work_order_history (work_order, at, what, by, note) VALUES (%s, %s, %s, %s, %s)",
        (order, record.at, record.what, record.by, record.note),
    )


async def deadline(conn: Connection, source: machine.Source, severity: Severity, at: datetime) -> datetime:
    """By when an order that comes up `at` must be finished."""
    rows = await conn.execute(
        "SELECT %s + allowed FROM work_order_deadline WHERE source = %s AND severity = %s",
        (at, source, severity),
    )
    row = await rows.fetchone()
    assert row is not None, "the migration has a deadline for each"
    due_at: datetime = row[0]
    return due_at


async def set_deadlines(conn: Connection, hours: Mapping[tuple[str, str], float]) -> None:
    """How long new orders may take, by (source, severity); those that there are keep what they were given."""
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "UPDATE work_order_deadline SET allowed = make_interval(secs => %s * 3600)"
            " WHERE source = %s AND severity = %s",
            [(allowed, source, severity) for (source, severity), allowed in hours.items()],
        )
