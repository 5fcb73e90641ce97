"""Spans of equal watching follow the minutes, in whatever order these come, on a real database."""

import random
from datetime import datetime, timedelta

from cloud.core.watched import MINUTE, Runs, Watched
from cloud.store import pool, series, watched
from contracts.messages import CameraMinute
from tests.fixtures.cloud import NOW, Device, seed

HOUR = NOW.replace(minute=0, second=0)
LENGTH = 40
CAMERAS = ("cam-east", "cam-west")


async def test_spans_are_what_the_minutes_say_in_whatever_order_they_came(database_url: str) -> None:
    async with pool.opened(database_url, max_size=1) as opened:
        await seed(opened, "box-a")
        for number in range(40):
            luck = random.Random(number)
            async with pool.transaction(opened) as conn:
                await conn.execute("TRUNCATE camera_minute, watched_span")
            for batch in _batches(luck):
                async with pool.transaction(opened) as conn:
                    await series.insert_minutes(conn, batch)
            begin, end = HOUR + luck.randrange(LENGTH) * MINUTE, HOUR + LENGTH * MINUTE
            async with pool.transaction(opened) as conn:
                rows = await conn.execute(
                    "SELECT camera, observed_at, watched_s FROM camera_minute ORDER BY camera, observed_at"
                )
                minutes = await rows.fetchall()
                whole = await watched.spans(conn, HOUR, end)
                part = await watched.spans(conn, begin, end - 5.5 * MINUTE, CAMERAS[:1])
            assert _each(whole) == _runs(minutes), f"luck {number}"
            kept = [row for row in minutes if row[0] == CAMERAS[0] and begin <= row[1] < end - 5.5 * MINUTE]
            assert _each(part) == _runs(kept), f"luck {number}"


def _batches(luck: random.Random) -> list[list[CameraMinute]]:
    """Minutes of two cameras, some twice because two boots watched a part of them each, in any order."""
    device, numbers = Device(), range(LENGTH)
    told = [
        (camera, number) for camera in CAMERAS for number in luck.sample(numbers, luck.randint(1, LENGTH))
    ]
    told += luck.sample(told, len(told) // 4)
    luck.shuffle(told)
    messages = [
        device.minute(
            HOUR + number * MINUTE + timedelta(seconds=luck.choice((0, 20))),
            luck.choice(SECONDS),
            camera=camera,
        )
        for camera, number in told
    ]
    size = luck.randint(1, len(messages))
    return [messages[at : at + size] for at in range(0, len(messages), size)]


SECONDS = (60.0, 60.0, 60.0, 30.0, 0.0)


def _each(found: dict[str, Runs]) -> dict[str, list[Watched]]:
    return {camera: list(runs.each(camera)) for camera, runs in found.items()}


def _runs(minutes: list[tuple[str, datetime, float]]) -> dict[str, list[Watched]]:
    found: dict[str, list[Watched]] = {}
    for camera, at, watched_s in minutes:
        runs = found.setdefault(camera, [])
        if runs and runs[-1].end == at and runs[-1].watched_s == watched_s:
            runs[-1] = Watched(camera, runs[-1].begin, runs[-1].minutes + 1, watched_s)
        else:
            runs.append(Watched(camera, at, 1, watched_s))
    return found
