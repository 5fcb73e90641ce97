"""The camera of the demo behaves as a camera: real time, for ever, dies and comes back."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import av
import pytest

from fallwatch.local import rtsp
from fallwatch.local.children import PartError
from fallwatch.local.rtsp import RtspCamera
from models.synth import presets
from models.synth.video import render

CameraFactory = Callable[[Path], RtspCamera]


@pytest.fixture(scope="module")
def second_of_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from dataclasses import replace  # noqa: PLC0415

    scene = replace(presets.SHORT, duration_s=1, throws=(), birds=())
    return render(scene, tmp_path_factory.mktemp("second"), "second").video


def _times(camera: RtspCamera, count: int) -> list[float]:
    with av.open(camera.url, options={"rtsp_transport": "tcp"}, timeout=10) as container:
        times: list[float] = []
        for frame in container.decode(video=0):
            if frame.time is not None:
                times.append(frame.time)
            if len(times) == count:
                break
    return times


def test_time_stamps_go_on_over_the_end_of_the_file(
    rtsp_camera: CameraFactory, second_of_video: Path
) -> None:
    times = _times(rtsp_camera(second_of_video), 60)
    assert all(later - earlier == pytest.approx(0.04, abs=0.002) for earlier, later in pairwise(times))


def test_a_camera_that_died_comes_back_at_the_same_address(
    rtsp_camera: CameraFactory, second_of_video: Path
) -> None:
    camera = rtsp_camera(second_of_video)
    url = camera.url
    camera.kill()
    with pytest.raises(OSError, match="refused"):
        av.open(url, options={"rtsp_transport": "tcp"}, timeout=5)
    camera.restart()
    assert camera.url == url
    assert len(_times(camera, 5)) == 5


def test_what_is_no_video_ends_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "text.mp4"
    path.write_text("no video")
    with pytest.raises(PartError, match=r"text\.mp4 cannot be served"), rtsp.running(path):
        pass
