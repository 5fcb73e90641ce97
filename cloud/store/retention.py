"""Prunes what has been kept long enough, and never what a legal hold keeps nor what proves it.

Each kind is pruned in a transaction of the caller's, which also enters into the audit log what went.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from cloud.core.retention import Kind
from cloud.store import audit, partitions
from cloud.store.audit import Act
from cloud.store.holds import held
from cloud.store.pool import Connection

AROUND: Final = timedelta(days=2)
"""A fall's end and its clip are told soon after it; an agent's own clock may have been set meanwhile."""


async def prune(conn: Connection, kind: Kind, before: datetime, at: datetime) -> int:
    """Prune what is older than `before`; how many rows, which the audit log tells too."""
    count = await _PRUNERS[kind](conn, before, at)
    if count:
        content = {"rows": count, "before": before.isoformat()}
        await audit.enter(conn, Act("system", "pruned", "kind", kind, content=content), at)
    return count


async def _events(conn: Connection, before: datetime, at: datetime) -> int:
    await conn.execute(
        "INSERT INTO event_held SELECT event.* FROM alert JOIN event ON event.agent = alert.agent"  # noqa: S608 - a constant
        " AND event.observed_at BETWEEN alert.observed_at - %(around)s AND alert.observed_at + %(around)s"
        " AND (event.message_id = alert.message_id OR event.payload ->> 'event' = alert.message_id::text)"
        f" WHERE event.observed_at < %(before)s AND {held('%(at)s')} ON CONFLICT DO NOTHING",
        {"around": AROUND, "before": before, "at": at},
    )
    return await _series(conn, "event", before)


async def _readings(conn: Connection, before: datetime, _: datetime) -> int:
    return await _series(conn, "sensor_reading", before)


async def _minutes(conn: Connection, before: datetime, _: datetime) -> int:
    return await _series(conn, "camera_minute", before)


async def _series(conn: Connection, table: partitions.Series, before: datetime) -> int:
    row = await (
        await conn.execute(f"SELECT count(*) FROM {table} WHERE observed_at < %s", (before,))  # noqa: S608 - one of three
    ).fetchone()
    assert row is not None
    if row[0]:
        await partitions.drop(conn, table, before)
        await conn.execute(f"DELETE FROM {table} WHERE observed_at < %s", (before,))  # noqa: S608 - one of three
    return int(row[0])


async def _clips(conn: Connection, before: datetime, at: datetime) -> int:
    """A clip whose alert is open, or held, stays; so do its bytes while another clip has the same."""
    rows = await conn.execute(
        "UPDATE clip SET state = 'pruned', pruned_at = %(at)s WHERE state IN ('stored', 'verified')"  # noqa: S608 - a constant
        " AND stored_at < %(before)s AND NOT EXISTS (SELECT FROM alert WHERE alert.message_id = clip.event"
        f" AND (alert.state <> 'closed' OR {held('%(at)s')})) RETURNING sha256",
        {"at": at, "before": before},
    )
    digests = [row[0] for row in await rows.fetchall()]
    await conn.execute(
        "INSERT INTO blob_due (sha256, since) SELECT DISTINCT digest, %s::timestamptz"
        " FROM unnest(%s::text[]) digest WHERE NOT EXISTS (SELECT FROM clip WHERE sha256 = digest"
        " AND state IN ('pending', 'stored', 'verified')) ON CONFLICT DO NOTHING",
        (at, digests),
    )
    return len(digests)


async def _fault_pictures(conn: Connection, before: datetime, _: datetime) -> int:
    done = await conn.execute(
        "UPDATE fault SET thumbnail = NULL"
        " WHERE thumbnail IS NOT NULL AND state = 'closed' AND cleared_at < %s",
        (before,),
    )
    return done.rowcount


async def _dead_letters(conn: Connection, before: datetime, _: datetime) -> int:
    return (await conn.execute("DELETE FROM dead_letter WHERE received_at < %s", (before,))).rowcount


_PRUNERS: Final[Mapping[Kind, Callable[[Connection, datetime, datetime], Awaitable[int]]]] = {
    "events": _events,
    "readings": _readings,
    "minutes": _minutes,
    "clips": _clips,
    "fault_pictures": _fault_pictures,
    "dead_letters": _dead_letters,
}


async def due_blobs(conn: Connection, limit: int) -> list[str]:
    """Digests of objects that no row needs, oldest first, locked; two timers at once share them.

    One that has been announced again meanwhile is taken off the list.
    """
    await conn.execute(
        "DELETE FROM blob_due WHERE EXISTS (SELECT FROM clip WHERE clip.sha256 = blob_due.sha256"
        " AND state IN ('pending', 'stored', 'verified'))"
    )
    rows = await conn.execute(
        "SELECT sha256 FROM blob_due ORDER BY since, sha256 LIMIT %s FOR UPDATE SKIP LOCKED", (limit,)
    )
    return [row[0] for row in await rows.fetchall()]


async def blob_gone(conn: Connection, sha256: str) -> None:
    """The object has been deleted."""
    await conn.execute("DELETE FROM blob_due WHERE sha256 = %s", (sha256,))
