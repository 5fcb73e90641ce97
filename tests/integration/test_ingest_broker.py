"""Ingest between a real broker and a real database: what it stores, what it confirms, and when."""

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiomqtt
import psycopg
import pytest
from prometheus_client import CollectorRegistry

from cloud import clock, logs, metrics
from cloud.config import BrokerSettings, IngestSettings
from cloud.core.estate import EstateFile
from cloud.evidence import verify
from cloud.ingest.subscriber import Ingest, run
from cloud.store import pool, registry
from contracts import topics
from contracts.messages import RECEIPT, AgentStatus, CameraNow, Confirm, Reject, SensorReading, encode
from fallwatch.local import ports, wait
from fallwatch.local.mosquitto import Broker
from fallwatch.local.pki import Authority
from tests.fixtures.mqtt import connect
from tests.fixtures.programs import cloud_settings, program

NAME = {"zh": "名", "en": "name"}
DEADLINE_S = 20


def estate(agent: str) -> EstateFile:
    return EstateFile.model_validate(
        {
            "estates": [
                {
                    "id": "garden",
                    "name": NAME,
                    "facades": [{"id": "east", "building": "3", "name": NAME, "floors": 18, "bays": 8}],
                    "agents": [
                        {
                            "id": agent,
                            "name": NAME,
                            "cameras": [{"id": "cam-east", "name": NAME, "facades": ["east"]}],
                            "sensors": [
                                {"id": "cabinet", "name": NAME, "quantity": "temperature", "unit": "Cel"}
                            ],
                        }
                    ],
                }
            ]
        }
    )


def reading(agent: str, boot: UUID, seq: int) -> bytes:
    return encode(
        SensorReading(
            message_id=uuid4(),
            agent=agent,
            boot=boot,
            seq=seq,
            observed_at=clock.utc_now() + timedelta(milliseconds=seq),
            sensor="cabinet",
            quantity="temperature",
            value=21.5,
            unit="Cel",
        )
    )


def settings(broker: Broker, authority: Authority, name: str) -> BrokerSettings:
    credentials = authority.issue(name)
    return BrokerSettings(
        url=broker.url, ca=authority.ca_path, certificate=credentials.certificate, key=credentials.key
    )


@pytest.fixture
def agent() -> str:
    return f"box-{uuid4().hex[:8]}"


@asynccontextmanager
async def ingesting(url: str, broker: BrokerSettings, ca: Path) -> AsyncIterator[None]:
    async with pool.opened(url, max_size=2) as opened:
        work = Ingest(
            opened, verify.authority(ca), metrics.ingest(CollectorRegistry()), logs.logger("ingest")
        )
        task = asyncio.ensure_future(run(work, broker, IngestSettings(), asyncio.Event()))
        try:
            yield
            assert not task.done(), "ingest has ended"
        finally:
            while not task.done():  # wait_for of Python 3.11 may swallow a cancellation
                task.cancel()
                await asyncio.wait({task}, timeout=2)


async def until(condition: Callable[[], object], what: str) -> None:
    await asyncio.to_thread(wait.until, condition, DEADLINE_S, what)


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


async def seeded(url: str, agent: str) -> None:
    async with pool.opened(url, max_size=1) as opened, pool.transaction(opened) as conn:
        await registry.seed(conn, estate(agent))


