"""The cloud's part in what is wanted of a box: who may want what, and how it stays on the broker."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiomqtt
import psycopg
import pytest
from prometheus_client import CollectorRegistry

from cloud import clock, logs, metrics
from cloud.config import BrokerSettings, IngestSettings
from cloud.evidence import verify
from cloud.ingest.subscriber import Ingest, run
from cloud.store import desired, pool
from contracts import topics
from contracts.devices import DesiredCamera, DesiredReport, DesiredState
from fallwatch.local import mosquitto, ports
from fallwatch.local.pki import Authority
from tests.fixtures.cloud import seed
from tests.fixtures.mqtt import connect
from tests.fixtures.world import World

PATH = "/api/agents/box-a/desired"
TRIANGLE = [[[0, 0], [100, 0], [0, 100]]]


def report(world: World, version: int, outcome: str, now: int, reason: str = "") -> DesiredReport:
    head = world.device.reading().model_dump(include={"message_id", "agent", "boot", "seq", "observed_at"})
    return DesiredReport(**head, version=version, outcome=outcome, now=now, reason=reason)  # type: ignore[arg-type]


async def test_maintenance_wants_by_number_and_sees_what_became_of_it(world: World) -> None:
    async with world.logged_in("maintenance") as client:
        assert (await client.get(PATH)).json() == {"agent": "box-a", "wanted": None, "versions": []}
        cameras = [{"camera": "cam-east", "sensitivity": 0.6, "picture": [640, 360], "masks": TRIANGLE}]
        answer = await client.put(PATH, json={"replaces": 0, "cameras": cameras, "thresholds": {"dark": 0.2}})
        assert answer.status_code == 200, answer.text
        wanted = answer.json()["wanted"]
        assert (wanted["version"], wanted["issued_by"]) == (1, "maintenance")
        assert wanted["cameras"][0] | cameras[0] == wanted["cameras"][0]
        assert wanted["thresholds"] == {"dark": 0.2}
        # What is retained must be what a box reads.
        async with pool.transaction(world.pool) as conn:
            kept = await desired.newest(conn, "box-a")
        assert kept is not None
        assert DesiredState.model_validate_json(kept.model_dump_json()) == kept
        assert kept.cameras[0] == DesiredCamera.model_validate(cameras[0])

        await world.send(report(world, 1, "rolled_back", 0, "cam-east: no picture"))
        await world.send(report(world, 1, "applied", 1))  # a report that was late changes nothing
        (version,) = (await client.get(PATH)).json()["versions"]
        assert (version["outcome"], version["now"], version["reason"]) == (
            "rolled_back",
            0,
            "cam-east: no picture",
        )
        agents = (await client.get("/api/maintenance")).json()["agents"]
        assert {agent["id"]: agent["desired"] for agent in agents} == {
            "box-a": {"wanted": 1, "outcome": "rolled_back", "reason": "cam-east: no picture", "now": 0},
            "other-box": None,
        }
        # A newer one has not been answered yet; what counts on the box is still known.
        await client.put(PATH, json={"replaces": 1})
        agents = (await client.get("/api/maintenance")).json()["agents"]
        assert agents[0]["desired"] == {"wanted": 2, "outcome": None, "reason": "", "now": 0}


async def test_what_nobody_could_mean_is_refused(world: World) -> None:
    refused: list[tuple[dict[str, Any], int, str]] = [
        ({"replaces": 3}, 409, "version 0 counts by now, not 3"),
        ({"replaces": 0, "cameras": [{"camera": "cam-other"}]}, 422, "not cameras of box-a: cam-other"),
        ({"replaces": 0, "cameras": [{"camera": "cam-east"}] * 2}, 422, "named more than once: cam-east"),
        ({"replaces": 0, "cameras": [{"camera": "cam-east", "masks": TRIANGLE}]}, 422, "picture is missing"),
        ({"replaces": 0, "cameras": [{"camera": "cam-east", "sensitivity": 2}]}, 422, "less than or equal"),
        ({"replaces": 0, "version": 7}, 422, "Extra inputs"),
        ({"replaces": 0, "thresholds": {"Dark!": 1}}, 422, "match pattern"),
    ]
    polygon = [[number / 7, number / 3] for number in range(200)]
    large = {"camera": "cam-east", "picture": [640, 360], "ignore": [polygon] * 20}
    refused.append(({"replaces": 0, "cameras": [large]}, 422, "larger than"))
    async with world.logged_in("maintenance") as client:
        for body, status, detail in refused:
            answer = await client.put(PATH, json=body)
            assert (answer.status_code, detail in answer.json()["detail"]) == (status, True), answer.text
        assert (await client.put("/api/agents/nobody/desired", json={"replaces": 0})).status_code == 404
        assert (await client.get("/api/agents/nobody/desired")).status_code == 404
        assert (await client.get(PATH)).json()["wanted"] is None
    for role in ("desk", "bureau"):
        async with world.logged_in(role) as client:
            assert (await client.put(PATH, json={"replaces": 0})).status_code == 403
            assert (await client.get(PATH)).status_code == 403


async def test_of_two_who_want_at_the_same_time_one_is_told(world: World) -> None:
    async with world.logged_in("maintenance") as client:
        answers = await asyncio.gather(*(client.put(PATH, json={"replaces": 0}) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]


async def test_a_box_that_knows_a_higher_number_than_a_restored_database_gets_a_higher_one(
    world: World,
) -> None:
    await world.send(report(world, 41, "confirmed", 41))
    async with world.logged_in("maintenance") as client:
        answer = await client.put(PATH, json={"replaces": 0})
    assert answer.json()["wanted"]["version"] == 42


async def test_the_newest_lies_on_the_broker_even_after_the_broker_has_lost_it(
    database_url: str, authority: Authority, tmp_path: Path
) -> None:
    port, device = ports.any_free(), authority.issue("box-a")
    cloud = authority.issue("cloud")
    settings = BrokerSettings(
        url=f"mqtts://127.0.0.1:{port}",
        ca=authority.ca_path,
        certificate=cloud.certificate,
        key=cloud.key,
    )
    own = settings.model_copy(update={"certificate": device.certificate, "key": device.key})
    async with pool.opened(database_url, max_size=3) as opened:
        await seed(opened, "box-a")
        await _issue(opened, 1)
        ca = verify.authority(authority.ca_path)
        work = Ingest(opened, ca, metrics.ingest(CollectorRegistry()), logs.logger("ingest"))
        with mosquitto.running(tmp_path / "one", authority, port) as broker:
            task = asyncio.ensure_future(run(work, settings, IngestSettings(), asyncio.Event()))
            try:
                assert await _retained(own, 1) == 1
                await _issue(opened, 2)
                assert await _retained(own, 2) == 2
                broker.child.stop()
                # Another folder: nothing of what was retained is there any more.
                with mosquitto.running(tmp_path / "two", authority, port):
                    assert await _retained(own, 2) == 2
            finally:
                while not task.done():
                    task.cancel()
                    await asyncio.wait({task}, timeout=2)


async def test_an_error_of_our_own_in_what_runs_beside_the_work_ends_ingest(
    database_url: str, broker: mosquitto.Broker, authority: Authority
) -> None:
    cloud = authority.issue("cloud")
    settings = BrokerSettings(
        url=broker.url, ca=authority.ca_path, certificate=cloud.certificate, key=cloud.key
    )
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE desired RENAME TO gone")
    async with pool.opened(database_url, max_size=2) as opened:
        ca = verify.authority(authority.ca_path)
        work = Ingest(opened, ca, metrics.ingest(CollectorRegistry()), logs.logger("ingest"))
        async with asyncio.timeout(20):
            with pytest.raises(psycopg.errors.UndefinedTable):
                await run(work, settings, IngestSettings(), asyncio.Event())


async def test_nobody_but_the_cloud_can_want_anything_of_a_box(
    authority: Authority, broker: mosquitto.Broker
) -> None:
    def as_(name: str) -> aiomqtt.Client:
        given = authority.issue(name)
        settings = BrokerSettings(
            url=broker.url, ca=authority.ca_path, certificate=given.certificate, key=given.key
        )
        return connect(settings, f"{name}-{uuid4().hex[:6]}")

    async with as_("cloud") as cloud, as_("wish-a") as box, as_("wish-b") as other:
        await box.subscribe(topics.desired("wish-a"), qos=1)
        await other.subscribe(topics.desired("wish-a"), qos=1)
        for client in (box, other):
            await client.publish(topics.desired("wish-a"), b"forged", qos=1, retain=True)
        await cloud.publish(topics.desired("wish-a"), b"real", qos=1, retain=True)
        await cloud.publish(topics.receipt("wish-b"), b"end", qos=1)
        await other.subscribe(topics.receipt("wish-b"), qos=1)
        await cloud.publish(topics.receipt("wish-b"), b"end", qos=1)
        async with asyncio.timeout(10):
            assert (await anext(aiter(box.messages))).payload == b"real"
            assert (await anext(aiter(other.messages))).payload == b"end"
        await cloud.publish(topics.desired("wish-a"), b"", qos=1, retain=True)


async def _issue(opened: pool.Pool, version: int) -> None:
    state = DesiredState(version=version, issued_at=clock.utc_now(), issued_by="op")
    async with pool.transaction(opened) as conn:
        await desired.issue(conn, "box-a", state)


async def _retained(box: BrokerSettings, version: int) -> int:
    """What a box that connects anew is given, once it is `version` or time is up."""
    end = clock.utc_now() + timedelta(seconds=20)
    found = 0
    while clock.utc_now() < end:
        async with connect(box, f"look-{uuid4().hex[:6]}") as client:
            await client.subscribe(topics.desired("box-a"), qos=1)
            try:
                async with asyncio.timeout(0.5):
                    message = await anext(aiter(client.messages))
            except TimeoutError:
                continue
        found = DesiredState.model_validate_json(bytes(message.payload)).version  # type: ignore[arg-type]
        if found == version:
            break
    return found
