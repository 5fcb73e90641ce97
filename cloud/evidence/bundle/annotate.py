"""Draws a fall into a copy of its clip, under a banner that says that it is a copy.

A program of its own (`python -m cloud.evidence.bundle.annotate`, the task as JSON on its standard input): it
decodes whatever a box has sent, so it shares no memory with the service, and the service loads no decoder.
"""

import sys
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from cloud.core.words import beijing
from cloud.evidence.bundle import members, strokes
from cloud.evidence.bundle.drawing import Drawing
from cloud.evidence.bundle.letters import BANNER, ROOM, Letters, Plane, letters
from cloud.evidence.bundle.strokes import AMBER, INK, PAPER, RED, Planes

QUALITY: Final = {"crf": "20", "preset": "superfast", "bf": "0"}
TICKS: Final = 90_000
BANNER_SHARE: Final = Fraction(1, 10)
"""Of the picture's height; it stands above the picture and hides nothing of it."""
PLANAR_420: Final = frozenset({"yuv420p", "yuvj420p"})
SAME_FRAME_S: Final = 0.005
"""Times of the track and of the frames are rounded differently."""
STILL_QUALITY: Final = 4


class Copy:
    """What is drawn into each picture of a clip of one size."""

    def __init__(self, drawing: Drawing, size: tuple[int, int]) -> None:
        self._drawing = drawing
        self.width, self._height = size
        scale = min(Fraction(self._height, BANNER) * BANNER_SHARE, Fraction(self.width, ROOM))
        self.banner = max(2, round(BANNER * scale) & ~1)
        self._letters: Letters = letters(scale)
        self._line = max(2.0, min(size) / 360)
        blank = tuple(
            np.full((self.banner // step, self.width // step), value, np.uint8)
            for value, step in ((AMBER.luma, 1), (AMBER.blue, 2), (AMBER.red, 2))
        )
        _stamp(blank[0], self._letters.words, int(12 * scale), 0)
        self._blank = blank

    @property
    def height(self) -> int:
        """Of the copy: the picture with its banner."""
        return self._height + self.banner

    def made(self, decoded: VideoFrame, clip_s: float) -> VideoFrame:
        """The picture at this time of the clip, drawn into, its banner above."""
        planes = _planes(decoded, self.width, self._height)
        self._draw(planes, clip_s - self._drawing.event_offset_s)
        whole = [np.vstack([blank, plane]) for blank, plane in zip(self._blank, planes, strict=True)]
        self._tell_time(whole[0], clip_s)
        joined = np.concatenate([plane.ravel() for plane in whole]).reshape(-1, self.width)
        return VideoFrame.from_ndarray(joined, format="yuv420p")

    def _draw(self, planes: Planes, t_s: float) -> None:
        track = self._drawing.track
        passed = [(x, y) for at, x, y in track if at <= t_s + SAME_FRAME_S]
        if not passed:
            return
        for width, colour in ((3 * self._line, PAPER), (self._line, RED)):
            strokes.line(planes, passed, width, colour)
            if self._drawing.origin is not None:
                x, y, uncertain = self._drawing.origin
                strokes.ring(planes, (x, y), max(uncertain, 4 * self._line), width, colour)
            if t_s <= track[-1][0] + SAME_FRAME_S:
                strokes.ring(planes, passed[-1], 9 * self._line, width, colour)

    def _tell_time(self, luma: Plane, clip_s: float) -> None:
        at = self._drawing.started_at + timedelta(seconds=clip_s)
        text = (f"{beijing(at)} UTC+8", f"t {clip_s:+8.3f} s")
        lines = [self._letters.line(line) for line in text]
        top = (self.banner - sum(line.shape[0] for line in lines)) // 2
        for line in lines:
            _stamp(luma, line, self.width - line.shape[1] - line.shape[0] // 4, top)
            top += line.shape[0]


def annotate(drawing: Drawing) -> None:
    """Writes the copy and a still of it at the end of the track. Pictures keep their times.

    Raises:
        av.error.FFmpegError, OSError: It cannot be read or written.
        ValueError: No picture of it can be decoded.
    """
    metadata = {
        "title": "标注副本 非原始证据 / ANNOTATED COPY, NOT THE ORIGINAL",
        "comment": f"{members.COPY_COMMENT}{drawing.sha256}",
    }
    options = {"movflags": "+faststart"}
    with (
        av.open(drawing.clip, "r") as source,
        av.open(drawing.copy_to, "w", format="mp4", options=options) as target,
    ):
        target.metadata.update(metadata)
        film = source.streams.video[0]
        film.thread_type = "AUTO"
        stream = target.add_stream("libx264", rate=film.average_rate or Fraction(25), options=dict(QUALITY))
        copy, still, first_s = None, None, 0.0
        for decoded in source.decode(film):
            if copy is None:
                first_s = float(decoded.time or 0)
                copy = Copy(drawing, _even(decoded))
                _prepare(stream, copy, decoded)
            if _even(decoded) != (copy.width, copy.height - copy.banner):
                continue
            clip_s = float(decoded.time or 0) - first_s
            made = copy.made(decoded, clip_s)
            made.pts, made.time_base = round(clip_s * TICKS), Fraction(1, TICKS)
            if still is None and clip_s >= drawing.event_offset_s + drawing.track[-1][0] - SAME_FRAME_S:
                still = made
            target.mux(stream.encode(made))
        if copy is None:
            raise ValueError("no picture of it can be decoded")
        target.mux(stream.encode(None))
    Path(drawing.still_to).write_bytes(b"" if still is None else _jpeg(still))


def _prepare(stream: VideoStream, copy: Copy, like: VideoFrame) -> None:
    stream.width, stream.height, stream.pix_fmt = copy.width, copy.height, "yuv420p"
    stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS)
    stream.codec_context.color_range, stream.codec_context.colorspace = like.color_range, like.colorspace
    stream.codec_context.gop_size = 25


def _even(decoded: VideoFrame) -> tuple[int, int]:
    """Width and height as the copy has them: upright, odd last rows and columns left out."""
    sides = (decoded.width & ~1, decoded.height & ~1)
    return sides[::-1] if _quarter_turns(decoded) % 2 else sides


def _quarter_turns(decoded: VideoFrame) -> int:
    return round(decoded.rotation / 90) % 4


def _planes(decoded: VideoFrame, width: int, height: int) -> Planes:
    """Copies of the three planes, upright."""
    if decoded.format.name not in PLANAR_420:
        decoded = decoded.reformat(format="yuv420p")
    turns, planes = _quarter_turns(decoded), []
    for index, step in enumerate((1, 2, 2)):
        plane = decoded.planes[index]
        rows = np.frombuffer(memoryview(plane), np.uint8)[: plane.line_size * plane.height]
        upright = np.rot90(rows.reshape(plane.height, plane.line_size)[:, : plane.width], turns)
        planes.append(upright[: height // step, : width // step].copy())
    luma, blue, red = planes
    return luma, blue, red


def _stamp(luma: Plane, ink: Plane, x: int, y: int) -> None:
    """Dark letters on a plane; what does not fit is cut off."""
    height, width = min(ink.shape[0], luma.shape[0] - y), min(ink.shape[1], luma.shape[1] - x)
    if height <= 0 or width <= 0 or x < 0:
        return
    part = luma[y : y + height, x : x + width]
    share = ink[:height, :width].astype(np.float32) / 255
    part[...] = np.rint(part + (INK.luma - part.astype(np.float32)) * share)


def _jpeg(picture: VideoFrame) -> bytes:
    encoder = VideoCodecContext.create("mjpeg", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = picture.width, picture.height, "yuvj420p"
    encoder.time_base = Fraction(1, TICKS)
    encoder.options = {"qmin": str(STILL_QUALITY), "qmax": str(STILL_QUALITY)}
    full = picture.reformat(format="yuvj420p")
    full.pts, full.time_base = 0, Fraction(1, TICKS)
    return b"".join(bytes(packet) for packet in [*encoder.encode(full), *encoder.encode(None)])


def main() -> int:
    """Reads the task, writes both files; exit 1 with a sentence where the clip cannot be decoded."""
    drawing = Drawing.model_validate_json(sys.stdin.read())
    try:
        annotate(drawing)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
