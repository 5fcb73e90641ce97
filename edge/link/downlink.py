"""Takes the cloud's receipts, by which messages are forgotten or put aside, and what it wants of the box."""

import asyncio
from collections.abc import Callable, Iterable

import aiomqtt
from pydantic import ValidationError
from structlog.typing import FilteringBoundLogger

from contracts import topics
from contracts.messages import RECEIPT, Confirm, Receipt, Reject
from edge.clock import steady_now, utc_now
from edge.core.outbox import Key
from edge.link.client import heed_cancellation
from edge.link.way import Way
from edge.metrics import DeliveryMetrics
from edge.outbox.store import DiskFull, Outbox


class Downlink:
    """The way down. settled: told of every message that left the outbox. wanted: of what the cloud wants."""

    def __init__(
        self,
        agent: str,
        outbox: Outbox,
        settled: Callable[[Iterable[Key]], None],
        metrics: DeliveryMetrics,
        log: FilteringBoundLogger,
        *,
        wanted: Callable[[bytes], None],
        way: Way,
    ) -> None:
        self._receipt = topics.receipt(agent)
        self._desired = topics.desired(agent)
        self._wanted = wanted
        self._outbox = outbox
        self._settled = settled
        self._way = way
        self._metrics = metrics
        self._log = log

    async def subscribe(self, client: aiomqtt.Client) -> None:
        """Asks for receipts and for what is wanted; to be done before anything is sent."""
        await client.subscribe([(self._receipt, 1), (self._desired, 1)])
        heed_cancellation()

    async def run(self, client: aiomqtt.Client) -> None:
        """Takes receipts and wishes until the connection breaks.

        Raises:
            MqttError: It broke.
        """
        async for message in client.messages:
            if str(message.topic) == self._desired:
                if message.payload:
                    self._wanted(message.payload)
                continue
            receipt = self._read(message.payload)
            try:
                match receipt:
                    case Confirm():
                        await self._confirmed(receipt)
                    case Reject():
                        await self._rejected(receipt)
            except DiskFull as error:  # what it speaks of is sent again, and answered again
                self._log.error("receipt_not_noted", reason=str(error))

    def _read(self, payload: object) -> Receipt | None:
        if not isinstance(payload, bytes):
            return None
        try:
            return RECEIPT.validate_json(payload)
        except ValidationError as error:
            self._metrics.receipts_malformed.inc()
            self._log.warning(
                "receipt_malformed", errors=error.error_count(), begins=payload[:80].decode(errors="replace")
            )
            return None

    async def _confirmed(self, receipt: Confirm) -> None:
        received = steady_now()
        gone = await asyncio.to_thread(self._outbox.confirm, receipt.ranges)
        self._way.confirmed((key for key, _ in gone), receipt.at, received)
        self._settled(key for key, _ in gone)
        self._metrics.confirmed.inc(len(gone))
        for key, message_id in gone:
            self._log.info("confirmed", message_id=str(message_id), boot=str(key.boot), seq=key.seq)

    async def _rejected(self, receipt: Reject) -> None:
        key = Key(receipt.boot, receipt.seq)
        message_id = await asyncio.to_thread(self._outbox.reject, key, receipt.reason, utc_now())
        self._way.rejected(key)
        self._settled((key,))
        if message_id is not None:
            self._metrics.rejected.inc()
            self._log.error("rejected", message_id=str(message_id), seq=receipt.seq, reason=receipt.reason)
