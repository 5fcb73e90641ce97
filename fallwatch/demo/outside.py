"""Asks the servers that are not the demo's whether they are there, so that the first sentence names them."""

import asyncio
import ssl
from collections.abc import Coroutine

import aiomqtt

from cloud.evidence.blobs import Blobs, StoreDown
from cloud.store.migrate import MigrationError
from cloud.store.pool import DatabaseDown, RowRefused
from fallwatch.demo import database, tap
from fallwatch.demo.layout import AGENT, BrokerAccess
from fallwatch.local.children import PartError


def expect_broker(access: BrokerAccess) -> None:
    """Raises PartError where the broker of MQTT_URL is no broker, is not there or does not let us in."""

    async def listen() -> None:
        async with tap.listening(access, AGENT):
            return

    _ask("the broker that MQTT_URL names", listen())


def expect_bucket(url: str) -> None:
    """Raises PartError where S3_URL names no bucket, or it is not there, or does not let us in."""

    async def look() -> None:
        await Blobs.at(url).expect_there()

    _ask("the bucket that S3_URL names", look())


def prepare_database(name: str, url: str, passwords: dict[str, str], letters_url: str) -> None:
    """Bring the database to what the demo needs. `name`: how the user knows it; PartError names it so."""
    _ask(name, database.prepare(url, passwords, letters_url))


def _ask(what: str, question: Coroutine[None, None, None]) -> None:
    refusals = (
        aiomqtt.MqttError,
        DatabaseDown,
        MigrationError,
        OSError,
        RowRefused,
        StoreDown,
        ValueError,
        ssl.SSLError,
    )
    try:
        asyncio.run(question)
    except refusals as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise PartError(f"{what} cannot be used: {reason}") from error
