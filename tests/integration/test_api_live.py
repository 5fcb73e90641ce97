"""The hub: a browser that reads too slowly is cut off, and has the rest replayed when it comes back."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from prometheus_client import CollectorRegistry

from cloud import logs, metrics
from cloud.api import live
from cloud.api.live import Hub
from cloud.store import changes, pool
from cloud.store.accounts import Account
from fallwatch.local import wait
from tests.fixtures.cloud import NOW, seed

DEADLINE_S = 20
GUARD = Account("li", "李", "Li", "desk", "", frozenset({"garden"}))


@pytest.fixture
async def opened(database_url: str) -> AsyncIterator[pool.Pool]:
    async with pool.opened(database_url, max_size=4) as found:
        await seed(found, "box-a")
        yield found


async def yes() -> bool:
    return True


async def log(opened: pool.Pool, number: int) -> None:
    async with pool.transaction(opened) as conn:
        await changes.record(
            conn, [changes.Change("agent", "box-a", UUID(int=n)) for n in range(number)], NOW
        )


def numbers(events: list[str]) -> list[int]:
    return [
        int(event.splitlines()[1].removeprefix("id: "))
        for event in events
        if event.startswith("event: change")
    ]


async def test_a_slow_browser_is_cut_off_and_has_the_rest_replayed(
    opened: pool.Pool, database_url: str
) -> None:
    number = live.QUEUE_CHANGES + 100
    measured = metrics.api(CollectorRegistry())
    hub = Hub(database_url, opened, measured, logs.logger("api"))
    running = asyncio.ensure_future(hub.run())
    try:
        async with asyncio.timeout(DEADLINE_S):
            stream = hub.stream(GUARD, 0, yes)
            assert (await anext(stream)).startswith("event: ping")
            await log(opened, 1)
            first = await anext(stream)
            # The hub counts from when it listens: what came before wakes nobody.
            await asyncio.to_thread(wait.until, lambda: hub._last is not None, DEADLINE_S, "the hub's start")
            # It reads no further while more comes than its queue holds.
            await log(opened, number)
            await asyncio.to_thread(wait.until, measured.sse_overflows._value.get, DEADLINE_S, "the cut")
            rest = [event async for event in stream]
            (last,) = numbers((rest or [first])[-1:])
            again = hub.stream(GUARD, last, yes)
            replayed = []
            while len(replayed) + len(numbers(rest)) < number:
                event = await anext(again)
                replayed += [event] if event.startswith("event: change") else []
            begin = numbers([first])[0] + 1
            told = numbers(rest) + numbers(replayed)
            assert told == list(range(begin, begin + number)), "each once, in order"
            hub.close()
            assert [event async for event in again if event.startswith("event: change")] == []
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_the_hub_outlives_the_loss_of_its_connection(opened: pool.Pool, database_url: str) -> None:
    hub = Hub(database_url, opened, metrics.api(CollectorRegistry()), logs.logger("api"))
    running = asyncio.ensure_future(hub.run())
    try:
        async with asyncio.timeout(DEADLINE_S):
            stream = hub.stream(GUARD, 0, yes)
            await log(opened, 1)
            while not (await anext(stream)).startswith("event: change"):
                pass
            async with pool.transaction(opened) as conn:
                await conn.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'fallwatch-live' AND datname = current_database()"
                )
            await log(opened, 1)
            while not (await anext(stream)).startswith("event: change"):
                pass
            assert hub.alive
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert not hub.alive
