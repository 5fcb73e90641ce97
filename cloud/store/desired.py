"""What operators want of agents, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from psycopg.rows import class_row

from cloud.store.changes import Change
from cloud.store.pool import Connection, Jsonb
from contracts.devices import DesiredReport, DesiredState

LOCK = 0x44657369  # "Desi"
NEWEST: Final = "(SELECT DISTINCT ON (agent) * FROM desired_outcome ORDER BY agent, version DESC)"
"""SQL: what each agent that reported has said of the newest version it has judged; `now` is the one that
counts on its box."""


@dataclass(frozen=True, slots=True)
class WantedRow:
    """One version, and what became of it; the last four are None before the agent has reported."""

    version: int
    issued_at: datetime
    issued_by: str
    published_at: datetime | None
    outcome: str | None
    now: int | None
    reason: str | None
    observed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """wanted: the newest version. The others: what was reported last, of whichever version."""

    wanted: int
    reported: int | None
    outcome: str | None
    now: int | None
    reason: str | None


async def lock(conn: Connection, agent: str) -> bool:
    """Hold others off this agent's versions until commit; False where there is no such agent."""
    row = await (
        await conn.execute("SELECT 1 FROM agent WHERE id = %s FOR NO KEY UPDATE", (agent,))
    ).fetchone()
    return row is not None


async def highest(conn: Connection, agent: str) -> int:
    """The highest version that was issued, or that the agent speaks of; 0 where there is none.

    An agent may know more than a database that was restored.
    """
    row = await (
        await conn.execute(
            "SELECT greatest((SELECT max(version) FROM desired WHERE agent = %s),"
            " (SELECT max(version) FROM desired_report WHERE agent = %s), 0)",
            (agent, agent),
        )
    ).fetchone()
    assert row is not None
    return int(row[0])


async def issue(conn: Connection, agent: str, state: DesiredState) -> list[Change]:
    """A new version."""
    await conn.execute(
        "INSERT INTO desired (agent, version, issued_at, issued_by, content) VALUES (%s, %s, %s, %s, %s)",
        (agent, state.version, state.issued_at, state.issued_by, Jsonb(state.model_dump(mode="json"))),
    )
    return [Change("agent", agent)]


async def newest(conn: Connection, agent: str) -> DesiredState | None:
    """What is wanted of an agent now."""
    row = await (
        await conn.execute(
            "SELECT content FROM desired WHERE agent = %s ORDER BY version DESC LIMIT 1", (agent,)
        )
    ).fetchone()
    return None if row is None else DesiredState.model_validate(row[0])


async def history(conn: Connection, agent: str, limit: int = 20) -> list[WantedRow]:
    """The last versions, newest first."""
    async with conn.cursor(row_factory=class_row(WantedRow)) as cursor:
        await cursor.execute(
            "SELECT desired.version, issued_at, issued_by, published_at, told.outcome, told.now, told.reason,"
            " told.observed_at FROM desired LEFT JOIN desired_outcome told USING (agent, version)"
            " WHERE agent = %s ORDER BY version DESC LIMIT %s",
            (agent, limit),
        )
        return await cursor.fetchall()


async def report(conn: Connection, message: DesiredReport) -> list[Change]:
    """The agent says what became of a version."""
    await conn.execute(
        "INSERT INTO desired_report (agent, version, outcome, now, reason, observed_at)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (agent, version, outcome) DO UPDATE"
        " SET now = excluded.now, reason = excluded.reason, observed_at = excluded.observed_at",
        (
            message.agent,
            message.version,
            message.outcome,
            message.now,
            message.reason,
            message.observed_at,
        ),
    )
    return [Change("agent", message.agent, message.message_id)]


async def standings(conn: Connection) -> dict[str, Standing]:
    """Where each agent stands of which something is wanted."""
    rows = await conn.execute(
        "SELECT agent, wanted, told.version, told.outcome, told.now, told.reason"  # noqa: S608 - own words
        " FROM (SELECT agent, max(version) AS wanted FROM desired GROUP BY agent) newest"
        f" LEFT JOIN {NEWEST} told USING (agent)"
    )
    return {row[0]: Standing(*row[1:]) for row in await rows.fetchall()}


async def to_publish(conn: Connection, *, again: bool) -> list[tuple[str, DesiredState]] | None:
    """(agent, newest state) of those that were not published; `again`: of all.

    None while another program publishes: they take turns, so that an older version never overtakes.
    """
    row = await (await conn.execute("SELECT pg_try_advisory_xact_lock(%s)", (LOCK,))).fetchone()
    if row is None or not row[0]:
        return None
    rows = await conn.execute(
        "SELECT agent, content FROM desired"
        " WHERE version = (SELECT max(version) FROM desired other WHERE other.agent = desired.agent)"
        " AND (%s OR published_at IS NULL) ORDER BY agent",
        (again,),
    )
    return [(row[0], DesiredState.model_validate(row[1])) for row in await rows.fetchall()]


async def published(conn: Connection, agent: str, version: int, at: datetime) -> None:
    """The broker has this version, and with it the need of all before has gone."""
    await conn.execute(
        "UPDATE desired SET published_at = %s WHERE agent = %s AND version <= %s AND published_at IS NULL",
        (at, agent, version),
    )
