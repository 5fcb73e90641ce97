"""Codes pictures as cameras do: H.264 or H.265 at low rates, and what is lost on the way."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias, cast

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

Coded: TypeAlias = "av.Packet[VideoStream]"
Image = NDArray[np.uint8]
CLOCK = 90_000
"""Ticks a second, RTP's clock for video (RFC 6184, section 5.1)."""
START_CODE = re.compile(b"\x00\x00\x00?\x01")


@dataclass(frozen=True)
class Coding:
    """How a stream is coded."""

    codec: str
    """libx264 or libx265."""
    kbit_s: int
    keyframe_every: int
    b_frames: int
    preset: str = "veryfast"
    slices: int = 1
    lost_share: float = 0.0
    """Part of the packets that arrive damaged; keyframes arrive whole."""

    def options(self) -> dict[str, str]:
        """As PyAV passes them to the encoder. One thread: the same pictures give the same bytes."""
        common = {"preset": self.preset, "g": str(self.keyframe_every), "bf": str(self.b_frames)}
        if self.codec == "libx265":
            # Not slices: libx265 crashes with them in small pictures. Losses then cut a picture's end off.
            depth = "pools=none:frame-threads=1:log-level=none"
            depth += f":vbv-maxrate={self.kbit_s}:vbv-bufsize={self.kbit_s}"
            return common | {"x265-params": depth, "b": f"{self.kbit_s}k"}
        # Without its macroblock tree, which no camera has and which made x264's bytes differ between runs.
        limits = {"b": f"{self.kbit_s}k", "maxrate": f"{self.kbit_s}k", "bufsize": f"{self.kbit_s}k"}
        return common | limits | {"x264-params": f"slices={self.slices}:threads=1:mbtree=0"}


def write(
    path: Path, size: tuple[int, int], pictures: Iterable[tuple[float, Image]], coding: Coding, pace: "Pace"
) -> None:
    """Codes pictures into an MP4.

    Args:
        path: Where to; its folder exists.
        size: Width and height, pixels, both even.
        pictures: Presentation times in seconds, rising, and planar 4:2:0, uint8 (height * 3 / 2, width).
        coding: How.
        pace: Frames a second for the encoder's rate control, and the seed that decides which slices are lost.
    """
    random = np.random.default_rng(pace.seed)
    with av.open(str(path), "w") as container:
        rate = Fraction(pace.frame_rate).limit_denominator(1001)
        stream = container.add_stream(coding.codec, rate=rate, options=coding.options())
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.time_base = stream.time_base = Fraction(1, CLOCK)
        stream.codec_context.thread_count = 1
        for at_s, picture in pictures:
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts, frame.time_base = round(at_s * CLOCK), Fraction(1, CLOCK)
            for packet in stream.encode(frame):
                container.mux(_damaged(packet, coding, random))
        container.mux(stream.encode())


@dataclass(frozen=True)
class Pace:
    """How fast frames come, and whose chance decides what is lost."""

    frame_rate: float
    seed: int


def _damaged(packet: Coded, coding: Coding, random: np.random.Generator) -> Coded:
    """The packet, now and then without one of its slices, or its only slice without its end."""
    if packet.is_keyframe or random.random() >= coding.lost_share:
        return packet
    stream = bytes(packet)
    units = _units(stream)
    gone = int(random.integers(1, len(units))) if len(units) > 1 else 0
    left = units[gone][: int(len(units[gone]) * random.uniform(0.3, 0.9))] if len(units) == 1 else b""
    kept = b"".join(left if index == gone else unit for index, unit in enumerate(units))
    damaged = cast("Coded", av.Packet(kept))
    damaged.pts, damaged.dts, damaged.time_base = packet.pts, packet.dts, packet.time_base
    damaged.duration, damaged.stream, damaged.is_keyframe = packet.duration, packet.stream, packet.is_keyframe
    return damaged


def _units(stream: bytes) -> list[bytes]:
    """NAL units of an Annex B stream, each with its start code (H.264, annex B)."""
    starts = [match.start() for match in START_CODE.finditer(stream)]
    ends = [*starts[1:], len(stream)]
    return [stream[start:end] for start, end in zip(starts, ends, strict=True)]
