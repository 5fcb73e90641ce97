"""The edge's real programs against the real broker, ingest, API and database: a fall's whole way up."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from fallwatch.demo import sight
from fallwatch.local.mosquitto import Broker
from fallwatch.local.pki import Authority
from fallwatch.local.rtsp import RtspCamera
from models.synth.presets import EAST_CAMERA, EAST_FACADE, SHORT
from models.synth.video import RenderedScene
from tests.fixtures.programs import cloud_settings, identity, program

Wait = Callable[[Callable[[], object], float, str], None]
ROOT = Path(__file__).resolve().parents[2]
AGENT, CAMERA = "walk-box", "walk-east"
START_S = 90
"""A program that begins on a busy machine takes long; what has a goal of its own is held to that."""
NAME = {"zh": "名", "en": "name"}


@dataclass(frozen=True)
class Walk:
    camera: RtspCamera
    database_url: str
    agent: "subprocess.Popen[bytes]"
    log: Path
    folder: Path

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(sql).fetchall()

    def logged(self, event: str) -> list[dict[str, Any]]:
        lines = [
            line for line in self.log.read_text().splitlines() if line.startswith("{") and line.endswith("}")
        ]
        return [line for line in map(json.loads, lines) if line["event"] == event]


@pytest.fixture
def walk(  # noqa: PLR0917 - fixtures come by name
    database_url: str,
    broker: Broker,
    authority: Authority,
    tmp_path: Path,
    scene_video: RenderedScene,
    rtsp_camera: Callable[[Path], RtspCamera],
) -> Iterator[Walk]:
    camera = rtsp_camera(scene_video.video)
    port = free_port()
    cloud = write(tmp_path / "cloud.yaml", cloud_settings(broker, authority, database_url, port, tmp_path))
    edge = write(tmp_path / "edge.yaml", edge_settings(broker, authority, camera.url, port))
    estate = write(tmp_path / "estate.yaml", {"estates": [garden()]})
    run = [sys.executable, "-m", "cloud", "seed", str(estate), "--config", str(cloud)]
    subprocess.run(run, cwd=ROOT, check=True, capture_output=True)
    with ExitStack() as stack:
        for name in ("ingest", "api"):
            stack.enter_context(program(["cloud", name, "--config", str(cloud)], tmp_path / f"{name}.log"))
        agent = stack.enter_context(program(["edge", "agent", str(edge)], tmp_path / "agent.log"))
        yield Walk(camera, database_url, agent, tmp_path / "agent.log", tmp_path)


def test_a_fall_seen_over_rtsp_becomes_an_alert_with_a_verified_clip(walk: Walk, wait_until: Wait) -> None:
    stored = "SELECT sha256, event FROM clip WHERE state = 'verified'"
    wait_until(lambda: walk.rows(stored), 60, "a verified clip")
    (sha256, event), *_ = walk.rows(stored)
    alerts = walk.rows("SELECT message_id FROM alert")
    assert (event,) in alerts
    clip = walk.folder / "edge" / "clips" / f"{sha256}.mp4"
    wait_until(lambda: walk.logged("clip_uploaded"), 10, "the agent's word of the upload")
    story = [
        line["event"]
        for name in (
            "fall_detected",
            "outbox_appended",
            "published",
            "confirmed",
            "clip_sealed",
            "clip_uploaded",
        )
        for line in walk.logged(name)
        if line.get("message_id") == str(event)
    ]
    assert story == [
        "fall_detected",
        "outbox_appended",
        "published",
        "confirmed",
        "clip_sealed",
        "clip_uploaded",
    ]
    assert clip.exists()
    told = "coalesce(fall_end.payload -> 'place', alert.payload -> 'place')"
    ((floor,),) = walk.rows(
        f"SELECT ({told} ->> 'floor')::int FROM alert LEFT JOIN fall_end ON fall_end.event = alert.message_id"
        f" WHERE alert.message_id = '{event}'"
    )
    assert abs(floor - SHORT.throws[0].floor) <= 1


def test_a_stream_that_dies_is_noticed_within_ten_seconds_and_its_return_too(
    walk: Walk, wait_until: Wait
) -> None:
    wait_until(lambda: states(walk) == ["streaming"], START_S, "the stream")
    walk.camera.kill()
    died_s = time.monotonic()
    wait_until(lambda: states(walk) == ["streaming", "lost"], 15, "the loss")
    assert time.monotonic() - died_s <= 10
    walk.camera.restart()
    wait_until(lambda: states(walk) == ["streaming", "lost", "streaming"], START_S, "the return")


def test_a_worker_that_is_killed_is_started_again_and_dies_with_its_agent(
    walk: Walk, wait_until: Wait
) -> None:
    wait_until(lambda: states(walk) == ["streaming"], START_S, "the stream")
    (first,) = workers(walk)
    subprocess.run(["kill", "-9", str(first)], check=True)
    wait_until(lambda: len(states(walk)) == 2, START_S, "another worker")
    (second,) = workers(walk)
    assert second != first
    walk.agent.kill()
    walk.agent.wait()
    wait_until(lambda: not Path(f"/proc/{second}").exists() or is_zombie(second), START_S, "the worker's end")


def test_a_clip_that_a_killed_worker_owed_is_told_as_lost(walk: Walk, wait_until: Wait) -> None:
    wait_until(lambda: accepted_falls(walk), START_S, "a fall in the outbox")
    (worker,) = workers(walk)
    subprocess.run(["kill", "-9", str(worker)], check=True)
    (event, *_) = accepted_falls(walk)
    failed = f"SELECT state, failed_reason FROM clip WHERE event = '{event}' AND state = 'failed'"
    wait_until(lambda: walk.rows(failed), START_S, "word of the loss")
    ((_, reason),) = walk.rows(failed)
    assert "killed" in reason


def accepted_falls(walk: Walk) -> list[str]:
    """Ids of the falls that are in the outbox: one that was only seen is nothing yet."""
    lines = walk.logged("outbox_appended")
    return [str(line["message_id"]) for line in lines if line["kind"] == "falling_object"]


def states(walk: Walk) -> list[str]:
    return [line["state"] for line in walk.logged("camera_state")]


def workers(walk: Walk) -> list[int]:
    children = Path(f"/proc/{walk.agent.pid}/task/{walk.agent.pid}/children").read_text()
    return [int(pid) for pid in children.split()]


def is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write(path: Path, settings: dict[str, Any]) -> Path:
    path.write_text(json.dumps(settings, ensure_ascii=False))
    return path


def edge_settings(broker: Broker, authority: Authority, url: str, port: int) -> dict[str, Any]:
    device = identity(authority.issue(AGENT))
    return {
        "agent": AGENT,
        "data_dir": "edge",
        "broker": {"url": broker.url, "ca": str(authority.ca_path)} | device,
        "evidence": {"url": f"http://127.0.0.1:{port}"},
        "device": device,
        "metrics": {"port": 0},
        "cameras": [{"id": CAMERA, "url": url} | sight.settings(EAST_CAMERA, EAST_FACADE)],
    }


def garden() -> dict[str, Any]:
    camera = {"id": CAMERA, "name": NAME, "facades": ["walk-facade"]}
    return {
        "id": "walk-garden",
        "name": NAME,
        "facades": [{"id": "walk-facade", "building": "3", "name": NAME, "floors": 18, "bays": 8}],
        "agents": [{"id": AGENT, "name": NAME, "cameras": [camera], "sensors": []}],
    }
