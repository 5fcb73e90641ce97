"""Who devices are: tokens to enrol with, certificates, and who was cut off."""

from dataclasses import dataclass
from datetime import datetime

from cloud.store.changes import Change
from cloud.store.pool import Connection


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate of a device, as it was issued or shown."""

    agent: str
    serial: int
    ends_at: datetime

    @property
    def number(self) -> str:
        """The serial number as it is stored."""
        return f"{self.serial:x}"


async def add_token(
    conn: Connection, token_hash: bytes, agent: str, at: datetime, expires_at: datetime
) -> bool:
    """A token for an agent; False where there is no such agent. Older ones of it count no more."""
    await conn.execute(
        "UPDATE enrolment_token SET expires_at = %s WHERE agent = %s AND used_at IS NULL AND expires_at > %s",
        (at, agent, at),
    )
    done = await conn.execute(
        "INSERT INTO enrolment_token (token_hash, agent, created_at, expires_at)"
        " SELECT %s, id, %s, %s FROM agent WHERE id = %s",
        (token_hash, at, expires_at, agent),
    )
    return done.rowcount == 1


async def use_token(conn: Connection, token_hash: bytes, at: datetime) -> str | None:
    """The agent that may enrol with this token, once; None where it was used, has expired or is unknown."""
    row = await (
        await conn.execute(
            "UPDATE enrolment_token SET used_at = %s WHERE token_hash = %s AND used_at IS NULL"
            " AND expires_at > %s RETURNING agent",
            (at, token_hash, at),
        )
    ).fetchone()
    return None if row is None else str(row[0])


async def know(conn: Connection, shown: Shown, at: datetime) -> None:
    """Remember a certificate, so that it can be revoked. One of an agent in no estate is passed over."""
    await conn.execute(
        "INSERT INTO device_certificate (serial, agent, known_at, ends_at)"
        " SELECT %s, id, %s, %s FROM agent WHERE id = %s ON CONFLICT DO NOTHING",
        (shown.number, at, shown.ends_at, shown.agent),
    )


async def enrol(conn: Connection, shown: Shown, at: datetime) -> None:
    """An agent has got its first certificate, or a new one after it was cut off."""
    await know(conn, shown, at)
    await conn.execute(
        "UPDATE agent_cut_off SET ended_at = %s WHERE agent = %s AND ended_at IS NULL", (at, shown.agent)
    )


async def counts(conn: Connection, shown: Shown) -> bool:
    """Whether what is shown is to be believed: neither it nor its agent was cut off.

    Of an agent that ever was, only certificates that are known count: another one of before may be about.
    """
    row = await (
        await conn.execute(
            "SELECT (SELECT revoked_at IS NULL FROM device_certificate WHERE serial = %s AND agent = %s),"
            " (SELECT ended_at IS NULL FROM agent_cut_off WHERE agent = %s)",
            (shown.number, shown.agent, shown.agent),
        )
    ).fetchone()
    assert row is not None
    known, cut_off = row
    return bool(known) if cut_off is False else not cut_off and known is not False


async def cut_off(conn: Connection, agent: str, reason: str, at: datetime) -> tuple[int, list[Change]]:
    """Believe an agent no more. How many certificates that revokes, and what pages may show."""
    await conn.execute(
        "INSERT INTO agent_cut_off (agent, at, reason) VALUES (%s, %s, %s)"
        " ON CONFLICT (agent) DO UPDATE SET at = excluded.at, reason = excluded.reason, ended_at = NULL",
        (agent, at, reason),
    )
    await conn.execute(
        "UPDATE enrolment_token SET expires_at = %s WHERE agent = %s AND used_at IS NULL AND expires_at > %s",
        (at, agent, at),
    )
    done = await conn.execute(
        "UPDATE device_certificate SET revoked_at = %s WHERE agent = %s AND revoked_at IS NULL", (at, agent)
    )
    return done.rowcount, [Change("agent", agent)]


async def revoked(conn: Connection) -> list[tuple[int, datetime]]:
    """(serial, since when) of all revoked certificates."""
    rows = await conn.execute(
        "SELECT serial, revoked_at FROM device_certificate WHERE revoked_at IS NOT NULL ORDER BY serial"
    )
    return [(int(serial, 16), since) for serial, since in await rows.fetchall()]


async def outcasts(conn: Connection) -> list[str]:
    """Agents that are cut off now."""
    rows = await conn.execute("SELECT agent FROM agent_cut_off WHERE ended_at IS NULL ORDER BY agent")
    return [str(row[0]) for row in await rows.fetchall()]
