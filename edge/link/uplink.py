"""Sends what waits in the outbox, as `edge.core.outbox` decides, until the cloud confirms it."""

import asyncio
from collections.abc import Iterable
from typing import Final

import aiomqtt
from structlog.typing import FilteringBoundLogger

from contracts import topics
from edge.clock import steady_now
from edge.core import outbox as policy_of
from edge.core.outbox import Disconnected, Key, Offered, Policy, Send, Sending, Settled
from edge.link.way import Way
from edge.metrics import DeliveryMetrics
from edge.outbox.store import Outbox, Stored

LOOK_EVERY_S: Final = 1.0
"""The outbox is looked into at least so often, in case a worker's word of a new message was lost."""


class Uplink:
    """The way up. `wake` is set by whoever has put something into the outbox."""

    def __init__(
        self,
        agent: str,
        outbox: Outbox,
        policy: Policy,
        metrics: DeliveryMetrics,
        log: FilteringBoundLogger,
        *,
        way: Way,
    ) -> None:
        self.wake = asyncio.Event()
        self._topic = topics.event(agent)
        self._outbox = outbox
        self._policy = policy
        self._way = way
        self._metrics = metrics
        self._log = log
        self._sending = Sending()

    async def run(self, client: aiomqtt.Client) -> None:
        """Sends over this connection until it breaks.

        Raises:
            MqttError: It broke. What was on its way is sent again over the next one.
        """
        self._step(Disconnected())
        while True:
            self.wake.clear()
            sends = self._step(await asyncio.to_thread(self._look))
            if sends:
                await self._publish(client, sends)
            else:
                await self._rest()

    def _look(self) -> Offered:
        return Offered(
            self._outbox.waiting(self._policy.limit), self._outbox.newest_urgent(self._policy.live)
        )

    def settled(self, keys: Iterable[Key]) -> None:
        """These have left the outbox: there is room for others."""
        self._step(Settled(tuple(keys)))
        self.wake.set()

    def _step(self, given: Offered | Settled | Disconnected) -> tuple[Send, ...]:
        self._sending, sends = policy_of.step(self._policy, self._sending, given, steady_now())
        return sends

    async def _publish(self, client: aiomqtt.Client, sends: tuple[Send, ...]) -> None:
        keys = [send.key for send in sends]
        again = {send.key for send in sends if send.again}
        stored = await asyncio.to_thread(self._outbox.fetch, keys)
        gone = set(keys) - {message.key for message in stored}
        if gone:  # confirmed while we looked
            self._step(Settled(gone))
        self._way.sends(message.key for message in stored)
        async with asyncio.TaskGroup() as group:
            for message in stored:
                group.create_task(self._publish_one(client, message, again=message.key in again))

    async def _publish_one(self, client: aiomqtt.Client, message: Stored, *, again: bool) -> None:
        await client.publish(self._topic, message.body, qos=1)
        self._metrics.published.inc()
        self._metrics.resent.inc(int(again))
        self._log.info(
            "published",
            message_id=str(message.message_id),
            kind=message.kind,
            boot=str(message.key.boot),
            seq=message.key.seq,
            again=again,
        )

    async def _rest(self) -> None:
        """Waits until something is new, something is due, or it is time to look again."""
        when = policy_of.due(self._sending)
        wait_s = LOOK_EVERY_S if when is None else min((when - steady_now()).total_seconds(), LOOK_EVERY_S)
        try:
            async with asyncio.timeout(max(wait_s, 0.01)):
                await self.wake.wait()
        except TimeoutError:
            return
