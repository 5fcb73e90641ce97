"""Reads a video file or a camera's stream: encoded packets for the evidence, luma planes for the detector.

The Y plane of a decoded picture is already the grey picture that the detector wants, so nothing is converted
or copied (colour conversion of 1080p costs several milliseconds a frame, as much as decoding).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self, TypeAlias

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from av.video.stream import VideoStream

from edge.clock import steady_now
from edge.core.vision.frame import Chroma, Frame, Luma
from edge.core.vision.masks import COLOURLESS, Mask, Masks, burnt
from edge.evidence import masked

VideoPacket: TypeAlias = "Packet[VideoStream]"  # generic for the type checker only
OnPacket: TypeAlias = "Callable[[VideoPacket], None]"

Transport = Literal["tcp", "udp"]

LIVE_SCHEMES: Final = frozenset({"rtsp", "rtsps", "rtmp", "rtmps", "rtp", "udp", "srt", "tcp"})
# Formats whose first plane is 8-bit luma, one byte a pixel: used as they are.
LUMA_FIRST: Final = frozenset(
    {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "nv21", "gray"}
)
# Formats with Cb and Cr in planes of their own, 8 bits a sample.
CHROMA_PLANES: Final = frozenset({"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p"})
CHROMA_SAMPLES: Final = 64
"""Of a line of a small copy of the colours."""
NOT_VIDEO: Final = frozenset({"tty", "image2", "subtitles", "srt", "ass", "webvtt"})
# After so many damaged reads in a row a container has nothing more to give.
MAX_BAD_READS: Final = 256
# A time stamp that falls back by more than this is a new clock (restart, wrap), not reordering.
CLOCK_RESTART_S: Final = 1.0
DEFAULT_PERIOD_S: Final = 0.04
LIBAV_READS: Final = 1.8
"""A read that gives up hands out the packet that its parser had kept; only the next tells of the silence."""
COPIES: Final = 2
FIRST_PICTURE: Final = timedelta(seconds=30)
"""Cameras with a smart codec send a key frame every 10 to 20 s; until then nothing can be decoded."""
SECRET_QUERY: Final = re.compile(r"(?i)([?&](?:pass|password|passwd|pwd|token|auth|key|secret)=)[^&#]*")
SCHEME: Final = re.compile(r"^([a-zA-Z][a-zA-Z0-9+.-]*)://")


class VideoError(Exception):
    """A video that cannot be read. Its text is one sentence for the person who named the video."""


class StreamLost(VideoError):  # noqa: N818  (says what happened, as ConnectionReset does)
    """A stream that was being read and stopped: time-out, connection cut, end of a live stream."""


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """What a video says of itself.

    width, height: of the upright picture, as `Frame.luma` has it, pixels.
    time_base: seconds a tick of packet time stamps. average_rate: frames a second, None if unknown.
    start: time stamp of the stream's beginning (`pts_s == 0`), ticks; None until it is known.
    """

    width: int
    height: int
    codec: str
    time_base: Fraction
    average_rate: Fraction | None
    is_live: bool
    start: int | None


def redacted(url: str) -> str:
    """The address without its secrets, fit for messages and logs."""
    scheme = SCHEME.match(url)
    if scheme is None:
        return url
    rest = url[scheme.end() :]
    credentials, at, host = rest.rpartition("@")
    if at:
        user = credentials.partition(":")[0]
        rest = f"{user}:***@{host}" if ":" in credentials else f"***@{host}"
    return scheme.group(0) + SECRET_QUERY.sub(r"\1***", rest)


def is_live(url: str) -> bool:
    """Whether the address names a stream that comes in real time."""
    scheme = SCHEME.match(url)
    return scheme is not None and scheme.group(1).lower() in LIVE_SCHEMES


def luma_of(picture: VideoFrame) -> Luma:
    """The Y plane of a decoded picture: (height, width) uint8, a view where the format allows it.

    Rotation that the file asks for is undone by turning the view, so that "down" is down.
    """
    if picture.format.name not in LUMA_FIRST or picture.planes[0].line_size < picture.width:
        # The same range on both sides: levels are compared with each other, not shown.
        picture = picture.reformat(format="gray", src_color_range="JPEG", dst_color_range="JPEG")
    plane = picture.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8)[: plane.line_size * picture.height]
    luma: Luma = rows.reshape(picture.height, plane.line_size)[:, : picture.width]
    quarter_turns = round(picture.rotation / 90) % 4
    return np.rot90(luma, quarter_turns) if quarter_turns else luma


def chroma_of(picture: VideoFrame, mask: Mask | None = None) -> Chroma | None:
    """Some samples of the picture's colours: (2, h, w) uint8, Cb and Cr, w about 64; None for other formats.

    mask: of the upright picture; what it hides has no colour.
    """
    if picture.format.name not in CHROMA_PLANES:
        return None
    planes = [_samples(plane) for plane in picture.planes[1:3]]
    chroma = np.rot90(np.stack(planes), round(picture.rotation / 90) % 4, axes=(1, 2))
    if mask is None:
        return chroma
    rows, columns = (
        np.arange(count) * side // count
        for count, side in zip(chroma.shape[1:], mask.luma.shape, strict=True)
    )
    return np.where(mask.luma[np.ix_(rows, columns)] == 0, np.uint8(COLOURLESS), chroma)


def _samples(plane: VideoPlane) -> Luma:
    rows = np.frombuffer(memoryview(plane), np.uint8)[: plane.line_size * plane.height]
    step = max(plane.width // CHROMA_SAMPLES, 1)
    return rows.reshape(plane.height, plane.line_size)[::step, : plane.width : step]


class WrongPassword(VideoError):  # noqa: N818 - says what happened
    """The camera refused our name and password. Trying on would make it lock us out."""


class VideoSource:
    """An opened video. Made by `open_video`; closes with its `with` block."""

    def __init__(
        self,
        container: InputContainer,
        stream: VideoStream,
        *,
        url: str,
        masks: Masks | None = None,
        silence_s: float = 8.0,
    ) -> None:
        self.stream = stream
        self.damaged = 0
        """Packets and pictures that could not be used, so far."""
        self._container = container
        self._name = redacted(url)
        self._live = is_live(url)
        self._clock = _Clock(stream)
        self._size: tuple[int, int] | None = None
        self._masks = masks
        self._mask: Mask | None = None
        self._arrivals: dict[int, datetime] = {}
        self._blind_since: datetime | None = None
        self._silence = timedelta(seconds=silence_s)
        self._patience = max(FIRST_PICTURE, self._silence)

    @property
    def info(self) -> StreamInfo:
        """What is known of the stream now."""
        height, width = self._size or (self.stream.height, self.stream.width)
        return StreamInfo(
            width=width,
            height=height,
            codec=self.stream.codec_context.name,
            time_base=self.stream.time_base or Fraction(1, 90_000),
            average_rate=self.stream.average_rate or self.stream.guessed_rate,
            is_live=self._live,
            start=self._clock.start,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file or the connection."""
        self._container.close()

    def pictures(self, on_packet: "OnPacket | None" = None) -> Iterator[tuple[Frame, VideoFrame]]:
        """Like `frames`, with the decoded picture beside, for whoever draws into it; masked, too."""
        for frame, picture in self._pictures(on_packet):
            yield frame, picture if self._mask is None else masked.picture(picture, self._mask)

    def _pictures(self, on_packet: "OnPacket | None") -> Iterator[tuple[Frame, VideoFrame]]:
        index = 0
        for packet in self._packets():
            arrived_at = steady_now() if self._live else None
            if on_packet is not None and packet.size:
                on_packet(packet)
            if packet.size:
                self._expect_pictures(arrived_at)
            for picture in self._decode(packet, arrived_at):
                self._blind_since, self._patience = None, self._silence
                luma = self._upright(picture)
                arrived = (
                    self._arrivals.pop(picture.pts, arrived_at) if picture.pts is not None else arrived_at
                )
                frame = Frame(
                    luma, self._clock.seconds(picture), index, arrived, chroma_of(picture, self._mask)
                )
                yield frame, picture
                index += 1
        if index == 0 and not self._live:
            raise VideoError(f"{self._name} holds no picture that can be decoded.")
        if self._live:
            raise StreamLost(f"{self._name} ended the stream.")

    def _expect_pictures(self, arrived_at: datetime | None) -> None:
        """Packets alone are no picture: after a while only another connection helps."""
        if arrived_at is None:
            return
        self._blind_since = self._blind_since or arrived_at
        if arrived_at - self._blind_since > self._patience:
            raise StreamLost(f"{self._name} sends what cannot be decoded.")

    def frames(self, on_packet: "OnPacket | None" = None) -> Iterator[Frame]:
        """Decoded frames in order of presentation, their times strictly increasing.

        on_packet: gets every encoded packet in decoding order, before it is decoded.
        With masks each luma plane is a masked copy, else a view of the decoder's own.
        Raises StreamLost when a live stream stops (also by ending) and VideoError when a file holds no
        picture, or one that the masks do not suit. What is damaged is stepped over and counted in `damaged`;
        a truncated file is used up.
        """
        for frame, _ in self._pictures(on_packet):
            yield frame

    def _packets(self) -> Iterator["VideoPacket"]:
        packets = self._container.demux(self.stream)
        bad_reads = 0
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.error.EOFError):
                return
            except av.error.InvalidDataError:
                self.damaged += 1
                bad_reads += 1
                if bad_reads >= MAX_BAD_READS:
                    return
                packets = self._container.demux(self.stream)
                continue
            except av.error.FFmpegError as error:
                if self._live:
                    raise StreamLost(f"{self._name} was lost: {_reason(error)}.") from None
                self.damaged += 1
                return
            bad_reads = 0
            yield packet

    def _decode(self, packet: "VideoPacket", arrived_at: datetime | None) -> list[VideoFrame]:
        if arrived_at is not None and packet.pts is not None:
            self._arrivals[packet.pts] = arrived_at
            while len(self._arrivals) > 64:  # more than any codec reorders; a lost picture must not pile up
                del self._arrivals[next(iter(self._arrivals))]
        if packet.size and packet.is_corrupt:
            self.damaged += 1
        try:
            pictures = packet.decode()
        except av.error.EOFError:
            return []
        except av.error.FFmpegError:
            self.damaged += 1
            return []
        sound = [picture for picture in pictures if not picture.is_corrupt]
        self.damaged += len(pictures) - len(sound)
        return sound

    def _upright(self, picture: VideoFrame) -> Luma:
        """The luma plane, masked, always of the size that the first picture had."""
        luma = luma_of(picture)
        if self._size is None:
            self._size = (luma.shape[0], luma.shape[1])
            self._mask = self._drawn(self._size[::-1])
        if luma.shape != self._size:
            if self._live or self._mask:  # another stream has begun: its clip needs another head, masks moved
                raise StreamLost(f"{self._name} changed the size of its picture.")
            height, width = self._size
            luma = luma_of(picture.reformat(width=width, height=height, format="gray"))[:height, :width]
        return luma if self._mask is None else burnt(luma, self._mask)

    def _drawn(self, size: tuple[int, int]) -> Mask | None:
        try:
            return None if self._masks is None else self._masks(size)
        except ValueError as error:
            raise VideoError(f"{self._name} cannot be masked: {error}.") from error


