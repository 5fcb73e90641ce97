"""What agents learnt of their own clocks, and which alerts it corrects."""

from cloud.store.changes import Change
from cloud.store.pool import Connection
from contracts.devices import ClockSet

CLOCK = (
    "CASE WHEN alert.payload #>> '{clock,uncertainty_s}' IS NOT NULL THEN 'known'"
    " WHEN learnt.offset_s IS NOT NULL THEN 'corrected' ELSE 'unknown' END"
)
"""Whether an alert's time can be trusted, in a query that has `LEARNT`."""
LEARNT = (
    " LEFT JOIN LATERAL (SELECT clock_set.offset_s FROM clock_set"
    " WHERE alert.payload #>> '{clock,uncertainty_s}' IS NULL AND clock_set.agent = alert.agent"
    " AND clock_set.boot = (alert.payload ->> 'boot')::uuid"
    " AND clock_set.seq > (alert.payload ->> 'seq')::bigint ORDER BY clock_set.seq LIMIT 1) learnt ON true"
)
"""Joins what was learnt after an alert's message was stamped by an unknown clock."""


def corrected(instant: str) -> str:
    """SQL: an instant of an alert's message less what its clock was ahead, in a query that has `LEARNT`."""
    return f"{instant} - make_interval(secs => coalesce(learnt.offset_s, 0))"


async def learn(conn: Connection, message: ClockSet) -> list[Change]:
    """Keep what an agent learnt of a clock of which nothing was known; the alerts that it corrects.

    A clock that was thought to be known corrects nothing: what it stamped is told to be within its bound.
    """
    if message.before.uncertainty_s is not None or message.after.uncertainty_s is None:
        return []
    await conn.execute(
        "INSERT INTO clock_set (agent, boot, seq, offset_s, uncertainty_s, source)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (
            message.agent,
            message.boot,
            message.seq,
            message.offset_s,
            message.after.uncertainty_s,
            message.source,
        ),
    )
    rows = await conn.execute(
        "SELECT id, message_id FROM alert WHERE agent = %s AND (payload ->> 'boot')::uuid = %s"
        " AND (payload ->> 'seq')::bigint < %s AND payload #>> '{clock,uncertainty_s}' IS NULL",
        (message.agent, message.boot, message.seq),
    )
    return [Change("alert", str(row[0]), row[1]) for row in await rows.fetchall()]
