"""Alerts as they are raised and read, their history and their clips' state."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg.rows import class_row

from cloud.core.alarm import State
from cloud.core.alert import RAISED, Severity
from cloud.core.machine import Record
from cloud.core.priority import Priority, ground_at, priority
from cloud.store import clocks, holds, registry
from cloud.store.changes import Change
from cloud.store.pool import Connection, Jsonb
from contracts.messages import FallEnded, FallingObject, Place


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert as lists show it."""

    id: UUID
    message_id: UUID
    state: State
    severity: Severity
    priority: int
    """1 to 1000; `priority_reasons` say why."""
    priority_reasons: list[dict[str, Any]]
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
    confirmed_by: str | None
    confirmed_at: datetime | None
    assigned_to: str | None
    shelved_by: str | None
    shelved_until: datetime | None
    shelve_reason: str | None
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
    pose_doubted: bool
    """Whether the camera had been moved by then, and nobody had confirmed where it looks."""
    is_held: bool
    """Whether nothing of it is pruned, because somebody may ask for it."""


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A line in a history."""

    at: datetime
    what: str
    by: str
    note: str


_SELECT = (
    "SELECT alert.id, alert.message_id, alert.state, alert.severity, alert.priority,"  # noqa: S608 - constants
    " alert.priority_reasons, alert.score,"
    f" {clocks.corrected('alert.observed_at')} AS observed_at, {clocks.CLOCK} AS clock,"
    " CASE WHEN fall_end.payload #>> '{clock,uncertainty_s}' IS NOT NULL THEN fall_end.last_visible_at"
    f" ELSE {clocks.corrected('coalesce(fall_end.last_visible_at, alert.last_visible_at)')} END"
    f" AS last_visible_at, {clocks.corrected('alert.decided_at')} AS decided_at,"
    " alert.received_at, alert.raised_at, alert.acknowledged_by,"
    " alert.acknowledged_at, alert.confirmed_by, alert.confirmed_at, alert.assigned_to, alert.shelved_by,"
    " alert.shelved_until, alert.shelve_reason, alert.closed_by, alert.closed_at, alert.close_reason,"
    " alert.agent,"
    " camera.id AS camera, camera.name_zh AS camera_zh, camera.name_en AS camera_en,"
    " estate.id AS estate, estate.name_zh AS estate_zh, estate.name_en AS estate_en,"
    " facade.id AS facade, facade.name_zh AS facade_zh, facade.name_en AS facade_en,"
    " clip.state AS clip_state, coalesce(fall_end.payload -> 'place', alert.payload -> 'place') AS place,"
    " EXISTS (SELECT FROM pose_doubt doubt WHERE doubt.camera = alert.camera"
    " AND doubt.since <= alert.observed_at"
    " AND coalesce(doubt.ended_at > alert.observed_at, true)) AS pose_doubted,"
    f" {holds.held('now()')} AS is_held"
    " FROM alert JOIN camera ON camera.id = alert.camera JOIN agent ON agent.id = camera.agent"
    " JOIN estate ON estate.id = agent.estate LEFT JOIN clip ON clip.event = alert.message_id"
    " LEFT JOIN fall_end ON fall_end.event = alert.message_id AND fall_end.agent = alert.agent"
    f"{registry.FACADE}{clocks.LEARNT}"
)


async def raise_alert(conn: Connection, fall: FallingObject, at: datetime) -> Change | None:
    """A new alert from a fall; None when its message has raised one before."""
    urgency = await _priority(conn, fall.camera, fall.score, fall.place)
    row = await (
        await conn.execute(
            "INSERT INTO alert (message_id, agent, camera, severity, priority, priority_reasons, score,"
            " observed_at, last_visible_at, decided_at, received_at, raised_at, payload, state)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (message_id) DO NOTHING RETURNING id",
            (
                fall.message_id,
                fall.agent,
                fall.camera,
                *_urgency_columns(urgency),
                fall.score,
                fall.observed_at,
                fall.last_visible_at,
                fall.decided_at,
                at,
                at,
                Jsonb(fall.model_dump(mode="json")),
                RAISED.state,
            ),
        )
    ).fetchone()
    if row is None:
        return None
    await write_down(conn, row[0], Record(at, "raised", "system", ""))
    return Change("alert", str(row[0]), fall.message_id)


async def _priority(conn: Connection, camera: str, score: float, place: Place | None) -> Priority:
    facade, bay = (None, None) if place is None else (place.facade, place.bay)
    below = ground_at(await registry.grounds(conn, camera, facade), bay)
    return priority(score, place, below)


def _urgency_columns(found: Priority) -> tuple[Severity, int, Jsonb]:
    return found.severity, found.value, Jsonb([asdict(reason) for reason in found.reasons])


async def end(conn: Connection, ended: FallEnded, at: datetime) -> list[Change]:
    """The whole track of a fall; the alert, where there is one already, has changed by it."""
    done = await conn.execute(
        "INSERT INTO fall_end (event, agent, last_visible_at, payload) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (event, agent) DO NOTHING",
        (ended.event, ended.agent, ended.observed_at, Jsonb(ended.model_dump(mode="json"))),
    )
    if not done.rowcount:
        return []
    rows = await conn.execute(
        "SELECT id, camera, score, severity FROM alert WHERE message_id = %s AND agent = %s FOR UPDATE",
        (ended.event, ended.agent),
    )
    row = await rows.fetchone()
    if row is None:
        return []
    alert, camera, score, severity = row
    if ended.place is not None:
        await _prioritise(conn, alert, severity, await _priority(conn, camera, score, ended.place), at)
    return [Change("alert", str(alert), ended.event)]


async def _prioritise(conn: Connection, alert: UUID, before: Severity, now: Priority, at: datetime) -> None:
    await conn.execute(
        "UPDATE alert SET severity = %s, priority = %s, priority_reasons = %s WHERE id = %s",
        (*_urgency_columns(now), alert),
    )
    if now.severity != before:
        await write_down(conn, alert, Record(at, f"severity:{now.severity}", "system", ""))


async def write_down(conn: Connection, alert: UUID, record: Record) -> None:
    """A line in its history."""
    await conn.execute(
        "INSERT INTO alert_history (alert, at, what, by, note) VALUES (%s, %s, %s, %s, %s)",
        (alert, record.at, record.what, record.by, record.note),
    )


async def open_alerts(conn: Connection, limit: int = 500) -> list[AlertRow]:
    """Alerts that are not closed: those that nobody has seen first, shelved ones last, by priority."""
    async with conn.cursor(row_factory=class_row(AlertRow)) as cursor:
        await cursor.execute(
            f"{_SELECT} WHERE alert.state <> 'closed' ORDER BY alert.shelved_until IS NOT NULL,"
            " alert.state <> 'raised', alert.priority DESC, alert.raised_at DESC, alert.id LIMIT %s",
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


async def observed(
    conn: Connection, cameras: Collection[str], begin: datetime, end: datetime
) -> list[AlertRow]:
    """What these cameras have seen fall in [begin, end), oldest first."""
    async with conn.cursor(row_factory=class_row(AlertRow)) as cursor:
        await cursor.execute(
            f"{_SELECT} WHERE alert.camera = ANY(%s) AND alert.observed_at >= %s AND alert.observed_at < %s"
            " ORDER BY alert.observed_at, alert.id",
            (list(cameras), begin, end),
        )
        return await cursor.fetchall()


async def among(conn: Connection, ids: Collection[UUID]) -> list[AlertRow]:
    """These alerts, as far as they are there."""
    async with conn.cursor(row_factory=class_row(AlertRow)) as cursor:
        await cursor.execute(f"{_SELECT} WHERE alert.id = ANY (%s) ORDER BY alert.id", (list(ids),))
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
