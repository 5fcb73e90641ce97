"""Makes clips of decoded pictures, masks burnt in and homes blurred: what is hidden stays in the decoder."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, Final

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from edge.core.vision.frame import Luma
from edge.core.vision.masks import Hidden, Mask, blurred, burnt, burnt_chroma, opened

PLANAR_420: Final = frozenset({"yuv420p", "yuvj420p"})
QUALITY: Final = {"crf": "23", "preset": "superfast", "bf": "0", "threads": "1"}
"""x264's constant rate factor 23: 47 dB, and a sixth more bytes than a camera's 4 Mbit/s.

No pictures in two directions: clip times stay exact.
"""
KEY_FRAME_EVERY: Final = 50
TICKS: Final = 90_000


def picture(decoded: VideoFrame, mask: Mask | None, homes: Mask | None = None) -> VideoFrame:
    """A copy of a decoded picture: upright, 4:2:0, masked, homes blurred; odd last rows are cut off.

    Masks are burnt in first: what is under them has no part in the blur.
    """
    if decoded.format.name not in PLANAR_420:
        decoded = decoded.reformat(format="yuv420p")
    turns = _quarter_turns(decoded)
    luma, *chroma = (np.rot90(_rows(decoded, index), turns) for index in range(3))
    height, width = (side & ~1 for side in luma.shape)
    planes = [luma[:height, :width], *(plane[: height // 2, : width // 2] for plane in chroma)]
    if mask is not None:
        planes = [burnt(luma, mask)[:height, :width], *(burnt_chroma(plane, mask) for plane in planes[1:])]
    if homes is not None:
        planes = [
            blurred(planes[0], homes.luma[:height, :width]),
            *(blurred(plane, homes.chroma) for plane in planes[1:]),
        ]
    joined = np.concatenate([plane.ravel() for plane in planes]).reshape(height * 3 // 2, width)
    return VideoFrame.from_ndarray(joined, format="yuv420p")


def recode(clip: BinaryIO, target: Path, hidden: Hidden, metadata: Mapping[str, str]) -> tuple[int, int]:
    """Writes an MP4 like `clip` with all that is hidden hidden in every picture; its width and height.

    clip: the original as MP4, in memory. Pictures keep their times, the first is at 0; one of another size
    than the first is left out.

    Raises:
        av.error.FFmpegError, OSError: It cannot be written.
        ValueError: No picture of it can be decoded, or the masks do not suit its size.
    """
    with (
        av.open(clip, mode="r") as source,
        av.open(str(target), mode="w", format="mp4", options={"movflags": "+faststart"}) as container,
    ):
        container.metadata.update(metadata)
        film = source.streams.video[0]
        film.codec_context.thread_count = 1
        stream = container.add_stream(
            "libx264", rate=film.average_rate or Fraction(25), options=dict(QUALITY)
        )
        mask = homes = None
        size, first_s = (0, 0), 0.0
        for decoded in source.decode(film):
            if size == (0, 0):
                size, first_s = _upright_size(decoded), float(decoded.time or 0)
                mask, homes = _for(hidden, size)
                _prepare(stream, decoded, size)
            if _upright_size(decoded) == size:
                shown = picture(decoded, mask, homes)
                shown.pts = round((float(decoded.time or 0) - first_s) * TICKS)
                shown.time_base = Fraction(1, TICKS)
                container.mux(stream.encode(shown))
        if size == (0, 0):
            raise ValueError("no picture of it can be decoded")
        container.mux(stream.encode(None))
        return stream.width, stream.height


def _for(hidden: Hidden, size: tuple[int, int]) -> tuple[Mask | None, Mask | None]:
    mask, homes = (None if each is None else each(size) for each in (hidden.masks, hidden.homes))
    return mask, homes if homes is None or hidden.path is None else opened(homes, hidden.path)


def _prepare(stream: VideoStream, like: VideoFrame, size: tuple[int, int]) -> None:
    stream.width, stream.height = (side & ~1 for side in size)
    stream.pix_fmt, stream.time_base = "yuv420p", Fraction(1, TICKS)
    context = stream.codec_context
    context.time_base, context.gop_size = Fraction(1, TICKS), KEY_FRAME_EVERY
    context.color_range, context.colorspace = like.color_range, like.colorspace
    context.color_primaries, context.color_trc = like.color_primaries, like.color_trc


def _upright_size(decoded: VideoFrame) -> tuple[int, int]:
    sides = (decoded.width, decoded.height)
    return sides[::-1] if _quarter_turns(decoded) % 2 else sides


def _quarter_turns(decoded: VideoFrame) -> int:
    return round(decoded.rotation / 90) % 4


def _rows(decoded: VideoFrame, index: int) -> Luma:
    """One plane of a picture as (height, width) uint8, without a copy."""
    plane = decoded.planes[index]
    rows = np.frombuffer(memoryview(plane), np.uint8)[: plane.line_size * plane.height]
    return rows.reshape(plane.height, plane.line_size)[:, : plane.width]
