"""The program that sends: claims one notification at a time, sends it, writes down what became of it."""

import asyncio
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry
from structlog.typing import FilteringBoundLogger

from cloud import clock, logs, metrics
from cloud.config import MailSettings, NotifySettings
from cloud.core.delivery import Outcome, Refused
from cloud.metrics import NotifyMetrics
from cloud.notify.seal import ChannelKeys, Locked, opened, seal_all
from cloud.notify.sender import send
from cloud.store import changes, notifications, pool
from cloud.store.notifications import Claimed
from cloud.store.pool import DatabaseDown, Pool

LOOK_S: Final = 0.5
"""An idle sender looks so often. It is part of the time from an alert to a person's phone."""
RETRY_S: Final = 2.0
RECOVER_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Sending:
    """What a sender works with."""

    database: Pool
    mail: MailSettings | None
    keys: ChannelKeys | None
    measured: NotifyMetrics
    log: FilteringBoundLogger


async def serve(database_url: str, settings: NotifySettings, keys: ChannelKeys | None) -> None:
    """Send until cancelled; a database that is away is waited for. What is being sent is finished first."""
    registry = CollectorRegistry()
    measured = metrics.notify(registry)
    log = logs.logger("notify")
    with metrics.offered(registry, settings.metrics.host, settings.metrics.port):
        async with (
            pool.opened(database_url, max_size=settings.senders + 1) as database,
            asyncio.TaskGroup() as group,
        ):
            log.info("started", senders=settings.senders, mail=settings.mail is not None)
            sending = Sending(database, settings.mail, keys, measured, log)
            group.create_task(_seals(sending))
            group.create_task(_recovers(database, log))
            for _ in range(settings.senders):
                group.create_task(_sends(sending))


async def _seals(sending: Sending) -> None:
    """What was kept as it is, or under an earlier key, is sealed once."""
    if sending.keys is None:
        what = "notify.channel_keys is not set: where people are told lies in the database as it is"
        sending.log.warning("channels_not_sealed", what=what)
        return
    while True:
        try:
            done, locked = await seal_all(sending.database, sending.keys)
        except DatabaseDown as error:
            sending.log.warning("sealing_postponed", error=str(error))
            await asyncio.sleep(RETRY_S)
        else:
            sending.log.info("channels_sealed", newly=done)
            if locked:
                sending.log.error(
                    "channels_locked", channels=locked, what="sealed with a key that is not here"
                )
            return


async def _sends(sending: Sending) -> None:
    while True:
        try:
            did = await send_one(sending)
        except DatabaseDown as error:
            sending.log.warning("notify_postponed", error=str(error))
            await asyncio.sleep(RETRY_S)
        else:
            if not did:
                await asyncio.sleep(LOOK_S)


async def send_one(sending: Sending) -> bool:
    """Send the most urgent; False where nothing is due.

    It is committed as being sent before anything leaves: whoever dies in between leaves a trace.

    Raises:
        DatabaseDown: Nothing was claimed, or what became of it could not be written down; the lease will end.
    """
    async with pool.transaction(sending.database) as conn:
        claimed = await notifications.claim(conn, clock.utc_now())
    if claimed is None:
        return False
    # A stop waits for it: half a message sent is a message of which nobody knows.
    await asyncio.shield(_deliver(sending, claimed))
    return True


async def _deliver(sending: Sending, claimed: Claimed) -> None:
    begun = clock.monotonic_s()
    outcome = await _sent(sending, claimed)
    now = clock.utc_now()
    async with pool.transaction(sending.database) as conn:
        changed = await notifications.settle(conn, claimed.id, claimed.attempts, outcome, now)
        await changes.record(conn, changed, now)
    word = type(outcome).__name__.lower()
    sending.measured.attempts.labels(claimed.kind, word).inc()
    sending.measured.took_s.labels(claimed.kind).observe(clock.monotonic_s() - begun)
    sending.log.info(
        "notification_attempt",
        notification=str(claimed.id),
        subject=str(claimed.subject),
        channel=claimed.kind,
        outcome=word,
        attempt=claimed.attempts,
    )


async def _sent(sending: Sending, claimed: Claimed) -> Outcome:
    try:
        found = opened(claimed, sending.keys)
    except Locked as error:
        return Refused(str(error), lasting=True)
    return await asyncio.to_thread(send, found, sending.mail)


async def _recovers(database: Pool, log: FilteringBoundLogger) -> None:
    while True:
        try:
            async with pool.transaction(database) as conn:
                now = clock.utc_now()
                changed = await notifications.recover(conn, now)
                await changes.record(conn, changed, now)
        except DatabaseDown:
            pass  # The senders say so.
        else:
            if changed:
                log.warning("notifications_recovered", notifications=[change.subject for change in changed])
        await asyncio.sleep(RECOVER_S)
