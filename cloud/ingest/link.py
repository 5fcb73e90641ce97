"""The connection to the broker: paho on asyncio's event loop, straight into the inbox.

paho is driven by its interface for other event loops. A queue's task and a writer's registration for each
message, as a wrapper has them, cost more than reading the message.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from socket import IPPROTO_TCP, TCP_NODELAY
from typing import Any, Final

from paho.mqtt import client as paho
from paho.mqtt.enums import MQTTErrorCode

from cloud.config import BrokerSettings
from cloud.ingest.broker import Dial, dial
from cloud.ingest.inbox import Inbox
from cloud.ingest.reading import Envelope

ANSWER_TIMEOUT_S: Final = 10.0
KEEPALIVE_S: Final = 20
UPKEEP_S: Final = 1.0
BURST: Final = 64
"""So many packets are read before others on the event loop have their turn."""
OPENING: Final = 0
"""What waits for the broker's welcome; paho numbers its own packets from 1."""


class LinkLost(ConnectionError):  # noqa: N818 - named for what is so
    """The broker is gone, refuses, or does not answer."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to the broker. retain: whoever subscribes later gets it, too."""

    topic: str
    payload: bytes
    retain: bool = False


@asynccontextmanager
async def linked(broker: BrokerSettings, identifier: str, inbox: Inbox) -> AsyncIterator["Link"]:
    """A connection while the block runs, closed in order afterwards.

    Raises:
        LinkLost: No connection.
        SettingsError: The address or the certificates cannot be used.
    """
    dialled = dial(broker, identifier)
    link = Link(dialled.client, inbox)
    try:
        await link.open(dialled)
        yield link
    finally:
        link.close()


class Link:
    """One connection. What it hears goes to its inbox, which is told when the connection is lost."""

    def __init__(self, client: paho.Client, inbox: Inbox) -> None:
        self.inbox = inbox
        self._client = client
        self._loop = asyncio.get_running_loop()
        self._answers: dict[int, asyncio.Future[None]] = {}
        self._lost: LinkLost | None = None
        self._upkeep: asyncio.TimerHandle | None = None
        self._file = -1
        self._writing = False
        self._packets = 0
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        client.on_publish = client.on_subscribe = client.on_unsubscribe = self._on_answer

    async def open(self, there: Dial) -> None:
        """Connect. Raises LinkLost."""
        welcome = self._expect(OPENING)
        try:
            await asyncio.to_thread(self._client.connect, there.host, there.port, KEEPALIVE_S)
        except (OSError, ValueError) as error:
            raise LinkLost(f"no connection to {there.host}:{there.port}: {error}") from error
        socket = self._client.socket()
        if socket is None:
            raise LinkLost(f"no connection to {there.host}:{there.port}")
        # Acknowledgements and receipts are small: held back to be sent together, they would wait 40 ms each.
        socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)  # type: ignore[attr-defined]
        self._file = socket.fileno()
        self._loop.add_reader(self._file, self._read)
        self._keep_up()
        await self._answered(welcome)

    def close(self) -> None:
        """Say goodbye, if anybody is there."""
        if self._lost is None:
            self._client.disconnect()
        self._lose("closed")

    @property
    def is_up(self) -> bool:
        """Whether the connection stands."""
        return self._lost is None and self._file >= 0

    async def subscribe(self, topic: str) -> None:
        """At QoS 1. Raises LinkLost."""
        await self._answered(self._sent(*self._client.subscribe(topic, qos=1)))

    async def unsubscribe(self, topic: str) -> None:
        """What is on its way still comes. Raises LinkLost."""
        await self._answered(self._sent(*self._client.unsubscribe(topic)))

    async def publish(self, *messages: Outgoing) -> None:
        """At QoS 1; returns when the broker has acknowledged all of them. Raises LinkLost."""
        answers = []
        for message in messages:
            info = self._client.publish(message.topic, message.payload, qos=1, retain=message.retain)
            answers.append(self._sent(info.rc, info.mid))
        await self._answered(*answers)

    def _sent(self, result: MQTTErrorCode, mid: int | None) -> "asyncio.Future[None]":
        if self._lost is not None:
            raise self._lost
        if result != MQTTErrorCode.MQTT_ERR_SUCCESS or mid is None:
            raise LinkLost(f"nothing can be sent: {result.name}")
        self._flush()
        return self._expect(mid)

    def _expect(self, mid: int) -> "asyncio.Future[None]":
        answer = self._answers[mid] = self._loop.create_future()
        return answer

    async def _answered(self, *answers: "asyncio.Future[None]") -> None:
        if not answers:
            return
        _, missing = await asyncio.wait(answers, timeout=ANSWER_TIMEOUT_S)
        if self._lost is not None:
            raise self._lost
        if missing:
            raise LinkLost(f"no answer within {ANSWER_TIMEOUT_S:g} s")

    def _read(self) -> None:
        """What there is, up to a burst; paho answers each message at once."""
        for _ in range(BURST):
            before = self._packets
            try:
                result = self._client.loop_read()
            except OSError as error:
                self._lose(str(error))
                return
            if result != MQTTErrorCode.MQTT_ERR_SUCCESS:
                self._lose(result.name)
                return
            if self._packets == before:
                break  # paho does not tell otherwise that there was no whole packet.
        self._flush()

    def _flush(self) -> None:
        """Have the event loop write what the socket did not take at once."""
        wanted = self._client.want_write()
        if wanted and not self._writing and self.is_up:
            self._loop.add_writer(self._file, self._write)
        elif self._writing and not wanted:
            self._loop.remove_writer(self._file)
        self._writing = wanted

    def _write(self) -> None:
        try:
            result = self._client.loop_write()
        except OSError as error:
            self._lose(str(error))
            return
        if result not in {MQTTErrorCode.MQTT_ERR_SUCCESS, MQTTErrorCode.MQTT_ERR_AGAIN}:
            self._lose(result.name)
            return
        self._flush()

    def _keep_up(self) -> None:
        """Paho's own timers: it asks the broker for a sign of life, and misses it."""
        result = self._client.loop_misc()
        if result != MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._lose(result.name)
            return
        self._flush()
        self._upkeep = self._loop.call_later(UPKEEP_S, self._keep_up)

    def _lose(self, why: str) -> None:
        if self._lost is not None:
            return
        self._lost = LinkLost(why)
        if self._upkeep is not None:
            self._upkeep.cancel()
        if self._file >= 0:
            self._loop.remove_reader(self._file)
            self._loop.remove_writer(self._file)
        for answer in self._answers.values():
            answer.cancel()
        self._answers.clear()
        self.inbox.fail(self._lost)

    def _on_connect(self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self._packets += 1
        if reason.is_failure:
            self._lose(f"the broker refuses: {reason}")
        else:
            self._settle(OPENING)

    def _on_answer(self, _client: Any, _data: Any, mid: int, *_: Any) -> None:
        self._packets += 1
        self._settle(mid)

    def _settle(self, mid: int) -> None:
        answer = self._answers.pop(mid, None)
        if answer is not None and not answer.done():
            answer.set_result(None)

    def _on_message(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        self._packets += 1
        self.inbox.put(Envelope(message.topic, bytes(message.payload), message.retain))
