"""Pictures through a codec and back, as cameras send them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO

import av
import numpy as np
from av.video.stream import VideoStream

from bench.measure.picture.scenes import Picture, taken


@dataclass(frozen=True, slots=True)
class Coding:
    """codec: libx264 or libx265. crf: constant quality, or None for bit_rate. keyframes: pictures between."""

    codec: str = "libx264"
    crf: int | None = 28
    bit_rate: int = 800_000
    keyframes: int = 25
    b_frames: int = 0


def coding(luck: np.random.Generator) -> Coding:
    """One as cameras have it."""
    quality = None if luck.random() < 0.3 else int(luck.choice([23, 26, 29, 33]))
    codec = "libx265" if luck.random() < 0.25 else "libx264"
    return Coding(codec, quality, 800_000, int(luck.choice([12, 25, 50, 100])), int(luck.choice([0, 2])))


def coded(pictures: Iterable[Picture], fps: int, how: Coding) -> Iterator[Picture]:
    """The pictures, encoded and decoded."""
    with av.open(BytesIO(filmed(pictures, fps, how)), "r") as decoded:
        for frame in decoded.decode(video=0):
            yield taken(frame)


def filmed(pictures: Iterable[Picture], fps: int, how: Coding) -> bytes:
    """The pictures as an MP4."""
    film = BytesIO()
    with av.open(film, "w", format="mp4") as container:
        stream: VideoStream | None = None
        for picture in pictures:
            height, width = picture.y.shape
            if stream is None:
                made = container.add_stream(how.codec, rate=fps, options=_options(how))
                assert isinstance(made, VideoStream)
                stream = made
                stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
                stream.codec_context.thread_count = 1
                if how.crf is None:
                    stream.bit_rate = how.bit_rate
            planes = np.concatenate([picture.y.ravel(), picture.u.ravel(), picture.v.ravel()])
            frame = av.VideoFrame.from_ndarray(planes.reshape(height * 3 // 2, width), format="yuv420p")
            container.mux(stream.encode(frame))
        if stream is not None:
            container.mux(stream.encode())
    return film.getvalue()


def _options(how: Coding) -> dict[str, str]:
    quality = {} if how.crf is None else {"crf": str(how.crf)}
    if how.codec == "libx265":
        return {
            "preset": "ultrafast",
            "x265-params": f"keyint={how.keyframes}:log-level=none:pools=1",
        } | quality
    return {"preset": "veryfast", "g": str(how.keyframes), "bf": str(how.b_frames)} | quality