async def test_what_is_confirmed_is_committed_and_nothing_stops_ingest(
    database_url: str, broker: Broker, authority: Authority, agent: str
) -> None:
    await seeded(database_url, agent)
    boot = uuid4()
    wrong_version = json.loads(reading(agent, boot, 3)) | {"protocol": 9}
    unknown = json.loads(reading(agent, boot, 4)) | {"kind": "weather"}
    impostor = reading("somebody-else", boot, 5)
    poison = reading(agent, boot, 6)[:-1] + b',"extra":"\\u0000"}'
    sent = [
        reading(agent, boot, 1),
        b"{not json",
        json.dumps(wrong_version).encode(),
        json.dumps(unknown).encode(),
        impostor,
        poison,
        b" " * 65_537,
        reading(agent, boot, 2),
        reading(agent, boot, 9),
    ]
    confirmed: set[int] = set()
    rejected: dict[int, str] = {}
    early: list[int] = []
    async with (
        ingesting(database_url, settings(broker, authority, "cloud"), authority.ca_path),
        asyncio.timeout(DEADLINE_S),
        connect(settings(broker, authority, agent), agent) as device,
    ):
        await device.subscribe(topics.receipt(agent), qos=1)
        resend = asyncio.ensure_future(_publish_until(device, agent, sent, lambda: len(confirmed) == 3))
        async for message in device.messages:
            receipt = RECEIPT.validate_json(bytes(message.payload))  # type: ignore[arg-type]
            if isinstance(receipt, Confirm):
                numbers = {seq for found in receipt.ranges for seq in range(found.first, found.last + 1)}
                stored = {row[0] for row in rows(database_url, "SELECT seq FROM event")}
                early += sorted(numbers - stored)
                confirmed |= numbers
            else:
                assert isinstance(receipt, Reject)
                rejected[receipt.seq] = receipt.reason.split(":")[0]
            if confirmed == {1, 2, 9} and len(rejected) == 4:
                break
        await resend
    assert early == [], "confirmed before the commit"
    assert rejected == {3: "wrong_version", 4: "unknown_kind", 5: "wrong_agent", 6: "refused_by_database"}
    assert rows(database_url, "SELECT seq FROM event ORDER BY seq") == [(1,), (2,), (9,)]
    reasons = {row[0] for row in rows(database_url, "SELECT reason FROM dead_letter")}
    assert reasons == {
        "malformed",
        "wrong_version",
        "unknown_kind",
        "wrong_agent",
        "refused_by_database",
        "oversized",
    }


async def _publish_until(
    device: aiomqtt.Client, agent: str, payloads: list[bytes], done: Callable[[], object]
) -> None:
    """As an outbox does: again, until it is confirmed. The first round may come before the subscription."""
    while not done():
        for payload in payloads:
            await device.publish(topics.event(agent), payload, qos=1)
        await asyncio.sleep(0.5)


async def test_nothing_that_is_sent_once_has_to_be_sent_again(
    database_url: str, broker: Broker, authority: Authority, agent: str
) -> None:
    """Messages once got lost between two batches: whatever was just taken from the queue when one ended."""
    await seeded(database_url, agent)
    boot = uuid4()
    number = 1500
    async with (
        ingesting(database_url, settings(broker, authority, "cloud"), authority.ca_path),
        asyncio.timeout(4 * DEADLINE_S),
        connect(settings(broker, authority, agent), agent) as device,
    ):
        # The first one until it is stored: from then on the subscription stands.
        await _publish_until(
            device, agent, [reading(agent, boot, 1)], lambda: rows(database_url, "SELECT 1 FROM event")
        )
        for seq in range(2, number + 1):
            await device.publish(topics.event(agent), reading(agent, boot, seq), qos=1)
        count = "SELECT count(*) FROM event"
        await until(lambda: rows(database_url, count) == [(number,)], "each message in the database")


