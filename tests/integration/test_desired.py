"""What is wanted reaches the box, is applied to its camera alone, and is taken back where it does harm."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from fallwatch.local import ports
from fallwatch.local.mosquitto import Broker
from fallwatch.local.pki import Authority
from fallwatch.local.rtsp import RtspCamera
from models.synth.video import RenderedScene
from tests.fixtures.passwords import hashed
from tests.fixtures.programs import ROOT, cloud_settings, identity, program

Wait = Callable[[Callable[[], object], float, str], None]
AGENT, EAST, WEST = "wish-box", "wish-east", "wish-west"
NAME = {"zh": "名", "en": "name"}
PASSWORD = "correct horse battery"
PROBATION_S = 4
EVERYTHING = [[[0, 0], [1280, 0], [1280, 720], [0, 720]]]


@dataclass
class Estate:
    """The real programs. `cloud` is an operator who has logged in."""

    folder: Path
    cloud: httpx.Client
    stack: ExitStack
    agent: "subprocess.Popen[bytes]" = field(init=False)

    def start_agent(self) -> None:
        command = [sys.executable, "-m", "edge", "agent", str(self.folder / "edge.yaml")]
        with (self.folder / "agent.log").open("ab") as log:
            self.agent = subprocess.Popen(command, cwd=ROOT, stderr=log, stdout=log)
        self.stack.callback(_end, self.agent)

    def want(self, **content: Any) -> int:
        """Sets a desired state; its version."""
        before = self.desired()["wanted"]
        replaces = 0 if before is None else before["version"]
        answer = self.cloud.put(f"/api/agents/{AGENT}/desired", json={"replaces": replaces, **content})
        assert answer.status_code == 200, answer.text
        return int(answer.json()["wanted"]["version"])

    def desired(self) -> dict[str, Any]:
        return dict(self.cloud.get(f"/api/agents/{AGENT}/desired").json())

    def outcome(self, version: int) -> str | None:
        (found,) = (each for each in self.desired()["versions"] if each["version"] == version)
        return str(found["outcome"]) if found["outcome"] else None

    def logged(self, event: str, **fields: object) -> list[dict[str, Any]]:
        lines = (line for line in (self.folder / "agent.log").read_text().splitlines() if line[:1] == "{")
        found = [json.loads(line) for line in lines if line.endswith("}")]
        return [line for line in found if line["event"] == event and fields.items() <= line.items()]

    def workers(self) -> dict[str, int]:
        """Camera → process id of its worker."""
        children = Path(f"/proc/{self.agent.pid}/task/{self.agent.pid}/children").read_text().split()
        commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_text().split("\0") for pid in children}
        return {words[words.index("--boot") - 1]: pid for pid, words in commands.items() if "--boot" in words}

    def state(self, camera: str) -> str:
        (found,) = (c for c in self.cloud.get("/api/maintenance").json()["cameras"] if c["id"] == camera)
        return str(found["state"])


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.kill()
    child.wait()


@pytest.fixture
def estate(  # noqa: PLR0917 - fixtures come by name
    database_url: str,
    broker: Broker,
    authority: Authority,
    tmp_path: Path,
    scene_video: RenderedScene,
    rtsp_camera: Callable[[Path], RtspCamera],
    wait_until: Wait,
) -> Iterator[Estate]:
    camera, port = rtsp_camera(scene_video.video), ports.any_free()
    _write(tmp_path / "cloud.yaml", cloud_settings(broker, authority, database_url, port, tmp_path))
    _write(tmp_path / "edge.yaml", _edge(broker, authority, camera.url, port))
    _write(tmp_path / "estate.yaml", {"estates": [_garden()]})
    config = ["--config", str(tmp_path / "cloud.yaml")]
    seed = [sys.executable, "-m", "cloud", "seed", str(tmp_path / "estate.yaml"), *config]
    subprocess.run(seed, cwd=ROOT, check=True, capture_output=True)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO account (username, display_zh, display_en, role, password_hash, every_estate)"
            " VALUES ('op', '人', 'Person', 'maintenance', %s, true)",
            (hashed(PASSWORD),),
        )
    with ExitStack() as stack:
        for name in ("ingest", "api"):
            stack.enter_context(program(["cloud", name, *config], tmp_path / f"{name}.log"))
        url = f"http://127.0.0.1:{port}"
        cloud = stack.enter_context(httpx.Client(base_url=url, headers={"X-Fallwatch": "1"}, timeout=20))
        wait_until(lambda: ports.answers(port), 60, "the cloud's first answer")
        answer = cloud.post("/api/session", json={"username": "op", "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        found = Estate(tmp_path, cloud, stack)
        found.start_agent()
        streaming = "the cameras' pictures"
        wait_until(lambda: found.state(EAST) == found.state(WEST) == "streaming", 60, streaming)
        yield found


def test_a_wish_is_applied_confirmed_taken_back_where_it_blinds_and_survives_a_killed_agent(
    estate: Estate, wait_until: Wait
) -> None:
    # Another sensitivity: one worker is another, everything else is the same.
    before, boot = estate.workers(), estate.agent.pid
    first = estate.want(cameras=[{"camera": EAST, "sensitivity": 0.62}])
    wait_until(lambda: estate.outcome(first) == "applied", 20, "word of the application")
    wait_until(lambda: estate.logged("worker_started", camera=EAST, sensitivity=0.62), 20, "a new worker")
    wait_until(lambda: estate.outcome(first) == "confirmed", 30, "the confirmation")
    after = estate.workers()
    assert (after[WEST], estate.agent.pid) == (before[WEST], boot)
    assert after[EAST] != before[EAST]

    # Everything ignored: a camera that sees and looks for nothing. The box goes back by itself and says why.
    picture = {"picture": [1280, 720], "ignore": EVERYTHING}
    second = estate.want(cameras=[{"camera": EAST, "sensitivity": 0.62, **picture}])
    wait_until(lambda: estate.outcome(second) == "rolled_back", 30, "the way back")
    told = estate.desired()["versions"][0]
    assert (told["version"], told["now"]) == (second, first)
    assert "0% of the picture is searched" in told["reason"]
    wait_until(
        lambda: estate.logged("worker_started", camera=EAST)[-1]["ignored"] == 0, 20, "the camera as it was"
    )
    assert estate.logged("worker_started", camera=EAST)[-1]["sensitivity"] == 0.62
    agent = estate.cloud.get("/api/maintenance").json()["agents"][0]
    assert agent["desired"] == {
        "wanted": second,
        "now": first,
        "outcome": "rolled_back",
        "reason": told["reason"],
    }

    # Killed in the middle of a probation: it goes on, and the wish is neither forgotten nor applied twice.
    third = estate.want(cameras=[{"camera": EAST, "sensitivity": 0.7}])
    wait_until(lambda: estate.outcome(third) == "applied", 20, "word of the application")
    os.kill(estate.agent.pid, signal.SIGKILL)
    estate.agent.wait()
    estate.start_agent()
    wait_until(lambda: estate.outcome(third) == "confirmed", 60, "the confirmation after the kill")
    assert estate.logged("worker_started", camera=EAST)[-1]["sensitivity"] == 0.7
    assert len(estate.logged("desired_applied", version=third)) == 1

    # Switched off: no worker, and nobody is told that it watches. A picture's limit: the other has it.
    limits = {"defocused": 3.0}
    fourth = estate.want(cameras=[{"camera": WEST, "enabled": False}], thresholds=limits)
    wait_until(lambda: estate.outcome(fourth) == "confirmed", 30, "the confirmation")
    assert set(estate.workers()) == {EAST}
    assert estate.logged("worker_started", camera=EAST)[-1]["thresholds"] == limits
    wait_until(lambda: estate.state(WEST) == "lost", 20, "word that it does not watch")


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False))


def _edge(broker: Broker, authority: Authority, url: str, port: int) -> dict[str, Any]:
    device = identity(authority.issue(AGENT))
    return {
        "agent": AGENT,
        "data_dir": "edge",
        "broker": {"url": broker.url, "ca": str(authority.ca_path)} | device,
        "evidence": {"url": f"http://127.0.0.1:{port}"},
        "device": device,
        "metrics": {"port": 0},
        "desired": {"probation_s": PROBATION_S, "dark_s": 60},
        "cameras": [{"id": EAST, "url": url}, {"id": WEST, "url": url}],
    }


def _garden() -> dict[str, Any]:
    cameras = [{"id": name, "name": NAME, "facades": []} for name in (EAST, WEST)]
    return {
        "id": "wish-garden",
        "name": NAME,
        "facades": [],
        "agents": [{"id": AGENT, "name": NAME, "cameras": cameras, "sensors": []}],
    }
