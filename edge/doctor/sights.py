"""Watches a camera for some seconds, as its worker would."""

from dataclasses import dataclass, field
from itertools import pairwise
from time import thread_time
from typing import Final

from av.packet import Packet
from av.video.stream import VideoStream

from edge.camera.sight import masks_of, sight_of
from edge.camera.source import VideoError, VideoSource, open_video
from edge.clock import monotonic_s
from edge.config.base import SettingsError
from edge.config.camera import CameraSettings
from edge.core.doctor import CameraSeen
from edge.core.vision import pipeline
from edge.core.vision.settings import DetectorSettings

WATCH_S: Final = 8.0
OPEN_TIMEOUT_S: Final = 8.0


@dataclass(slots=True)
class _Counted:
    frames: int = 0
    size_bytes: int = 0
    first_s: float = 0.0
    last_s: float = 0.0
    key_frames_s: list[float] = field(default_factory=list)
    cpu_s: float = 0.0

    def packet(self, packet: "Packet[VideoStream]", tick_s: float) -> None:
        self.size_bytes += packet.size
        if packet.is_keyframe and packet.pts is not None:
            self.key_frames_s.append(packet.pts * tick_s)


def camera(settings: CameraSettings) -> CameraSeen:
    """What the camera shows, or why it shows nothing."""
    try:
        masks = masks_of(settings)
        with open_video(
            settings.url.get_secret_value(),
            transport=settings.transport,
            masks=masks,
            open_timeout_s=OPEN_TIMEOUT_S,
        ) as source:
            return _watched(settings, source)
    except VideoError as error:
        return CameraSeen(settings.id, str(error), _advice(str(error)))
    except SettingsError as error:
        advice = "Measure `picture` and what depends on it in the stream's own shape (fallwatch calibrate)."
        return CameraSeen(settings.id, str(error), advice)


def _watched(settings: CameraSettings, source: VideoSource) -> CameraSeen:
    counted, state = _Counted(), None
    detector = DetectorSettings(sensitivity=settings.sensitivity)
    tick_s = float(source.info.time_base)
    until_s, began_s = monotonic_s() + 2 * WATCH_S, thread_time()
    for frame in source.frames(lambda packet: counted.packet(packet, tick_s)):
        if state is None:
            height, width = frame.luma.shape
            sight = sight_of(settings, (width, height))
            state = pipeline.start(height, width, detector, sight.ignore, find_facade=sight.find_facade)
            counted.first_s = frame.pts_s
        state, _ = pipeline.step(state, frame, detector)
        counted.frames, counted.last_s = counted.frames + 1, frame.pts_s
        if frame.pts_s - counted.first_s >= WATCH_S or monotonic_s() > until_s:
            break
    return _told(settings.id, source, counted, thread_time() - began_s)


def _told(camera: str, source: VideoSource, counted: _Counted, cpu_s: float) -> CameraSeen:
    watched_s = max(counted.last_s - counted.first_s, 1e-3)
    keys = counted.key_frames_s
    return CameraSeen(
        camera,
        codec=source.info.codec,
        width=source.info.width,
        height=source.info.height,
        frames_per_s=(counted.frames - 1) / watched_s,
        bytes_per_s=counted.size_bytes / watched_s,
        watched_s=watched_s,
        key_frame_s=max((later - earlier for earlier, later in pairwise(keys)), default=None),
        cpu_s=cpu_s / watched_s,
    )


def _advice(fault: str) -> str:
    """What to do about a stream that cannot be read."""
    said = fault.lower()
    if "unauthorized" in said or "401" in said or "403" in said or "forbidden" in said:
        return "Check the user and password in its address; cameras lock out after some wrong tries."
    if "404" in said or "not found" in said:
        return "Check the path in its address; it differs from maker to maker."
    if "masked" in said:
        return "Measure `picture` and `masks` anew: the stream has another shape."
    return (
        "Check its address, that it has power and network, and that no more clients than it allows read it."
    )
