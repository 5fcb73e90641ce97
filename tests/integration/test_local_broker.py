"""The broker holds each certificate to its own branch of topics."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiomqtt
import pytest

from contracts import topics
from fallwatch.local.mosquitto import Broker
from fallwatch.local.pki import Authority


@asynccontextmanager
async def _client(broker: Broker, authority: Authority, name: str) -> AsyncIterator[aiomqtt.Client]:
    credentials = authority.issue(name)
    context = ssl.create_default_context(cafile=str(authority.ca_path))
    context.load_cert_chain(credentials.certificate, credentials.key)
    async with aiomqtt.Client(
        broker.host, broker.port, tls_context=context, protocol=aiomqtt.ProtocolVersion.V5
    ) as client:
        yield client


async def _next(client: aiomqtt.Client) -> tuple[str, bytes]:
    async with asyncio.timeout(5):
        message = await anext(aiter(client.messages))
    assert isinstance(message.payload, bytes)
    return str(message.topic), message.payload


async def test_device_a_cannot_publish_as_device_b(broker: Broker, authority: Authority) -> None:
    async with _client(broker, authority, "cloud") as cloud, _client(broker, authority, "device-a") as a:
        await cloud.subscribe(topics.EVERY_EVENT, qos=1)
        await a.publish(topics.event("device-b"), b"forged", qos=1)
        await a.publish(topics.receipt("device-a"), b"forged receipt", qos=1)
        await a.publish(topics.event("device-a"), b"own", qos=1)
        # Order within a connection is kept: had the forged one passed, it would be here first.
        assert await _next(cloud) == (topics.event("device-a"), b"own")


async def test_device_a_cannot_read_what_is_for_device_b(broker: Broker, authority: Authority) -> None:
    async with _client(broker, authority, "cloud") as cloud, _client(broker, authority, "device-a") as a:
        for topic in (topics.receipt("device-b"), topics.event("device-b"), "#", topics.receipt("device-a")):
            await a.subscribe(topic, qos=1)
        await cloud.publish(topics.receipt("device-b"), b"for b", qos=1)
        await cloud.publish(topics.event("device-b"), b"from b", qos=1)
        await cloud.publish(topics.receipt("device-a"), b"for a", qos=1)
        assert await _next(a) == (topics.receipt("device-a"), b"for a")


async def test_a_client_without_a_certificate_is_refused(broker: Broker, authority: Authority) -> None:
    context = ssl.create_default_context(cafile=str(authority.ca_path))
    with pytest.raises(aiomqtt.MqttError):
        async with aiomqtt.Client(broker.host, broker.port, tls_context=context, timeout=5):
            pass


async def test_a_certificate_of_another_authority_is_refused(
    broker: Broker, authority: Authority, tmp_path: Path
) -> None:
    stranger = Authority.open(tmp_path / "stranger").issue("device-a")
    context = ssl.create_default_context(cafile=str(authority.ca_path))
    context.load_cert_chain(stranger.certificate, stranger.key)
    with pytest.raises(aiomqtt.MqttError):
        async with aiomqtt.Client(broker.host, broker.port, tls_context=context, timeout=5):
            pass
