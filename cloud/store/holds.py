"""Legal holds: alerts of which nothing is pruned, who asked for it, why, until when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString
from uuid import UUID

from psycopg.rows import class_row

from cloud.store import audit
from cloud.store.audit import Act
from cloud.store.pool import Connection


def held(at: LiteralString) -> LiteralString:
    """SQL: whether `alert` is held at that SQL's time."""
    return f"EXISTS (SELECT FROM legal_hold WHERE legal_hold.alert = alert.id AND {_stands(at)})"


def _stands(at: LiteralString) -> LiteralString:
    return f"lifted_at IS NULL AND (until IS NULL OR until > {at})"


_HOLD: Final = "id, reason, by, at, until, lifted_by, lifted_at, lift_reason"


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold. until: when it ends by itself; None: when somebody lifts it."""

    id: UUID
    reason: str
    by: str
    at: datetime
    until: datetime | None
    lifted_by: str | None
    lifted_at: datetime | None
    lift_reason: str | None


async def place(
    conn: Connection, alert: UUID, *, by: str, reason: str, until: datetime | None, at: datetime
) -> UUID | None:
    """Hold an alert with its clip and messages; None where there is no such alert."""
    estate = await _estate(conn, alert)
    if estate is None:
        return None
    row = await (
        await conn.execute(
            "INSERT INTO legal_hold (alert, reason, by, at, until) VALUES (%s, %s, %s, %s, %s) RETURNING id",
            (alert, reason, by, at, until),
        )
    ).fetchone()
    assert row is not None
    content = {"hold": str(row[0]), "until": None if until is None else until.isoformat()}
    await audit.enter(conn, Act(by, "held", "alert", str(alert), estate, reason, content), at)
    return UUID(str(row[0]))


async def lift(conn: Connection, alert: UUID, hold: UUID, *, by: str, reason: str, at: datetime) -> bool:
    """End a hold; False where this alert has none of that id that is still active."""
    done = await conn.execute(
        "UPDATE legal_hold SET lifted_by = %s, lifted_at = %s, lift_reason = %s"
        " WHERE id = %s AND alert = %s AND lifted_at IS NULL",
        (by, at, reason, hold, alert),
    )
    if not done.rowcount:
        return False
    act = Act(by, "released", "alert", str(alert), purpose=reason, content={"hold": str(hold)})
    await audit.enter(conn, act, at)
    return True


async def of_alert(conn: Connection, alert: UUID) -> list[HoldRow] | None:
    """Every hold that an alert has had, oldest first; None where there is no such alert."""
    if await _estate(conn, alert) is None:
        return None
    async with conn.cursor(row_factory=class_row(HoldRow)) as cursor:
        await cursor.execute(
            f"SELECT {_HOLD} FROM legal_hold WHERE alert = %s ORDER BY at, id",  # noqa: S608 - own words
            (alert,),
        )
        return await cursor.fetchall()


async def active(conn: Connection, at: datetime, limit: int = 200) -> list[tuple[UUID, HoldRow]]:
    """(alert, hold) of what is held now, the newest first."""
    rows = await conn.execute(
        f"SELECT alert, {_HOLD} FROM legal_hold WHERE {_stands('%s')} ORDER BY at DESC, id LIMIT %s",  # noqa: S608 - own words
        (at, limit),
    )
    return [(alert, HoldRow(*hold)) for alert, *hold in await rows.fetchall()]


async def _estate(conn: Connection, alert: UUID) -> str | None:
    row = await (
        await conn.execute(
            "SELECT agent.estate FROM alert JOIN agent ON agent.id = alert.agent WHERE alert.id = %s",
            (alert,),
        )
    ).fetchone()
    return None if row is None else str(row[0])
