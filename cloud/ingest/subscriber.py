"""Reads messages from the broker, commits them in batches, and confirms each batch after its commit."""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

from aiomqtt import Client, Message, MqttError
from cryptography.x509 import Certificate
from structlog.typing import FilteringBoundLogger

from cloud import clock
from cloud.config import BrokerSettings, IngestSettings
from cloud.ingest import outcasts, wanted
from cloud.ingest.broker import connect
from cloud.ingest.handle import Envelope, Outcome, commit_batch
from cloud.ingest.reading import Refusal, read_status
from cloud.metrics import IngestMetrics
from cloud.store import changes, devices, events
from cloud.store.pool import DatabaseDown, Pool, RowRefused, transaction
from contracts import topics
from contracts.messages import AgentStatus, CameraMinute, Receipt, SensorReading, encode

SHARED_EVENTS = f"$share/ingest/{topics.EVERY_EVENT}"
"""Several ingests share the events. Statuses go to each: a shared subscription gets no retained messages."""

BACKOFF_S = (0.5, 1, 2, 5, 10, 15)


@dataclass(frozen=True, slots=True)
class Ingest:
    """What an ingest works with."""

    pool: Pool
    ca: Certificate | None
    metrics: IngestMetrics
    log: FilteringBoundLogger


async def run(ingest: Ingest, broker: BrokerSettings, limits: IngestSettings) -> None:
    """Work until cancelled. A broker or a database that goes away is waited for."""
    failures = 0
    while True:
        client = connect(
            broker, f"ingest-{uuid4().hex[:12]}", limits.inbox_messages, ingest.metrics.inbox_dropped.inc
        )
        try:
            async with client:
                await client.subscribe(SHARED_EVENTS, qos=1)
                await client.subscribe(topics.EVERY_STATUS, qos=1)
                ingest.log.info("broker_connected")
                failures = 0
                async with _beside(ingest, client), aclosing(batches(client, limits)) as arriving:
                    async for batch in arriving:
                        await _work(ingest, client, batch)
        except MqttError as error:
            ingest.metrics.reconnects.labels("broker").inc()
            ingest.log.warning("broker_lost", error=str(error), attempt=failures)
            await _back_off(failures)
            failures += 1


@asynccontextmanager
async def _beside(ingest: Ingest, client: Client) -> AsyncIterator[None]:
    """Beside the work: what is wanted of agents goes out, and who was cut off is thrown out."""
    ingesting = asyncio.current_task()
    assert ingesting is not None

    def ended(task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and task.exception() is not None:
            ingesting.cancel()  # what went wrong is raised below

    tasks = {
        asyncio.create_task(wanted.publish(ingest.pool, client, ingest.log)),
        asyncio.create_task(outcasts.throw_out(ingest.pool, client, ingest.log)),
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


async def batches(client: Client, limits: IngestSettings) -> AsyncGenerator[list[Message], None]:
    """Messages by count and age: a batch is full, or its first message has waited long enough.

    Raises:
        MqttError: The broker is gone.
    """
    loop = asyncio.get_running_loop()
    messages = aiter(client.messages)
    # One wait for the next message lives from batch to batch. To cancel it at the end of each would lose what
    # it had already taken from the queue, and its agent would have to send it again.
    arriving = asyncio.ensure_future(anext(messages))
    try:
        while True:
            batch = [await arriving]
            arriving = asyncio.ensure_future(anext(messages))
            end_s = loop.time() + limits.batch_age_s
            while len(batch) < limits.batch_messages:
                done, _ = await asyncio.wait({arriving}, timeout=max(0.0, end_s - loop.time()))
                if not done:
                    break  # Old enough.
                batch.append(arriving.result())
                arriving = asyncio.ensure_future(anext(messages))
            yield batch
    finally:
        arriving.cancel()
        await asyncio.gather(arriving, return_exceptions=True)


async def _work(ingest: Ingest, client: Client, batch: list[Message]) -> None:
    durable = [
        Envelope(str(message.topic), _bytes(message))
        for message in batch
        if not _is_status(str(message.topic))
    ]
    if durable:
        outcome = await _until_committed(ingest, durable)
        _count(ingest, outcome, len(durable))
        for agent, receipt in outcome.receipts(clock.utc_now()):
            await _tell(ingest, client, agent, receipt)
    for message in batch:
        if _is_status(str(message.topic)):
            await _hear(ingest, message)


async def _until_committed(ingest: Ingest, batch: list[Envelope]) -> Outcome:
    """Commit a batch however long the database is away. Meanwhile the inbox fills, and agents send again."""
    failures = 0
    while True:
        try:
            return await commit_batch(ingest.pool, ingest.ca, batch, clock.utc_now())
        except DatabaseDown as error:
            ingest.metrics.reconnects.labels("database").inc()
            ingest.log.warning("database_lost", error=str(error), attempt=failures, waiting=len(batch))
            await _back_off(failures)
            failures += 1


async def _hear(ingest: Ingest, message: Message) -> None:
    """A status or last will. Only the newest counts, so one that cannot be stored now is not tried again."""
    topic, payload = str(message.topic), _bytes(message)
    if not payload:
        return  # A retained status was cleared.
    at = clock.utc_now()
    found = read_status(topic, payload)
    try:
        async with transaction(ingest.pool) as conn:
            if isinstance(found, AgentStatus):
                changed = await devices.hear(conn, found, retained=message.retain, at=at)
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


async def _tell(ingest: Ingest, client: Client, agent: str, receipt: Receipt) -> None:
    await client.publish(topics.receipt(agent), encode(receipt), qos=1)
    if receipt.kind == "confirm":
        ingest.metrics.confirmed.inc(sum(found.last - found.first + 1 for found in receipt.ranges))


def _count(ingest: Ingest, outcome: Outcome, size: int) -> None:
    """Metrics and the lines that tell a message's story."""
    now = clock.utc_now()
    ingest.metrics.batch_messages.observe(size)
    for event in outcome.stored:
        ingest.metrics.messages.labels(event.kind, "stored").inc()
        lag_s = (now - event.observed_at).total_seconds()
        ingest.metrics.lag_s.labels(event.kind).observe(max(0.0, lag_s))
        if not isinstance(event, CameraMinute | SensorReading):
            ingest.log.info(
                "event_committed",
                message_id=str(event.message_id),
                kind=event.kind,
                agent=event.agent,
                boot=str(event.boot),
                seq=event.seq,
                lag_s=round(lag_s, 3),
            )
    for event in outcome.copies:
        ingest.metrics.messages.labels(event.kind, "copy").inc()
    for envelope, refusal in outcome.refused:
        ingest.metrics.messages.labels(refusal.kind, "dead").inc()
        ingest.metrics.dead_letters.labels(refusal.reason).inc()
        ingest.log.warning(
            "dead_letter",
            topic=envelope.topic,
            reason=refusal.reason,
            detail=refusal.detail,
            boot=None if refusal.boot is None else str(refusal.boot),
            seq=refusal.seq,
        )


async def _back_off(failures: int) -> None:
    """Wait longer each time, never in step with the others."""
    longest = BACKOFF_S[min(failures, len(BACKOFF_S) - 1)]
    await asyncio.sleep(longest * random.uniform(0.5, 1))  # noqa: S311 - spreads load, keeps no secret


def _is_status(topic: str) -> bool:
    return topic.endswith("/up/status")


def _bytes(message: Message) -> bytes:
    assert isinstance(message.payload, bytes), "the broker delivers bytes"
    return message.payload
