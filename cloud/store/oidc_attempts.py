"""What is remembered between the way to the OpenID provider and the way back."""

from datetime import datetime

from cloud.store.pool import Connection


async def put(conn: Connection, state_hash: bytes, nonce: str, verifier: str, ends_at: datetime) -> None:
    """Somebody has been sent to the provider."""
    await conn.execute(
        "INSERT INTO oidc_attempt (state_hash, nonce, verifier, ends_at) VALUES (%s, %s, %s, %s)",
        (state_hash, nonce, verifier, ends_at),
    )


async def take(conn: Connection, state_hash: bytes, at: datetime) -> tuple[str, str] | None:
    """(nonce, verifier) of an attempt, which is over with it; None: there is none, or it took too long."""
    rows = await conn.execute(
        "DELETE FROM oidc_attempt WHERE state_hash = %s RETURNING nonce, verifier, ends_at > %s",
        (state_hash, at),
    )
    row = await rows.fetchone()
    return (row[0], row[1]) if row is not None and row[2] else None


async def forget(conn: Connection, at: datetime) -> int:
    """Forget those from which nobody came back; how many."""
    return (await conn.execute("DELETE FROM oidc_attempt WHERE ends_at <= %s", (at,))).rowcount
