"""Listens on the broker beside ingest: what the agent sent, and what the cloud confirmed, as it passes by."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiomqtt
from pydantic import ValidationError

from cloud import clock
from contracts import topics
from contracts.messages import EVENT, RECEIPT, Confirm, Event, FallingObject
from fallwatch.demo.layout import BrokerAccess

MAX_MESSAGES = 10_000
"""More than two minutes of a demo can bring; beyond it nothing new is kept."""


@dataclass
class Tap:
    """What has passed by so far."""

    sent: dict[tuple[UUID, int], Event] = field(default_factory=dict)
    confirmed_at: dict[tuple[UUID, int], datetime] = field(default_factory=dict)

    @property
    def confirmed_count(self) -> int:
        """How many of the messages that were sent have been confirmed."""
        return len(self.sent.keys() & self.confirmed_at.keys())

    def falls(self, camera: str) -> list[FallingObject]:
        """Falls that this camera's agent sent."""
        return [
            event
            for event in self.sent.values()
            if isinstance(event, FallingObject) and event.camera == camera
        ]

    def take(self, topic: str, payload: bytes, at: datetime) -> None:
        """Note one message; what is none of ours is ingest's business."""
        try:
            if topic.endswith("/up/event"):
                event = EVENT.validate_json(payload)
                if len(self.sent) < MAX_MESSAGES:
                    self.sent.setdefault((event.boot, event.seq), event)
                return
            receipt = RECEIPT.validate_json(payload)
        except ValidationError:
            return
        if isinstance(receipt, Confirm):
            for part in receipt.ranges:
                last = min(part.last, part.first + MAX_MESSAGES)
                for seq in range(part.first, last + 1):
                    self.confirmed_at.setdefault((part.boot, seq), at)


@asynccontextmanager
async def listening(access: BrokerAccess, agent: str) -> AsyncIterator[Tap]:
    """A tap that fills while the block runs.

    Raises:
        ValueError: The address is none of a broker.
        aiomqtt.MqttError: The broker refused us or went away.
    """
    parts = urlsplit(access.url)
    if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
        raise ValueError("it must be mqtts://host:port or mqtt://user:password@host:port")
    client = aiomqtt.Client(
        parts.hostname,
        parts.port or (8883 if parts.scheme == "mqtts" else 1883),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls_context=_tls(access) if parts.scheme == "mqtts" else None,
        protocol=aiomqtt.ProtocolVersion.V5,
    )
    tap = Tap()

    async def follow() -> None:
        async for message in client.messages:
            if isinstance(message.payload, bytes):
                tap.take(str(message.topic), message.payload, clock.utc_now())

    async with client:
        for topic in (topics.event(agent), topics.receipt(agent)):
            await client.subscribe(topic, qos=1)
        following = asyncio.ensure_future(follow())
        try:
            yield tap
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


def _tls(access: BrokerAccess) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(access.ca) if access.ca else None)
    if access.credentials is not None:
        context.load_cert_chain(access.credentials.certificate, access.credentials.key)
    return context
