"""Work orders as people read them: with their place, their names and their history."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg.rows import class_row

from cloud.core import work_order as machine
from cloud.core.fault import SubjectKind
from cloud.store.pool import Connection
from contracts.devices import Severity


@dataclass(frozen=True, slots=True)
class WorkOrderRow:
    """A work order with all that is known of it. fault: the newest of its faults; kind: of them.

    picture: names the content of that fault's thumbnail. floor, bay: of the facade, from 1. subject: the
    device, where it is about one.
    """

    id: UUID
    number: int
    state: machine.State
    source: machine.Source
    kind: str | None
    reference: str
    title: str
    detail: str
    severity: Severity
    estate: str
    estate_zh: str
    estate_en: str
    building: str | None
    facade: str | None
    facade_zh: str | None
    facade_en: str | None
    floor: int | None
    bay: int | None
    subject_type: SubjectKind | None
    subject: str | None
    subject_zh: str | None
    subject_en: str | None
    fault: UUID | None
    faults: int
    picture: str | None
    opened_by: str
    opened_at: datetime
    due_at: datetime
    responsible: str | None
    taken_by: str | None
    taken_at: datetime | None
    finished_by: str | None
    finished_at: datetime | None
    measure: str | None
    verified_by: str | None
    reason: str | None
    closed_at: datetime | None
    overdue_at: datetime | None
    reopened: int
    reopened_at: datetime | None


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of an order's history."""

    work_order: UUID
    at: datetime
    what: str
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which orders are asked for; None asks nothing. begin, end: those that were there in [begin, end).

    devices: about one of these cameras, boxes, sensors.
    """

    estate: str | None = None
    facade: str | None = None
    sources: Sequence[machine.Source] = field(default_factory=tuple)
    states: Sequence[machine.State] = field(default_factory=tuple)
    overdue: bool | None = None
    responsible: str | None = None
    begin: datetime | None = None
    end: datetime | None = None
    devices: Sequence[str] = ()


_ROWS: Final = (
    "SELECT work.id, number, state, source, work.kind, reference, title, detail, severity,"
    " work.estate, estate.name_zh AS estate_zh, estate.name_en AS estate_en,"
    " coalesce(work.building, facade.building) AS building,"
    " work.facade, facade.name_zh AS facade_zh, facade.name_en AS facade_en, floor, bay,"
    " subject_type, subject,"
    " coalesce(camera.name_zh, sensor.name_zh, agent.name_zh, node.name_zh, whole.name_zh, subject)"
    " AS subject_zh,"
    " coalesce(camera.name_en, sensor.name_en, agent.name_en, node.name_en, whole.name_en, subject)"
    " AS subject_en,"
    " bound.fault, bound.faults,"
    " (SELECT left(encode(sha256(thumbnail), 'hex'), 12) FROM fault WHERE id = bound.fault) AS picture,"
    " opened_by, opened_at, due_at, responsible, taken_by, taken_at, finished_by,"
    " finished_at, measure, verified_by, reason, closed_at, overdue_at, reopened, reopened_at"
    " FROM work_order work JOIN estate ON estate.id = work.estate"
    " LEFT JOIN facade ON facade.id = work.facade"
    " LEFT JOIN camera ON subject_type = 'camera' AND camera.id = subject"
    " LEFT JOIN sensor ON subject_type = 'sensor' AND sensor.id = subject"
    " LEFT JOIN agent ON subject_type = 'agent' AND agent.id = subject"
    " LEFT JOIN node ON subject_type = 'node' AND node.id = subject"
    " LEFT JOIN estate whole ON subject_type = 'estate' AND whole.id = subject"
    " LEFT JOIN LATERAL (SELECT (array_agg(fault ORDER BY bound_at DESC, fault))[1] AS fault,"
    " count(*) AS faults FROM work_order_fault WHERE work_order = work.id) bound ON true"
)
_FACADES: Final = (
    "SELECT work.facade UNION ALL SELECT seen.facade FROM camera_facade seen"
    " WHERE subject_type = 'camera' AND seen.camera = subject"
)
"""Those that an order is about: its own, and what its camera looks at."""
_DONE: Final = "state IN ('closed', 'cancelled')"


async def since(conn: Connection, begin: datetime, limit: int = 200) -> list[WorkOrderRow]:
    """Work orders that are not closed, and those closed after `begin`; newest first."""
    return await _rows(
        conn, f"WHERE NOT {_DONE} OR closed_at > %s ORDER BY {_DONE}, number DESC LIMIT %s", (begin, limit)
    )


async def find(conn: Connection, order: UUID) -> WorkOrderRow | None:
    """One work order."""
    found = await _rows(conn, "WHERE work.id = %s", (order,))
    return found[0] if found else None


async def select(
    conn: Connection, wanted: Wanted, *, before: int | None = None, limit: int = 200
) -> list[WorkOrderRow]:
    """Orders as `wanted`, newest first. before: only those with a smaller number, for the next page."""
    tests: list[tuple[str, Any]] = [
        ("work.estate = %s", wanted.estate),
        (f"%s IN ({_FACADES})", wanted.facade),
        ("subject = ANY(%s)", list(wanted.devices) or None),
        ("source = ANY(%s)", list(wanted.sources) or None),
        ("state = ANY(%s)", list(wanted.states) or None),
        ("(overdue_at IS NOT NULL) = %s", wanted.overdue),
        ("responsible = %s", wanted.responsible),
        ("coalesce(closed_at, 'infinity') > %s", wanted.begin),
        ("opened_at < %s", wanted.end),
        ("number < %s", before),
    ]
    asked = [(test, value) for test, value in tests if value is not None]
    where = " AND ".join(test for test, _ in asked) or "true"
    values = (*(value for _, value in asked), limit)
    return await _rows(conn, f"WHERE {where} ORDER BY number DESC LIMIT %s", values)


async def _rows(conn: Connection, rest: str, values: tuple[Any, ...]) -> list[WorkOrderRow]:
    async with conn.cursor(row_factory=class_row(WorkOrderRow)) as cursor:
        await cursor.execute(f"{_ROWS} {rest}".encode(), values)
        return await cursor.fetchall()


async def history(conn: Connection, orders: Sequence[UUID]) -> list[LineRow]:
    """What happened to some orders, oldest first."""
    async with conn.cursor(row_factory=class_row(LineRow)) as cursor:
        await cursor.execute(
            "SELECT work_order, at, what, by, note FROM work_order_history"
            " WHERE work_order = ANY(%s) ORDER BY work_order, id",
            (list(orders),),
        )
        return await cursor.fetchall()
