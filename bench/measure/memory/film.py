"""What the cameras show: a rendered fall, small, so that much time passes for little decoding."""

from fractions import Fraction
from pathlib import Path

import av

from models.synth import presets
from models.synth.video import render

SIZE = (640, 360)
FPS = 25


def fall(folder: Path) -> Path:
    """Nine seconds with one fall; made once."""
    path = folder / "fall-640x360.mp4"
    if not path.exists():
        _scale(render(presets.SHORT, folder, "short").video, path)
    return path


def _scale(video: Path, path: Path) -> None:
    half_made = path.with_suffix(".part.mp4")
    with av.open(str(video)) as source, av.open(str(half_made), "w") as target:
        stream = target.add_stream("libx264", rate=FPS, options={"crf": "20", "preset": "fast"})
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = *SIZE, "yuv420p", FPS
        for index, picture in enumerate(source.decode(video=0)):
            small = picture.reformat(width=SIZE[0], height=SIZE[1], format="yuv420p")
            small.pts, small.time_base = index, Fraction(1, FPS)
            target.mux(stream.encode(small))
        target.mux(stream.encode(None))
    half_made.replace(path)
