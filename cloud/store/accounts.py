"""People who may log in, their sessions, and failed attempts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cloud.core.access import Role
from cloud.store.pool import Connection, Principal


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may log in. estates: which they may see; with `every_estate` also those to come."""

    username: str
    display_zh: str
    display_en: str
    role: Role
    password_hash: str
    estates: frozenset[str] = frozenset()
    every_estate: bool = False

    @property
    def principal(self) -> Principal:
        """For whom their transactions are."""
        return Principal(self.username, self.estates, self.every_estate)


_SELECT = (
    "SELECT account.username, display_zh, display_en, role, password_hash,"
    " CASE WHEN every_estate THEN ARRAY(SELECT id FROM estate)"
    " ELSE ARRAY(SELECT estate FROM account_estate has WHERE has.username = account.username) END,"
    " every_estate FROM account"
)


async def put(conn: Connection, account: Account) -> None:
    """Add an account, or give a known one new values. A changed account is logged out everywhere.

    Raises:
        RowRefused: One of the estates does not exist.
    """
    await conn.execute(
        "INSERT INTO account (username, display_zh, display_en, role, password_hash, every_estate) VALUES"
        " (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (username) DO UPDATE SET display_zh = excluded.display_zh, display_en ="
        " excluded.display_en, role = excluded.role, password_hash = excluded.password_hash,"
        " every_estate = excluded.every_estate",
        (
            account.username,
            account.display_zh,
            account.display_en,
            account.role,
            account.password_hash,
            account.every_estate,
        ),
    )
    await conn.execute("DELETE FROM account_estate WHERE username = %s", (account.username,))
    if not account.every_estate:
        await conn.execute(
            "INSERT INTO account_estate SELECT %s, unnest(%s::text[])",
            (account.username, sorted(account.estates)),
        )
    await conn.execute("DELETE FROM session WHERE username = %s", (account.username,))


async def find(conn: Connection, username: str) -> Account | None:
    """The account of that name."""
    rows = await conn.execute(f"{_SELECT} WHERE username = %s", (username,))
    return _account(await rows.fetchone())


def _account(row: tuple[Any, ...] | None) -> Account | None:
    if row is None:
        return None
    username, zh, en, role, password_hash, estates, every_estate = row
    return Account(username, zh, en, role, password_hash, frozenset(estates), every_estate)


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
    rows = await conn.execute(
        f"{_SELECT} JOIN session USING (username) WHERE session.token_hash = %s AND session.expires_at > %s",
        (token_hash, at),
    )
    return _account(await rows.fetchone())


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
