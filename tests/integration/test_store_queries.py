"""Every query of cloud/store on PostgreSQL and on TimescaleDB: both give the same answers.

Whoever adds a query to cloud/store adds a line to the table of cases in `tests/integration/queries`; without
it `tests/house/test_queries_have_cases.py` fails and names it.
"""

import asyncio
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from cloud.store import migrate, partitions
from cloud.store.pool import Connection
from fallwatch.local.postgres import PostgresServer
from tests.fixtures.databases import fresh
from tests.integration.queries import CASES
from tests.integration.queries.made import At

OWN = ("migration", "rollup_due")
"""What differs: migrations for one of the two, and what is due where the database does not do it itself."""
AGGREGATES = ("camera_hour", "camera_day", "camera_month")
"""Views on TimescaleDB, tables elsewhere."""


@dataclass(frozen=True)
class Story:
    """What all cases answered on one database, and which rows they left."""

    migrated: migrate.Outcome
    answers: Mapping[str, object]
    rows: Mapping[str, list[str]]


async def _story(url: str) -> Story:
    migrated = await migrate.migrate(url)
    # One connection throughout, and nothing prepared on it: all connections to TimescaleDB are one backend.
    async with await psycopg.AsyncConnection.connect(url, autocommit=True, prepare_threshold=None) as conn:
        await conn.execute("DEALLOCATE ALL")
        await conn.execute("SET timezone TO 'UTC'")
        tables = await _tables(conn)
        await _number_ids(conn, tables)
        answers = {}
        for name, case in CASES.items():
            if name == "partitions.drop":
                await _run_jobs(conn)
            async with conn.transaction():
                answers[name] = await case(At(conn, await _oldest(conn, tables)))
        return Story(migrated, answers, {table: await _rows(conn, table) for table in (*tables, *AGGREGATES)})


async def _run_jobs(conn: Connection) -> None:
    """What TimescaleDB's workers do by themselves on a server: keep what minutes add up to before they go."""
    rows = await conn.execute("SELECT to_regclass('timescaledb_information.continuous_aggregates')")
    if (await rows.fetchall())[0][0] is not None:
        for name in AGGREGATES:
            await conn.execute(sql.SQL("CALL refresh_continuous_aggregate({}, NULL, NULL)").format(name))


async def _tables(conn: Connection) -> dict[str, str | None]:
    """Table → its column whose default is a random id, or None. Partitions are left out."""
    rows = await conn.execute(
        "SELECT relname, (SELECT attname FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum ="
        " adnum WHERE adrelid = pg_class.oid AND pg_get_expr(adbin, adrelid) = 'gen_random_uuid()')"
        " FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND NOT relispartition AND relname <> ALL(%s) ORDER BY relname",
        ([*OWN, *AGGREGATES],),
    )
    return dict(await rows.fetchall())


async def _number_ids(conn: Connection, tables: Mapping[str, str | None]) -> None:
    """Ids and salts are numbered instead of random, so that both databases give the same."""
    await conn.execute("CREATE SEQUENCE numbered")
    await conn.execute(
        "CREATE FUNCTION numbered_id() RETURNS uuid LANGUAGE sql SECURITY DEFINER"
        " AS $$ SELECT lpad(to_hex(nextval('public.numbered')), 32, '0')::uuid $$"
    )
    for table, column in tables.items():
        if column is not None:
            await conn.execute(
                sql.SQL("ALTER TABLE {} ALTER {} SET DEFAULT public.numbered_id()").format(
                    sql.Identifier(table), sql.Identifier(column)
                )
            )
    rows = await conn.execute(
        "SELECT replace(pg_get_functiondef(pg_proc.oid), 'gen_random_uuid()', 'public.numbered_id()')"
        " FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosrc LIKE '%gen_random_uuid()%'"
    )
    for (function,) in await rows.fetchall():
        await conn.execute(function)


async def _oldest(conn: Connection, tables: Mapping[str, str | None]) -> dict[str, UUID]:
    each = [
        sql.SQL("SELECT {}, min({}::text) FROM {}").format(
            sql.Literal(table), sql.Identifier(column), sql.Identifier(table)
        )
        for table, column in tables.items()
        if column is not None
    ]
    rows = await conn.execute(sql.SQL(" UNION ALL ").join(each))
    return {table: UUID(oldest) for table, oldest in await rows.fetchall() if oldest is not None}


async def _rows(conn: Connection, table: str) -> list[str]:
    name = sql.Identifier(table)
    rows = await conn.execute(sql.SQL("SELECT {}::text FROM {} ORDER BY 1").format(name, name))
    return [row[0] for row in await rows.fetchall()]


def _told(url: str) -> Story:
    # A thread of its own: pytest-asyncio may hold an event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _story(url)).result()


@pytest.fixture(scope="module")
def plain(postgres_server: PostgresServer) -> Iterator[Story]:
    with fresh(postgres_server) as url:
        yield _told(url)


@pytest.fixture(scope="module")
def timescale(timescaledb_url: str) -> Story:
    return _told(timescaledb_url)


def test_both_databases_give_the_same_answers(plain: Story, timescale: Story) -> None:
    for name in CASES:
        assert (name, timescale.answers[name]) == (name, plain.answers[name])


def test_both_databases_hold_the_same_rows(plain: Story, timescale: Story) -> None:
    assert timescale.rows == plain.rows


def test_each_database_takes_every_migration_but_the_others_own(plain: Story, timescale: Story) -> None:
    files = {file.name: file.requires for file in migrate.migrations()}
    for told, other in ((plain, migrate.TIMESCALEDB), (timescale, migrate.PLAIN)):
        assert set(told.migrated.applied) == {name for name, requires in files.items() if requires != other}


def test_the_series_are_hypertables(timescale: Story, timescaledb_url: str) -> None:
    assert timescale.answers
    with psycopg.connect(timescaledb_url, prepare_threshold=None) as connection:
        found = connection.execute(
            "SELECT hypertable_name, num_chunks FROM timescaledb_information.hypertables"
            " WHERE hypertable_schema = 'public'"
        ).fetchall()
    assert {name for name, _ in found} == set(partitions.SERIES)
    assert all(chunks for _, chunks in found), "a row makes a chunk"
