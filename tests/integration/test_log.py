"""The append-only log on a real database: everything comes in, in one order, and changes are seen."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from cloud.core import merkle
from cloud.core.head import believed
from cloud.evidence import heads
from cloud.evidence.heads import LogBroken, Signer
from cloud.ingest.handle import commit_batch, read
from cloud.store import audit, clips, log, pool
from cloud.store.audit import Act
from fallwatch.local.pki import Authority
from tests.fixtures.cloud import NOW, Device, envelope, seed

SIGNER = Signer(ec.generate_private_key(ec.SECP256R1()))


@pytest.fixture
async def opened(database_url: str) -> AsyncIterator[pool.Pool]:
    async with pool.opened(database_url, max_size=4) as found:
        await seed(found, "box-a")
        yield found


def act(number: int) -> Act:
    return Act("li", "viewed", "alert", str(number), "garden", "a complaint")


async def enter(opened: pool.Pool, count: int) -> None:
    async with pool.transaction(opened) as conn:
        for number in range(count):
            await audit.enter(conn, act(number), NOW)


async def enter_for_nobody(opened: pool.Pool) -> None:
    """Two rows of a transaction that fails with the second."""
    async with pool.transaction(opened) as conn:
        await audit.enter(conn, act(2), NOW)
        await audit.enter(conn, Act("li", "viewed", "alert", "3", "no such estate"), NOW)


async def sealed(opened: pool.Pool) -> list[log.Leaf]:
    async with pool.transaction(opened) as conn:
        await log.seal(conn, NOW)
        return await log.leaves(conn, 1, await log.size(conn))


async def test_what_people_do_and_what_becomes_of_clips_and_alerts_comes_into_the_log(
    opened: pool.Pool, authority: Authority
) -> None:
    device = Device(credentials=authority.issue("box-a"))
    fall = device.fall()
    clip = device.clip(fall, b"a film")
    outcome = await commit_batch(opened, None, read([envelope(fall), envelope(clip)]), NOW)
    assert outcome.refused == []
    async with pool.transaction(opened) as conn:
        await clips.store(conn, clip.sha256, "box-a", NOW)
        await audit.enter(conn, act(1), NOW)
    entries = [(leaf.kind, json.loads(leaf.entry)) for leaf in await sealed(opened)]
    assert [kind for kind, _ in entries] == ["alert", "clip", "clip", "audit"]
    raised, announced, stored, viewed = (entry["content"] for _, entry in entries)
    assert (raised["what"], raised["message_id"], raised["camera"]) == (
        "raised",
        str(fall.message_id),
        "cam-east",
    )
    assert (announced["manifest"], announced["signature"]) == (clip.manifest, clip.signature)
    assert (announced["state"], announced["sha256"]) == ("pending", clip.sha256)
    assert (stored["state"], stored["hash_matches"], stored["event"]) == (
        "stored",
        True,
        str(fall.message_id),
    )
    assert (viewed["by"], viewed["action"], viewed["purpose"]) == ("li", "viewed", "a complaint")
    assert len({entry["salt"] for _, entry in entries}) == 4


async def test_a_row_that_commits_late_is_passed_over_by_nobody_and_one_that_fails_leaves_no_hole(
    opened: pool.Pool,
) -> None:
    async with pool.transaction(opened) as slow:
        await audit.enter(slow, act(1), NOW)
        with pytest.raises(pool.RowRefused):
            await enter_for_nobody(opened)
        await enter(opened, 1)
        assert [leaf.subject for leaf in await sealed(opened)] == ["4"]
    leaves = await sealed(opened)
    assert [(leaf.index, leaf.subject) for leaf in leaves] == [(1, "4"), (2, "1")]


async def test_sealers_at_once_give_each_row_one_place(opened: pool.Pool) -> None:
    async def write_and_seal(count: int) -> None:
        for _ in range(5):
            await enter(opened, count)
            async with pool.transaction(opened) as conn:
                await log.seal(conn, NOW, limit=3)

    await asyncio.gather(*(write_and_seal(count) for count in (1, 2, 3)))
    leaves = await sealed(opened)
    assert [leaf.index for leaf in leaves] == list(range(1, 31))
    assert len({leaf.subject for leaf in leaves}) == 30
    async with pool.transaction(opened) as conn:
        assert await log.root(conn, 30) == merkle.whole_root([leaf.hash for leaf in leaves])
        assert await log.waiting(conn) == 0


async def test_a_head_speaks_of_all_that_was_committed_and_names_the_one_before(opened: pool.Pool) -> None:
    async with pool.transaction(opened) as conn:
        assert await heads.sign(conn, SIGNER, NOW) is None, "nothing is in the log"
    await enter(opened, 5)
    async with pool.transaction(opened) as conn:
        first = await heads.sign(conn, SIGNER, NOW)
    await enter(opened, 8)
    async with pool.transaction(opened) as conn:
        second = await heads.sign(conn, SIGNER, NOW + timedelta(hours=1))
        assert first is not None
        assert second is not None
        head = believed(second.signed, SIGNER.trusted)
        assert (head.number, head.size, head.previous) == (2, 13, first.signed.digest)
        assert (await log.head_covering(conn, 5), await log.head_covering(conn, 6)) == (first, second)
        for leaf in await log.leaves(conn, 1, 13):
            proof = await log.inclusion(conn, leaf.index, 13)
            merkle.require_inclusion(leaf.entry, leaf.index, 13, bytes.fromhex(head.root), proof)
        begin = believed(first.signed, SIGNER.trusted)
        merkle.require_consistency(
            (5, bytes.fromhex(begin.root)), (13, bytes.fromhex(head.root)), await log.consistency(conn, 5, 13)
        )


async def test_a_head_is_made_when_a_proof_is_wanted_and_none_speaks_of_the_entry_yet(
    opened: pool.Pool,
) -> None:
    await enter(opened, 2)
    async with pool.transaction(opened) as conn:
        made = await heads.covering(conn, SIGNER, 2, NOW)
        assert made is not None
        assert await heads.covering(conn, SIGNER, 1, NOW) == made


async def test_a_new_key_goes_on_where_the_old_one_stopped(opened: pool.Pool) -> None:
    fresh = ec.generate_private_key(ec.SECP256R1())
    await enter(opened, 2)
    async with pool.transaction(opened) as conn:
        await heads.sign(conn, SIGNER, NOW)
        with pytest.raises(LogBroken, match="not trusted"):
            await heads.sign(conn, Signer(fresh), NOW)
        second = await heads.sign(conn, Signer(fresh, (SIGNER.key.public_key(),)), NOW)
        assert second is not None
        assert second.number == 2


TAMPERED = {
    "the last leaf was changed": "UPDATE log_leaf SET hash = sha256('x') WHERE index = 5",
    "the last leaves were cut off": "DELETE FROM log_leaf WHERE index > 3",
    "a node of the edge was changed": "UPDATE log_node SET hash = sha256('x') WHERE level = 2",
    "the head was changed": "UPDATE log_head SET content = replace(content, '\"size\":5', '\"size\":4')",
    "the head was put elsewhere": "UPDATE log_head SET size = 4",
}


@pytest.mark.parametrize("change", TAMPERED.values(), ids=TAMPERED)
async def test_no_head_is_signed_of_a_log_that_does_not_continue_the_last(
    opened: pool.Pool, database_url: str, change: str
) -> None:
    await enter(opened, 5)
    async with pool.transaction(opened) as conn:
        await heads.sign(conn, SIGNER, NOW)
    await asyncio.to_thread(_as_owner, database_url, change)
    await enter(opened, 2)
    with pytest.raises(LogBroken):
        async with pool.transaction(opened) as conn:
            await heads.sign(conn, SIGNER, NOW)
    async with pool.transaction(opened) as conn:
        newest = await log.newest_head(conn)
    assert newest is not None
    assert newest.number == 1


def _as_owner(url: str, statement: str) -> None:
    """Somebody with every right on the database, who knows of the triggers."""
    with psycopg.connect(url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute(statement)


async def test_the_database_itself_refuses_changes_to_what_is_only_ever_added(
    opened: pool.Pool, database_url: str
) -> None:
    await enter(opened, 2)
    async with pool.transaction(opened) as conn:
        await heads.sign(conn, SIGNER, NOW)
    for table in ("audit", "log_leaf", "log_node", "log_head"):
        for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with psycopg.connect(database_url) as conn, pytest.raises(psycopg.Error, match="only ever added"):
                conn.execute(statement)
