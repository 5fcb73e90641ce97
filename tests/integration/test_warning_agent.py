"""A real agent, a real stream of a rendered fall, a Modbus siren: it sounds before the verdict, and ends."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pymodbus.client import ModbusTcpClient

from fallwatch.local.mosquitto import Broker
from fallwatch.local.pki import Authority
from fallwatch.local.rtsp import RtspCamera
from models.synth.video import RenderedScene
from tests.fixtures.devices import OnvifDevice
from tests.fixtures.programs import identity, program

Wait = Callable[[Callable[[], object], float, str], None]
AGENT, CAMERA, SIREN = "siren-box", "siren-east", "siren"


@dataclass(frozen=True)
class Box:
    config: Path
    log: Path
    siren_port: int

    @contextmanager
    def running(self) -> Iterator[Any]:
        with program(["edge", "agent", str(self.config)], self.log) as child:
            yield child

    def logged(self, event: str) -> list[dict[str, Any]]:
        lines = [
            line for line in self.log.read_text().splitlines() if line.startswith("{") and line.endswith("}")
        ]
        return [line for line in map(json.loads, lines) if line["event"] == event]

    def sounds(self) -> bool:
        client = ModbusTcpClient("127.0.0.1", port=self.siren_port)
        assert client.connect()
        try:
            return bool(client.read_coils(2, count=1, device_id=1).bits[0])
        finally:
            client.close()

    def press(self) -> None:
        """Switches the siren on as nobody of ours did."""
        client = ModbusTcpClient("127.0.0.1", port=self.siren_port)
        assert client.connect()
        client.write_coil(2, True, device_id=1)
        client.close()

    def told(self, kind: str) -> list[dict[str, Any]]:
        """What waits in the outbox, for nobody confirms here."""
        path = self.config.parent / "edge" / "outbox.db"
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            bodies = connection.execute("SELECT body FROM message ORDER BY rowid").fetchall()
        finally:
            connection.close()
        messages = [json.loads(body) for (body,) in bodies]
        return [message for message in messages if message["kind"] == kind]


@pytest.fixture
def box(  # noqa: PLR0917 - fixtures come by name
    broker: Broker,
    authority: Authority,
    tmp_path: Path,
    scene_video: RenderedScene,
    rtsp_camera: Callable[[Path], RtspCamera],
    modbus_device: Callable[[], int],
    onvif_device: OnvifDevice,
) -> Box:
    port, credentials = modbus_device(), authority.issue(AGENT)
    device = identity(credentials)
    switch = {"kind": "modbus_coil", "host": "127.0.0.1", "port": port, "coil": 2}
    settings = {
        "agent": AGENT,
        "data_dir": "edge",
        "broker": {"url": broker.url, "ca": str(authority.ca_path)} | device,
        "evidence": {"url": "http://127.0.0.1:9"},
        "device": device,
        "metrics": {"port": 0},
        "cameras": [
            {"id": CAMERA, "url": rtsp_camera(scene_video.video).url, "onvif": {"url": onvif_device.url}}
        ],
        "warning": {
            "devices": [{"id": SIREN, "cameras": [CAMERA], "switch": switch, "hold_s": 2, "rest_s": 600}]
        },
    }
    config = tmp_path / "edge.yaml"
    config.write_text(json.dumps(settings))
    return Box(config, tmp_path / "agent.log", port)


def test_a_siren_sounds_before_the_verdict_for_its_time_once_and_is_recorded(
    box: Box, wait_until: Wait
) -> None:
    with box.running():
        wait_until(lambda: box.logged("fall_detected"), 60, "the verdict")
        wait_until(
            lambda: len(switched(box, on=False)) >= 2, 30, "the siren's end"
        )  # the first is at the start
        assert not box.sounds()
        # The scene begins again: a second fall comes while the siren rests.
        wait_until(lambda: len(box.told("warning_given")) >= 2, 30, "what became of both suspicions")
        detected, (on, *more) = box.logged("fall_detected")[0], switched(box, on=True)
        assert on["timestamp"] < detected["timestamp"]
        assert not more
        first, second = box.told("warning_given")[:2]
        assert (first["outcome"], first["camera"], first["device"]) == ("on", CAMERA, SIREN)
        assert first["observed_at"] < first["suspected_at"] < first["acted_at"]
        assert {record["subject"] for record in box.told("device_record")} == {AGENT, CAMERA}
        assert (second["outcome"], second["reason"]) == ("held_back", "it rests for 600 s after a warning")


def test_a_siren_is_switched_off_by_the_next_start_when_the_agent_was_killed(
    box: Box, wait_until: Wait
) -> None:
    with box.running() as agent:
        wait_until(box.sounds, 60, "the siren")
        agent.kill()
        agent.wait()
    assert box.sounds()
    with box.running():
        wait_until(lambda: not box.sounds(), 20, "silence")


def switched(box: Box, *, on: bool) -> list[dict[str, Any]]:
    return [line for line in box.logged("warning_device_switched") if line["on"] is on]
