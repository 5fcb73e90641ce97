"""The program that sends: claims one notification at a time, sends it, writes down what became of it."""

import asyncio
from typing import Final

from prometheus_client import CollectorRegistry
from structlog.typing import FilteringBoundLogger

from cloud import clock, logs, metrics
from cloud.config import MailSettings, NotifySettings
from cloud.metrics import NotifyMetrics
from cloud.notify.sender import send
from cloud.store import changes, notifications, pool
from cloud.store.notifications import Claimed
from cloud.store.pool import DatabaseDown, Pool

LOOK_S: Final = 0.5
"""An idle sender looks so often. It is part of the time from an alert to a person's phone."""
RETRY_S: Final = 2.0
RECOVER_S: Final = 10.0


async def serve(database_url: str, settings: NotifySettings) -> None:
    """Send until cancelled; a database that is away is waited for. What is being sent is finished first."""
    registry = CollectorRegistry()
    measured = metrics.notify(registry)
    log = logs.logger("notify")
    with metrics.offered(registry, settings.metrics.host, settings.metrics.port):
        async with (
            pool.opened(database_url, max_size=settings.senders + 1) as opened,
            asyncio.TaskGroup() as group,
        ):
            log.info("started", senders=settings.senders, mail=settings.mail is not None)
            group.create_task(_recovers(opened, log))
            for _ in range(settings.senders):
                group.create_task(_sends(opened, settings.mail, measured, log))


async def _sends(
    opened: Pool, mail: MailSettings | None, measured: NotifyMetrics, log: FilteringBoundLogger
) -> None:
    while True:
        try:
            did = await send_one(opened, mail, measured, log)
        except DatabaseDown as error:
            log.warning("notify_postponed", error=str(error))
            await asyncio.sleep(RETRY_S)
        else:
            if not did:
                await asyncio.sleep(LOOK_S)


async def send_one(
    opened: Pool, mail: MailSettings | None, measured: NotifyMetrics, log: FilteringBoundLogger
) -> bool:
    """Send the most urgent; False where nothing is due.

    It is committed as being sent before anything leaves: whoever dies in between leaves a trace.

    Raises:
        DatabaseDown: Nothing was claimed, or what became of it could not be written down; the lease will end.
    """
    async with pool.transaction(opened) as conn:
        claimed = await notifications.claim(conn, clock.utc_now())
    if claimed is None:
        return False
    # A stop waits for it: half a message sent is a message of which nobody knows.
    await asyncio.shield(_deliver(opened, claimed, mail, measured, log))
    return True


async def _deliver(
    opened: Pool,
    claimed: Claimed,
    mail: MailSettings | None,
    measured: NotifyMetrics,
    log: FilteringBoundLogger,
) -> None:
    begun = clock.monotonic_s()
    outcome = await asyncio.to_thread(send, claimed, mail)
    now = clock.utc_now()
    async with pool.transaction(opened) as conn:
        changed = await notifications.settle(conn, claimed.id, claimed.attempts, outcome, now)
        await changes.record(conn, changed, now)
    word = type(outcome).__name__.lower()
    measured.attempts.labels(claimed.kind, word).inc()
    measured.took_s.labels(claimed.kind).observe(clock.monotonic_s() - begun)
    log.info(
        "notification_attempt",
        notification=str(claimed.id),
        subject=str(claimed.subject),
        channel=claimed.kind,
        outcome=word,
        attempt=claimed.attempts,
    )


async def _recovers(opened: Pool, log: FilteringBoundLogger) -> None:
    while True:
        try:
            async with pool.transaction(opened) as conn:
                now = clock.utc_now()
                changed = await notifications.recover(conn, now)
                await changes.record(conn, changed, now)
        except DatabaseDown:
            pass  # The senders say so.
        else:
            if changed:
                log.warning("notifications_recovered", notifications=[change.subject for change in changed])
        await asyncio.sleep(RECOVER_S)
