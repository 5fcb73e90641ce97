"""People who may log in, their sessions, and failed attempts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from psycopg.rows import class_row

from cloud.store.pool import Connection

Role = Literal["desk", "maintenance", "bureau"]


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may log in."""

    username: str
    display_zh: str
    display_en: str
    role: Role
    password_hash: str


async def put(conn: Connection, account: Account) -> None:
    """Add an account, or give a known one new values. A changed account is logged out everywhere."""
    await conn.execute(
        "INSERT INTO account (username, display_zh, display_en, role, password_hash) VALUES"
        " (%s, %s, %s, %s, %s)"
        " ON CONFLICT (username) DO UPDATE SET display_zh = excluded.display_zh, display_en ="
        " excluded.display_en,"
        " role = excluded.role, password_hash = excluded.password_hash",
        (account.username, account.display_zh, account.display_en, account.role, account.password_hash),
    )
    await conn.execute("DELETE FROM session WHERE username = %s", (account.username,))


async def find(conn: Connection, username: str) -> Account | None:
    """The account of that name."""
    async with conn.cursor(row_factory=class_row(Account)) as cursor:
        await cursor.execute(
            "SELECT username, display_zh, display_en, role, password_hash FROM account WHERE username = %s",
            (username,),
        )
        return await cursor.fetchone()


async def display_names(conn: Connection) -> dict[str, tuple[str, str]]:
    """Username → (Chinese, English) name of everybody who may log in."""
    rows = await conn.execute("SELECT username, display_zh, display_en FROM account ORDER BY username")
    return {username: (zh, en) for username, zh, en in await rows.fetchall()}


async def open_session(
    conn: Connection, token_hash: bytes, username: str, created_at: datetime, expires_at: datetime
) -> None:
    """Remember a session by the hash of its token."""
    await conn.execute(
        "INSERT INTO session (token_hash, username, created_at, expires_at) VALUES (%s, %s, %s, %s)",
        (token_hash, username, created_at, expires_at),
    )


async def of_session(conn: Connection, token_hash: bytes, at: datetime) -> Account | None:
    """Whose session it is; None when there is none or it has expired at `at`."""
    async with conn.cursor(row_factory=class_row(Account)) as cursor:
        await cursor.execute(
            "SELECT username, display_zh, display_en, role, password_hash FROM account JOIN"
            " session USING (username)"
            " WHERE session.token_hash = %s AND session.expires_at > %s",
            (token_hash, at),
        )
        return await cursor.fetchone()


async def close_session(conn: Connection, token_hash: bytes) -> None:
    """Log out."""
    await conn.execute("DELETE FROM session WHERE token_hash = %s", (token_hash,))


async def expire_sessions(conn: Connection, at: datetime) -> int:
    """Forget sessions that have ended; how many."""
    return (await conn.execute("DELETE FROM session WHERE expires_at <= %s", (at,))).rowcount


async def note_failure(conn: Connection, username: str, address: str, at: datetime) -> None:
    """A login has failed."""
    await conn.execute(
        "INSERT INTO login_failure (username, address, at) VALUES (%s, %s, %s)", (username, address, at)
    )


async def failures(conn: Connection, username: str, address: str, begin: datetime) -> tuple[int, int]:
    """How many logins have failed since `begin`: for this name, and from this address."""
    row = await (
        await conn.execute(
            "SELECT count(*) FILTER (WHERE username = %s), count(*) FILTER (WHERE address = %s)"
            " FROM login_failure WHERE at > %s",
            (username, address, begin),
        )
    ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


async def forget_failures(conn: Connection, before: datetime) -> int:
    """Forget failures that no longer count; how many."""
    return (await conn.execute("DELETE FROM login_failure WHERE at <= %s", (before,))).rowcount
