"""Asks the broker and the cloud whether they answer, as the agent would."""

import asyncio
import contextlib
import socket
import ssl
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from time import perf_counter
from typing import Final

import aiomqtt
import httpx

from edge.clock import utc_now
from edge.link.client import Endpoint

TIMEOUT_S: Final = 8.0
UNTRUSTED: Final = "Its certificate is not of the authority that the settings name, or is for another host."

REFUSED: Final = (
    "The box's certificate may have ended, been revoked, or be of another authority: enrol it anew."
)
ALERT_S: Final = 0.5  # TLS 1.3 refuses a client after its handshake; a broker that accepts is silent


@dataclass(frozen=True, slots=True)
class Answer:
    """fault: why there was none; empty: there was. ahead_s: of our clock before the peer's, if it told."""

    fault: str = ""
    advice: str = ""
    took_s: float = 0.0
    ahead_s: float | None = None


def broker(where: Endpoint, agent: str) -> Answer:
    """Connects like the agent, under another client's name: a running agent is not pushed out."""
    began_s = perf_counter()
    reached = _tls(where)
    if reached.fault:
        return reached
    try:
        asyncio.run(_connect(where, f"{agent}-doctor"))
    except aiomqtt.MqttError as error:
        return Answer(f"it refuses the box: {error}", REFUSED)
    return Answer(took_s=perf_counter() - began_s)


async def _connect(where: Endpoint, identifier: str) -> None:
    client = aiomqtt.Client(
        where.host,
        where.port,
        username=where.username,
        password=where.password,
        identifier=identifier,
        protocol=aiomqtt.ProtocolVersion.V5,
        clean_start=True,
        timeout=TIMEOUT_S,
        tls_context=where.tls,
    )
    async with client:
        pass


def _tls(where: Endpoint) -> Answer:
    """TCP, then TLS if the settings ask for it; says which of the two failed."""
    try:
        with socket.create_connection((where.host, where.port), TIMEOUT_S) as plain:
            if where.tls is not None:
                with where.tls.wrap_socket(plain, server_hostname=where.host) as secure:
                    secure.settimeout(ALERT_S)
                    with contextlib.suppress(TimeoutError):
                        secure.recv(1)
    except ssl.SSLCertVerificationError as error:
        return Answer(f"its certificate is not believed: {error.verify_message}", UNTRUSTED)
    except ssl.SSLError as error:
        reason = (error.reason or str(error)).replace("_", " ").lower()
        if "alert" in reason:
            return Answer(f"it refuses the box's certificate: {reason}", REFUSED)
        return Answer(f"TLS fails: {reason}", "Is it the port with TLS (8883)?")
    except socket.gaierror:
        return Answer(f"the name {where.host} is not known", "Check broker.url and the box's DNS.")
    except OSError as error:
        return Answer(
            f"cannot be reached: {error.strerror or error}",
            "Check broker.url, the network, and that the firewall lets this port out.",
        )
    return Answer()


def cloud(url: str, tls: ssl.SSLContext | None) -> Answer:
    """Asks the API whether it lives; its answer also tells its clock, to the second."""
    began, began_s = utc_now(), perf_counter()
    try:
        response = httpx.get(
            url.rstrip("/") + "/healthz", verify=tls if tls is not None else True, timeout=TIMEOUT_S
        )
    except httpx.HTTPError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return Answer("its certificate is not believed", UNTRUSTED)
        return Answer(f"cannot be reached: {error}", "Check evidence.url, the network and the firewall.")
    except (httpx.InvalidURL, ValueError) as error:
        return Answer(f"the address cannot be used: {error}", "Mend evidence.url.")
    took_s = perf_counter() - began_s
    if response.status_code != httpx.codes.OK:
        advice = "Is evidence.url the cloud's address, without a path of its own?"
        return Answer(f"answers {response.status_code} at /healthz", advice)
    return Answer(
        took_s=took_s, ahead_s=_ahead_s(response.headers.get("date"), began.timestamp() + took_s / 2)
    )


def _ahead_s(date: str | None, at_s: float) -> float | None:
    try:
        return None if date is None else at_s - (parsedate_to_datetime(date).timestamp() + 0.5)
    except ValueError:
        return None