async def test_an_ingest_that_is_told_to_end_commits_and_confirms_what_it_has_taken(
    database_url: str, broker: Broker, authority: Authority, agent: str, tmp_path: Path
) -> None:
    """What is sent once needs no second time, though one of two ends in the midst of it."""
    await seeded(database_url, agent)
    boot, number = uuid4(), 1200
    offer = ports.any_free()
    found = cloud_settings(broker, authority, database_url, 0, tmp_path) | {"metrics": {"port": offer}}
    config = tmp_path / "cloud.yaml"
    config.write_text(json.dumps(found))
    config.chmod(0o600)
    log = tmp_path / "ingest.log"
    confirmed: set[int] = set()
    with program(["cloud", "ingest", "--config", str(config)], log) as leaving:
        await until(lambda: answer(offer, "/readyz") == (200, "ok"), "an ingest at work")
        assert answer(offer, "/healthz") == (200, "ok")
        async with (
            ingesting(database_url, settings(broker, authority, "cloud"), authority.ca_path),
            asyncio.timeout(4 * DEADLINE_S),
            connect(settings(broker, authority, agent), agent) as device,
        ):
            await device.subscribe(topics.receipt(agent), qos=1)
            first = lambda: rows(database_url, "SELECT 1 FROM event")  # noqa: E731
            await _publish_until(device, agent, [reading(agent, boot, 1)], first)
            for seq in range(2, number + 1):
                await device.publish(topics.event(agent), reading(agent, boot, seq), qos=1)
                if seq == number // 2:
                    leaving.terminate()
            async for message in device.messages:
                receipt = RECEIPT.validate_json(bytes(message.payload))  # type: ignore[arg-type]
                assert isinstance(receipt, Confirm)
                confirmed |= {seq for part in receipt.ranges for seq in range(part.first, part.last + 1)}
                if len(confirmed) == number:
                    break
        assert await asyncio.to_thread(leaving.wait, DEADLINE_S) == 0
    told = [json.loads(line)["event"] for line in log.read_text().splitlines()]
    assert told[-2:] == ["leaving", "stopped"], told
    assert rows(database_url, "SELECT count(*) FROM event") == [(number,)]


def answer(port: int, path: str) -> tuple[int, str]:
    """What an ingest says of itself; (0, "") while it says nothing."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as found:
            return found.status, found.read().decode().strip()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode().strip()
    except OSError:
        return 0, ""


async def test_a_last_will_takes_the_agent_offline_and_its_return_clears_the_fault(
    database_url: str, broker: Broker, authority: Authority, agent: str
) -> None:
    await seeded(database_url, agent)
    boot = uuid4()

    def status(*, online: bool) -> bytes:
        now = clock.utc_now()
        cameras = (
            (CameraNow(camera="cam-east", state="streaming", since=now, frames_per_s=25),) if online else ()
        )
        return encode(
            AgentStatus(agent=agent, boot=boot, online=online, at=now, software="1", cameras=cameras)
        )

    def state() -> str | None:
        found = rows(database_url, "SELECT state FROM agent_status")
        return found[0][0] if found else None

    def faults() -> list[tuple[Any, ...]]:
        return rows(database_url, "SELECT kind, state, close_reason FROM fault")

    async with (
        ingesting(database_url, settings(broker, authority, "cloud"), authority.ca_path),
        connect(settings(broker, authority, agent), agent) as device,
    ):
        await device.publish(topics.status(agent), status(online=True), qos=1, retain=True)
        await until(lambda: state() == "online", "the agent is online")
        await device.publish(topics.status(agent), status(online=False), qos=1, retain=True)
        await until(lambda: state() == "offline", "the agent is offline")
        assert faults() == [("agent_offline", "raised", None)]
        await device.publish(topics.status(agent), status(online=True), qos=1, retain=True)
        await until(lambda: state() == "online", "the agent is back")
        assert faults() == [("agent_offline", "closed", "recovered")]
        await device.publish(topics.status(agent), b"", qos=1, retain=True)


async def test_ingest_survives_the_loss_of_its_database_connections(
    database_url: str, broker: Broker, authority: Authority, agent: str
) -> None:
    await seeded(database_url, agent)
    boot = uuid4()
    async with (
        ingesting(database_url, settings(broker, authority, "cloud"), authority.ca_path),
        connect(settings(broker, authority, agent), agent) as device,
    ):
        for seq in range(1, 4):
            payload = reading(agent, boot, seq)

            def stored(seq: int = seq) -> bool:
                return (seq,) in rows(database_url, "SELECT seq FROM event")

            await _publish_until(device, agent, [payload], stored)
            with psycopg.connect(database_url, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
    assert rows(database_url, "SELECT seq FROM event ORDER BY seq") == [(1,), (2,), (3,)]
