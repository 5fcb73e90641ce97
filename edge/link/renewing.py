"""Renews the device's certificate before it ends. Broker, uploads and seals take the new one as they go."""

import asyncio
import random
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import httpx
from cryptography import x509
from structlog.typing import FilteringBoundLogger

from edge.clock import utc_now
from edge.core import renewal
from edge.evidence.identity import DeviceFiles
from edge.link import enrol
from edge.link.enrol import EnrolmentError

LOOK_EVERY_S: Final = 3600.0
"""A clock may be set meanwhile, so no sleep is longer."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """Where certificates come from. tls: None for plain HTTP."""

    url: str
    agent: str
    tls: ssl.SSLContext | None = None


async def run(
    cloud: Cloud, device: DeviceFiles, renewed: Callable[[], None], log: FilteringBoundLogger
) -> None:
    """Renews for ever. renewed: called when another certificate lies on the disk."""
    luck = random.Random()  # noqa: S311 - spreads requests, guards nothing
    state = renewal.Renewal(*_life(device.certificate_pem))
    async with httpx.AsyncClient(timeout=enrol.TIMEOUT_S, verify=cloud.tls or True) as client:
        while True:
            state, effects = renewal.step(state, renewal.TimePassed(), utc_now())
            if effects:
                try:
                    pem = await enrol.renew(client, cloud.url, cloud.agent, device, utc_now())
                    await asyncio.to_thread(enrol.keep, pem, device.certificate)
                except EnrolmentError as error:
                    state, _ = renewal.step(state, renewal.Failed(luck.random()), utc_now())
                    log.warning(
                        "certificate_not_renewed",
                        reason=str(error),
                        ends=state.ends.isoformat(),
                        failures=state.failures,
                    )
                else:
                    state, _ = renewal.step(state, renewal.Renewed(*_life(pem)), utc_now())
                    renewed()
                    log.info("certificate_renewed", ends=state.ends.isoformat())
            wait_s = (renewal.due(state) - utc_now()).total_seconds()
            await asyncio.sleep(min(max(wait_s, 1.0), LOOK_EVERY_S))


def _life(pem: str) -> tuple[datetime, datetime]:
    found = x509.load_pem_x509_certificate(pem.encode())
    return found.not_valid_before_utc, found.not_valid_after_utc
