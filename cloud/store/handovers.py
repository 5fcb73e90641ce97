"""Handovers between shifts: what is open, with a note for each, from one person to the next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from cloud.core import alarm
from cloud.core import handover as machine
from cloud.store import audit, desk
from cloud.store.audit import Act
from cloud.store.changes import Change
from cloud.store.pool import Connection


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """A handover. items: {alert, note, state} of what was open then; `state` is the alert's now."""

    id: UUID
    giver: str
    receiver: str
    state: machine.State
    note: str
    offered_at: datetime
    ended_at: datetime | None
    items: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Said:
    """What the next one should know, of the shift and of single alerts; others that are open go along."""

    note: str = ""
    notes: Mapping[UUID, str] = field(default_factory=dict)


async def offer(conn: Connection, giver: str, receiver: str, said: Said, at: datetime) -> list[Change]:
    """Offer all that is open to the next; it takes the place of an offer of the giver's that still stands."""
    before = await conn.execute(
        "UPDATE handover SET state = 'withdrawn', ended_at = %s WHERE from_person = %s AND state = 'offered'"
        " RETURNING id",
        (at, giver),
    )
    replaced = [str(row[0]) for row in await before.fetchall()]
    row = await (
        await conn.execute(
            "INSERT INTO handover (from_person, to_person, state, note, offered_at)"
            " VALUES (%s, %s, 'offered', %s, %s) RETURNING id",
            (giver, receiver, said.note, at),
        )
    ).fetchone()
    assert row is not None
    handover: UUID = row[0]
    await conn.execute(
        "INSERT INTO handover_item (handover, alert, note)"
        " SELECT %s, alert.id, coalesce(said.note, '') FROM alert"
        " LEFT JOIN unnest(%s::uuid[], %s::text[]) AS said (alert, note) ON said.alert = alert.id"
        " WHERE alert.state <> 'closed'",
        (handover, list(said.notes), list(said.notes.values())),
    )
    notes = {str(alert): text for alert, text in said.notes.items()}
    content = {"to": receiver, "notes": notes, "replaces": replaced}
    await audit.enter(conn, Act(giver, "offered", "handover", str(handover), None, said.note, content), at)
    return [Change("handover", one) for one in (str(handover), *replaced)]


async def apply(
    conn: Connection, handover: UUID, given: machine.Accept | machine.Withdraw, at: datetime
) -> list[Change] | None:
    """Move a handover by its machine; None when there is no such handover.

    Raises:
        Forbidden: The machine does not allow it.
    """
    row = await (
        await conn.execute(
            "SELECT from_person, to_person, state, ended_at FROM handover WHERE id = %s FOR UPDATE",
            (handover,),
        )
    ).fetchone()
    if row is None:
        return None
    after, effects = machine.step(machine.Handover(*row), given, at)
    await conn.execute(
        "UPDATE handover SET state = %s, ended_at = %s WHERE id = %s", (after.state, after.ended_at, handover)
    )
    await audit.enter(conn, Act(given.by, after.state, "handover", str(handover)), at)
    changes = [Change("handover", str(handover))]
    for effect in effects:
        changes += await _pass_on(conn, handover, effect, at)
    return changes


async def _pass_on(conn: Connection, handover: UUID, effect: machine.PassOn, at: datetime) -> list[Change]:
    """In the order of their ids, as whoever locks several alerts does."""
    rows = await conn.execute(
        "SELECT alert.id FROM handover_item item JOIN alert ON alert.id = item.alert"
        " WHERE item.handover = %s AND alert.state <> 'closed'"
        " AND alert.assigned_to IS DISTINCT FROM %s ORDER BY alert.id FOR UPDATE OF alert",
        (handover, effect.to),
    )
    changes = []
    for (alert,) in await rows.fetchall():
        changed = await desk.apply(conn, alert, alarm.Assign(effect.by, effect.to), at)
        assert changed is not None
        changes.append(changed)
    return changes


async def since(conn: Connection, begin: datetime, limit: int = 20) -> list[HandoverRow]:
    """Handovers that are offered, and those accepted or withdrawn after `begin`; newest first."""
    async with conn.cursor(row_factory=class_row(HandoverRow)) as cursor:
        await cursor.execute(
            "SELECT id, from_person AS giver, to_person AS receiver, state, note, offered_at, ended_at,"
            " coalesce((SELECT json_agg(json_build_object('alert', alert.id, 'note', item.note,"
            " 'state', alert.state) ORDER BY alert.priority DESC, alert.raised_at DESC)"
            " FROM handover_item item JOIN alert ON alert.id = item.alert"
            " WHERE item.handover = handover.id), '[]') AS items"
            " FROM handover WHERE state = 'offered' OR ended_at > %s"
            " ORDER BY state <> 'offered', offered_at DESC LIMIT %s",
            (begin, limit),
        )
        return await cursor.fetchall()
