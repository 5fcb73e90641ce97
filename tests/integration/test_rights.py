"""The database keeps estates apart by itself, whatever the program forgets."""

import itertools
from collections.abc import AsyncIterator
from typing import get_args

import psycopg
import pytest

from cloud.store import audit, migrate, pool, registry, rights, whose
from cloud.store.audit import Act
from cloud.store.changes import Topic
from cloud.store.pool import Principal
from tests.fixtures.cloud import NOW, seed
from tests.fixtures.estates import park

LI = Principal("li", frozenset({"garden"}))


@pytest.fixture
async def opened(database_url: str) -> AsyncIterator[pool.Pool]:
    async with pool.opened(database_url, max_size=2) as found:
        await seed(found, "box-a")
        async with pool.transaction(found) as conn:
            await registry.seed(conn, park())
        yield found


async def test_every_table_has_a_rule_or_a_reason_why_it_is_closed(opened: pool.Pool) -> None:
    async with pool.transaction(opened) as conn:
        rows = await conn.execute(
            "SELECT relname, relrowsecurity, (SELECT array_agg(privilege_type::text ORDER BY 1) FROM"
            " information_schema.table_privileges WHERE grantee = %s AND table_schema = 'public'"
            " AND table_name = relname) FROM pg_class JOIN pg_namespace space ON space.oid = relnamespace"
            " WHERE nspname = 'public' AND relkind IN ('r', 'p', 'v', 'm') AND NOT relispartition",
            (pool.API_ROLE,),
        )
        found = {name: (secured, grants) for name, secured, grants in await rows.fetchall()}
    named = (rights.RULES, rights.VIEWS, rights.CLOSED, rights.OPEN)
    for one, other in itertools.combinations(named, 2):
        assert set(one) & set(other) == set()
    assert set(found) == set().union(*named), "in rights.py: each table once, and nothing that is not there"
    for table, (secured, grants) in found.items():
        assert secured == (table in rights.RULES), table
        if table in rights.CLOSED or table in rights.VIEWS:
            assert grants is None, f"{table} is read through a view or not at all"


async def test_a_statement_that_forgets_the_estate_gets_ones_own_and_no_more(opened: pool.Pool) -> None:
    async with pool.transaction(opened, as_=LI) as conn:
        for table in (*rights.RULES, *rights.VIEWS):
            if table != "account":
                await conn.execute(f"SELECT * FROM {table}".encode())
        assert [row.id for row in await registry.estates(conn)] == ["garden"]
        assert {row.agent for row in await registry.cameras(conn)} == {"box-a", "other-box"}
        moved = await conn.execute("UPDATE agent SET name_en = 'mine' WHERE id = 'park-box'")
        assert moved.rowcount == 0
    async with pool.transaction(opened) as conn:
        assert {row.id for row in await registry.estates(conn)} == {"garden", "park"}


async def test_nothing_can_be_written_into_another_estate_nor_in_anothers_name(opened: pool.Pool) -> None:
    for act in (Act("li", "viewed", "estate", "park", "park"), Act("wang", "viewed", "estate", "garden")):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with pool.transaction(opened, as_=LI) as conn:
                await audit.enter(conn, act, NOW)
    for statement in (
        "DELETE FROM audit",
        "DELETE FROM legal_hold",
        "UPDATE legal_hold SET reason = 'x'",
        "INSERT INTO facade VALUES ('new', 'park', '9', 'x', 'x', 1, 1)",
        "INSERT INTO camera VALUES ('new', 'park-box', 'x', 'x')",
        "UPDATE camera SET first_seen_at = now()",
        "SELECT password_hash FROM account",
        "SELECT * FROM session",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with pool.transaction(opened, as_=LI) as conn:
                await conn.execute(statement.encode())


async def test_rights_end_with_the_transaction(opened: pool.Pool) -> None:
    async with pool.transaction(opened, as_=LI) as conn:
        await audit.enter(conn, Act("li", "viewed", "agent", "box-a"), NOW)
    for _ in range(2):
        async with pool.transaction(opened) as conn:
            row = await (
                await conn.execute("SELECT current_user, current_setting('fallwatch.estates', true)")
            ).fetchone()
            assert row is not None
            assert (row[0] != pool.API_ROLE, row[1] in {None, ""}) == (True, True)
            assert await (await conn.execute("SELECT estate FROM audit")).fetchall() == [("garden",)]


def test_every_topic_finds_its_estate() -> None:
    assert set(get_args(Topic)) <= set(whose.WAYS)


async def test_rights_that_were_changed_are_brought_back_by_migrating(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP POLICY own_estates ON alert")
        connection.execute("UPDATE migration SET checksum = 'old' WHERE name = 'rights.py'")
    await migrate.migrate(database_url)
    with psycopg.connect(database_url) as connection:
        query = "SELECT count(*) FROM pg_policies WHERE tablename = 'alert'"
        assert connection.execute(query).fetchone() == (1,)
