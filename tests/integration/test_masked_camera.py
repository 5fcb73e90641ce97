"""A masked camera's real program: whatever it leaves behind, on the disk or for the cloud, is masked."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np

from contracts.messages import ClipManifest
from edge.camera.sight import masks_of
from edge.camera.source import open_video
from edge.config.sight import SightSettings
from fallwatch.local.pki import Authority
from models.synth.video import RenderedScene
from tests.fixtures.programs import identity, program

Wait = Callable[[Callable[[], object], float, str], None]
SIGHT = {"picture": [1280, 720], "masks": [[[900, 0], [1280, 0], [1280, 720], [900, 720]]]}
RINGING_PX = 9


def test_a_masked_camera_seals_a_masked_clip_and_writes_no_other_picture(
    scene_video: RenderedScene, authority: Authority, tmp_path: Path, wait_until: Wait
) -> None:
    credentials = authority.issue("masked-box")
    device = identity(credentials)
    config = tmp_path / "edge.yaml"
    config.write_text(
        json.dumps(
            {
                "agent": "masked-box",
                "data_dir": "edge",
                "broker": {"url": "mqtt://127.0.0.1:9"},
                "evidence": {"url": "http://127.0.0.1:9"},
                "device": device,
                "cameras": [{"id": "cam", "url": str(scene_video.video)} | SIGHT],
            }
        )
    )
    outbox = tmp_path / "edge" / "outbox.db"
    log = tmp_path / "camera.log"
    with program(["edge", "camera", str(config), "cam"], log):
        wait_until(lambda: '"kind": "clip_sealed"' in log.read_text(), 150, "a sealed clip")
    first = sealed(outbox)[0]
    assert first.masked
    assert (first.codec, first.frame_width, first.frame_height) == ("h264", 1280, 720)
    masks = masks_of(SightSettings.model_validate(SIGHT))
    assert masks is not None
    hidden = masks((1280, 720)).luma[:, 900 + RINGING_PX :]
    assert not hidden.any()
    left = list((tmp_path / "edge" / "clips").iterdir())
    assert {file.suffix for file in left} <= {".mp4", ".part"}  # the end came while another was cut
    clips = [file for file in left if file.suffix == ".mp4"]
    assert {clip.stem for clip in clips} >= {first.sha256}
    for clip in clips:
        with open_video(str(clip)) as source:
            for frame in source.frames():
                assert frame.luma[:, 900 + RINGING_PX :].max() <= 3
                assert np.ptp(frame.luma[:, :880]) > 50


def sealed(outbox: Path) -> list[ClipManifest]:
    with sqlite3.connect(outbox) as connection:
        rows = connection.execute("SELECT body FROM message WHERE kind = 'clip_sealed'").fetchall()
    return [ClipManifest.model_validate_json(json.loads(body)["manifest"]) for (body,) in rows]
