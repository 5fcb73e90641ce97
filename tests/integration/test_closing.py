"""Days are closed once, and told again only of what was delivered late; what nobody delivered is found."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from cloud.core.alarm import Acknowledge
from cloud.core.day_digest.facts import CLOSES_AFTER, day_of, window
from cloud.evidence import closing, verify
from cloud.evidence.closing import Closed, close_due
from cloud.ingest.handle import commit_batch, read
from cloud.store import closed_days, doubts, faults, log, maintenance, pool, retention
from contracts.base import Durable
from fallwatch.local.pki import Authority
from tests.fixtures.cloud import NOW, Device, envelope
from tests.fixtures.coverage import furnish

DAY = day_of(NOW)
BEGIN, END = window(DAY)
CLOSING = END + CLOSES_AFTER
MINUTE = timedelta(minutes=1)


class Killed(Exception):  # noqa: N818 - it is what happened
    """After the rows were read, before the day is closed."""


async def come(opened: pool.Pool, authority: Authority, messages: Sequence[Durable], at: datetime) -> None:
    batch = read([envelope(message) for message in messages])
    assert not (await commit_batch(opened, verify.authority(authority.ca_path), batch, at)).refused


async def watched_for_an_hour(opened: pool.Pool, authority: Authority, device: Device) -> None:
    """From the device's time on, and told at once."""
    await furnish(opened, BEGIN)
    minutes = [device.minute(device.at + number * MINUTE, 60) for number in range(60)]
    await come(opened, authority, [device.camera("streaming"), *minutes], device.at + 60 * MINUTE)


async def entries(opened: pool.Pool) -> int:
    async with pool.transaction(opened) as conn:
        await log.seal_all(conn, CLOSING)
        return len((await closed_days.entries(conn, "garden", [DAY])).get(DAY, ()))


async def differences(opened: pool.Pool, at: datetime) -> list[str]:
    (found,) = await closing.audit(opened, "garden", DAY, DAY, at)
    return [words.en for words in found.differences]


async def test_a_day_is_closed_when_it_is_over_once_by_however_many_and_by_who_comes_after_a_kill(
    database_url: str, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pool.opened(database_url, max_size=4) as opened:
        await watched_for_an_hour(opened, authority, Device(at=NOW))
        assert await close_due(opened, CLOSING - MINUTE) == Closed(0, 0)
        put = closed_days.put

        async def killed(*given: Any) -> None:
            await put(*given)
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(closed_days, "put", killed)
            with pytest.raises(Killed):
                await close_due(opened, CLOSING)
        assert await entries(opened) == 0
        done = await asyncio.gather(*(close_due(opened, CLOSING) for _ in range(3)))
        assert sum(each.closed for each in done) == 1
        assert await entries(opened) == 1
        assert not await differences(opened, CLOSING)
        async with pool.transaction(opened) as conn:
            assert await closing.waits_s(conn, CLOSING) == 0
            assert await closing.waits_s(conn, END + timedelta(days=1, hours=37)) == 37 * 3600
            await retention.prune(conn, "minutes", END, CLOSING)
        assert not await differences(opened, CLOSING), "what certificates need outlives the minutes"


async def test_a_delivery_that_comes_late_adds_an_entry_and_what_nobody_delivered_is_found(
    database_url: str, authority: Authority
) -> None:
    async with pool.opened(database_url, max_size=4) as opened:
        device = Device(at=NOW)
        await watched_for_an_hour(opened, authority, device)
        await close_due(opened, CLOSING)
        later = CLOSING + timedelta(days=3)
        messages = [device.minute(NOW + (60 + number) * MINUTE, 60) for number in range(5)]
        lost = device.camera("lost", at=NOW + 65 * MINUTE)
        await come(opened, authority, [*messages, lost], later)
        done = await close_due(opened, later)
        assert done.closed == 3, "the days that have passed meanwhile"
        assert done.late == 1
        assert await entries(opened) == 2
        assert not await differences(opened, later)
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(
                "INSERT INTO watched_span VALUES ('cam-west', %s, %s, 60)", (BEGIN, BEGIN + 9 * MINUTE)
            )
        assert await close_due(opened, later) == Closed(0, 0), "no delivery was announced"
        looked, found = await closing.check_days(opened, lambda _: True, later)
        assert looked == 4
        assert [words.en for words in found] == await differences(opened, later)
        assert "camera/cam-west 2026-03-05 minutes 00:00-00:09 UTC+8" in found[0].en
        async with pool.transaction(opened) as conn:
            assert await closed_days.differing(conn) == 1


async def test_a_fault_that_grows_graver_days_later_doubts_the_pose_since_then_and_that_is_no_tampering(
    database_url: str, authority: Authority
) -> None:
    async with pool.opened(database_url, max_size=4) as opened:
        device = Device(at=NOW)
        await watched_for_an_hour(opened, authority, device)
        await come(opened, authority, [device.fault("moved", severity="warning")], NOW + 60 * MINUTE)
        await close_due(opened, CLOSING)
        later = NOW + timedelta(days=2)
        graver = device.fault("moved", severity="serious", observed_at=later)
        await come(opened, authority, [graver], later)
        assert await close_due(opened, later) == Closed(1, 1)
        assert not await differences(opened, later)
        async with pool.transaction(opened) as conn:
            await doubts.end(conn, ["cam-east"], "li", "looked", later + MINUTE)
            (fault,) = [each for each in await faults.since(conn, BEGIN) if each.kind == "moved"]
            held = await faults.hold(conn, fault.id)
            assert held is not None
            await maintenance.step_fault(conn, held, Acknowledge("li"), later + 2 * MINUTE)
            assert not await doubts.standing(conn), "who acknowledges it has not moved it again"
