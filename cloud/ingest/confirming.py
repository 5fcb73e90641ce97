"""Tells agents what is committed, beside the committing: one message a batch and agent, or fewer."""

import asyncio

from cloud import clock
from cloud.ingest.handle import Outcome
from cloud.ingest.link import Link, Outgoing
from cloud.metrics import IngestMetrics
from contracts import topics
from contracts.messages import encode


class Confirming:
    """What is committed while the broker has not acknowledged earlier receipts goes together in the next.

    So a slow broker costs fewer messages, never the pace of the committing. One that does not answer at all
    counts as lost after a while, and agents send again.
    """

    def __init__(self, link: Link, metrics: IngestMetrics) -> None:
        self._link = link
        self._metrics = metrics
        self._next = Outcome()
        self._telling: asyncio.Task[None] | None = None

    def tell(self, outcome: Outcome) -> None:
        """Returns at once. Raises LinkLost where earlier receipts could not be sent."""
        self._next.stored += outcome.stored
        self._next.copies += outcome.copies
        self._next.refused += outcome.refused
        if self._telling is not None and self._telling.done():
            self._telling.result()
            self._telling = None
        if self._telling is None:
            self._telling = asyncio.create_task(self._tell())

    async def finish(self) -> None:
        """Returns when the broker has all receipts. Raises LinkLost."""
        if self._telling is not None:
            await self._telling

    async def stop(self) -> None:
        """Ends without having told everything."""
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)

    async def _tell(self) -> None:
        while self._next.stored or self._next.copies or self._next.refused:
            told, self._next = self._next, Outcome()
            receipts = told.receipts(clock.utc_now())
            await self._link.publish(
                *(Outgoing(topics.receipt(agent), encode(receipt)) for agent, receipt in receipts)
            )
            self._metrics.confirmed.inc(len(told.stored) + len(told.copies))
