"""Writers that meet at the same conditions of a real database leave each of them active once at most."""

from bench.measure.alarms import DUPLICATES, crowd
from cloud.store import pool


async def test_eight_writers_on_the_same_conditions_leave_none_active_twice(database_url: str) -> None:
    run = await crowd(database_url, writers=8, conditions=20, rounds=4, seed=1)
    assert run.acts.total() == 8 * 20 * 4
    assert run.raised > 20, "they came and went"
    assert run.settled > 0, "and were put beneath causes meanwhile"
    assert (run.duplicate_active, run.out_of_turn) == (0, 0)


async def test_the_count_would_find_a_condition_that_was_active_twice(database_url: str) -> None:
    await crowd(database_url, writers=1, conditions=2, rounds=4, seed=1)
    async with pool.opened(database_url, max_size=1) as opened, pool.transaction(opened) as conn:
        await conn.execute(
            "INSERT INTO fault (kind, subject_type, subject, estate, state, since, cleared_at, tell_at,"
            " reason)"
            " SELECT kind, subject_type, subject, estate, 'closed', since, since + interval '1 ms', since, ''"
            " FROM fault LIMIT 1"
        )
        row = await (await conn.execute(DUPLICATES.encode())).fetchone()
    assert row == (1,)
