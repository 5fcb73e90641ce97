"""Leave to see pictures of people: of one alert, or of all in an estate, until a set time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from cloud.store.pool import Connection


@dataclass(frozen=True, slots=True)
class Grant:
    """alert: None for all of the estate."""

    username: str
    estate: str
    alert: UUID | None
    reason: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A grant as it was given, and whether it was taken back."""

    id: UUID
    username: str
    estate: str
    alert: UUID | None
    reason: str
    granted_by: str
    granted_at: datetime
    ends_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None


_SELECT = (
    "SELECT id, username, estate, alert, reason, granted_by, granted_at, ends_at, revoked_by, revoked_at"
    " FROM picture_grant"
)


async def give(conn: Connection, grant: Grant, by: str, at: datetime) -> UUID:
    """Give leave.

    Raises:
        RowRefused: No such account, alert or estate.
    """
    row = await (
        await conn.execute(
            "INSERT INTO picture_grant (username, estate, alert, reason, granted_by, granted_at, ends_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
            (grant.username, grant.estate, grant.alert, grant.reason, by, at, grant.ends_at),
        )
    ).fetchone()
    assert row is not None
    return UUID(str(row[0]))


async def revoke(conn: Connection, grant: UUID, by: str, at: datetime) -> tuple[GrantRow, bool] | None:
    """Take leave back: (the leave, whether it was there to take); None when there is none such."""
    done = await conn.execute(
        "UPDATE picture_grant SET revoked_by = %s, revoked_at = %s WHERE id = %s AND revoked_at IS NULL",
        (by, at, grant),
    )
    async with conn.cursor(row_factory=class_row(GrantRow)) as cursor:
        await cursor.execute(f"{_SELECT} WHERE id = %s", (grant,))
        row = await cursor.fetchone()
    return None if row is None else (row, done.rowcount == 1)


async def newest(conn: Connection, limit: int = 200) -> list[GrantRow]:
    """Grants, the newest first."""
    async with conn.cursor(row_factory=class_row(GrantRow)) as cursor:
        await cursor.execute(f"{_SELECT} ORDER BY granted_at DESC, id LIMIT %s", (limit,))
        return await cursor.fetchall()


async def covers_alert(conn: Connection, username: str, alert: UUID, at: datetime) -> bool:
    """Whether somebody has leave to see the pictures of an alert now."""
    return await _covers(
        conn,
        "alert JOIN agent ON agent.id = alert.agent WHERE alert.id = %s",
        (alert, username, at),
    )


async def covers_clip(conn: Connection, username: str, sha256: str, at: datetime) -> bool:
    """Whether somebody has leave to see a clip now."""
    return await _covers(
        conn,
        "clip JOIN alert ON alert.message_id = clip.event JOIN agent ON agent.id = alert.agent"
        " WHERE clip.sha256 = %s",
        (sha256, username, at),
    )


async def _covers(conn: Connection, which: str, values: tuple[object, ...]) -> bool:
    rows = await conn.execute(
        f"SELECT 1 FROM {which} AND EXISTS (SELECT FROM picture_grant leave WHERE leave.username = %s"  # noqa: S608
        " AND leave.estate = agent.estate AND (leave.alert IS NULL OR leave.alert = alert.id)"
        " AND leave.revoked_at IS NULL AND leave.ends_at > %s) LIMIT 1",
        values,
    )
    return await rows.fetchone() is not None
