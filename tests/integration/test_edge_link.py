"""The agent and a real broker: statuses, receipts, rejections, a broker that goes away."""

import asyncio
import contextlib
import json
import signal
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from contracts import topics
from contracts.base import SeqRange
from contracts.messages import EVENT, AgentStatus, Confirm, Event, Reject, encode
from edge import clock
from edge.core.timekeeping import Anchor, Source
from edge.link import dates
from edge.outbox.store import Outbox
from fallwatch.local import mosquitto, ports, wait
from fallwatch.local.mosquitto import Broker
from fallwatch.local.pki import Authority
from tests.fixtures.programs import identity

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 20


def settings(folder: Path, broker: Broker, authority: Authority, agent: str) -> Path:
    credentials = authority.issue(agent)
    device = identity(credentials)
    path = folder / "edge.yaml"
    path.write_text(
        json.dumps(
            {
                "agent": agent,
                "data_dir": "edge",
                "broker": {"url": broker.url, "ca": str(authority.ca_path)} | device,
                "evidence": {"url": "http://127.0.0.1:9"},
                "device": device,
                "metrics": {"port": 0},
                "outbox": {"resend_after_s": 1},
                "sensors": [
                    {
                        "id": "t",
                        "kind": "simulated",
                        "quantity": "temperature",
                        "unit": "Cel",
                        "period_s": 0.2,
                    }
                ],
            }
        )
    )
    return path


