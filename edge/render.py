"""Draws falls into a copy of a video, for people to look at."""

from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from edge.camera.source import VideoError, open_video
from edge.core.vision.frame import Fall, Release, Track
from edge.core.vision.masks import Masks
from edge.core.vision.path import fitted
from edge.core.vision.tracks import View

Picture = NDArray[np.uint8]
LINE: Final = (40, 40, 235)  # BGR
HALO: Final = (255, 255, 255)
RELEASE: Final = (40, 190, 250)
FIT: Final = (230, 200, 40)
LINGER_S: Final = 2.0  # how long a finished track stays in the picture
TICKS: Final = 90_000


def overlaid(picture: Picture, falls: tuple[tuple[Fall, str], ...], t_s: float) -> Picture:
    """The picture with what is known at t_s of each fall: its way so far, the fitted path, its release.

    falls: each with a word on where it came from, or "".
    picture: (height, width, 3) uint8 BGR, drawn into and returned.
    """
    scale = max(1, round(min(picture.shape[:2]) / 540))
    for fall, origin in falls:
        track = fall.track
        if track.t_s[0] <= t_s <= track.t_s[-1] + LINGER_S:
            _draw_way(picture, track, t_s, scale)
            if fall.release is not None:
                _draw_release(picture, fall.release, scale)
            _write(picture, f"{fall.score:.2f}  {origin}".rstrip(), track, scale)
    return picture


def _draw_way(picture: Picture, track: Track, t_s: float, scale: int) -> None:
    """The sights so far as dots, joined; the whole fitted path as a thin line; a ring where it is now."""
    if len(track.t_s) >= 4:
        view = View(picture.shape[0], picture.shape[1], period_s=0.04)
        path = np.rint(fitted(track, view)).astype(np.int32)
        cv2.polylines(picture, [path.reshape(-1, 1, 2)], False, FIT, scale, cv2.LINE_AA)
    way = np.rint(track.xy_px[track.t_s <= t_s]).astype(np.int32)
    for colour, thickness in ((HALO, 3 * scale), (LINE, scale)):
        cv2.polylines(picture, [way.reshape(-1, 1, 2)], False, colour, thickness, cv2.LINE_AA)
    for x, y in way:
        cv2.circle(picture, (int(x), int(y)), 2 * scale, LINE, -1, cv2.LINE_AA)
    if t_s <= track.t_s[-1]:
        cv2.circle(picture, (int(way[-1][0]), int(way[-1][1])), 12 * scale, LINE, scale, cv2.LINE_AA)


def _draw_release(picture: Picture, release: Release, scale: int) -> None:
    """The ellipse of two standard deviations, 86 % of a normal error's chance, and its middle."""
    centre = (round(release.x_px), round(release.y_px))
    along, across = (max(round(2 * px), 3 * scale) for px in (release.uncertainty_px, release.across_px))
    cv2.ellipse(picture, centre, (along, across), release.angle_deg, 0, 360, RELEASE, scale, cv2.LINE_AA)
    cv2.drawMarker(picture, centre, RELEASE, cv2.MARKER_CROSS, 6 * scale, scale, cv2.LINE_AA)


def _write(picture: Picture, text: str, track: Track, scale: int) -> None:
    x, y = np.rint(track.xy_px[0]).astype(int)
    corner = (int(x) + 14 * scale, max(int(y) + 14 * scale, 16 * scale))
    for colour, thickness in ((HALO, 3 * scale), (LINE, scale)):
        cv2.putText(
            picture, text, corner, cv2.FONT_HERSHEY_SIMPLEX, 0.5 * scale, colour, thickness, cv2.LINE_AA
        )


def draw(video: str, target: Path, falls: tuple[tuple[Fall, str], ...], masks: Masks | None = None) -> None:
    """Writes `target`, an MP4 with the falls drawn in, each with its word on where it came from; masked.

    Raises:
        VideoError: It cannot be written.
    """
    try:
        with open_video(video, masks=masks) as source, av.open(str(target), "w", format="mp4") as container:
            rate = source.info.average_rate or Fraction(25)
            stream = container.add_stream("libx264", rate=rate, options={"crf": "20", "preset": "veryfast"})
            stream.pix_fmt, stream.time_base = "yuv420p", Fraction(1, TICKS)
            for frame, picture in source.pictures():
                upright = _bgr(picture)
                height, width = upright.shape[0] & ~1, upright.shape[1] & ~1  # 4:2:0 wants even sides
                if frame.index == 0:
                    stream.width, stream.height = width, height
                shown = overlaid(np.ascontiguousarray(upright[:height, :width]), falls, frame.pts_s)
                drawn = VideoFrame.from_ndarray(shown, format="bgr24")
                drawn.pts, drawn.time_base = round(frame.pts_s * TICKS), Fraction(1, TICKS)
                container.mux(stream.encode(drawn))
            container.mux(stream.encode(None))
    except (av.error.FFmpegError, OSError) as error:
        raise VideoError(f"{target} cannot be written: {error.strerror or type(error).__name__}.") from None


def _bgr(picture: VideoFrame) -> Picture:
    colours = np.asarray(picture.to_ndarray(format="bgr24"), dtype=np.uint8)
    return np.rot90(colours, round(picture.rotation / 90) % 4)
