"""What is pruned and what is never: a held alert keeps its clip and its messages."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from cloud.config import RetentionSettings
from cloud.core import alarm
from cloud.evidence.pruning import prune
from cloud.store import alerts, clips, desk, events, holds, partitions, pool
from cloud.store.events import EventRow
from contracts.messages import FallingObject, encode
from tests.fixtures.cloud import NOW, Device, seed

LATER = NOW + timedelta(days=500)


@pytest.fixture
async def opened(database_url: str) -> AsyncIterator[pool.Pool]:
    async with pool.opened(database_url, max_size=2) as found:
        await seed(found, "box-a")
        yield found


class Deleted(list[str]):
    """Digests of objects that were deleted."""

    async def delete(self, sha256: str) -> None:
        self.append(sha256)


async def _fall(opened: pool.Pool, digest: str, *, closed: bool = True) -> tuple[UUID, FallingObject]:
    """An alert with a clip, and the message that raised it."""
    device = Device()
    fall = device.fall()
    row = EventRow("box-a", device.boot, fall.seq, NOW, fall.message_id, fall.kind, encode(fall).decode())
    async with pool.transaction(opened) as conn:
        await events.insert(conn, [row], NOW)
        await alerts.raise_alert(conn, fall, NOW)
        found = await conn.execute("SELECT id FROM alert WHERE message_id = %s", (fall.message_id,))
        ((alert,),) = await found.fetchall()
        await conn.execute(
            "INSERT INTO clip (event, agent, camera, state, sha256, announced_at) VALUES"
            " (%s, 'box-a', 'cam-east', 'pending', %s, %s)",
            (fall.message_id, digest, NOW),
        )
        await clips.store(conn, digest, "box-a", NOW)
        if closed:
            await desk.apply(conn, alert, alarm.Acknowledge("li"), NOW)
            await desk.apply(conn, alert, alarm.Close("li", "real_throw"), NOW)
    return alert, fall


async def _states(opened: pool.Pool) -> dict[str, str]:
    async with pool.transaction(opened) as conn:
        return dict(await (await conn.execute("SELECT sha256, state FROM clip")).fetchall())


async def _place(opened: pool.Pool, alert: UUID, days: int | None) -> UUID:
    until = None if days is None else NOW + timedelta(days=days)
    async with pool.transaction(opened) as conn:
        hold = await holds.place(conn, alert, by="li", reason="court 4", until=until, at=NOW)
    assert hold is not None
    return hold


async def test_a_held_clip_is_never_pruned_and_neither_is_the_message_that_proves_it(
    opened: pool.Pool,
) -> None:
    held, proof = await _fall(opened, "aa")
    await _fall(opened, "bb")
    await _fall(opened, "cc", closed=False)
    hold, deleted = await _place(opened, held, None), Deleted()
    async with pool.transaction(opened) as conn:
        await partitions.ensure(conn, NOW)
    pruned = await prune(opened, RetentionSettings().days(), deleted.delete, LATER)
    assert (pruned["events"], pruned["clips"], deleted) == (3, 1, ["bb"])
    assert await _states(opened) == {"aa": "stored", "bb": "pruned", "cc": "stored"}
    async with pool.transaction(opened) as conn:
        kept = await (await conn.execute("SELECT message_id, payload FROM event_held")).fetchall()
        assert [(identity, payload["score"]) for identity, payload in kept] == [
            (proof.message_id, proof.score)
        ]
        assert await (await conn.execute("SELECT to_regclass('event_2026_03')")).fetchall() == [(None,)]
        await holds.lift(conn, held, hold, by="li", reason="judged", at=LATER)
    await prune(opened, RetentionSettings().days(), deleted.delete, LATER)
    assert deleted == ["bb", "aa"]
    for statement in ("DELETE FROM legal_hold", "UPDATE legal_hold SET lift_reason = 'other'"):
        with pytest.raises(psycopg.errors.RaiseException):
            async with pool.transaction(opened) as conn:
                await conn.execute(statement.encode())


async def test_a_hold_ends_by_itself_at_its_time(opened: pool.Pool) -> None:
    alert, _ = await _fall(opened, "aa")
    await _place(opened, alert, 300)
    for days, state in ((299, "stored"), (301, "pruned")):
        await prune(opened, RetentionSettings().days(), Deleted().delete, NOW + timedelta(days=days))
        assert await _states(opened) == {"aa": state}


async def test_what_was_pruned_is_told_in_the_audit_log(opened: pool.Pool) -> None:
    await _fall(opened, "aa")
    await prune(opened, RetentionSettings().days(), Deleted().delete, LATER)
    await prune(opened, RetentionSettings().days(), Deleted().delete, LATER)
    async with pool.transaction(opened) as conn:
        rows = await conn.execute(
            "SELECT subject, content ->> 'rows' FROM audit WHERE action = 'pruned' ORDER BY subject"
        )
        assert await rows.fetchall() == [("clips", "1"), ("events", "1")]


async def test_bytes_that_another_clip_needs_stay(opened: pool.Pool) -> None:
    held, _ = await _fall(opened, "aa")
    await _fall(opened, "aa")
    await _place(opened, held, None)
    deleted = Deleted()
    await prune(opened, RetentionSettings().days(), deleted.delete, LATER)
    assert deleted == []


async def test_a_store_that_is_down_leaves_the_object_for_the_next_time(opened: pool.Pool) -> None:
    await _fall(opened, "aa")

    async def down(_: str) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await prune(opened, RetentionSettings().days(), down, LATER)
    deleted = Deleted()
    await prune(opened, RetentionSettings().days(), deleted.delete, LATER)
    assert deleted == ["aa"]


async def test_what_is_kept_for_ever_is_not_pruned(opened: pool.Pool) -> None:
    await _fall(opened, "aa")
    keep = RetentionSettings(clips_days=None, events_days=None)
    assert await prune(opened, keep.days(), Deleted().delete, LATER) == {
        "readings": 0,
        "minutes": 0,
        "fault_pictures": 0,
        "dead_letters": 0,
    }
