"""Devices that publish on the estate's own broker: the last word of each, and how long ago it was heard."""

import asyncio
import logging
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import unquote, urlsplit

import aiomqtt
from structlog.typing import FilteringBoundLogger

from contracts.points import MqttPoint
from edge.clock import monotonic_s, steady_now, utc_now
from edge.core import decode, restart
from edge.core.rules import Answer, Unread

RECONNECT: Final = restart.Policy(base_s=0.5, cap_s=30.0, jitter=0.5, healthy_s=10.0)
MAX_QUEUED: Final = 1_000
"""Messages that wait to be looked at; beyond it new ones are dropped: the topic's next tells as much."""
MAX_PAYLOAD: Final = 64 * 1024
TIMEOUT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Heard:
    """A topic's newest message. heard_s: when, on the monotonic clock; at: when, UTC."""

    payload: bytes
    at: datetime
    heard_s: float


class Listener:
    """One connection to a broker, for all devices that publish there."""

    def __init__(self, url: str, topics: Iterable[str], log: FilteringBoundLogger) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 1883
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._topics = sorted(set(topics))
        self._log = log.bind(broker=f"{self._host}:{self._port}")
        self._heard: dict[str, Heard] = {}
        self.since_s = monotonic_s()

    def heard(self, topic: str) -> Heard | None:
        """The newest message of a topic, None if there was none yet."""
        return self._heard.get(topic)

    async def run(self) -> None:
        """Listens for ever; a broker that is away is tried again, later and later."""
        luck = random.Random()  # noqa: S311 - spreads reconnections, guards nothing
        machine = restart.Restart()
        while True:
            machine, effects = restart.step(RECONNECT, machine, restart.TimePassed(), steady_now())
            if effects:
                await self._once()
                machine, _ = restart.step(RECONNECT, machine, restart.Ended(luck.random()), steady_now())
            await asyncio.sleep(restart.wait_s(RECONNECT, machine, steady_now()))

    async def _once(self) -> None:
        quiet = logging.getLogger("edge.sensors.mqtt")
        quiet.setLevel(logging.ERROR)  # what matters is logged by us, as events
        try:
            async with aiomqtt.Client(
                self._host,
                self._port,
                username=self._user,
                password=self._password,
                timeout=TIMEOUT_S,
                max_queued_incoming_messages=MAX_QUEUED,
                logger=quiet,
            ) as client:
                for topic in self._topics:
                    await client.subscribe(topic)
                self._log.info("estate_broker_connected")
                async for message in client.messages:
                    self._take(message)
        except (aiomqtt.MqttError, OSError) as error:
            self._log.warning("estate_broker_away", reason=str(error))

    def _take(self, message: aiomqtt.Message) -> None:
        """A retained message may be days old: whether its device lives, it does not say."""
        payload = message.payload
        if message.retain or not isinstance(payload, bytes | bytearray):
            return
        self._heard[str(message.topic)] = Heard(bytes(payload[:MAX_PAYLOAD]), utc_now(), monotonic_s())


@dataclass(frozen=True, slots=True)
class MqttDevice:
    """The points of one device. topics: of the points, filled in."""

    listener: Listener
    points: Mapping[str, MqttPoint]
    topics: Mapping[str, str]

    async def read(self, at: datetime) -> Mapping[str, Answer]:  # noqa: ARG002 - a message has its own instant
        """What was heard last, if it is fresh enough; nothing at first, until it should have been heard."""
        now_s = monotonic_s()
        answers = {key: self._answer(key, point, now_s) for key, point in self.points.items()}
        return {key: answer for key, answer in answers.items() if answer is not None}

    def _answer(self, key: str, point: MqttPoint, now_s: float) -> Answer | None:
        heard = self.listener.heard(self.topics[key])
        since_s = self.listener.since_s if heard is None else heard.heard_s
        if now_s - since_s > point.heard_within_s:
            return Unread(f"not heard for {now_s - since_s:.0f} s", silent=True)
        return decode.mqtt(point, heard.payload, heard.at) if heard else None
