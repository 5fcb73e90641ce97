"""What the cameras show: a rendered fall, small, so that much time passes for little decoding."""

from dataclasses import replace
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av

from models.synth import presets
from models.synth.video import render

SIZE = (640, 360)
EVERY = 2
"""Of the rendered pictures, 25 a second, so many-th are shown: twice the hours for the same decoding."""
FPS = Fraction(25, EVERY)
SECONDS = 27


def fall(folder: Path) -> Path:
    """One fall, then quiet; made once."""
    path = folder / f"fall-{SECONDS}-s-{float(FPS):g}.mp4"
    if not path.exists():
        _scale(render(replace(presets.SHORT, duration_s=SECONDS), folder, "short").video, path)
    return path


def _scale(video: Path, path: Path) -> None:
    half_made = path.with_suffix(".part.mp4")
    with av.open(str(video)) as source, av.open(str(half_made), "w") as target:
        stream = target.add_stream("libx264", rate=FPS, options={"crf": "20", "preset": "fast"})
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = *SIZE, "yuv420p", round(FPS)
        for index, picture in enumerate(islice(source.decode(video=0), 0, None, EVERY)):
            small = picture.reformat(width=SIZE[0], height=SIZE[1], format="yuv420p")
            small.pts, small.time_base = index, 1 / FPS
            target.mux(stream.encode(small))
        target.mux(stream.encode(None))
    half_made.replace(path)
