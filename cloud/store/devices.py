"""What agents and cameras say of themselves, and the faults that follow when they fall silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row

from cloud.core import liveness
from cloud.core.camera import CameraReport, supersedes
from cloud.core.fault import AGENT_OFFLINE, CAMERA_LOST, Finding, Subject
from cloud.store import events, maintenance, registry
from cloud.store.changes import Change
from cloud.store.pool import Connection, Jsonb
from contracts.messages import AgentStatus, CameraState


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent with what is known of it now."""

    id: str
    name_zh: str
    name_en: str
    estate: str
    state: liveness.State
    since: datetime | None
    software: str
    outbox_depth: int
    outbox_oldest_s: float
    cameras: list[dict[str, Any]]


async def report_camera(conn: Connection, message: CameraState, estate: str) -> list[Change]:
    """A camera began or ceased to stream: remember it; the newest report raises or clears its fault."""
    new = CameraReport(message.state, message.observed_at, message.reason, message.boot, message.seq)
    await conn.execute(
        "INSERT INTO camera_state_history (camera, since, state, reason, boot, seq) VALUES (%s,"
        " %s, %s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        (message.camera, new.since, new.state, new.reason, new.boot, new.seq),
    )
    row = await (
        await conn.execute(
            "SELECT state, since, reason, boot, seq FROM camera_state WHERE camera = %s FOR UPDATE",
            (message.camera,),
        )
    ).fetchone()
    if not supersedes(new, None if row is None else CameraReport(*row)):
        return []
    await conn.execute(
        "INSERT INTO camera_state (camera, state, since, reason, boot, seq) VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (camera) DO UPDATE SET state = excluded.state, since = excluded.since,"
        " reason = excluded.reason, boot = excluded.boot, seq = excluded.seq",
        (message.camera, new.state, new.since, new.reason, new.boot, new.seq),
    )
    changed = Change("camera", message.camera, message.message_id)
    camera = Subject("camera", message.camera)
    if new.state == "lost":
        found = Finding("serious", new.reason)
        follow = await maintenance.raise_fault(
            conn, camera, CAMERA_LOST, found, estate=estate, since=new.since, at=new.since
        )
    else:
        follow = await maintenance.clear_fault(conn, camera, CAMERA_LOST, new.since)
    return [changed, *follow]


async def hear(conn: Connection, status: AgentStatus, *, retained: bool, at: datetime) -> list[Change]:
    """An agent's status or last will; raises or clears its fault. An unknown agent changes nothing."""
    if not (await registry.owned(conn, [status.agent])).agents:
        return []
    await conn.execute(
        "INSERT INTO agent_status (agent, state) VALUES (%s, 'unknown') ON CONFLICT DO NOTHING",
        (status.agent,),
    )
    given: liveness.Input = (
        liveness.Status(status.boot, status.at if retained else None)
        if status.online
        else liveness.LastWill(status.boot)
    )
    changes = await _step(conn, status.agent, given, at)
    await events.accepted(conn, status.agent, status.boot, status.accepted_seq, at)
    if not status.online:
        return changes
    done = await conn.execute(
        "UPDATE agent_status SET written_at = %s, software = %s, accepted_seq = %s, outbox_depth = %s,"
        " outbox_oldest_s = %s, cameras = %s"
        " WHERE agent = %s AND boot = %s AND (written_at IS NULL OR written_at < %s)",
        (
            status.at,
            status.software,
            status.accepted_seq,
            status.outbox_depth,
            status.outbox_oldest_s,
            Jsonb([camera.model_dump(mode="json") for camera in status.cameras]),
            status.agent,
            status.boot,
            status.at,
        ),
    )
    return [*changes, Change("agent", status.agent)] if done.rowcount else changes


async def fall_silent(conn: Connection, at: datetime) -> list[Change]:
    """Agents whose silence has lasted too long go offline. Two timers at once share the work."""
    rows = await conn.execute(
        "SELECT agent FROM agent_status WHERE state = 'online' AND heard_at <= %s FOR UPDATE SKIP LOCKED",
        (at - liveness.SILENCE,),
    )
    changes: list[Change] = []
    for (agent,) in await rows.fetchall():
        changes += await _step(conn, agent, liveness.TimePassed(), at)
    return changes


async def _step(conn: Connection, agent: str, given: liveness.Input, at: datetime) -> list[Change]:
    row = await (
        await conn.execute(
            "SELECT state, since, heard_at, boot FROM agent_status WHERE agent = %s FOR UPDATE", (agent,)
        )
    ).fetchone()
    assert row is not None
    before = liveness.Liveness(*row)
    after, effects = liveness.step(before, given, at)
    await conn.execute(
        "UPDATE agent_status SET state = %s, since = %s, heard_at = %s, boot = %s,"
        " written_at = CASE WHEN boot IS NOT DISTINCT FROM %s THEN written_at END WHERE agent = %s",
        (after.state, after.since, after.heard_at, after.boot, after.boot, agent),
    )
    changes: list[Change] = []
    box = Subject("agent", agent)
    if after.boot != before.boot or effects:
        changes += [Change("agent", agent), *await _cameras_of(conn, agent)]
    for effect in effects:
        match effect:
            case liveness.WentOffline(reason):
                estate = await registry.estate_of_agent(conn, agent)
                found = Finding("critical", reason)
                changes += await maintenance.raise_fault(
                    conn, box, AGENT_OFFLINE, found, estate=estate, since=at, at=at
                )
            case liveness.CameBack():
                changes += await maintenance.clear_fault(conn, box, AGENT_OFFLINE, at)
    return changes


async def _cameras_of(conn: Connection, agent: str) -> Sequence[Change]:
    """Whether its cameras watch is unknown while an agent is away or has just started."""
    rows = await conn.execute("SELECT id FROM camera WHERE agent = %s ORDER BY id", (agent,))
    return [Change("camera", row[0]) for row in await rows.fetchall()]


async def agents(conn: Connection) -> list[AgentRow]:
    """All agents."""
    async with conn.cursor(row_factory=class_row(AgentRow)) as cursor:
        await cursor.execute(
            "SELECT agent.id, agent.name_zh, agent.name_en, agent.estate, coalesce(heard.state,"
            " 'unknown') AS state,"
            " heard.since, coalesce(heard.software, '') AS software,"
            " coalesce(heard.outbox_depth, 0) AS outbox_depth,"
            " coalesce(heard.outbox_oldest_s, 0) AS outbox_oldest_s, coalesce(heard.cameras, '[]') AS cameras"
            " FROM agent LEFT JOIN agent_status heard ON heard.agent = agent.id ORDER BY agent.id"
        )
        return await cursor.fetchall()
