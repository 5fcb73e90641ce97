"""Clips: announced by a signed manifest, then stored once their bytes have come."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from cloud.store.changes import Change
from cloud.store.pool import Connection
from contracts.messages import ClipFailed, ClipSealed


@dataclass(frozen=True, slots=True)
class ClipRow:
    """A clip. The fields of the manifest are empty where none has come."""

    event: UUID
    agent: str
    camera: str
    state: str
    sha256: str | None
    size_bytes: int | None
    manifest: str | None
    signature_valid: bool
    signed_by: str
    hash_matches: bool | None
    failed_reason: str | None
    announced_at: datetime
    stored_at: datetime | None


@dataclass(frozen=True, slots=True)
class SealedRow:
    """A clip with all that its device has signed of it. state: as of the clip."""

    sha256: str
    state: str
    failed_reason: str | None
    manifest: str
    signature: str
    certificate: str


_COLUMNS = (
    "event, agent, camera, state, sha256, size_bytes, manifest, signature_valid, signed_by, hash_matches,"
    " failed_reason, announced_at, stored_at"
)


async def announce(
    conn: Connection, sealed: ClipSealed, *, signed_by: str, objection: str | None, at: datetime
) -> list[Change]:
    """A device says that it has a clip. `objection` says why its manifest is not believed; None: it is."""
    done = await conn.execute(
        "INSERT INTO clip (event, agent, camera, state, sha256, size_bytes, manifest, signature, certificate,"
        " signature_valid, signed_by, failed_reason, announced_at)"
        " VALUES (%s, %s, %s, 'pending', %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (event) DO NOTHING",
        (
            sealed.event,
            sealed.agent,
            sealed.camera,
            sealed.sha256,
            sealed.size_bytes,
            sealed.manifest,
            sealed.signature,
            sealed.certificate,
            objection is None,
            signed_by,
            objection,
            at,
        ),
    )
    return await _changes(conn, sealed.event) if done.rowcount else []


async def fail(conn: Connection, failed: ClipFailed, at: datetime) -> list[Change]:
    """A device says that it has no clip."""
    done = await conn.execute(
        "INSERT INTO clip (event, agent, camera, state, failed_reason, announced_at)"
        " VALUES (%s, %s, %s, 'failed', %s, %s) ON CONFLICT (event) DO NOTHING",
        (failed.event, failed.agent, failed.camera, failed.reason, at),
    )
    return await _changes(conn, failed.event) if done.rowcount else []


async def store(conn: Connection, sha256: str, agent: str, at: datetime) -> list[Change]:
    """The bytes have come and have this digest: `verified` with a believed manifest, else `stored`."""
    rows = await conn.execute(
        "UPDATE clip SET hash_matches = true, stored_at = %s,"
        " state = CASE WHEN signature_valid THEN 'verified' ELSE 'stored' END"
        " WHERE sha256 = %s AND agent = %s AND state = 'pending' RETURNING event",
        (at, sha256, agent),
    )
    changes: list[Change] = []
    for (event,) in await rows.fetchall():
        changes += await _changes(conn, event)
    return changes


async def mismatch(conn: Connection, sha256: str, agent: str) -> list[Change]:
    """The bytes that came have another digest. The clip stays pending: the device may send the right ones."""
    rows = await conn.execute(
        "UPDATE clip SET hash_matches = false WHERE sha256 = %s AND agent = %s AND state ="
        " 'pending' RETURNING event",
        (sha256, agent),
    )
    changes: list[Change] = []
    for (event,) in await rows.fetchall():
        changes += await _changes(conn, event)
    return changes


async def announced(conn: Connection, sha256: str, agent: str) -> ClipRow | None:
    """The clip that `agent` has announced under this digest."""
    async with conn.cursor(row_factory=class_row(ClipRow)) as cursor:
        await cursor.execute(
            f"SELECT {_COLUMNS} FROM clip WHERE sha256 = %s AND agent = %s ORDER BY announced_at LIMIT 1",  # noqa: S608
            (sha256, agent),
        )
        return await cursor.fetchone()


async def of_event(conn: Connection, event: UUID) -> ClipRow | None:
    """The clip of a fall."""
    async with conn.cursor(row_factory=class_row(ClipRow)) as cursor:
        await cursor.execute(f"SELECT {_COLUMNS} FROM clip WHERE event = %s", (event,))  # noqa: S608
        return await cursor.fetchone()


async def sealed(conn: Connection, event: UUID) -> SealedRow | None:
    """The clip of a fall with its signature; None where no device has sealed one."""
    async with conn.cursor(row_factory=class_row(SealedRow)) as cursor:
        await cursor.execute(
            "SELECT sha256, state, failed_reason, manifest, signature, certificate FROM clip"
            " WHERE event = %s AND manifest IS NOT NULL",
            (event,),
        )
        return await cursor.fetchone()


async def _changes(conn: Connection, event: UUID) -> list[Change]:
    """The clip has changed, and with it the alert that shows it."""
    row = await (await conn.execute("SELECT id FROM alert WHERE message_id = %s", (event,))).fetchone()
    alert = [] if row is None else [Change("alert", str(row[0]), event)]
    return [Change("clip", str(event), event), *alert]