class _Clock:
    """Presentation times in seconds from the stream's beginning, made to increase strictly."""

    def __init__(self, stream: VideoStream) -> None:
        self.start = stream.start_time
        self._tick_s = float(stream.time_base or Fraction(1, 90_000))
        rate = stream.average_rate or stream.guessed_rate
        self._period_s = float(1 / rate) if rate else DEFAULT_PERIOD_S
        self._shift_s = 0.0
        self._stood = 0
        self._stamp_s: float | None = None
        self._last_s: float | None = None

    def seconds(self, picture: VideoFrame) -> float:
        """When the picture is shown. A missing stamp follows its predecessor, a backward one is mended."""
        last, next_s = self._last_s, 0.0 if self._last_s is None else self._last_s + self._period_s
        if picture.pts is None:
            now = next_s
        else:
            if self.start is None:
                self.start = picture.pts
            stamp_s = (picture.pts - self.start) * self._tick_s
            if self._stamp_s is not None and stamp_s < self._stamp_s - CLOCK_RESTART_S:
                self._shift_s = next_s - stamp_s
            self._stamp_s = stamp_s
            now = stamp_s + self._shift_s
            if last is not None and now <= last:
                # Once or twice: copies. For longer: stamps that stand while the picture goes on.
                self._stood += 1
                now = last + (self._period_s / 4 if self._stood <= COPIES else self._period_s)
            else:
                self._stood = 0
        self._last_s = now
        return now


