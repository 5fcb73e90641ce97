"""`fallwatch edge doctor` on a real box: real broker, certificates, RTSP camera, and an API's health page."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from edge.doctor import sights
from edge.doctor.command import command
from fallwatch.local.mosquitto import Broker
from fallwatch.local.pki import Authority
from fallwatch.local.rtsp import RtspCamera
from models.synth.video import RenderedScene
from tests.fixtures.programs import identity

AGENT = "doctor-box"


@pytest.fixture
def cloud() -> Iterator[str]:
    """Answers 200 at /healthz and else 404, with a date."""

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Health) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def box(folder: Path, broker_url: str, authority: Authority, cloud: str, **cameras: Any) -> Path:
    issued = authority.issue(AGENT)
    device = identity(issued)
    settings = {
        "agent": AGENT,
        "data_dir": "edge",
        "broker": {"url": broker_url, "ca": str(authority.ca_path)} | device,
        "evidence": {"url": cloud},
        "device": device,
        "cameras": [{"id": name, "url": "x"} | camera for name, camera in cameras.items()],
    }
    path = folder / "edge.yaml"
    path.write_text(json.dumps(settings))
    return path


def examined(config: Path, *options: str) -> tuple[int, list[dict[str, str]]]:
    result = CliRunner().invoke(command, [str(config), "--json", *options])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.exit_code, json.loads(result.output)["findings"]


def levels(findings: list[dict[str, str]], check: str) -> list[str]:
    return [finding["level"] for finding in findings if finding["check"] == check]


@pytest.fixture
def short_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long enough for two key frames that are two seconds apart."""
    monkeypatch.setattr(sights, "WATCH_S", 4.5)


@pytest.mark.usefixtures("short_look")
def test_a_box_on_which_all_is_well_gets_no_fault(  # noqa: PLR0917 - fixtures come by name
    broker: Broker,
    authority: Authority,
    cloud: str,
    tmp_path: Path,
    scene_video: RenderedScene,
    rtsp_camera: Callable[[Path], RtspCamera],
) -> None:
    camera = rtsp_camera(scene_video.video)
    config = box(tmp_path, broker.url, authority, cloud, east={"url": camera.url})
    status, findings = examined(config)
    assert [finding for finding in findings if finding["level"] == "fault"] == []
    assert status == 0
    (seen,) = [finding for finding in findings if finding["check"] == "camera"]
    assert re.match(r"h264 1280 x 720, \d\d\.\d pictures/s, .* key frames every 2\.\d s", seen["what"])
    assert levels(findings, "load") == ["ok"]
    assert levels(findings, "broker") == levels(findings, "cloud") == ["ok"]


def test_each_thing_that_is_wrong_is_named_with_what_to_do(
    authority: Authority, broker: Broker, tmp_path: Path, scene_video: RenderedScene
) -> None:
    stranger = Authority.open(tmp_path / "stranger")
    shaped = {"picture": [640, 480], "masks": [[[0, 0], [9, 0], [9, 9]]], "url": str(scene_video.video)}
    config = box(
        tmp_path,
        broker.url,
        stranger,
        "http://127.0.0.1:9",
        none={"url": "rtsp://viewer:s3cret@127.0.0.1:9/x"},
        shaped=shaped,
    )
    (tmp_path / "stranger" / f"{AGENT}.key").chmod(0o644)
    (tmp_path / "edge").mkdir()
    (tmp_path / "edge" / "outbox.db").write_bytes(b"no database" * 500)
    status, findings = examined(config)
    assert status == 1
    faults = {finding["check"]: finding for finding in findings if finding["level"] == "fault"}
    assert set(faults) == {"key", "outbox", "broker", "cloud", "camera"}
    assert all(finding["advice"] for finding in faults.values())
    assert faults["key"]["advice"].startswith("chmod 600")
    assert "certificate is not believed" in faults["broker"]["what"]
    both = [finding["what"] for finding in findings if finding["check"] == "camera"]
    assert "cannot be opened" in both[0]
    assert "another shape" in both[1]
    assert "s3cret" not in json.dumps(findings)


def test_each_sensor_is_read_and_one_that_does_not_answer_is_named_with_what_to_do(
    authority: Authority, broker: Broker, cloud: str, tmp_path: Path, modbus_device: Callable[[], int]
) -> None:
    config = box(tmp_path, broker.url, authority, cloud)
    climate = {"kind": "modbus", "profile": "xy-md02", "host": "127.0.0.1"}
    port = modbus_device()
    sensors = [
        climate | {"port": port, "points": {"temperature": "cab1-t", "humidity": "cab1-h"}},
        climate | {"port": 9, "points": {"temperature": "cab2-t"}},
    ]
    config.write_text(json.dumps(json.loads(config.read_text()) | {"sensors": sensors}))
    status, findings = examined(config)
    answering, silent = [finding for finding in findings if finding["check"] == "sensor"]
    assert (answering["subject"], answering["level"]) == (f"127.0.0.1:{port}/1", "ok")
    assert answering["what"] == "temperature 0 Cel, humidity 0 %"
    assert (silent["subject"], silent["level"], status) == ("127.0.0.1:9/1", "fault", 1)
    assert silent["what"].startswith("temperature: ")
    assert "address" in silent["advice"]


def test_a_device_that_the_broker_does_not_know_is_told_so(
    authority: Authority, broker: Broker, cloud: str, tmp_path: Path
) -> None:
    config = box(tmp_path, broker.url, authority, cloud)
    stranger = Authority.open(tmp_path / "stranger").issue(AGENT)
    settings = json.loads(config.read_text())
    settings["broker"] |= identity(stranger)
    config.write_text(json.dumps(settings))
    status, findings = examined(config)
    assert status == 1
    whats = [finding["what"] for finding in findings if finding["level"] == "fault"]
    assert any("not issued by the authority" in what for what in whats)
    (told,) = [finding["what"] for finding in findings if finding["check"] == "broker"]
    assert "refuses the box's certificate" in told


def test_settings_that_cannot_be_read_are_the_only_finding(tmp_path: Path) -> None:
    (tmp_path / "edge.yaml").write_text("agent: box\n")
    status, findings = examined(tmp_path / "edge.yaml")
    assert status == 1
    assert [finding["check"] for finding in findings] == ["settings"]


def test_people_get_words_and_a_count(authority: Authority, cloud: str, tmp_path: Path) -> None:
    config = box(tmp_path, "mqtts://127.0.0.1:9", authority, cloud)
    result = CliRunner().invoke(command, [str(config), "--no-cameras"])
    assert result.exit_code == 1
    assert "FAULT    broker       127.0.0.1:9: cannot be reached" in result.output
    assert "→ Check broker.url" in result.output
    assert "1 faults" in result.output
