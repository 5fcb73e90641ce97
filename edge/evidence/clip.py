"""Cuts a clip out of encoded packets and puts it safely on the disk; encodes anew only to hide."""

import hashlib
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast
from uuid import UUID

import av
from av.codec.codec import UnknownCodecError
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from edge.config.files import sync_folder
from edge.core.clip_window import Wanted, choose
from edge.core.vision.masks import NOTHING, Hidden
from edge.evidence.masked import recode
from edge.evidence.ring import EncodedPacket


class ClipError(Exception):
    """No clip can be made. The message says why, for people."""


class Template:
    """What must be known of a stream to write its packets into a file, also after the stream is gone."""

    def __init__(self, stream: VideoStream) -> None:
        self.codec = stream.codec_context.name
        self.width = stream.codec_context.width
        self.height = stream.codec_context.height
        self.time_base = stream.time_base
        self._holder = av.open(io.BytesIO(), mode="w", format="mp4")
        self._stream = _copied(stream, self._holder)

    def add_to(self, container: OutputContainer) -> VideoStream:
        """A stream like this one in a new file."""
        stream = _copied(self._stream, container)
        if self.codec == "hevc":
            stream.codec_context.codec_tag = "hvc1"  # Safari plays no other
        return stream


@dataclass(frozen=True, slots=True)
class Label:
    """What stands in the file itself: it says what it shows, and no two events share a file."""

    agent: str
    camera: str
    event: UUID


@dataclass(frozen=True, slots=True)
class CutClip:
    """A clip on the disk.

    first_pts_s: time of its first frame on the stream's clock. complete: all that was wanted is in it.
    masked, blurred: it was encoded anew with masks burnt in, homes blurred; else it holds the camera's own
    packets.
    """

    path: Path
    sha256: str
    size_bytes: int
    first_pts_s: float
    duration_s: float
    complete: bool
    codec: str
    width: int
    height: int
    masked: bool
    blurred: bool


def _copied(stream: VideoStream, container: OutputContainer) -> VideoStream:
    """A stream like `stream` in another file; `opaque` where libav cannot encode the codec, only copy it."""
    try:
        return container.add_stream_from_template(stream)
    except UnknownCodecError:
        return container.add_stream_from_template(stream, opaque=True)


def cut(  # noqa: PLR0917 - what it shows, and where it goes
    packets: Sequence[EncodedPacket],
    template: Template,
    wanted: Wanted,
    folder: Path,
    label: Label,
    hidden: Hidden = NOTHING,
) -> CutClip:
    """The packets around an event as an MP4 that begins to play before it is read to its end (faststart).

    Where something is hidden its pictures are encoded anew; the others are in memory only.
    The file is on the disk (fsync of file and folder) when this returns; it is named by its SHA-256.

    Raises:
        ClipError: Nothing of the event is left in `packets`, or the file cannot be written.
    """
    window = choose(wanted, packets)
    if window is None:
        raise ClipError("no key frame of the time around the fall is left")
    first = packets[window.first]
    chosen = [packet for packet in packets[window.first : window.stop] if packet.pts >= first.pts]
    folder.mkdir(parents=True, exist_ok=True)
    part = unfinished(folder, label.event)
    try:
        width, height = _made(part, template, chosen, label, hidden)
        sha256, path = _settle(part)
    except (OSError, av.error.FFmpegError, ValueError) as error:
        part.unlink(missing_ok=True)
        raise ClipError(f"the clip cannot be written: {error}") from error
    return CutClip(
        path,
        sha256,
        path.stat().st_size,
        first_pts_s=first.pts_s,
        duration_s=_duration_s(chosen),
        complete=window.complete,
        codec="h264" if hidden else template.codec,
        width=width,
        height=height,
        masked=hidden.masks is not None,
        blurred=hidden.homes is not None,
    )


def unfinished(folder: Path, event: UUID) -> Path:
    """Where the clip of an event lies while it is written; a kill leaves it there."""
    return folder / f"{event}.part"


def _made(
    path: Path,
    template: Template,
    packets: Sequence[EncodedPacket],
    label: Label,
    hidden: Hidden,
) -> tuple[int, int]:
    """Writes the clip; its width and height."""
    metadata = {"title": f"{label.agent} {label.camera}", "comment": f"fallwatch {label.event}"}
    if not hidden:
        _write(str(path), template, packets, metadata)
        return template.width, template.height
    original = io.BytesIO()
    _write(original, template, packets, {})
    original.seek(0)
    return recode(original, path, hidden, metadata)


def _write(
    target: str | BinaryIO,
    template: Template,
    packets: Sequence[EncodedPacket],
    metadata: Mapping[str, str],
) -> None:
    first = packets[0]
    options = {"movflags": "+faststart"} if isinstance(target, str) else {}
    with av.open(target, mode="w", format="mp4", options=options) as container:
        container.metadata.update(metadata)
        stream = template.add_to(container)
        for kept in packets:
            packet: Packet[VideoStream] = cast("Packet[VideoStream]", Packet(kept.payload))
            packet.stream = stream
            packet.time_base = template.time_base or stream.time_base  # type: ignore[assignment]
            packet.pts = kept.pts - first.pts
            packet.dts = kept.dts - first.pts
            packet.duration = kept.duration
            packet.is_keyframe = kept.is_keyframe
            container.mux(packet)


def _settle(part: Path) -> tuple[str, Path]:
    """Puts the file safely on the disk under its name; its SHA-256 and path."""
    with part.open("rb") as clip:
        digest = hashlib.file_digest(clip, "sha256").hexdigest()
        os.fsync(clip.fileno())
    path = part.with_name(f"{digest}.mp4")
    part.rename(path)
    sync_folder(path.parent)
    return digest, path


def _duration_s(packets: Sequence[EncodedPacket]) -> float:
    last = max(packets, key=lambda packet: packet.pts)
    tick_s = last.pts_s / last.pts if last.pts else 0.0
    shown_s = last.duration * tick_s
    if not shown_s and len(packets) > 1:
        shown_s = (last.pts_s - packets[0].pts_s) / (len(packets) - 1)
    return last.pts_s - packets[0].pts_s + shown_s
