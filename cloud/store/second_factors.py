"""Second factors: the secret that a telephone shares with us, encrypted, and codes for when it is lost."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cloud.store.pool import Connection


@dataclass(frozen=True, slots=True)
class Factor:
    """secret: encrypted. last_step: the step of the last code that counted."""

    secret: bytes
    is_confirmed: bool
    last_step: int


async def put(conn: Connection, username: str, secret: bytes, at: datetime) -> None:
    """A new secret, which counts once it is confirmed; it takes the place of one that is not confirmed."""
    await conn.execute(
        "INSERT INTO second_factor (username, secret, created_at) VALUES (%s, %s, %s)"
        " ON CONFLICT (username) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at,"
        " last_step = 0 WHERE second_factor.confirmed_at IS NULL",
        (username, secret, at),
    )


async def hold(conn: Connection, username: str) -> Factor | None:
    """Somebody's factor, locked: of two programs that check the same code one comes second."""
    rows = await conn.execute(
        "SELECT secret, confirmed_at IS NOT NULL, last_step FROM second_factor WHERE username = %s"
        " FOR UPDATE",
        (username,),
    )
    row = await rows.fetchone()
    return None if row is None else Factor(*row)


async def counted(conn: Connection, username: str, step: int) -> None:
    """A code of this step has counted."""
    await conn.execute("UPDATE second_factor SET last_step = %s WHERE username = %s", (step, username))


async def confirm(conn: Connection, username: str, code_hashes: Iterable[bytes], at: datetime) -> None:
    """The telephone has the secret; from now on it is asked for. The hashes are of its recovery codes."""
    await conn.execute("UPDATE second_factor SET confirmed_at = %s WHERE username = %s", (at, username))
    await conn.execute("DELETE FROM recovery_code WHERE username = %s", (username,))
    await conn.execute(
        "INSERT INTO recovery_code (username, code_hash) SELECT %s, unnest(%s::bytea[])",
        (username, list(code_hashes)),
    )


async def use_recovery(conn: Connection, username: str, code_hash: bytes, at: datetime) -> bool:
    """Use up a recovery code; False when there is none like that left."""
    done = await conn.execute(
        "UPDATE recovery_code SET used_at = %s WHERE username = %s AND code_hash = %s AND used_at IS NULL",
        (at, username, code_hash),
    )
    return done.rowcount == 1


async def recovery_left(conn: Connection, username: str) -> int:
    """How many recovery codes are left."""
    rows = await conn.execute(
        "SELECT count(*) FROM recovery_code WHERE username = %s AND used_at IS NULL", (username,)
    )
    row = await rows.fetchone()
    assert row is not None
    return int(row[0])


async def remove(conn: Connection, username: str) -> bool:
    """Forget somebody's factor and its codes; False when they had none."""
    return (await conn.execute("DELETE FROM second_factor WHERE username = %s", (username,))).rowcount == 1
