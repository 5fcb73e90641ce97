"""Reads a sensor in its rhythm and puts each value into the outbox."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid4

from structlog.typing import FilteringBoundLogger

from contracts.messages import SensorReading
from edge.clock import monotonic_s, stamp
from edge.config.sensor import SensorSettings
from edge.metrics import DeliveryMetrics
from edge.outbox.store import Outbox, OutboxFull


class Sensor(Protocol):
    """Something that gives a value."""

    async def read(self, at: datetime) -> float:
        """The value at this instant, in the unit of the settings."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where readings go. appended: called after each."""

    agent: str
    boot: UUID
    outbox: Outbox
    appended: Callable[[], None]
    metrics: DeliveryMetrics
    log: FilteringBoundLogger


async def watch(sensor: Sensor, settings: SensorSettings, desk: Desk) -> None:
    """Reads for ever, every `period_s`; a reading that comes too late is left out, not made up for."""
    next_s = monotonic_s()
    while True:
        await _read_once(sensor, settings, desk)
        next_s = max(next_s + settings.period_s, monotonic_s())
        await asyncio.sleep(next_s - monotonic_s())


async def _read_once(sensor: Sensor, settings: SensorSettings, desk: Desk) -> None:
    now = stamp()
    at = now.at
    value = await sensor.read(at)
    message_id = uuid4()

    def make(seq: int) -> SensorReading:
        return SensorReading(
            message_id=message_id,
            agent=desk.agent,
            boot=desk.boot,
            seq=seq,
            observed_at=at,
            clock=now.clock,
            sensor=settings.id,
            quantity=settings.quantity,
            value=value,
            unit=settings.unit,
        )

    try:
        stored = await asyncio.to_thread(desk.outbox.append, desk.boot, at, make)
    except OutboxFull:
        desk.metrics.refused.labels("sensor_reading").inc()
        return
    desk.metrics.appended.labels("sensor_reading").inc()
    desk.log.info(
        "outbox_appended",
        message_id=str(message_id),
        kind=stored.kind,
        boot=str(stored.key.boot),
        seq=stored.key.seq,
        sensor=settings.id,
    )
    desk.appended()
