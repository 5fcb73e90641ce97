"""Who may look at an alert's video now, and the chain of custody that comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from cloud.core.custody import LASTS, LINKS, Purpose, said
from cloud.store import audit
from cloud.store.audit import Act
from cloud.store.pool import Connection


class AlreadyBegun(Exception):  # noqa: N818 - says what is so
    """Somebody's viewing has been entered before: this is another piece of the same."""


@dataclass(frozen=True, slots=True)
class Viewing:
    """Why somebody may look, and until when. id: None where they have the alert in hand and were not asked.

    until: None as long as it is in hand. viewed_at: when they looked first.
    """

    id: UUID | None
    alert: UUID
    purpose: Purpose
    note: str
    until: datetime | None
    viewed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Link:
    """A line of the chain of custody: an entry of the audit log about an alert's evidence."""

    id: int
    at: datetime
    by: str
    action: str
    purpose: str
    content: Mapping[str, Any]


async def give(
    conn: Connection, alert: UUID, account: str, why: tuple[Purpose, str], at: datetime
) -> Viewing | None:
    """Somebody says why they look, (purpose, note); None where there is no such alert."""
    purpose, note = why
    row = await (
        await conn.execute(
            "INSERT INTO viewing (alert, account, purpose, note, given_at, until)"
            " SELECT id, %s, %s, %s, %s, %s FROM alert WHERE id = %s RETURNING id",
            (account, purpose, note, at, at + LASTS, alert),
        )
    ).fetchone()
    if row is None:
        return None
    act = Act(account, "asked_to_view", "alert", str(alert), None, said(purpose, note))
    await audit.enter(conn, act, at)
    return Viewing(row[0], alert, purpose, note, at + LASTS, None)


async def of_alert(conn: Connection, alert: UUID, account: str, at: datetime) -> Viewing | None:
    """Why somebody may look at an alert's video now: the purpose given last, or that it is in their hands."""
    async with conn.cursor(row_factory=class_row(Viewing)) as cursor:
        await cursor.execute(
            "SELECT id, alert, purpose, note, until, viewed_at FROM viewing"
            " WHERE alert = %s AND account = %s AND until > %s ORDER BY given_at DESC LIMIT 1",
            (alert, account, at),
        )
        if (found := await cursor.fetchone()) is not None:
            return found
        await cursor.execute(
            "SELECT NULL::uuid AS id, id AS alert, 'handling' AS purpose, '' AS note,"
            " NULL::timestamptz AS until, NULL::timestamptz AS viewed_at FROM alert WHERE id = %s"
            " AND state IN ('acknowledged', 'confirmed') AND %s IN (acknowledged_by, assigned_to)",
            (alert, account),
        )
        return await cursor.fetchone()


async def of_clip(conn: Connection, sha256: str, account: str, at: datetime) -> Viewing | None:
    """The same by the digest of a stored clip.

    Raises:
        KeyError: There is no such clip of an alert that the account may see.
    """
    rows = await conn.execute(
        "SELECT alert.id FROM clip JOIN alert ON alert.message_id = clip.event"
        " WHERE clip.sha256 = %s AND clip.state IN ('stored', 'verified') ORDER BY alert.raised_at",
        (sha256,),
    )
    alerts = [row[0] for row in await rows.fetchall()]
    if not alerts:
        raise KeyError(sha256)
    for alert in alerts:
        if (found := await of_alert(conn, alert, account, at)) is not None:
            return found
    return None


async def begin(conn: Connection, given: Viewing, account: str, sha256: str, at: datetime) -> None:
    """The first bytes go out: entered once, however many ranges a player asks for.

    Raises:
        AlreadyBegun: It was entered before; nothing is done.
    """
    await conn.execute("SELECT FROM alert WHERE id = %s FOR NO KEY UPDATE", (given.alert,))
    now = await of_alert(conn, given.alert, account, at)
    if now is None or now.viewed_at is not None:
        raise AlreadyBegun
    if now.id is None:
        await conn.execute(
            "INSERT INTO viewing (alert, account, purpose, note, given_at, until, viewed_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (now.alert, account, now.purpose, now.note, at, at + LASTS, at),
        )
    else:
        await conn.execute("UPDATE viewing SET viewed_at = %s WHERE id = %s", (at, now.id))
    act = Act(
        account, "played", "alert", str(now.alert), None, said(now.purpose, now.note), {"sha256": sha256}
    )
    await audit.enter(conn, act, at)


async def custody(conn: Connection, alert: UUID) -> list[Link]:
    """What was done with an alert's evidence, oldest first."""
    async with conn.cursor(row_factory=class_row(Link)) as cursor:
        await cursor.execute(
            "SELECT id, at, by, action, purpose, content FROM audit"
            " WHERE ((subject_type = 'alert' AND subject = %s) OR (subject_type = 'clip' AND subject = ANY"
            " (SELECT unnest(ARRAY[event::text, sha256]) FROM clip JOIN alert ON message_id = event"
            " WHERE alert.id = %s))) AND action = ANY (%s) ORDER BY id",
            (str(alert), alert, sorted(LINKS)),
        )
        return await cursor.fetchall()
