"""Reads messages from the broker, commits them in batches, and confirms each batch after its commit.

One batch is committed at a time, in the order in which messages came. While the database works on one, the
next is gathered and read, and those before are confirmed.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import uuid4

from cryptography.x509 import Certificate
from structlog.typing import FilteringBoundLogger

from cloud import clock
from cloud.config import BrokerSettings, IngestSettings
from cloud.ingest import outcasts, tell, wanted
from cloud.ingest.confirming import Confirming
from cloud.ingest.handle import Batch, Outcome, commit_batch, read
from cloud.ingest.health import Health
from cloud.ingest.inbox import Inbox
from cloud.ingest.link import Link, LinkLost, linked
from cloud.ingest.reading import Envelope, Refusal, read_status
from cloud.metrics import IngestMetrics
from cloud.store import changes, devices, events
from cloud.store.pool import DatabaseDown, Pool, RowRefused, transaction
from contracts import topics
from contracts.messages import AgentStatus

SHARED_EVENTS = f"$share/ingest/{topics.EVERY_EVENT}"
"""Several ingests share the events. Statuses go to each: a shared subscription gets no retained messages."""

BACKOFF_S = (0.5, 1, 2, 5, 10, 15)
QUIET_S = 0.25
"""So long after leaving the group nothing more has come: the broker has delivered what it had for us."""


@dataclass(frozen=True, slots=True)
class Ingest:
    """What an ingest works with."""

    pool: Pool
    ca: Certificate | None
    metrics: IngestMetrics
    log: FilteringBoundLogger
    health: Health = field(default_factory=Health)


async def run(
    ingest: Ingest, broker: BrokerSettings, limits: IngestSettings, stopping: asyncio.Event
) -> None:
    """Work until `stopping`. A broker or a database that goes away is waited for.

    In the end it leaves the group, commits and confirms what it has taken, and says goodbye. A cancellation
    is safe as well: what was not confirmed, agents send again.
    """
    failures = 0
    while not stopping.is_set():
        inbox = Inbox(limits.inbox_messages, ingest.metrics.inbox_dropped.inc)
        try:
            async with linked(broker, f"ingest-{uuid4().hex[:12]}", inbox) as link:
                await link.subscribe(SHARED_EVENTS)
                await link.subscribe(topics.EVERY_STATUS)
                ingest.log.info("broker_connected")
                ingest.health.subscribed, failures = True, 0
                async with _beside(ingest, link, stopping):
                    await _flow(ingest, link, limits)
        except LinkLost as error:
            ingest.health.subscribed = False
            ingest.metrics.reconnects.labels("broker").inc()
            ingest.log.warning("broker_lost", error=str(error), attempt=failures)
            with suppress(TimeoutError):
                async with asyncio.timeout(_pause_s(failures)):
                    await stopping.wait()
            failures += 1


async def _leave(ingest: Ingest, link: Link, stopping: asyncio.Event) -> None:
    """Once told, take no more: others of the group get what comes from now on."""
    await stopping.wait()
    ingest.health.leaving = True
    ingest.log.info("leaving", waiting=len(link.inbox))
    try:
        await link.unsubscribe(SHARED_EVENTS)
    except LinkLost:
        return  # Whoever takes from the inbox hears of it, too.
    link.inbox.finish(QUIET_S)


@asynccontextmanager
async def _beside(ingest: Ingest, link: Link, stopping: asyncio.Event) -> AsyncIterator[None]:
    """Beside the work: what is wanted of agents goes out, who was cut off is thrown out, the end is heard."""
    ingesting = asyncio.current_task()
    assert ingesting is not None

    def ended(task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and task.exception() is not None:
            ingesting.cancel()  # what went wrong is raised below

    tasks = {
        asyncio.create_task(wanted.publish(ingest.pool, link, ingest.log)),
        asyncio.create_task(outcasts.throw_out(ingest.pool, link, ingest.log)),
        asyncio.create_task(_leave(ingest, link, stopping)),
    }
    for task in tasks:
        task.add_done_callback(ended)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome


@dataclass(frozen=True, slots=True)
class _Taken:
    """A batch, and the statuses that came with it."""

    batch: Batch
    statuses: Sequence[Envelope]


async def _flow(ingest: Ingest, link: Link, limits: IngestSettings) -> None:
    """Batch after batch, to the last. Raises LinkLost once the broker is gone and all that came committed."""
    taking = asyncio.create_task(_take(link.inbox, limits))
    confirming = Confirming(link, ingest.metrics)
    try:
        while (taken := await taking) is not None:
            taking = asyncio.create_task(_take(link.inbox, limits))
            confirming.tell(await _until_committed(ingest, taken.batch))
            for status in taken.statuses:
                await _hear(ingest, status)
        await confirming.finish()
    finally:
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)
        await confirming.stop()


async def _take(inbox: Inbox, limits: IngestSettings) -> _Taken | None:
    """The next batch, read; None when it was the last."""
    envelopes = await inbox.take(limits.batch_messages, limits.batch_age_s)
    if not envelopes:
        return None
    statuses = [each for each in envelopes if each.topic.endswith("/up/status")]
    durable = [each for each in envelopes if not each.topic.endswith("/up/status")] if statuses else envelopes
    return _Taken(read(durable), statuses)


async def _until_committed(ingest: Ingest, batch: Batch) -> Outcome:
    """Commit a batch however long the database is away. Meanwhile the inbox fills, and agents send again."""
    if not len(batch):
        return Outcome()
    failures = 0
    while True:
        try:
            outcome = await commit_batch(ingest.pool, ingest.ca, batch, clock.utc_now())
        except DatabaseDown as error:
            ingest.metrics.reconnects.labels("database").inc()
            ingest.log.warning("database_lost", error=str(error), attempt=failures, waiting=len(batch))
            await asyncio.sleep(_pause_s(failures))
            failures += 1
        else:
            tell.committed(ingest.metrics, ingest.log, outcome, clock.utc_now())
            return outcome


async def _hear(ingest: Ingest, status: Envelope) -> None:
    """A status or last will. Only the newest counts, so one that cannot be stored now is not tried again."""
    topic, payload = status.topic, status.payload
    if not payload:
        return  # A retained status was cleared.
    at = clock.utc_now()
    found = read_status(topic, payload)
    try:
        async with transaction(ingest.pool) as conn:
            if isinstance(found, AgentStatus):
                changed = await devices.hear(conn, found, retained=status.retained, at=at)
                await changes.record(conn, changed, at)
            else:
                await events.bury(conn, [events.DeadLetter(found.reason, found.detail, topic, payload)], at)
    except (DatabaseDown, RowRefused) as error:
        ingest.log.warning("status_not_stored", topic=topic, error=str(error))
        return
    if isinstance(found, Refusal):
        ingest.metrics.dead_letters.labels(found.reason).inc()
        ingest.log.warning("dead_letter", topic=topic, reason=found.reason, detail=found.detail)
    else:
        ingest.metrics.statuses.labels(str(found.online).lower()).inc()


def _pause_s(failures: int) -> float:
    """Longer each time, never in step with the others."""
    longest = BACKOFF_S[min(failures, len(BACKOFF_S) - 1)]
    return longest * random.uniform(0.5, 1)  # noqa: S311 - spreads load, keeps no secret
