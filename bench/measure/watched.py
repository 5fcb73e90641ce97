"""Databases with many made facades, and how long it takes to know which of their cells are watched."""

import asyncio
import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final

import psycopg

from bench.measure import certified
from bench.measure.asking import Query, asked
from bench.measure.coverage import estates
from cloud import clock
from cloud.api import coverage_shapes, shapes
from cloud.core.camera_duty import LEAST_S
from cloud.core.cells import RECENT, present
from cloud.core.estate import Estate
from cloud.core.months import month_of, preceding, span_of
from cloud.store import accounts, blind_spots, cells, doubts, ledger, migrate, months, pool, registry, sights
from cloud.store.accounts import Account
from cloud.store.pool import Connection, Pool, Principal
from fallwatch.local.postgres import PostgresServer

BLIND_AFTER: Final = timedelta(hours=24)
REPEATS: Final = 5
FLICKERS: Final = 10
"""So many cameras fall out before a run of the timer."""


@dataclass(frozen=True, slots=True)
class Size:
    """What stands there: of each estate so many buildings with four facades, and so many cameras."""

    estates: int
    buildings: int
    cameras: int

    @property
    def name(self) -> str:
        """For people and for the JSON line."""
        facades = self.estates * self.buildings * 4
        return f"{facades} facades, {self.estates * self.cameras} cameras, {self.estates} estates"


SIZES: Final = (Size(1, 25, 500), Size(1, 100, 500), Size(50, 5, 25))


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds. queries: of the page, each. answer_ms: all of them, what follows from them, and the JSON.

    timer_ms: of a run of the timer that finds all as before; and with cameras that have just fallen out.
    month_ms: to count a month of one estate; months_s: of all of them.
    """

    size: Size
    queries: dict[str, float]
    answer_ms: float
    first_s: float
    timer_ms: float
    timer_changed_ms: float
    month_ms: float
    months_s: float


async def measured(server: PostgresServer, number: int, size: Size) -> Took:
    """Make a database of this size, and ask as the page and the timers ask."""
    name = f"watched_{number}"
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    url = server.url(name)
    await migrate.migrate(url)
    now = clock.utc_now().replace(second=45, microsecond=0)
    async with pool.opened(url, max_size=2) as opened:
        await _fill(opened, url, size, now)
        who = await _somebody(opened)
        queries = await _queries(opened, who, now)
        answer_ms = await _median(opened, who, lambda conn: _answer(conn, now))
        first_s = await _run(opened, now) / 1000
        timer_ms = median([await _run(opened, now) for _ in range(REPEATS)])
        await _fall_out(opened, now)
        changed_ms = await _run(opened, now)
        month_ms, months_s = await _months(opened, now)
    return Took(size, queries, answer_ms, first_s, timer_ms, changed_ms, month_ms, months_s)


async def _fill(opened: Pool, url: str, size: Size, now: datetime) -> None:
    """Cameras that have worked since the last month's beginning, with faults and short minutes."""
    since = span_of(preceding(month_of(now)))[0]
    until = now.replace(second=0)
    for number in range(size.estates):
        name = f"e{number}-" if size.estates > 1 else ""
        of = Estate.model_validate(estates.large(size.buildings, size.cameras, number + 1, name))
        await certified.fill(opened, url, of, (since, until))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE")


async def _somebody(opened: Pool) -> Principal:
    async with pool.transaction(opened) as conn:
        await accounts.put(conn, Account("li", "李", "Li", "manager", "", every_estate=True))
        found = await accounts.find(conn, "li")
    assert found is not None
    return found.principal


async def _queries(opened: Pool, who: Principal, now: datetime) -> dict[str, float]:
    """What the page's answer is made of."""
    span = (now - RECENT, now)
    async with pool.transaction(opened, as_=who) as conn:
        facades = [row.id for row in await registry.facades(conn)]
        seeing = sorted({one.camera for one in await sights.of_facades(conn, span, facades)})
    queries: dict[str, Query] = {
        "estates": registry.estates,
        "facades": registry.facades,
        "cells of facades": lambda conn: sights.grids(conn, span, facades),
        "what cameras see": lambda conn: sights.of_facades(conn, span, facades),
        "what cameras did (5 queries)": lambda conn: ledger.watching(conn, seeing, span, now),
        "doubts": lambda conn: doubts.touching(conn, span, seeing),
        "cameras": registry.cameras,
    }
    return {name: await _median(opened, who, query) for name, query in queries.items()}


async def _answer(conn: Connection, now: datetime) -> str:
    """As `GET /api/coverage` does it."""
    facades = await registry.facades(conn)
    of = await registry.estates(conn)
    kept = await cells.kept(conn, (now - RECENT, now), now, [row.id for row in facades])
    standing = await doubts.standing(conn)
    cameras = await registry.cameras(conn, [doubt.camera for doubt in standing])
    found = await asyncio.to_thread(present, kept, LEAST_S)
    told = [coverage_shapes.facade_now_brief(row, found.get(row.id)) for row in facades]
    named = [(shapes.thing(row.id, row.name_zh, row.name_en), row.id) for row in of]
    answer: dict[str, Any] = {
        "estates": [coverage_shapes.estate(name, told, identity) for name, identity in named],
        "doubts": coverage_shapes.doubted(standing, cameras),
    }
    return json.dumps(answer)


async def _median(opened: Pool, who: Principal, query: Query) -> float:
    times, _ = await asked(opened, who, query, REPEATS)
    return median(times)


async def _run(opened: Pool, now: datetime) -> float:
    async with pool.transaction(opened) as conn:
        begun = time.perf_counter()
        await blind_spots.follow(conn, now, after=BLIND_AFTER)
        return 1000 * (time.perf_counter() - begun)


async def _fall_out(opened: Pool, now: datetime) -> None:
    async with pool.transaction(opened) as conn:
        await conn.execute(
            "INSERT INTO camera_state_history (camera, since, state, reason, boot, seq)"
            " SELECT id, %s, 'lost', '', gen_random_uuid(), 1 FROM camera ORDER BY id LIMIT %s",
            (now - timedelta(minutes=5), FLICKERS),
        )


async def _months(opened: Pool, now: datetime) -> tuple[float, float]:
    """Milliseconds of the last month of one estate, the median; seconds until nothing is due any more."""
    month = preceding(month_of(now))
    async with pool.transaction(opened) as conn:
        of = [row.id for row in await registry.estates(conn)]
    took = []
    for estate in of[:REPEATS]:
        async with pool.transaction(opened) as conn:
            begun = time.perf_counter()
            await months.count(conn, estate, month, now, LEAST_S)
            took.append(1000 * (time.perf_counter() - begun))
    async with pool.transaction(opened) as conn:
        await conn.execute("DELETE FROM estate_month")
    begun, counted = time.perf_counter(), 1
    while counted:
        async with pool.transaction(opened) as conn:
            counted = await months.count_due(conn, now, LEAST_S)
    return median(took), time.perf_counter() - begun


def folder_of(place: Path) -> Path:
    """PostgreSQL runs as another account."""
    place.chmod(0o755)
    return place / "postgres"
