"""Where the agent's own parts hand in their messages: stored durably, counted, logged under their id."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict
from uuid import UUID, uuid4

from structlog.typing import FilteringBoundLogger

from contracts.base import Clock, Durable
from edge.clock import known, utc_now
from edge.metrics import DeliveryMetrics
from edge.outbox.store import Outbox, OutboxFull


class Head(TypedDict):
    """What every message begins with."""

    message_id: UUID
    agent: str
    boot: UUID
    seq: int
    observed_at: datetime
    clock: Clock


@dataclass(frozen=True, slots=True)
class Desk:
    """Takes messages of one agent. appended: called after each was stored."""

    agent: str
    boot: UUID
    outbox: Outbox
    appended: Callable[[], None]
    metrics: DeliveryMetrics
    log: FilteringBoundLogger

    async def send(self, kind: str, observed_at: datetime, make: Callable[[Head], Durable]) -> bool:
        """Stores the message that `make` builds on the head it is given; False: telemetry, and no room."""
        message_id = uuid4()
        clock = known()

        def numbered(seq: int) -> Durable:
            return make(
                Head(
                    message_id=message_id,
                    agent=self.agent,
                    boot=self.boot,
                    seq=seq,
                    observed_at=observed_at,
                    clock=clock,
                )
            )

        try:
            stored = await asyncio.to_thread(self.outbox.append, self.boot, utc_now(), numbered)
        except OutboxFull:
            self.metrics.refused.labels(kind).inc()
            return False
        self.metrics.appended.labels(kind).inc()
        self.log.info(
            "outbox_appended",
            message_id=str(message_id),
            kind=kind,
            boot=str(stored.key.boot),
            seq=stored.key.seq,
        )
        self.appended()
        return True
