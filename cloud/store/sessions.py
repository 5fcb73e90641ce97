"""Who is logged in where. A session is known by the hash of its token: who reads the table cannot use it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from psycopg.rows import class_row

from cloud.store import accounts
from cloud.store.accounts import Account
from cloud.store.pool import Connection

By = Literal["password", "second_factor", "recovery_code", "oidc"]

NOTED_EVERY: Final = timedelta(minutes=1)
"""That a session is used is written down so often, not with every request."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How somebody has come in."""

    token_hash: bytes
    username: str
    by: By
    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as its owner sees it."""

    id: UUID
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    by: By
    address: str
    browser: str


async def begin(conn: Connection, opening: Opening, at: datetime, expires_at: datetime) -> None:
    """Remember a session."""
    await conn.execute(
        "INSERT INTO session (token_hash, username, created_at, used_at, expires_at, by, address, browser)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            opening.token_hash,
            opening.username,
            at,
            at,
            expires_at,
            opening.by,
            opening.address,
            opening.browser[:200],
        ),
    )


async def whose(conn: Connection, token_hash: bytes, at: datetime, idle: timedelta) -> Account | None:
    """Whose session it is; None: there is none, its time is over, or nobody has used it for `idle`."""
    rows = await conn.execute(
        f"{accounts.SELECT} JOIN session USING (username) WHERE token_hash = %s AND expires_at > %s"
        " AND used_at > %s AND disabled_at IS NULL",
        (token_hash, at, at - idle),
    )
    return accounts.account(await rows.fetchone())


async def use(conn: Connection, token_hash: bytes, at: datetime) -> None:
    """It is being used."""
    await conn.execute(
        "UPDATE session SET used_at = %s WHERE token_hash = %s AND used_at < %s",
        (at, token_hash, at - NOTED_EVERY),
    )


async def of(conn: Connection, username: str, at: datetime) -> list[SessionRow]:
    """Somebody's open sessions, the newest first."""
    async with conn.cursor(row_factory=class_row(SessionRow)) as cursor:
        await cursor.execute(
            "SELECT id, created_at, used_at, expires_at, by, address, browser FROM session"
            " WHERE username = %s AND expires_at > %s ORDER BY created_at DESC, id",
            (username, at),
        )
        return await cursor.fetchall()


async def number(conn: Connection, usernames: Collection[str], at: datetime) -> dict[str, int]:
    """Username → how many sessions are open."""
    rows = await conn.execute(
        "SELECT username, count(*) FROM session WHERE username = ANY(%s) AND expires_at > %s"
        " GROUP BY username",
        (sorted(usernames), at),
    )
    return dict(await rows.fetchall())


async def current(conn: Connection, token_hash: bytes) -> UUID | None:
    """The name by which its owner knows a session."""
    row = await (await conn.execute("SELECT id FROM session WHERE token_hash = %s", (token_hash,))).fetchone()
    return None if row is None else row[0]


async def end(conn: Connection, token_hash: bytes) -> str | None:
    """Log out; who has."""
    rows = await conn.execute("DELETE FROM session WHERE token_hash = %s RETURNING username", (token_hash,))
    row = await rows.fetchone()
    return None if row is None else str(row[0])


async def end_one(conn: Connection, username: str, session: UUID) -> bool:
    """End one of somebody's sessions; False when they have no such."""
    done = await conn.execute("DELETE FROM session WHERE username = %s AND id = %s", (username, session))
    return done.rowcount == 1


async def end_all(conn: Connection, username: str) -> int:
    """Log somebody out everywhere; how many sessions that were."""
    return (await conn.execute("DELETE FROM session WHERE username = %s", (username,))).rowcount


async def expire(conn: Connection, at: datetime) -> int:
    """Forget what has ended by its age; how many."""
    return (await conn.execute("DELETE FROM session WHERE expires_at <= %s", (at,))).rowcount
