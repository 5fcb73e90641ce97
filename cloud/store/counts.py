"""How many of what, by state: what metrics show."""

from cloud.store.pool import Connection

_STATES: dict[str, tuple[str, ...]] = {
    "alert": ("raised", "acknowledged", "confirmed", "closed"),
    "fault": ("raised", "acknowledged", "closed"),
    "clip": ("pending", "stored", "verified", "failed", "pruned"),
    "work_order": ("open", "assigned", "taken", "waiting", "finished", "closed", "cancelled"),
}


async def by_state(conn: Connection) -> dict[str, dict[str, int]]:
    """Rows of each table by state; states without rows count 0."""
    rows = await conn.execute(
        "SELECT 'alert', state, count(*) FROM alert GROUP BY state"
        " UNION ALL SELECT 'fault', state, count(*) FROM fault GROUP BY state"
        " UNION ALL SELECT 'clip', state, count(*) FROM clip GROUP BY state"
        " UNION ALL SELECT 'work_order', state, count(*) FROM work_order GROUP BY state"
    )
    found = {table: dict.fromkeys(states, 0) for table, states in _STATES.items()}
    for table, state, count in await rows.fetchall():
        found[table][state] = int(count)
    return found


async def open_faults(conn: Connection) -> dict[tuple[str, str], int]:
    """How many faults are open, by kind and severity."""
    rows = await conn.execute(
        "SELECT kind, severity, count(*) FROM fault WHERE state <> 'closed' GROUP BY kind, severity"
    )
    return {(row[0], row[1]): int(row[2]) for row in await rows.fetchall()}
