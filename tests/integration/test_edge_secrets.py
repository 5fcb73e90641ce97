"""A camera's password, right or wrong, shows nowhere: no log line, no metric, no message, no command line."""

import json
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from fallwatch.local import ports, rtsp
from fallwatch.local.mosquitto import Broker
from fallwatch.local.pki import Authority
from models.synth.video import RenderedScene
from tests.fixtures.programs import ROOT, identity, program

Wait = Callable[[Callable[[], object], float, str], None]
AGENT, RIGHT, WRONG = "secret-box", "knows-it", "knows-it-not"
PASSWORD, OTHER = "Rg7 ü/x@1-right", "Rg7 ü/x@1-wrong"


@dataclass(frozen=True)
class Box:
    folder: Path
    agent: "subprocess.Popen[bytes]"
    metrics_port: int

    @property
    def log(self) -> str:
        return (self.folder / "agent.log").read_text()

    def logged(self, event: str, camera: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.log.splitlines() if line[:1] == "{" and line.endswith("}")]
        return [line for line in lines if line["event"] == event and line.get("camera") == camera]

    def said(self) -> dict[str, bytes]:
        """Everything that the box says or keeps, by where it stands."""
        url = f"http://127.0.0.1:{self.metrics_port}/metrics"
        with urllib.request.urlopen(url, timeout=10) as answer:
            found = {"metrics": answer.read()}
        database = sqlite3.connect(self.folder / "data" / "outbox.db")
        found["outbox"] = "\n".join(database.iterdump()).encode()
        database.close()
        for pid in self.processes():
            found[f"command line of {pid}"] = Path(f"/proc/{pid}/cmdline").read_bytes()
            found[f"environment of {pid}"] = Path(f"/proc/{pid}/environ").read_bytes()
        for path in [self.folder / "agent.log", *(self.folder / "data").rglob("*")]:
            if path.is_file():
                found[str(path)] = path.read_bytes()
        return found

    def processes(self) -> list[int]:
        children = Path(f"/proc/{self.agent.pid}/task/{self.agent.pid}/children").read_text()
        return [self.agent.pid, *(int(pid) for pid in children.split())]


@pytest.fixture
def box(
    broker: Broker, authority: Authority, tmp_path: Path, scene_video: RenderedScene, wait_until: Wait
) -> Iterator[Box]:
    with rtsp.running(scene_video.video, log=tmp_path / "rtsp.log", password=PASSWORD) as camera:
        config, port = tmp_path / "edge.yaml", ports.any_free()
        config.write_text(json.dumps(_settings(broker, authority, camera.port, port)))
        for name, value in (("RIGHT", PASSWORD), ("WRONG", OTHER)):
            command = [sys.executable, "-m", "edge", "secret", "set", name, "--config", str(config)]
            subprocess.run(command, cwd=ROOT, input=quote(value, safe=""), text=True, check=True)
        with program(["edge", "agent", str(config)], tmp_path / "agent.log") as agent:
            found = Box(tmp_path, agent, port)
            wait_until(lambda: found.logged("camera_state", RIGHT), 40, "the camera's picture")
            yield found


def test_a_password_shows_nowhere_whether_it_is_right_or_wrong(box: Box, wait_until: Wait) -> None:
    wait_until(lambda: box.logged("camera_state", WRONG), 40, "the loss of the other camera")
    assert box.logged("camera_state", RIGHT)[-1]["state"] == "streaming"
    assert box.logged("camera_state", WRONG)[-1]["state"] == "lost"
    assert box.logged("camera_trouble", WRONG), "it says why"
    doctor = [sys.executable, "-m", "edge", "doctor", str(box.folder / "edge.yaml")]
    diagnosis = subprocess.run(doctor, cwd=ROOT, capture_output=True, check=False)
    places = box.said() | {"doctor": diagnosis.stdout + diagnosis.stderr}
    assert len(box.processes()) == 3
    for secret in (PASSWORD, OTHER):
        for form in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1], secret[:6]):
            shown = [place for place, text in places.items() if form.encode() in text]
            assert not shown, f"the password shows in {shown}"


def _settings(broker: Broker, authority: Authority, camera: int, metrics: int) -> dict[str, Any]:
    credentials = authority.issue(AGENT)
    device = identity(credentials)
    cameras = [
        {"id": name, "url": f"rtsp://viewer:${{{secret}}}@127.0.0.1:{camera}/cam"}
        for name, secret in ((RIGHT, "RIGHT"), (WRONG, "WRONG"))
    ]
    return {
        "agent": AGENT,
        "data_dir": "data",
        "broker": {"url": broker.url, "ca": str(authority.ca_path)} | device,
        "evidence": {"url": "http://127.0.0.1:9"},
        "device": device,
        "metrics": {"port": metrics},
        "cameras": cameras,
    }
