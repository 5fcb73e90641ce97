"""What is due though nobody asks: silent devices, whom to tell, late work, ended sessions, partitions."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from prometheus_client import CollectorRegistry
from structlog.typing import FilteringBoundLogger

from cloud import clock, logs, metrics
from cloud.config import CoverageSettings, MetricsSettings
from cloud.evidence.blobs import Blobs, StoreDown
from cloud.evidence.keeper import Keeper, Means
from cloud.evidence.pruning import prune
from cloud.metrics import TimerMetrics
from cloud.store import (
    accounts,
    changes,
    desk,
    devices,
    maintenance,
    months,
    oidc_attempts,
    partitions,
    plans,
    pool,
    series,
    sessions,
)
from cloud.store.blind_spots import follow as follow_blind_spots
from cloud.store.causes import settle as settle_causes
from cloud.store.changes import Change
from cloud.store.escalations import advance as escalate
from cloud.store.pool import Connection, DatabaseDown, Pool
from cloud.store.rollups import refresh as refresh_rollups

SENSOR_SILENCE: Final = timedelta(minutes=1)
"""Sensors speak every few seconds; a minute is many lost values."""
PRUNE_EVERY_S: Final = 3600.0
MONTHS_EVERY_S: Final = 20.0
USUAL: Final = CoverageSettings()
KEEP_CHANGES: Final = timedelta(days=2)
KEEP_LOGIN_FAILURES: Final = timedelta(hours=1)


async def silent_agents(conn: Connection, at: datetime) -> list[Change]:
    """Agents that have not been heard go offline, with a fault."""
    return await devices.fall_silent(conn, at)


async def silent_sensors(conn: Connection, at: datetime) -> list[Change]:
    """Sensors that have not been heard are marked."""
    return [Change("sensor", sensor) for sensor in await series.mark_silent(conn, at - SENSOR_SILENCE, at)]


async def causes(conn: Connection, at: datetime) -> list[Change]:
    """Alarms go beneath their causes or come out again; those that are left are told."""
    return await settle_causes(conn, at)


async def shelves(conn: Connection, at: datetime) -> list[Change]:
    """What was set aside comes back when its time is over."""
    return [*await desk.end_shelves(conn, at), *await maintenance.end_shelves(conn, at)]


async def overdue_orders(conn: Connection, at: datetime) -> list[Change]:
    """Work orders whose deadline has passed are marked."""
    return await maintenance.mark_overdue(conn, at)


async def rollups(conn: Connection, at: datetime) -> list[Change]:  # noqa: ARG001 - what is due is marked
    """What cameras watched by hour, day and month follows the minutes, and minutes follow faults."""
    await series.recount_blind(conn)
    await refresh_rollups(conn)
    return []


async def masks(conn: Connection, at: datetime) -> list[Change]:
    """What cameras see follows what operators have masked, once their box has applied it."""
    return await plans.follow_wishes(conn, at)


async def blind_spots(conn: Connection, at: datetime, given: CoverageSettings) -> list[Change]:
    """What of a facade stays blind becomes a work order; what is covered again is told to it."""
    after = timedelta(hours=given.blind_hours)
    return await follow_blind_spots(conn, at, after=after, least_s=given.minute_s)


async def housekeeping(conn: Connection, at: datetime) -> list[Change]:
    """Partitions ahead; what is over is forgotten."""
    await partitions.ensure(conn, at)
    await sessions.expire(conn, at)
    await oidc_attempts.forget(conn, at)
    await accounts.forget_failures(conn, at - KEEP_LOGIN_FAILURES)
    await changes.trim(conn, at - KEEP_CHANGES)
    return []


Timer = Callable[[Connection, datetime], Awaitable[list[Change]]]


def timers(public_url: str, coverage: CoverageSettings = USUAL) -> tuple[tuple[str, float, Timer], ...]:
    """(name, period in seconds, what to do in one transaction). public_url: where links in messages lead."""
    return (
        ("silent_agents", 1.0, silent_agents),
        ("causes", 2.0, causes),
        ("silent_sensors", 5.0, silent_sensors),
        ("shelves", 5.0, shelves),
        ("overdue_orders", 30.0, overdue_orders),
        ("escalations", 1.0, partial(escalate, public_url=public_url)),
        ("rollups", 60.0, rollups),
        ("masks", 10.0, masks),
        ("blind_spots", 300.0, partial(blind_spots, given=coverage)),
        ("housekeeping", 600.0, housekeeping),
    )


async def run_once(pool_: Pool, timer: Timer, at: datetime) -> list[Change]:
    """One run in one transaction; what changed is told to the pages.

    Raises:
        DatabaseDown: Nothing was done.
    """
    async with pool.transaction(pool_) as conn:
        changed = await timer(conn, at)
        await changes.record(conn, changed, at)
        return changed


async def serve(
    database_url: str,
    offer: MetricsSettings,
    evidence: Means,
    keep_days: Mapping[str, int | None],
    *,
    public_url: str = "",
    coverage: CoverageSettings = USUAL,
) -> None:
    """Work until cancelled; a database that is away is waited for. The last thing is a head of the log."""
    registry = CollectorRegistry()
    measured = metrics.timers(registry)
    log = logs.logger("timers")
    if not public_url:
        log.warning("no_links", what="public_url is not set: messages do not lead to what they are about")
    with metrics.offered(registry, offer.host, offer.port):
        async with pool.opened(database_url, max_size=4) as opened:
            keeper = Keeper(opened, evidence, metrics.evidence(registry), log)
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(keeper.run())
                    group.create_task(_prune(opened, keep_days, evidence.blobs(opened), log))
                    group.create_task(_count_months(opened, coverage.minute_s, (measured, log)))
                    for name, period_s, timer in timers(public_url, coverage):
                        group.create_task(_repeat(opened, name, period_s, timer, (measured, log)))
            finally:
                await keeper.finish(clock.utc_now())


async def _prune(
    opened: Pool, keep_days: Mapping[str, int | None], blobs: Blobs | None, log: FilteringBoundLogger
) -> None:
    while True:
        try:
            pruned = await prune(opened, keep_days, None if blobs is None else blobs.delete, clock.utc_now())
        except (DatabaseDown, StoreDown) as error:
            log.warning("pruning_postponed", error=str(error))
        else:
            if any(pruned.values()):
                log.info("pruned", **pruned)
        await asyncio.sleep(PRUNE_EVERY_S)


async def _count_months(
    opened: Pool, least_s: float, tell: tuple[TimerMetrics, FilteringBoundLogger]
) -> None:
    """What the bureau reads of months follows what was watched; as long as more are due, without a pause."""
    counted = 0

    async def count(conn: Connection, at: datetime) -> list[Change]:
        nonlocal counted
        counted = await months.count_due(conn, at, least_s)
        return []

    while True:
        counted = 0
        await _attempt(opened, "months", count, tell)
        if counted < months.AT_ONCE:
            await asyncio.sleep(MONTHS_EVERY_S)


async def _repeat(
    opened: Pool, name: str, period_s: float, timer: Timer, tell: tuple[TimerMetrics, FilteringBoundLogger]
) -> None:
    while True:
        await _attempt(opened, name, timer, tell)
        await asyncio.sleep(period_s)


async def _attempt(
    opened: Pool, name: str, timer: Timer, tell: tuple[TimerMetrics, FilteringBoundLogger]
) -> None:
    measured, log = tell
    try:
        changed = await run_once(opened, timer, clock.utc_now())
    except DatabaseDown as error:
        measured.runs.labels(name, "database_down").inc()
        log.warning("timer_postponed", timer=name, error=str(error))
        return
    measured.runs.labels(name, "done").inc()
    if changed:
        log.info("timer_changed", timer=name, subjects=sorted({change.subject for change in changed}))
    if name == "silent_agents":
        measured.agents_silent.inc(sum(change.topic == "agent" for change in changed))
