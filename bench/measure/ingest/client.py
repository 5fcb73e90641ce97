"""A plain paho client on its own loop, as both the fleet and the subscriber that stores nothing use it."""

import ssl
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

KEEPALIVE_S: Final = 20
WINDOW: Final = 200
"""Unacknowledged by the broker at once, which allows no more."""


@dataclass(frozen=True, slots=True)
class Door:
    """A broker, and the certificate to show there."""

    host: str
    port: int
    ca: str
    certificate: str
    key: str


def connected(door: Door, name: str, topic: str) -> paho.Client:
    """A client with its subscription in place. Raises ConnectionError where the broker refuses."""
    client = paho.Client(
        CallbackAPIVersion.VERSION2,
        client_id=f"{name}-{uuid4().hex[:8]}",
        protocol=MQTTProtocolVersion.MQTTv5,
        reconnect_on_failure=False,
    )
    context = ssl.create_default_context(cafile=door.ca)
    context.load_cert_chain(door.certificate, door.key)
    client.tls_set_context(context)
    client.max_inflight_messages_set(WINDOW)
    there: list[int] = []

    def on_subscribe(_client: paho.Client, _data: Any, mid: int, *_: Any) -> None:
        there.append(mid)

    client.on_subscribe = on_subscribe
    client.connect(door.host, door.port, KEEPALIVE_S)
    turn(client)
    while not client.is_connected():
        turn(client)
    client.subscribe(topic, qos=1)
    while not there:
        turn(client)
    return client


def turn(client: paho.Client, timeout_s: float = 1.0) -> None:
    """One turn of paho's own loop. Raises ConnectionError where the connection is gone."""
    result = client.loop(timeout_s)
    if result != MQTTErrorCode.MQTT_ERR_SUCCESS:
        raise ConnectionError(str(result))
