"""What people at the desk do with alerts: by the machine, into the history and into the audit log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from cloud.core import alarm as machine
from cloud.core.access import HOLDERS
from cloud.core.machine import Record
from cloud.store import alerts, audit, shelf, whose
from cloud.store.audit import Act
from cloud.store.changes import Change
from cloud.store.pool import Connection


async def apply(conn: Connection, alert: UUID, given: machine.ByPeople, at: datetime) -> Change | None:
    """Move an alert by its machine; None when there is no such alert.

    Raises:
        Forbidden: The machine does not allow it.
    """
    row = await _hold(conn, alert)
    if row is None:
        return None
    message_id, estate, before = row
    after, records = machine.step(before, given, at)
    await _move(conn, alert, after, records)
    for record in records:
        await audit.enter(conn, _act(record, alert, estate), at)
    return Change("alert", str(alert), message_id)


async def may_have(conn: Connection, alert: UUID, username: str) -> bool | None:
    """Whether somebody works at the desk of the estate of an alert; None when there is no such alert."""
    row = await (
        await conn.execute(
            "SELECT EXISTS (SELECT FROM account WHERE username = %s AND role = ANY(%s)"  # noqa: S608 - a constant
            f" AND {whose.sees('agent.estate')})"
            " FROM alert JOIN agent ON agent.id = alert.agent WHERE alert.id = %s",
            (username, sorted(HOLDERS["desk"]), alert),
        )
    ).fetchone()
    return None if row is None else bool(row[0])


async def end_shelves(conn: Connection, at: datetime) -> list[Change]:
    """Alerts whose time on the shelf is over come back. Two timers at once share the work."""
    rows = await conn.execute(
        "SELECT id FROM alert WHERE shelved_until <= %s ORDER BY id FOR UPDATE SKIP LOCKED", (at,)
    )
    changes = []
    for (alert,) in await rows.fetchall():
        row = await _hold(conn, alert)
        assert row is not None
        message_id, _, before = row
        await _move(conn, alert, *machine.step(before, machine.TimePassed(), at))
        changes.append(Change("alert", str(alert), message_id))
    return changes


def _act(record: Record, alert: UUID, estate: str) -> Act:
    """The history's line as the audit log's. A note that gives a reason is the purpose."""
    action, _, detail = record.what.partition(":")
    content = {"detail": detail} if detail else {}
    return Act(record.by, action, "alert", str(alert), estate, record.note, content)


async def _hold(conn: Connection, alert: UUID) -> tuple[UUID, str, machine.Alarm] | None:
    """(message, estate, alarm), locked."""
    row = await (
        await conn.execute(
            "SELECT message_id, agent.estate, state, acknowledged_by, acknowledged_at, confirmed_by,"
            " confirmed_at, assigned_to, closed_by, closed_at, close_reason, shelved_by, shelved_at,"
            " shelved_until, shelve_reason FROM alert JOIN agent ON agent.id = alert.agent"
            " WHERE alert.id = %s FOR UPDATE OF alert",
            (alert,),
        )
    ).fetchone()
    if row is None:
        return None
    message_id, estate, *alarm = row
    return message_id, estate, _alarm(alarm)


def _alarm(columns: list[Any]) -> machine.Alarm:
    state, acknowledged_by, acknowledged_at, confirmed_by, confirmed_at, assigned_to, *rest = columns
    closed_by, closed_at, close_reason, *shelved = rest
    return machine.Alarm(
        latched=True,
        state=state,
        acknowledged_by=acknowledged_by,
        acknowledged_at=acknowledged_at,
        confirmed_by=confirmed_by,
        confirmed_at=confirmed_at,
        assigned_to=assigned_to,
        closed_by=closed_by,
        closed_at=closed_at,
        close_reason=close_reason,
        shelf=shelf.read(*shelved),
    )


async def _move(conn: Connection, alert: UUID, after: machine.Alarm, records: tuple[Record, ...]) -> None:
    await conn.execute(
        "UPDATE alert SET state = %s, acknowledged_by = %s, acknowledged_at = %s, confirmed_by = %s,"
        " confirmed_at = %s, assigned_to = %s, closed_by = %s, closed_at = %s, close_reason = %s,"
        " shelved_by = %s, shelved_at = %s, shelved_until = %s, shelve_reason = %s WHERE id = %s",
        (
            after.state,
            after.acknowledged_by,
            after.acknowledged_at,
            after.confirmed_by,
            after.confirmed_at,
            after.assigned_to,
            after.closed_by,
            after.closed_at,
            after.close_reason,
            *shelf.columns(after.shelf),
            alert,
        ),
    )
    for record in records:
        await alerts.write_down(conn, alert, record)
