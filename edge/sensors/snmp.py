"""SNMP agents: switches, power supplies. A wrong community and a dead agent look the same: silence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pysnmp.error import PySnmpError
from pysnmp.hlapi.v3arch import asyncio as hlapi

from contracts.points import SnmpPoint
from edge.config.sensor import SnmpSettings
from edge.core import decode
from edge.core.rules import Answer, Unread

V2C: Final = 1
"""pysnmp's number of SNMP v2c, which most switches still speak."""
AT_ONCE: Final = 20
"""Values in one question: the answer fits into one datagram."""
RETRIES: Final = 1
AUTH: Final = {
    "sha": hlapi.USM_AUTH_HMAC96_SHA,
    "sha256": hlapi.USM_AUTH_HMAC192_SHA256,
    "sha512": hlapi.USM_AUTH_HMAC384_SHA512,
}
NO_SUCH: Final = ("NoSuchObject", "NoSuchInstance", "EndOfMibView")
"""RFC 3416, 4.2.1: the agent answers and has not what was asked for."""


@dataclass(frozen=True, slots=True)
class SnmpDevice:
    """One agent. engine: shared by all. oids: of the points, whole."""

    engine: hlapi.SnmpEngine
    settings: SnmpSettings
    points: Mapping[str, SnmpPoint]
    oids: Mapping[str, str]

    async def read(self, at: datetime) -> Mapping[str, Answer]:
        """Twenty values in a question; after the first silence nobody waits for the rest."""
        answers: dict[str, Answer] = {}
        keys = list(self.points)
        for begin in range(0, len(keys), AT_ONCE):
            asked = keys[begin : begin + AT_ONCE]
            found = await self._ask([self.oids[key] for key in asked])
            if isinstance(found, Unread) and found.silent:
                return answers | dict.fromkeys(keys[begin:], found)
            for key in asked:
                answers[key] = (
                    found if isinstance(found, Unread) else self._meant(key, found.get(self.oids[key]), at)
                )
        return answers

    async def _ask(self, oids: list[str]) -> "dict[str, Any] | Unread":
        """What the agent says, by OID."""
        where = (self.settings.host, self.settings.port)
        try:
            target = await hlapi.UdpTransportTarget.create(where, self.settings.timeout_s, RETRIES)
            silence, refusal, _, found = await hlapi.get_cmd(
                self.engine,
                _credentials(self.settings),
                target,
                hlapi.ContextData(),
                *(hlapi.ObjectType(hlapi.ObjectIdentity(oid)) for oid in oids),
                lookupMib=False,
            )
        except (PySnmpError, OSError) as error:
            return Unread(str(error), silent=True)
        if silence:
            return Unread(f"{silence}: it is away, or refuses who asks", silent=True)
        if refusal:
            return Unread(f"the agent refuses: {refusal.prettyPrint()}")
        return {str(oid): value for oid, value in found}

    def _meant(self, key: str, value: Any, at: datetime) -> Answer:
        if value is None or type(value).__name__ in NO_SUCH:
            return Unread(f"the agent has no {self.oids[key]}")
        try:
            return decode.snmp(self.points[key], int(value), at)
        except (TypeError, ValueError):
            return Unread(f"{self.oids[key]} is no number")


def oid(point: SnmpPoint, key: str) -> str:
    """The point's whole OID: the settings' key may add a row of its table."""
    _, _, row = key.partition(".")
    return f"{point.oid}.{row}" if row else point.oid


def _credentials(settings: SnmpSettings) -> "hlapi.CommunityData | hlapi.UsmUserData":
    if settings.community is not None:
        return hlapi.CommunityData(settings.community.get_secret_value(), mpModel=V2C)
    auth_key, privacy_key = settings.auth_key, settings.privacy_key
    return hlapi.UsmUserData(
        settings.user,
        authKey=auth_key.get_secret_value() if auth_key else None,
        privKey=privacy_key.get_secret_value() if privacy_key else None,
        authProtocol=AUTH[settings.auth] if auth_key else hlapi.USM_AUTH_NONE,
        privProtocol=hlapi.USM_PRIV_CFB128_AES if privacy_key else hlapi.USM_PRIV_NONE,
    )
