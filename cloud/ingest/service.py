"""Wires an ingest together."""

import asyncio
from pathlib import Path

from prometheus_client import CollectorRegistry

from cloud import logs, metrics
from cloud.config import BrokerSettings, IngestSettings, MetricsSettings, SettingsError
from cloud.evidence import verify
from cloud.ingest import health
from cloud.ingest.subscriber import Ingest, run
from cloud.store import pool


async def serve(
    database_url: str,
    broker: BrokerSettings,
    device_ca: Path | None,
    offer: MetricsSettings,
    limits: IngestSettings,
    *,
    stopping: asyncio.Event,
) -> None:
    """Work until `stopping`, then end what is at hand.

    Raises:
        SettingsError: The device authority cannot be read.
    """
    log = logs.logger("ingest")
    registry = CollectorRegistry()
    try:
        ca = None if device_ca is None else verify.authority(device_ca)
    except (OSError, ValueError) as error:
        raise SettingsError(f"device_ca cannot be read: {error}") from error
    if ca is None:
        log.warning("no_device_authority", consequence="no clip's signature will be believed")
    async with pool.opened(database_url, max_size=4) as opened:
        ingest = Ingest(opened, ca, metrics.ingest(registry), log)
        answers = {"/healthz": health.up, "/readyz": lambda: health.ready(ingest.health, opened)}
        with metrics.offered(registry, offer.host, offer.port, answers):
            log.info("started")
            await run(ingest, broker, limits, stopping)
