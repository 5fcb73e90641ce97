"""Cameras asked by ONVIF, as a person does it: a virtual one of somebody else's, and one that misbehaves."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from edge.onvif import camera as asking
from edge.onvif.address import OnvifError, Refused, address
from edge.onvif.camera import opened
from edge.onvif.events import Events
from tests.fixtures.devices import OnvifDevice

ROOT = Path(__file__).resolve().parents[2]


def fallwatch(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "fallwatch", "onvif", *arguments],
        cwd=ROOT,
        env={**os.environ, "ONVIF_PASSWORD": "s3cret"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_camera_is_found_shown_and_photographed(virtual_camera: str, tmp_path: Path) -> None:
    found = fallwatch("discover", "--wait", "1.5", "--interface", "127.0.0.1")
    assert f"http://{virtual_camera}/onvif/device_service  gate" in found.stdout
    shown = fallwatch("show", f"http://viewer@{virtual_camera}")
    lines = dict(line.split(maxsplit=1) for line in shown.stdout.splitlines() if "rtsp:" not in line)
    assert lines["maker"] == "PythonCam"
    assert (lines["model"], lines["serial"], lines["firmware"]) == ("VirtualCam-1", "PY-7", "1.3.0")
    assert lines["clock"].startswith("right, within")
    streams = [line.split()[1] for line in shown.stdout.splitlines() if line.startswith("stream")]
    assert streams == ["rtsp://127.0.0.1:8554/video_main", "rtsp://127.0.0.1:8554/video_sub"]
    fallwatch("snapshot", f"http://viewer@{virtual_camera}", str(tmp_path / "now.jpg"))
    assert (tmp_path / "now.jpg").read_bytes().startswith(b"\xff\xd8")
    refused = fallwatch("show", f"http://viewer:wrong@{virtual_camera}")
    assert refused.returncode == 1
    assert refused.stderr.startswith(
        f"Error: the camera at http://{virtual_camera} refuses the user 'viewer'"
    )
    assert "wrong" not in refused.stderr


async def test_everything_is_told_without_the_password(onvif_device: OnvifDevice) -> None:
    async with opened(address(onvif_device.url)) as camera:
        assert (await camera.identity()).firmware == "V5.7.3 build 220112"
        main, sub = await camera.streams()
        assert (main.url, main.width) == ("rtsp://127.0.0.1:554/main", 1920)
        assert (sub.url, sub.frames_per_s) == ("rtsp://127.0.0.1:554/sub", 10)
        assert await camera.reboot() == "Rebooting now"
    assert onvif_device.state()["reboots"] == 1


async def test_a_clock_is_measured_and_set_unless_it_follows_a_time_server(onvif_device: OnvifDevice) -> None:
    onvif_device.change(clock_s=-7200.0, by="NTP")
    async with opened(address(onvif_device.url)) as camera:
        assert (await camera.clock()).offset_s == pytest.approx(-7200, abs=1.5)
        assert not await camera.set_clock()
        onvif_device.change(by="Manual")
        assert await camera.set_clock()
        assert (await camera.clock()).at_least_s < 1
    assert abs(onvif_device.state()["clock_s"]) < 2


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("nonsense", "answered nonsense when asked for its time"),
        ("faulty", "cannot tell its time: Optional Action Not Implemented"),
        ("slow", "did not tell its time within 0.5 s"),
    ],
)
async def test_a_camera_that_misbehaves_gives_a_sentence(
    onvif_device: OnvifDevice, mode: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "TIMEOUT_S", 0.5)
    onvif_device.change(mode=mode)
    with pytest.raises(OnvifError, match=says) as told:
        async with opened(address(onvif_device.url)):
            pass
    assert "s3cret" not in str(told.value)


async def test_a_wrong_password_is_refused_and_told_as_that(onvif_device: OnvifDevice) -> None:
    with pytest.raises(Refused, match="refuses the user 'viewer': check user and password"):
        async with opened(address(onvif_device.url.replace("s3cret", "wrong"))):
            pass
    assert onvif_device.state()["refused"] <= 2


async def test_a_snapshot_elsewhere_does_not_get_the_password(onvif_device: OnvifDevice) -> None:
    onvif_device.change(snapshot_at="http://127.0.0.2:9/snapshot.jpg")
    async with opened(address(onvif_device.url)) as camera:
        with pytest.raises(OnvifError, match="names a snapshot on another host"):
            await camera.snapshot()


async def test_what_a_camera_reports_is_pulled_as_soon_as_it_happens(onvif_device: OnvifDevice) -> None:
    async with opened(address(onvif_device.url)) as camera:
        events = await Events.subscribed(camera)
        assert events is not None
        topic = "VideoSource/GlobalSceneChange/ImagingService"
        onvif_device.change(events=[event(f"tns1:{topic}", "State", "true")])
        began_s = time.monotonic()
        (notice,) = await events.pull(10)
        assert time.monotonic() - began_s < 5
        assert (notice.topic, notice.values) == (topic, {"State": "true"})
        assert await events.pull(1) == ()
        await events.close()


def event(topic: str, name: str, value: str) -> dict[str, str]:
    return {"topic": topic, "source": "V1", "name": name, "value": value}
