"""Where the broker is and how ingest shows itself there: MQTT 5, TLS with a certificate of its own."""

import ssl
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from cloud.config import BrokerSettings, SettingsError

CONNECT_TIMEOUT_S: Final = 10.0
IN_FLIGHT: Final = 200
"""Publications that the broker has not acknowledged; paho holds back the others."""


@dataclass(frozen=True, slots=True)
class Dial:
    """A client that is not yet connected, and where to connect it."""

    client: paho.Client
    host: str
    port: int


def dial(broker: BrokerSettings, identifier: str) -> Dial:
    """A client for this broker.

    Args:
        broker: Where, and with which certificate.
        identifier: The MQTT client identifier; two with the same one throw each other out.

    Raises:
        SettingsError: The address or the certificates cannot be used.
    """
    parts = urlsplit(broker.url)
    if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
        raise SettingsError(
            f"broker.url must be mqtts://host:port or mqtt://host:port, found {parts.scheme}://…"
        )
    secure = parts.scheme == "mqtts"
    client = paho.Client(
        CallbackAPIVersion.VERSION2,
        client_id=identifier,
        protocol=MQTTProtocolVersion.MQTTv5,
        reconnect_on_failure=False,
    )
    client.connect_timeout = CONNECT_TIMEOUT_S
    client.max_inflight_messages_set(IN_FLIGHT)
    if parts.username:
        client.username_pw_set(unquote(parts.username), unquote(parts.password or ""))
    if secure:
        client.tls_set_context(_tls(broker))
    return Dial(client, parts.hostname, parts.port or (8883 if secure else 1883))


def _tls(broker: BrokerSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=None if broker.ca is None else str(broker.ca))
        if broker.certificate is not None and broker.key is not None:
            context.load_cert_chain(broker.certificate, broker.key)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(f"the broker's certificates cannot be read: {error}") from error
    return context
