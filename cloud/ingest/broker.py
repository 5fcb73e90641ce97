"""How ingest reaches the broker: MQTT 5, TLS with a certificate of its own, a queue that cannot grow."""

import asyncio
import ssl
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

import aiomqtt
from aiomqtt import Client, Message, ProtocolVersion

from cloud.config import BrokerSettings, SettingsError

CONNECT_TIMEOUT_S = 10.0
KEEPALIVE_S = 20


def bounded(on_drop: Callable[[], None]) -> type[asyncio.Queue[Message]]:
    """A queue type that tells when it drops; aiomqtt only logs it. Agents send it again."""

    class Bounded(asyncio.Queue[Message]):
        def put_nowait(self, item: Message) -> None:
            try:
                super().put_nowait(item)
            except asyncio.QueueFull:
                on_drop()
                raise

    return Bounded


def connect(broker: BrokerSettings, identifier: str, limit: int, on_drop: Callable[[], None]) -> Client:
    """A client, not yet connected: `async with` connects it.

    Args:
        broker: Where, and with which certificate.
        identifier: The MQTT client identifier; two with the same one throw each other out.
        limit: How many messages may wait.
        on_drop: Called for each message beyond `limit`.

    Raises:
        SettingsError: The address or the certificates cannot be used.
    """
    parts = urlsplit(broker.url)
    if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
        raise SettingsError(
            f"broker.url must be mqtts://host:port or mqtt://host:port, found {parts.scheme}://…"
        )
    secure = parts.scheme == "mqtts"
    return aiomqtt.Client(
        parts.hostname,
        parts.port or (8883 if secure else 1883),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        identifier=identifier,
        protocol=ProtocolVersion.V5,
        queue_type=bounded(on_drop),
        max_queued_incoming_messages=limit,
        timeout=CONNECT_TIMEOUT_S,
        keepalive=KEEPALIVE_S,
        tls_context=_tls(broker) if secure else None,
    )


def _tls(broker: BrokerSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=None if broker.ca is None else str(broker.ca))
        if broker.certificate is not None and broker.key is not None:
            context.load_cert_chain(broker.certificate, broker.key)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(f"the broker's certificates cannot be read: {error}") from error
    return context
