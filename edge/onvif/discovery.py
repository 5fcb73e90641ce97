"""Finds cameras on the local network: WS-Discovery, a question by multicast that every ONVIF device answers.

The kept library asks a camera that it knows; finding one is a datagram and its answers (WS-Discovery of April
2005; ONVIF Core Specification, Device discovery), so it is done here.
"""

import asyncio
import socket
from typing import Any, Final
from uuid import uuid4

from lxml import etree

from edge.core.onvif import Discovered, discovered

GROUP: Final = ("239.255.255.250", 3702)
DISCOVERY: Final = "{http://schemas.xmlsoap.org/ws/2005/04/discovery}"
AGAIN_S: Final = 1.0
"""A datagram may be lost: the question is asked twice."""
MAX_ANSWERS: Final = 1_000
PROBE: Final = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
    ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><s:Header>'
    "<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action>"
    "<a:MessageID>urn:uuid:{id}</a:MessageID>"
    "<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header>"
    "<s:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></s:Body></s:Envelope>"
)


class _Answers(asyncio.DatagramProtocol):
    """Keeps what comes, each sender's answer once."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, ...], Discovered] = {}

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:  # noqa: ARG002 - asyncio's
        if len(self.found) < MAX_ANSWERS:
            self.found |= {one.addresses: one for one in matches(data) if one.addresses}


async def discover(wait_s: float, interface: str | None = None) -> tuple[Discovered, ...]:
    """The cameras that answer within this time, by address.

    interface: the address of the network card to ask by; None: the system's choice.

    Raises:
        OSError: There is no such interface, or no network.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.setblocking(False)
        asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        if interface is not None:
            asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(interface))
        asking.bind(("", 0))
        loop = asyncio.get_running_loop()
        transport, answers = await loop.create_datagram_endpoint(_Answers, sock=asking)
        try:
            for pause_s in (min(AGAIN_S, wait_s), max(wait_s - AGAIN_S, 0.0)):
                transport.sendto(PROBE.format(id=uuid4()).encode(), GROUP)
                await asyncio.sleep(pause_s)
        finally:
            transport.close()
    return tuple(sorted(answers.found.values(), key=lambda one: one.addresses))


def matches(answer: bytes) -> tuple[Discovered, ...]:
    """The devices of one ProbeMatches; none where the datagram is something else."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    try:
        tree = etree.fromstring(answer, parser)
    except etree.XMLSyntaxError:
        return ()
    return tuple(
        discovered(_text(match, "XAddrs"), _text(match, "Scopes"))
        for match in tree.iter(f"{DISCOVERY}ProbeMatch")
    )


def _text(match: Any, name: str) -> str:
    return str(match.findtext(f"{DISCOVERY}{name}") or "")