def open_video(
    url: str,
    *,
    masks: Masks | None = None,
    open_timeout_s: float = 10.0,
    read_timeout_s: float = 8.0,
    thread_count: int = 1,
    transport: Transport = "tcp",
) -> VideoSource:
    """Opens a file or a stream for reading.

    transport: of RTSP; over UDP a lost datagram smears the picture until the next key frame. masks: burnt
    into every picture. read_timeout_s: silence, or packets without a picture, after which a stream is lost.
    thread_count: threads of the decoder, 0 lets it choose. Raises VideoError with one sentence if it cannot
    be opened or is no video.
    """
    name = redacted(url)
    local = SCHEME.match(url) is None
    if not url.strip():
        raise VideoError("The name of the video is empty.")
    if local and Path(url).is_dir():
        raise VideoError(f"{name} is a folder, not a video.")
    target = f"file:{url}" if local and Path(url).exists() else url
    options = {"rtsp_transport": str(transport)} if url.lower().startswith("rtsp") else {}
    try:
        container = av.open(
            target, mode="r", options=options, timeout=(open_timeout_s, read_timeout_s / LIBAV_READS)
        )
    except (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError):
        raise WrongPassword(f"{name} refuses our name and password.") from None
    except av.error.InvalidDataError:
        fault = "answers, but not as a camera" if is_live(url) else "is no video, or damaged beyond reading"
        raise VideoError(f"{name} {fault}.") from None
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise VideoError(f"{name} cannot be opened: {_reason(error)}.") from None
    stream = next((found for found in container.streams.video if _moves(found)), None)
    if stream is None or container.format.name in NOT_VIDEO or container.format.name.endswith("_pipe"):
        container.close()
        raise VideoError(f"{name} is no video.")
    stream.codec_context.thread_count = thread_count
    return VideoSource(container, stream, url=url, masks=masks, silence_s=read_timeout_s)


def _moves(stream: VideoStream) -> bool:
    """Whether the stream is a moving picture rather than a cover or a thumbnail."""
    return not stream.disposition & Disposition.attached_pic


def _reason(error: Exception) -> str:
    """Why, in libav's words, without the address (it may hold a password)."""
    if isinstance(error, av.error.ExitError):
        return "no answer in time"
    text = error.strerror if isinstance(error, (av.error.FFmpegError, OSError)) else None
    return (text or type(error).__name__).strip().rstrip(".").lower()
