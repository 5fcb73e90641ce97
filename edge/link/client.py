"""The connection to the broker: MQTT 5 over TLS with the device's certificate, made again for ever."""

import asyncio
import logging
import random
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

import aiomqtt
from structlog.typing import FilteringBoundLogger

from contracts import topics
from edge.clock import steady_now
from edge.config.settings import BrokerSettings
from edge.core import restart
from edge.link.dates import watch_dates
from edge.metrics import DeliveryMetrics

RECONNECT: Final = restart.Policy(base_s=0.5, cap_s=30.0, jitter=0.5, healthy_s=10.0)
KEEPALIVE_S: Final = 15
TIMEOUT_S: Final = 10.0
MAX_RECEIPTS: Final = 1_000
MAX_INFLIGHT: Final = 100
DEFAULT_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}


class EndpointError(ValueError):
    """The broker's address or certificates cannot be used. The message says why."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the broker is, and how we show who we are."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = None


def endpoint(broker: BrokerSettings) -> Endpoint:
    """The endpoint that the settings name.

    Raises:
        EndpointError: The address has another form, or a file cannot be read.
    """
    try:
        parts = urlsplit(broker.url.get_secret_value())
        port = parts.port
    except ValueError as error:
        raise EndpointError(f"broker.url is no address: {error}") from None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise EndpointError("broker.url must be mqtts://host:port or mqtt://user:password@host:port")
    tls = None
    if parts.scheme == "mqtts":
        try:
            tls = watch_dates(ssl.create_default_context(cafile=broker.ca))
            if broker.certificate is not None:
                tls.load_cert_chain(broker.certificate, broker.key)
        except (OSError, ssl.SSLError) as error:
            raise EndpointError(f"the broker's certificates cannot be used: {error}") from error
    return Endpoint(
        parts.hostname,
        port or DEFAULT_PORTS[parts.scheme],
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
        tls,
    )


def present(where: Endpoint, broker: BrokerSettings) -> None:
    """From the next connection on, shows the certificate that lies on the disk now."""
    if where.tls is not None and broker.certificate is not None:
        where.tls.load_cert_chain(broker.certificate, broker.key)


def client(where: Endpoint, agent: str, last_will: bytes, on_drop: Callable[[], None]) -> aiomqtt.Client:
    """A client that is not connected yet.

    last_will: what the broker publishes, retained, when we vanish. on_drop: called for each receipt that
    found the inbox full; what it confirmed is sent again later.
    """

    class Receipts(asyncio.Queue[aiomqtt.Message]):
        """Bounded; counts what it refuses."""

        def put_nowait(self, item: aiomqtt.Message) -> None:
            """Takes a message or says that it is full."""
            if self.full():
                on_drop()
            super().put_nowait(item)

    quiet = logging.getLogger("edge.link.mqtt")
    quiet.setLevel(logging.ERROR)  # what matters is logged by us, as events
    return aiomqtt.Client(
        where.host,
        where.port,
        username=where.username,
        password=where.password,
        identifier=agent,
        protocol=aiomqtt.ProtocolVersion.V5,
        clean_start=True,
        keepalive=KEEPALIVE_S,
        timeout=TIMEOUT_S,
        tls_context=where.tls,
        socket_options=((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),),  # an alarm is one small packet
        will=aiomqtt.Will(topics.status(agent), last_will, qos=1, retain=True),
        queue_type=Receipts,
        max_queued_incoming_messages=MAX_RECEIPTS,
        max_inflight_messages=MAX_INFLIGHT,
        logger=quiet,
    )


def heed_cancellation() -> None:
    """Raises a cancellation that came while the client waited and was lost there.

    Before Python 3.12 `asyncio.wait_for`, by which the MQTT client waits for every answer, swallows a
    cancellation that comes in the same turn as the answer (CPython issue 86296). Whoever goes on for long
    after an answer asks here first; not in a task in which a task group has failed.

    Raises:
        CancelledError: This task has been told to end.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def stay_connected(
    make: Callable[[], aiomqtt.Client],
    talk: Callable[[aiomqtt.Client], Awaitable[None]],
    metrics: DeliveryMetrics,
    log: FilteringBoundLogger,
) -> None:
    """Connects, lets `talk` use the connection, and connects again whenever it breaks."""
    luck = random.Random()  # noqa: S311 - spreads reconnections, guards nothing
    machine = restart.Restart()
    while True:
        machine, effects = restart.step(RECONNECT, machine, restart.TimePassed(), steady_now())
        if effects:
            # A task of its own: a task group that failed leaves its task counted as cancelled (Python 3.11).
            await asyncio.create_task(_once(make, talk, metrics, log))
            heed_cancellation()
            machine, effects = restart.step(RECONNECT, machine, restart.Ended(luck.random()), steady_now())
        await asyncio.sleep(restart.wait_s(RECONNECT, machine, steady_now()))


async def _once(
    make: Callable[[], aiomqtt.Client],
    talk: Callable[[aiomqtt.Client], Awaitable[None]],
    metrics: DeliveryMetrics,
    log: FilteringBoundLogger,
) -> None:
    connected = False
    try:
        async with make() as connection:
            heed_cancellation()
            connected = True
            metrics.connects.labels("ok").inc()
            metrics.connected.set(1)
            log.info("broker_connected")
            await talk(connection)
    except* aiomqtt.MqttError as errors:
        if not connected:
            metrics.connects.labels("failed").inc()
        log.warning("broker_lost" if connected else "broker_unreachable", reason=_first(errors))
    finally:
        metrics.connected.set(0)


def _first(errors: BaseExceptionGroup[aiomqtt.MqttError]) -> str:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error)
