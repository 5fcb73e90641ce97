"""Monthly partitions of the series on plain PostgreSQL, made before they are needed."""

from datetime import UTC, datetime
from typing import Final, Literal, get_args

from psycopg import sql

from cloud.store.pool import Connection

Series = Literal["event", "sensor_reading", "camera_minute"]
SERIES: Final[tuple[Series, ...]] = get_args(Series)
MONTHS_AHEAD: Final = 2
LOCK: Final = 0x50617274  # "Part"


async def ensure(conn: Connection, now: datetime) -> list[str]:
    """Make the partitions of this month and the next two where they are missing; the names of the new ones.

    Does nothing where the series are hypertables.
    """
    await conn.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
    made = []
    for table in SERIES:
        if not await _is_partitioned(conn, table):
            continue
        for ahead in range(MONTHS_AHEAD + 1):
            begin, end = _month(now, ahead), _month(now, ahead + 1)
            name = f"{table}_{begin:%Y_%m}"
            if await _exists(conn, name):
                continue
            await _make(conn, table, name, begin, end)
            made.append(name)
    return made


async def drop(conn: Connection, table: Series, before: datetime) -> None:
    """Drop the partitions, or chunks, of which every row is older than `before`."""
    if not await _is_partitioned(conn, table):
        await conn.execute("SELECT drop_chunks(%s::regclass, older_than => %s)", (table, before))
        return
    rows = await conn.execute(
        "SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = %s::regclass"
        " AND relname ~ '_[0-9]{4}_[0-9]{2}$' AND relname < %s",
        (table, f"{table}_{before:%Y_%m}"),
    )
    for (name,) in await rows.fetchall():
        await conn.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(name)))


async def _make(conn: Connection, table: str, name: str, begin: datetime, end: datetime) -> None:
    """A partition for [begin, end), with the rows of that time that lie in the default partition."""
    names = {
        "table": sql.Identifier(table),
        "part": sql.Identifier(name),
        "rest": sql.Identifier(f"{table}_default"),
        "begin": sql.Literal(begin),
        "end": sql.Literal(end),
    }
    for statement in (
        "CREATE TABLE {part} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)",
        (
            "WITH moved AS"
            " (DELETE FROM {rest} WHERE observed_at >= {begin} AND observed_at < {end} RETURNING *)"
            " INSERT INTO {part} SELECT * FROM moved"
        ),
        "ALTER TABLE {table} ATTACH PARTITION {part} FOR VALUES FROM ({begin}) TO ({end})",
    ):
        await conn.execute(sql.SQL(statement).format(**names))


def _month(now: datetime, ahead: int) -> datetime:
    months = now.year * 12 + now.month - 1 + ahead
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)


async def _is_partitioned(conn: Connection, table: str) -> bool:
    row = await (
        await conn.execute("SELECT relkind = 'p' FROM pg_class WHERE oid = %s::regclass", (table,))
    ).fetchone()
    return row is not None and bool(row[0])


async def _exists(conn: Connection, name: str) -> bool:
    row = await (await conn.execute("SELECT to_regclass(%s) IS NOT NULL", (name,))).fetchone()
    return row is not None and bool(row[0])
