"""Minutes that a fault blinded, and what cameras watched by hour, day and month, on a real database."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from cloud import timers
from cloud.core.days import ZONE
from cloud.store import equipment, pool, registry, rollups, series
from contracts.devices import DeviceFault
from tests.fixtures.cloud import NOW, Device, seed

MINUTE = timedelta(minutes=1)
HOUR = NOW.replace(minute=0, second=0)


@pytest.fixture
async def opened(database_url: str) -> AsyncIterator[pool.Pool]:
    async with pool.opened(database_url, max_size=2) as found:
        await seed(found, "box-a")
        yield found


async def _watch(opened: pool.Pool, begin: datetime, count: int) -> None:
    device = Device()
    async with pool.transaction(opened) as conn:
        await registry.mark_seen(conn, {"cam-east": begin})
        await series.insert_minutes(conn, [device.minute(begin + n * MINUTE, 60) for n in range(count)])


async def _report(opened: pool.Pool, message: DeviceFault) -> None:
    async with pool.transaction(opened) as conn:
        await equipment.report_fault(conn, message, "garden", NOW)


async def _watched(
    opened: pool.Pool, unit: rollups.Unit, begin: datetime, end: datetime
) -> list[rollups.Watched]:
    await timers.run_once(opened, timers.rollups, NOW)
    async with pool.transaction(opened) as conn:
        return await rollups.watched(conn, unit, begin, end)


async def test_a_fault_blinds_the_minutes_that_came_before_it_was_told_and_after(opened: pool.Pool) -> None:
    device = Device()
    await _watch(opened, HOUR, 4)
    await _report(opened, device.fault("covered", observed_at=HOUR + 2.5 * MINUTE))
    await _report(opened, device.fault("frozen", observed_at=HOUR + 3.5 * MINUTE))
    await _watch(opened, HOUR + 4 * MINUTE, 4)
    for kind, minutes in (("covered", 5.25), ("frozen", 5.0)):
        await _report(opened, device.fault(kind, "cleared", observed_at=HOUR + minutes * MINUTE))
    found = await _watched(opened, "minute", HOUR, HOUR + 8 * MINUTE)
    assert [minute.clear_s for minute in found] == [60, 60, 30, 0, 0, 45, 60, 60]
    (hour,) = await _watched(opened, "hour", HOUR, HOUR + 8 * MINUTE)
    assert (hour.due_s, hour.watched_s, hour.clear_s) == (480, 480, 315)
    assert (hour.availability, hour.integrity) == (1, 315 / 480)


async def test_a_mere_warning_blinds_nothing_until_it_becomes_serious(opened: pool.Pool) -> None:
    device = Device()
    await _watch(opened, HOUR, 3)
    await _report(opened, device.fault("soiled", severity="warning", observed_at=HOUR + MINUTE))
    assert [minute.integrity for minute in await _watched(opened, "minute", HOUR, HOUR + 3 * MINUTE)] == [
        1
    ] * 3
    await _report(opened, device.fault("soiled", severity="serious", observed_at=HOUR + 2 * MINUTE))
    found = await _watched(opened, "minute", HOUR, HOUR + 3 * MINUTE)
    assert [minute.integrity for minute in found] == [1, 0, 0]


async def test_days_begin_at_midnight_of_the_estate(opened: pool.Pool) -> None:
    midnight = NOW.astimezone(ZONE).replace(hour=0, minute=0, second=0)
    await _watch(opened, midnight - 2 * MINUTE, 5)
    yesterday, today = await _watched(opened, "day", midnight - timedelta(days=1), midnight + 4 * MINUTE)
    assert (yesterday.due_s, yesterday.watched_s) == (120, 120)
    assert (today.began_at, today.due_s, today.watched_s) == (midnight, 240, 180)
    (month,) = await _watched(opened, "month", midnight.replace(day=1), midnight + 4 * MINUTE)
    assert (month.due_s, month.watched_s) == (360, 300)


async def test_a_minute_that_comes_late_changes_what_was_counted(opened: pool.Pool) -> None:
    await _watch(opened, HOUR, 2)
    await _watched(opened, "hour", HOUR, HOUR + 3 * MINUTE)
    await _watch(opened, HOUR + 2 * MINUTE, 1)
    (hour,) = await _watched(opened, "hour", HOUR, HOUR + 3 * MINUTE)
    assert hour.watched_s == 180


async def test_a_camera_that_says_nothing_for_a_day_is_due_all_the_same(opened: pool.Pool) -> None:
    await _watch(opened, HOUR, 1)
    *_, silent = await _watched(opened, "hour", HOUR, HOUR + timedelta(hours=3))
    assert (silent.due_s, silent.watched_s, silent.availability, silent.integrity) == (3600, 0, 0, None)
