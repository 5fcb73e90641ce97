"""Renders a scene into an H.264 file with its truth beside it, once for each set of parameters."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import av

from models.synth.scene import Scene, frames, write_truth

RENDERER = "2"
"""Counted up when the pictures change, so that old files are not taken for new ones."""
CODEC_OPTIONS = {"preset": "veryfast", "crf": "23", "bf": "0", "g": "50", "maxrate": "6M", "bufsize": "6M"}


@dataclass(frozen=True)
class RenderedScene:
    """A video and what is to be seen in it."""

    video: Path
    truth: Path


def render(scene: Scene, folder: Path, name: str) -> RenderedScene:
    """The scene's video, rendered now or found as it was rendered before.

    Args:
        scene: What to show.
        folder: Where videos are kept; made if need be.
        name: The beginning of the file's name.

    Returns:
        H.264 in MP4, no B-frames, an IDR frame every two seconds and at the beginning; truth as JSON.
    """
    mark = hashlib.sha256(f"{RENDERER}{CODEC_OPTIONS}{scene.key()}".encode()).hexdigest()[:12]
    rendered = RenderedScene(folder / f"{name}-{mark}.mp4", folder / f"{name}-{mark}.json")
    if rendered.video.exists() and rendered.truth.exists():
        return rendered
    folder.mkdir(parents=True, exist_ok=True)
    write_truth(scene, rendered.truth)
    half_made = rendered.video.with_suffix(".part.mp4")
    _encode(scene, half_made)
    half_made.replace(rendered.video)
    return rendered


def _encode(scene: Scene, path: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=scene.frame_rate, options=CODEC_OPTIONS)
        stream.width, stream.height, stream.pix_fmt = scene.camera.width, scene.camera.height, "yuv420p"
        for index, picture in enumerate(frames(scene)):
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
