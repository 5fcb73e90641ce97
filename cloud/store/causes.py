"""Puts alarms beneath their causes, tells people of those that are left, and ends what chattered."""

from datetime import datetime
from uuid import UUID

from cloud.core import alarm as alarms
from cloud.core import chatter
from cloud.core import fault as faults
from cloud.core.cause import CAUSE_WAIT, DISABLING, Open, causes, dead_nodes
from cloud.core.day_digest.facts import comes_late, day_of
from cloud.core.fault import CHATTERING, SUPPLY_LOST, Finding, Subject
from cloud.store import closed_days, maintenance, topology
from cloud.store import faults as rows
from cloud.store.changes import Change
from cloud.store.pool import Connection

LOCK = 0x43617573  # "Caus"


async def settle(conn: Connection, at: datetime) -> list[Change]:
    """Arrange what is open anew, estate by estate; then announce what has waited long enough.

    Two at once would raise the same inferred alarm: who comes second finds the lock taken and leaves it.
    """
    mine = await (await conn.execute("SELECT pg_try_advisory_xact_lock(%s)", (LOCK,))).fetchone()
    if mine is None or not mine[0]:
        return []
    changes = await _calm(conn, at)
    found = await conn.execute(
        "SELECT DISTINCT estate FROM fault WHERE state <> 'closed'"
        " AND (announced_at IS NULL OR suppressed_by IS NOT NULL OR kind = ANY(%s)) ORDER BY estate",
        (sorted(DISABLING),),
    )
    for (estate,) in await found.fetchall():
        changes += await _arrange(conn, estate, at)
    return [*changes, *await _announce(conn, at)]


async def _arrange(conn: Connection, estate: str, at: datetime) -> list[Change]:
    known = await topology.of_estate(conn, estate)
    open_ = await _open(conn, estate)
    dead = dead_nodes(known, [alarm for alarm, _ in open_])
    held = {alarm.subject for alarm, _ in open_ if alarm.kind == SUPPLY_LOST}
    changes: list[Change] = []
    for node, since in dead.items():
        if node not in held:
            found = Finding("critical")
            if comes_late(since, at):
                await closed_days.announce(conn, estate, day_of(since))
            changes += await maintenance.raise_fault(
                conn, node, SUPPLY_LOST, found, estate=estate, since=since, at=at, wait=CAUSE_WAIT
            )
    for node in held - dead.keys():
        changes += await maintenance.clear_fault(conn, node, SUPPLY_LOST, at)
    if changes:
        open_ = await _open(conn, estate)
    wanted = causes(known, [alarm for alarm, _ in open_])
    for alarm, beneath in open_:
        if wanted.get(alarm.id) != beneath:
            changes += await _move(conn, alarm.id, wanted.get(alarm.id), at)
    return changes


async def _open(conn: Connection, estate: str) -> list[tuple[Open, UUID | None]]:
    """What is open in an estate, and beneath what it lies now."""
    found = await conn.execute(
        "SELECT id, kind, subject_type, subject, since, suppressed_by FROM fault"
        " WHERE estate = %s AND state <> 'closed' ORDER BY since, id",
        (estate,),
    )
    return [
        (Open(identity, kind, Subject(subject_type, subject), since), beneath)
        for identity, kind, subject_type, subject, since, beneath in await found.fetchall()
    ]


async def _move(conn: Connection, fault: UUID, cause: UUID | None, at: datetime) -> list[Change]:
    """Beneath its cause, or out again. One that another holds just now has its turn next time."""
    held = await rows.hold(conn, fault, skip_locked=True)
    if held is None or held.fault.state == "closed":
        return []
    given = alarms.Release() if cause is None else alarms.Suppress(str(cause))
    return await maintenance.step_fault(conn, held, given, at)


async def _announce(conn: Connection, at: datetime) -> list[Change]:
    changes: list[Change] = []
    for held in await rows.hold_untold(conn, at):
        changes += await maintenance.step_fault(conn, held, faults.Announce(), at)
    return changes


async def _calm(conn: Connection, at: datetime) -> list[Change]:
    """What has neither come nor gone for long enough chatters no more."""
    found = await conn.execute(
        "SELECT unrest.subject_type, unrest.subject, max(greatest(told.since, told.cleared_at))"
        " FROM fault unrest JOIN fault told ON told.subject_type = unrest.subject_type"
        " AND told.subject = unrest.subject AND told.kind = ANY(%s)"
        " WHERE unrest.kind = %s AND unrest.state <> 'closed' GROUP BY unrest.subject_type, unrest.subject",
        (sorted(chatter.WATCHED), CHATTERING),
    )
    changes: list[Change] = []
    for kind, subject, last_change in await found.fetchall():
        if chatter.is_calm(last_change, at):
            changes += await maintenance.clear_fault(conn, Subject(kind, subject), CHATTERING, at)
    return changes
