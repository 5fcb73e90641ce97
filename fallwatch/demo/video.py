"""The first camera's picture: the rendered scene, a file of the user's, or the user's own camera."""

import hashlib
import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from urllib.parse import urlsplit

import av

from edge.camera.source import VideoError, open_video
from fallwatch.demo.progress import Progress
from fallwatch.local.children import PartError

SERVABLE = frozenset({"h264"})
PLAIN_PIXELS = frozenset({"yuv420p", "yuvj420p"})


@dataclass(frozen=True)
class OwnStream:
    """A camera elsewhere. The address may hold a password: it is never shown."""

    url: str

    @property
    def shown(self) -> str:
        """The address without user and password."""
        parts = urlsplit(self.url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"


def is_stream(video: str) -> bool:
    """Whether it is an address and not a file."""
    return video.startswith(("rtsp://", "rtsps://"))


def answering(url: str) -> OwnStream:
    """The user's own camera, which has just shown that it sends video.

    The agent would go on trying for ever, as it must on a site; whoever mistyped an address wants to hear it.

    Raises:
        PartError: It does not answer, does not let us in or sends no video; one sentence, no password.
    """
    try:
        with open_video(url):
            return OwnStream(url)
    except VideoError as error:
        raise PartError(f"VIDEO={error}") from None


def servable(path: Path, folder: Path, progress: Progress) -> Path:
    """The file as H.264 in MP4, which the camera can serve; encoded anew only if it must be.

    Raises:
        PartError: It cannot be opened or holds no video; one sentence.
    """
    if not path.is_file():
        raise PartError(f"VIDEO={path} is no file and no rtsp:// address.")
    try:
        with open_video(str(path)), av.open(str(path)) as container:
            codec = container.streams.video[0].codec_context
            plain = codec.name in SERVABLE and codec.pix_fmt in PLAIN_PIXELS
            if plain and "mp4" in container.format.name:
                return path
    except VideoError as error:
        raise PartError(f"VIDEO={error}") from None
    except (av.FFmpegError, OSError) as error:
        raise PartError(f"VIDEO={path} cannot be read as a video: {error}") from error
    return _encoded(path, folder, progress)


def _encoded(path: Path, folder: Path, progress: Progress) -> Path:
    mark = f"{path.resolve()} {path.stat().st_size} {path.stat().st_mtime_ns}"
    target = folder / f"{path.stem}-{hashlib.sha256(mark.encode()).hexdigest()[:12]}.mp4"
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    half_made = target.with_name(f".{target.stem}.{os.getpid()}.mp4")
    with progress.step(f"{path.name} encoded as H.264, once"):
        _encode(path, half_made)
    half_made.replace(target)
    return target


def _encode(path: Path, target: Path) -> None:
    try:
        with av.open(str(path)) as source, av.open(str(target), "w") as sink:
            video = source.streams.video[0]
            options = {"preset": "veryfast", "crf": "20", "bf": "0"}
            rate = video.average_rate or Fraction(25)
            stream = sink.add_stream("libx264", rate=rate, options=options)
            codec = video.codec_context
            stream.width, stream.height = codec.width // 2 * 2, codec.height // 2 * 2
            stream.pix_fmt = "yuv420p"
            for index, frame in enumerate(source.decode(video)):
                picture = frame.reformat(stream.width, stream.height, "yuv420p")
                picture.pts = index
                picture.time_base = 1 / rate
                sink.mux(stream.encode(picture))
            sink.mux(stream.encode())
    except av.FFmpegError as error:
        target.unlink(missing_ok=True)
        raise PartError(f"VIDEO={path} cannot be encoded as H.264: {error}") from error