@contextmanager
def agent(config: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with (config.parent / "agent.log").open("ab") as log:
        child = subprocess.Popen([sys.executable, "-m", "edge", "agent", str(config)], cwd=ROOT, stderr=log)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def logged(config: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (config.parent / "agent.log").read_text().splitlines()]


@asynccontextmanager
async def cloud(broker: Broker, authority: Authority, name: str) -> AsyncIterator[aiomqtt.Client]:
    credentials = authority.issue("cloud")
    tls = ssl.create_default_context(cafile=authority.ca_path)
    tls.load_cert_chain(credentials.certificate, credentials.key)
    async with aiomqtt.Client(
        broker.host,
        broker.port,
        tls_context=tls,
        protocol=aiomqtt.ProtocolVersion.V5,
        identifier=f"cloud-{name}",
    ) as client:
        yield client


async def status_of(client: aiomqtt.Client, accept: Callable[[AgentStatus], bool]) -> AgentStatus:
    async with asyncio.timeout(DEADLINE_S):
        async for message in client.messages:
            status = AgentStatus.model_validate_json(bytes(message.payload))
            if accept(status):
                return status
    raise AssertionError("unreachable")


async def events_of(client: aiomqtt.Client, count: int) -> list[Event]:
    found: list[Event] = []
    async with asyncio.timeout(DEADLINE_S):
        async for message in client.messages:
            found.append(EVENT.validate_json(message.payload))
            if len(found) == count:
                break
    return found


@pytest.mark.parametrize(("number", "name"), [(signal.SIGTERM, "bye-box"), (signal.SIGKILL, "killed-box")])
async def test_an_agent_that_ends_is_offline_at_once_politely_or_not(
    broker: Broker, authority: Authority, tmp_path: Path, number: signal.Signals, name: str
) -> None:
    config = settings(tmp_path, broker, authority, name)
    async with cloud(broker, authority, name) as client:
        await client.subscribe(topics.status(name), qos=1)
        with agent(config) as child:
            online = await status_of(client, lambda status: status.online)
            child.send_signal(number)
            offline = await status_of(client, lambda status: not status.online)
            assert (offline.agent, offline.boot) == (name, online.boot)
            code = await asyncio.to_thread(child.wait)
            assert code == (0 if number == signal.SIGTERM else -signal.SIGKILL)


async def test_what_is_not_confirmed_is_sent_again_unchanged_and_what_is_confirmed_is_forgotten(
    broker: Broker, authority: Authority, tmp_path: Path
) -> None:
    name = "again-box"
    config = settings(tmp_path, broker, authority, name)
    async with cloud(broker, authority, name) as client:
        await client.subscribe(topics.event(name), qos=1)
        with agent(config):
            first: dict[int, Event] = {}
            again: Event | None = None
            while again is None:
                (event,) = await events_of(client, 1)
                if event.seq in first:
                    again = event
                first.setdefault(event.seq, event)
            assert again == first[again.seq]
            done = Confirm(ranges=(SeqRange(boot=again.boot, first=1, last=again.seq),))
            await client.publish(topics.receipt(name), encode(done), qos=1)
            await asyncio.to_thread(
                wait.until, lambda: smallest_waiting(tmp_path) > again.seq, DEADLINE_S, "the confirmation"
            )


async def test_a_rejected_message_is_put_aside_and_a_malformed_receipt_harms_nothing(
    broker: Broker, authority: Authority, tmp_path: Path
) -> None:
    name = "reject-box"
    config = settings(tmp_path, broker, authority, name)
    async with cloud(broker, authority, name) as client:
        await client.subscribe(topics.event(name), qos=1)
        with agent(config):
            (event,) = await events_of(client, 1)
            for payload in (b"", b"{", b'{"kind": "confirm"}', b"\xff\xfe", b'{"kind": "other"}'):
                await client.publish(topics.receipt(name), payload, qos=1)
            refusal = Reject(boot=event.boot, seq=event.seq, reason="no such sensor")
            await client.publish(topics.receipt(name), encode(refusal), qos=1)
            await asyncio.to_thread(
                wait.until,
                lambda: rejected(tmp_path) == 1 and event.seq not in waiting(tmp_path),
                DEADLINE_S,
                "reject",
            )
    told = [line["event"] for line in logged(config)]
    assert told.count("receipt_malformed") == 5
    assert told.count("rejected") == 1


async def test_a_broker_that_goes_away_and_comes_back_gets_everything(
    authority: Authority, tmp_path: Path
) -> None:
    name, port = "outage-box", ports.any_free()
    with mosquitto.running(tmp_path / "broker", authority, port) as broker:
        config = settings(tmp_path, broker, authority, name)
        with agent(config):
            await asyncio.to_thread(wait.until, lambda: told(config, "published"), DEADLINE_S, "a message")
            broker.child.stop()
            await asyncio.to_thread(wait.until, lambda: told(config, "broker_lost"), DEADLINE_S, "the loss")
            with mosquitto.running(tmp_path / "broker", authority, port) as again:
                async with cloud(again, authority, name) as client:
                    await client.subscribe(topics.event(name), qos=1)
                    events = await events_of(client, 10)
    assert {event.seq for event in events} >= {1, 2, 3}


def told(config: Path, event: str) -> bool:
    path = config.parent / "agent.log"
    return path.exists() and f'"event": "{event}"' in path.read_text()


def smallest_waiting(folder: Path) -> int:
    return min(waiting(folder), default=0)


def waiting(folder: Path) -> set[int]:
    outbox = Outbox.open(folder / "edge" / "outbox.db")
    try:
        return {found.key.seq for found in outbox.waiting(10_000)}
    finally:
        outbox.close()


def rejected(folder: Path) -> int:
    outbox = Outbox.open(folder / "edge" / "outbox.db")
    try:
        return outbox.depth().rejected
    finally:
        outbox.close()


def handshake(client: ssl.SSLContext, server: ssl.SSLContext) -> None:
    """Both sides of TLS in memory."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server, server_hostname="localhost")
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (ours, theirs):
            with contextlib.suppress(ssl.SSLWantReadError):
                side.do_handshake()


@pytest.fixture
def own_time() -> Iterator[Callable[[datetime, float | None], None]]:
    """`own_time(utc, uncertainty_s)`: what this process believes, until the test's end."""
    before = clock.anchor()

    def believe(utc: datetime, uncertainty_s: float | None) -> None:
        source: Source = "guess" if uncertainty_s is None else "cloud"
        clock.adopt(Anchor(clock.steady_now(), utc, uncertainty_s, source))

    yield believe
    clock.adopt(before)


def test_dates_of_certificates_wait_for_the_time_and_nothing_else_does(
    authority: Authority, tmp_path: Path, own_time: Callable[[datetime, float | None], None]
) -> None:
    credentials = authority.issue("broker", server=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(credentials.certificate, credentials.key)
    ours = dates.watch_dates(ssl.create_default_context(cafile=authority.ca_path))
    dates.dates_by_wall(ours, False)

    own_time(datetime(1970, 1, 1, tzinfo=UTC), None)
    handshake(ours, server)
    own_time(clock.wall_now(), 0.1)
    handshake(ours, server)
    own_time(datetime(2070, 1, 1, tzinfo=UTC), 0.1)
    with pytest.raises(ssl.SSLCertVerificationError, match="by our own time it is 2070"):
        handshake(ours, server)

    own_time(datetime(1970, 1, 1, tzinfo=UTC), None)
    strange = dates.watch_dates(ssl.create_default_context(cafile=Authority.open(tmp_path).ca_path))
    dates.dates_by_wall(strange, False)
    with pytest.raises(ssl.SSLCertVerificationError, match="verify failed"):
        handshake(strange, server)
