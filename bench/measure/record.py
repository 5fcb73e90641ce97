"""A made record of a few hundred estates in a throw-away PostgreSQL, and how long its queries take."""

import asyncio
import re
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Template
from typing import Final
from uuid import UUID

import psycopg

from bench.measure.asking import Query, asked
from cloud.core.coverage import strip_begin, window
from cloud.core.days import ZONE
from cloud.store import (
    accounts,
    alerts,
    changes,
    equipment,
    events,
    faults,
    ledger,
    migrate,
    partitions,
    pool,
    registry,
    rollups,
    series,
    watched,
    work_order_lists,
)
from cloud.store.ledger import Scope
from cloud.store.pool import Principal

NOW: Final = datetime(2026, 3, 5, 10, 7, 30, tzinfo=UTC)
MADE: Final = Path(__file__).with_suffix(".sql")
"""What makes the rows."""
REPEATS: Final = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """A page's query: median and worst of its repetitions, what it gave, how the database went about it."""

    page: str
    name: str
    median_ms: float
    worst_ms: float
    rows: int
    plan: str


TABLES = ("camera_minute", "watched_span", "event", "sensor_reading", "alert", "fault", "work_order")


def fill(url: str, minutes: int, events_count: int, readings: int) -> dict[str, int]:
    """Make the schema and the rows; how many rows the largest tables have."""
    asyncio.run(migrate.migrate(url))
    asyncio.run(_past_partitions(url, minutes))
    statements = Template(MADE.read_text(encoding="utf-8")).substitute(
        now=f"'{NOW.isoformat()}'::timestamptz", minutes=minutes, events=events_count, readings=readings
    )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # triggers would count what is made
        connection.execute(statements.encode())
        connection.execute("SET session_replication_role = origin")
        connection.execute("SELECT rollup_refresh()")
        connection.execute("VACUUM (ANALYZE)")
        counts = [connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() for table in TABLES]
    return {table: row[0] for table, row in zip(TABLES, counts, strict=True) if row is not None}


def bytes_of_a_row(url: str, counts: Mapping[str, int]) -> dict[str, int]:
    """What a row takes on the disk with its part of the indexes, by table."""
    size = "SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree(%s)"
    alone = "SELECT pg_total_relation_size(%s::regclass)"
    taken = {}
    with psycopg.connect(url) as connection:
        for table, count in counts.items():
            row = connection.execute(size, (table,)).fetchone()
            if row is None or row[0] is None:
                row = connection.execute(alone, (table,)).fetchone()
            assert row is not None
            taken[table] = round(int(row[0]) / count)
    return taken


async def _past_partitions(url: str, minutes: int) -> None:
    async with pool.opened(url, max_size=1) as opened, pool.transaction(opened) as conn:
        for month in range(-1, minutes // (60 * 24 * 28) + 2):
            await partitions.ensure(conn, NOW - timedelta(days=28 * month))


def queries(alert: UUID) -> Mapping[tuple[str, str], Query]:
    """(page, name) → the query, as the page asks it."""
    begin, end = window(NOW)
    month = NOW.astimezone(ZONE).replace(day=1, hour=0, minute=0, second=0)
    day = timedelta(days=1)
    return {
        ("desk", "alerts.open_alerts"): alerts.open_alerts,
        ("desk", "alerts.closed_since"): lambda conn: alerts.closed_since(conn, NOW - day / 2, 50),
        ("desk", "alerts.find"): lambda conn: alerts.find(conn, alert),
        ("all pages", "registry.cameras"): registry.cameras,
        ("all pages", "changes.since"): lambda conn: changes.since(conn, 99_000, 500),
        ("all pages", "accounts.display_names"): accounts.display_names,
        ("maintenance", "faults.since"): lambda conn: faults.since(conn, NOW - day),
        ("maintenance", "work_order_lists.since"): lambda conn: work_order_lists.since(conn, NOW - day),
        ("maintenance", "equipment.firmware_history"): equipment.firmware_history,
        ("maintenance", "events.unseen"): events.unseen,
        ("maintenance", "series.sensors"): series.sensors,
        ("sequence", "events.losses"): lambda conn: events.losses(conn, "box-001", 100),
        ("sequence", "events.boots"): lambda conn: events.boots(conn, "box-001", 100),
        ("bureau", "watched.spans, a day"): lambda conn: watched.spans(
            conn, min(begin, strip_begin(end)), end
        ),
        ("ledger", "ledger.raw, a week of an estate"): lambda conn: ledger.raw(
            conn, Scope("estate-001"), NOW - 7 * day, NOW, NOW
        ),
        ("ledger", "rollups.watched, a month by day"): lambda conn: rollups.watched(
            conn, "day", month - 30 * day, month
        ),
        ("ledger", "rollups.watched, by month"): lambda conn: rollups.watched(
            conn, "month", (month - 62 * day).replace(day=1), NOW
        ),
    }


async def measure(url: str) -> list[Measured]:
    """Each query a few times with the rights of somebody who sees every estate, once more with its plan."""
    estates = frozenset(f"estate-{number:03}" for number in range(1, 11))
    who = Principal("li", estates, every_estate=True)
    found = []
    async with pool.opened(url, max_size=1) as opened:
        async with pool.transaction(opened) as conn:
            await conn.execute("INSERT INTO account VALUES ('li', '李', 'Li', 'manager', '', true)")
            row = await (await conn.execute("SELECT id FROM alert WHERE state = 'raised' LIMIT 1")).fetchone()
            assert row is not None
        for (page, name), query in queries(row[0]).items():
            times, answer = await asked(opened, who, query, REPEATS)
            rows = len(answer) if isinstance(answer, list | dict | tuple) else 1
            plan = await _plan(url, who, query)
            found.append(Measured(page, name, statistics.median(times), max(times), rows, plan))
    return found


async def _plan(url: str, who: Principal, query: Query) -> str:
    """EXPLAIN (ANALYZE, BUFFERS) of the slowest statement, as auto_explain tells it."""
    told: list[str] = []
    async with pool.opened(url, max_size=1) as opened:
        async with opened.connection() as conn:
            conn.add_notice_handler(lambda notice: told.append(notice.message_primary or ""))
            for setting in (
                "LOAD 'auto_explain'",
                "SET auto_explain.log_min_duration = 0",
                "SET auto_explain.log_analyze = on",
                "SET auto_explain.log_buffers = on",
                "SET client_min_messages = log",
            ):
                await conn.execute(setting)
        async with pool.transaction(opened, snapshot=True, as_=who) as conn:
            await query(conn)
    plans = [text for text in told if text.startswith("duration") and "plan:" in text]
    return max(plans, key=_duration_ms, default="")


def _duration_ms(plan: str) -> float:
    found = re.match(r"duration: ([\d.]+) ms", plan)
    return float(found.group(1)) if found else 0.0
