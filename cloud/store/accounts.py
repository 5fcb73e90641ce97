"""People who may log in, and failed attempts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cloud.core.access import Role
from cloud.store.pool import Connection, Principal

NO_PASSWORD: Final = "!"  # noqa: S105 - no hash looks like it
"""In place of a hash: no password fits. Whoever has it logs in by the OpenID provider."""


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
    is_disabled: bool = False
    has_second_factor: bool = False

    @property
    def principal(self) -> Principal:
        """For whom their transactions are."""
        return Principal(self.username, self.estates, self.every_estate)


SELECT: Final = (
    "SELECT account.username, display_zh, display_en, role, password_hash,"
    " CASE WHEN every_estate THEN ARRAY(SELECT id FROM estate)"
    " ELSE ARRAY(SELECT estate FROM account_estate has WHERE has.username = account.username) END,"
    " every_estate, disabled_at IS NOT NULL, EXISTS (SELECT FROM second_factor held WHERE held.username ="
    " account.username AND confirmed_at IS NOT NULL) FROM account"
)
"""The columns that `account` makes an Account of."""


def account(row: tuple[Any, ...] | None) -> Account | None:
    """A row of `SELECT` as what it says."""
    if row is None:
        return None
    username, zh, en, role, password_hash, estates, every_estate, disabled, factor = row
    return Account(username, zh, en, role, password_hash, frozenset(estates), every_estate, disabled, factor)


async def put(conn: Connection, new: Account) -> None:
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
            new.username,
            new.display_zh,
            new.display_en,
            new.role,
            new.password_hash,
            new.every_estate,
        ),
    )
    await conn.execute("DELETE FROM account_estate WHERE username = %s", (new.username,))
    if not new.every_estate:
        await conn.execute(
            "INSERT INTO account_estate SELECT %s, unnest(%s::text[])",
            (new.username, sorted(new.estates)),
        )
    await conn.execute("DELETE FROM session WHERE username = %s", (new.username,))


async def find(conn: Connection, username: str) -> Account | None:
    """The account of that name."""
    rows = await conn.execute(f"{SELECT} WHERE username = %s", (username,))
    return account(await rows.fetchone())


async def of_provider(conn: Connection, subject: str) -> Account | None:
    """The account of somebody whom the OpenID provider knows under `subject`."""
    return account(await (await conn.execute(f"{SELECT} WHERE oidc_subject = %s", (subject,))).fetchone())


async def bind(conn: Connection, username: str, subject: str) -> None:
    """From now on `subject` of the OpenID provider is this account."""
    await conn.execute("UPDATE account SET oidc_subject = %s WHERE username = %s", (subject, username))


async def listed(conn: Connection) -> list[Account]:
    """Everybody, by name."""
    rows = await conn.execute(f"{SELECT} ORDER BY username")
    return [found for row in await rows.fetchall() if (found := account(row)) is not None]


async def disable(conn: Connection, username: str, at: datetime | None) -> None:
    """Let them in no more, and end their sessions; `at` None: let them in again."""
    await conn.execute("UPDATE account SET disabled_at = %s WHERE username = %s", (at, username))
    await conn.execute("DELETE FROM session WHERE username = %s", (username,))


async def set_password(conn: Connection, username: str, password_hash: str) -> None:
    """Another password; it ends all sessions."""
    await conn.execute("UPDATE account SET password_hash = %s WHERE username = %s", (password_hash, username))
    await conn.execute("DELETE FROM session WHERE username = %s", (username,))


async def display_names(conn: Connection) -> dict[str, tuple[str, str]]:
    """Username → (Chinese, English) name of everybody who may log in."""
    rows = await conn.execute("SELECT username, display_zh, display_en FROM account ORDER BY username")
    return {username: (zh, en) for username, zh, en in await rows.fetchall()}


async def names_of(conn: Connection, roles: Collection[Role]) -> dict[str, tuple[str, str]]:
    """Username → (Chinese, English) name of those with one of these roles."""
    rows = await conn.execute(
        "SELECT username, display_zh, display_en FROM account WHERE role = ANY(%s) ORDER BY username",
        (sorted(roles),),
    )
    return {username: (zh, en) for username, zh, en in await rows.fetchall()}


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
