"""Alerts, their history and their clips' state."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg.rows import class_row

from cloud.core import alert as machine
from cloud.core.machine import Record
from cloud.store import clocks
from cloud.store.changes import Change
from cloud.store.pool import Connection, Jsonb
from contracts.messages import FallEnded, FallingObject


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert as lists show it."""

    id: UUID
    message_id: UUID
    state: machine.State
    severity: machine.Severity
    score: float
    observed_at: datetime
    clock: Literal["known", "corrected", "unknown"]
    """Whether the box knew the time as it stamped; `corrected`: it told later how far it had been off."""
    last_visible_at: datetime
    decided_at: datetime
    received_at: datetime
    raised_at: datetime
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    closed_by: str | None
    closed_at: datetime | None
    close_reason: str | None
    agent: str
    camera: str
    camera_zh: str
    camera_en: str
    estate: str
    estate_zh: str
    estate_en: str
    facade: str | None
    facade_zh: str | None
    facade_en: str | None
    clip_state: str | None
    place: dict[str, Any] | None
    """Floor and flat as the message says them; None where the camera is not calibrated."""


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A line in a history."""

    at: datetime
    what: str
    by: str
    note: str


_SELECT = (
    "SELECT alert.id, alert.message_id, alert.state, alert.severity, alert.score,"  # noqa: S608 - constants
    f" {clocks.corrected('alert.observed_at')} AS observed_at, {clocks.CLOCK} AS clock,"
    " CASE WHEN fall_end.payload #>> '{clock,uncertainty_s}' IS NOT NULL THEN fall_end.last_visible_at"
    f" ELSE {clocks.corrected('coalesce(fall_end.last_visible_at, alert.last_visible_at)')} END"
    f" AS last_visible_at, {clocks.corrected('alert.decided_at')} AS decided_at,"
    " alert.received_at, alert.raised_at, alert.acknowledged_by,"
    " alert.acknowledged_at, alert.closed_by, alert.closed_at, alert.close_reason, alert.agent,"
    " camera.id AS camera, camera.name_zh AS camera_zh, camera.name_en AS camera_en,"
    " estate.id AS estate, estate.name_zh AS estate_zh, estate.name_en AS estate_en,"
    " facade.id AS facade, facade.name_zh AS facade_zh, facade.name_en AS facade_en,"
    " clip.state AS clip_state, coalesce(fall_end.payload -> 'place', alert.payload -> 'place') AS place"
    " FROM alert JOIN camera ON camera.id = alert.camera JOIN agent ON agent.id = camera.agent"
    " JOIN estate ON estate.id = agent.estate LEFT JOIN clip ON clip.event = alert.message_id"
    " LEFT JOIN fall_end ON fall_end.event = alert.message_id AND fall_end.agent = alert.agent"
    " LEFT JOIN LATERAL (SELECT facade.* FROM camera_facade seen JOIN facade ON facade.id = seen.facade"
    f" WHERE seen.camera = camera.id ORDER BY facade.id LIMIT 1) facade ON true{clocks.LEARNT}"
)


async def raise_alert(conn: Connection, fall: FallingObject, at: datetime) -> Change | None:
    """A new alert from a fall; None when its message has raised one before."""
    row = await (
        await conn.execute(
            "INSERT INTO alert (message_id, agent, camera, severity, score, observed_at,"
            " last_visible_at, decided_at,"
            " received_at, raised_at, payload, state) VALUES (%s, %s, %s, %s, %s, %s, %s, %s,"
            " %s, %s, %s, 'raised')"
            " ON CONFLICT (message_id) DO NOTHING RETURNING id",
            (
                fall.message_id,
                fall.agent,
                fall.camera,
                machine.severity(fall.score),
                fall.score,
                fall.observed_at,
                fall.last_visible_at,
                fall.decided_at,
                at,
                at,
                Jsonb(fall.model_dump(mode="json")),
            ),
        )
    ).fetchone()
    if row is None:
        return None
    await _write_down(conn, row[0], Record(at, "raised", "system", ""))
    return Change("alert", str(row[0]), fall.message_id)


async def end(conn: Connection, ended: FallEnded) -> list[Change]:
    """The whole track of a fall; the alert, where there is one already, has changed by it."""
    done = await conn.execute(
        "INSERT INTO fall_end (event, agent, last_visible_at, payload) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (event, agent) DO NOTHING",
        (ended.event, ended.agent, ended.observed_at, Jsonb(ended.model_dump(mode="json"))),
    )
    if not done.rowcount:
        return []
    rows = await conn.execute(
        "SELECT id FROM alert WHERE message_id = %s AND agent = %s", (ended.event, ended.agent)
    )
    return [Change("alert", str(row[0]), ended.event) for row in await rows.fetchall()]


async def apply(
    conn: Connection, alert: UUID, given: machine.Acknowledge | machine.Close, at: datetime
) -> Change | None:
    """Move an alert by its machine; None when there is no such alert.

    Raises:
        Forbidden: The machine does not allow it.
    """
    async with conn.cursor(row_factory=class_row(_MachineRow)) as cursor:
        await cursor.execute(
            "SELECT message_id, state, acknowledged_by, acknowledged_at, closed_by, closed_at, close_reason"
            " FROM alert WHERE id = %s FOR UPDATE",
            (alert,),
        )
        row = await cursor.fetchone()
    if row is None:
        return None
    after, records = machine.step(row.machine(), given, at)
    await conn.execute(
        "UPDATE alert SET state = %s, acknowledged_by = %s, acknowledged_at = %s, closed_by ="
        " %s, closed_at = %s,"
        " close_reason = %s WHERE id = %s",
        (
            after.state,
            after.acknowledged_by,
            after.acknowledged_at,
            after.closed_by,
            after.closed_at,
            after.close_reason,
            alert,
        ),
    )
    for record in records:
        await _write_down(conn, alert, record)
    return Change("alert", str(alert), row.message_id)


@dataclass(frozen=True, slots=True)
class _MachineRow:
    message_id: UUID
    state: machine.State
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    closed_by: str | None
    closed_at: datetime | None
    close_reason: str | None

    def machine(self) -> machine.Alert:
        return machine.Alert(
            self.state,
            self.acknowledged_by,
            self.acknowledged_at,
            self.closed_by,
            self.closed_at,
            self.close_reason,
        )


async def _write_down(conn: Connection, alert: UUID, record: Record) -> None:
    await conn.execute(
        "INSERT INTO alert_history (alert, at, what, by, note) VALUES (%s, %s, %s, %s, %s)",
        (alert, record.at, record.what, record.by, record.note),
    )


async def open_alerts(conn: Connection, limit: int = 500) -> list[AlertRow]:
    """Alerts that are not closed, newest first."""
    async with conn.cursor(row_factory=class_row(AlertRow)) as cursor:
        await cursor.execute(
            f"{_SELECT} WHERE alert.state <> 'closed' ORDER BY alert.raised_at DESC, alert.id LIMIT %s",
            (limit,),
        )
        return await cursor.fetchall()


async def closed_since(conn: Connection, begin: datetime, limit: int) -> list[AlertRow]:
    """Alerts closed after `begin`, newest first."""
    async with conn.cursor(row_factory=class_row(AlertRow)) as cursor:
        await cursor.execute(
            f"{_SELECT} WHERE alert.state = 'closed' AND alert.closed_at > %s"
            " ORDER BY alert.raised_at DESC, alert.id LIMIT %s",
            (begin, limit),
        )
        return await cursor.fetchall()


async def find(conn: Connection, alert: UUID) -> tuple[AlertRow, dict[str, Any]] | None:
    """One alert with the message that raised it, its track and origin replaced by those of its end."""
    async with conn.cursor(row_factory=class_row(AlertRow)) as cursor:
        row = await (await cursor.execute(f"{_SELECT} WHERE alert.id = %s", (alert,))).fetchone()
    if row is None:
        return None
    payloads = await conn.execute(
        "SELECT alert.payload, fall_end.payload FROM alert LEFT JOIN fall_end"
        " ON fall_end.event = alert.message_id AND fall_end.agent = alert.agent WHERE alert.id = %s",
        (alert,),
    )
    payload = await payloads.fetchone()
    assert payload is not None
    first, ended = payload
    if ended is None:
        return row, first
    return row, {**first, "track": ended["track"], "origin": ended["origin"]}


async def history(conn: Connection, alert: UUID) -> list[HistoryRow]:
    """What happened to an alert, oldest first."""
    async with conn.cursor(row_factory=class_row(HistoryRow)) as cursor:
        await cursor.execute(
            "SELECT at, what, by, note FROM alert_history WHERE alert = %s ORDER BY id", (alert,)
        )
        return await cursor.fetchall()
