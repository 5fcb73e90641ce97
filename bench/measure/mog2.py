"""The usual pipeline as a reference: MOG2, morphology, contours, nearest neighbour, "moves mostly down".

Written plainly and meant fairly: OpenCV's own defaults where it has some (history 500, variance threshold
16; Zivkovic, ICPR 2004), the smallest opening that removes single pixels so that things of 3 px survive,
gates that scale with the picture, a verdict that asks for six sights, a fifteenth of the picture's height
downwards and mostly down, and one event for what is told at the same time and place. It prints lines as
`fallwatch detect` does:

    python -m bench.measure.mog2 VIDEO
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.camera.source import open_video

Luma = NDArray[np.uint8]
Sight = tuple[float, float, float]
"""t_s, x_px, y_px."""

WARM_UP_S: Final = 1.0
"""Until then everything is new to the model."""
MIN_AREA_PX: Final = 4.0
MAX_AREA_SHARE: Final = 0.02
MAX_SIGHTS: Final = 200
"""A frame with more contours than this is a change of light; the largest are kept."""
GATE_SHARE: Final = 0.12
"""How far a thing may jump from its predicted place, of the picture's height."""
LOST_S: Final = 0.2
MIN_POINTS: Final = 6
MIN_DOWN_SHARE: Final = 1 / 15
DOWN_STEPS: Final = 0.8
STEEP: Final = 1.5
"""At least so many times farther down than aside."""
SAME_EVENT_SHARE: Final = 0.15


@dataclass(slots=True)
class Track:
    """A thing that is followed from frame to frame."""

    sights: list[Sight] = field(default_factory=list)

    def predicted(self, t_s: float) -> tuple[float, float]:
        """Where it goes on at its last speed, px."""
        last_s, x, y = self.sights[-1]
        if len(self.sights) == 1:
            return x, y
        before_s, x0, y0 = self.sights[-2]
        ahead = (t_s - last_s) / max(last_s - before_s, 1e-6)
        return x + (x - x0) * ahead, y + (y - y0) * ahead


def contours(mask: Luma) -> NDArray[np.float64]:
    """Centres of what moved, float64 (n, 2), px. mask: uint8 (height, width), 255 where it is new."""
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, (2, 2)))
    joined = cv2.dilate(opened, cv2.getStructuringElement(cv2.MORPH_RECT, (3, 3)))
    outlines, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    most = MAX_AREA_SHARE * mask.size
    sized = [(cv2.contourArea(outline), outline) for outline in outlines]
    kept = sorted((pair for pair in sized if MIN_AREA_PX <= pair[0] <= most), key=lambda pair: -pair[0])
    boxes = [cv2.boundingRect(outline) for _, outline in kept[:MAX_SIGHTS]]
    return np.array([(x + (w - 1) / 2, y + (h - 1) / 2) for x, y, w, h in boxes]).reshape(-1, 2)


def linked(tracks: list[Track], centres: NDArray[np.float64], t_s: float, gate_px: float) -> list[Track]:
    """Gives each centre to the nearest track's prediction within the gate, nearest first; others are new."""
    free = set(range(len(centres)))
    if tracks and free:
        ahead = np.array([track.predicted(t_s) for track in tracks])
        apart = np.hypot(*(ahead[:, None, :] - centres[None, :, :]).transpose(2, 0, 1))
        given: set[int] = set()
        for flat in np.argsort(apart, axis=None):
            number, centre = divmod(int(flat), len(centres))
            if apart[number, centre] > gate_px:
                break
            if number in given or centre not in free:
                continue
            given.add(number)
            free.discard(centre)
            tracks[number].sights.append((t_s, float(centres[centre, 0]), float(centres[centre, 1])))
    return tracks + [Track([(t_s, float(centres[i, 0]), float(centres[i, 1]))]) for i in sorted(free)]


def falls(track: Track, height: int) -> bool:
    """Whether it moves mostly down, and far enough."""
    if len(track.sights) < MIN_POINTS:
        return False
    xs, ys = (np.array([sight[axis] for sight in track.sights]) for axis in (1, 2))
    down, aside = ys[-1] - ys[0], abs(xs[-1] - xs[0])
    steps = float(np.mean(np.diff(ys) >= 0))  # repeated frames stand still
    return bool(down >= MIN_DOWN_SHARE * height and down >= STEEP * aside and steps >= DOWN_STEPS)


def events(video: str) -> Iterator[dict[str, Any]]:
    """The falls of a video, each when its track is lost. Raises VideoError if it cannot be read."""
    model = cv2.createBackgroundSubtractorMOG2(history=500, varThreshold=16, detectShadows=False)
    tracks: list[Track] = []
    told: list[Track] = []
    height, now_s = 1, 0.0
    with open_video(video) as source:
        for frame in source.frames():
            height, now_s = frame.luma.shape[0], frame.pts_s
            mask = np.asarray(model.apply(np.ascontiguousarray(frame.luma)), np.uint8)
            if now_s < WARM_UP_S:
                continue
            tracks = linked(tracks, contours(mask), now_s, GATE_SHARE * height)
            lost = [track for track in tracks if now_s - track.sights[-1][0] > LOST_S]
            tracks = [track for track in tracks if now_s - track.sights[-1][0] <= LOST_S]
            yield from _new(lost, told, height, now_s)
    yield from _new(tracks, told, height, now_s)


def _new(lost: list[Track], told: list[Track], height: int, now_s: float) -> Iterator[dict[str, Any]]:
    for track in sorted(lost, key=lambda one: -len(one.sights)):
        if not falls(track, height) or any(_same(track, other, height) for other in told):
            continue
        told.append(track)
        yield {
            "start_s": round(track.sights[0][0], 4),
            "end_s": round(track.sights[-1][0], 4),
            "track": [[round(t, 4), round(x, 2), round(y, 2)] for t, x, y in track.sights],
            "score": 1.0,
            "decided_s": round(now_s, 4),
        }


def _same(one: Track, other: Track, height: int) -> bool:
    """Whether two tracks overlap in time and lie near each other sideways."""
    if one.sights[0][0] > other.sights[-1][0] or other.sights[0][0] > one.sights[-1][0]:
        return False
    middles = [float(np.median([sight[1] for sight in track.sights])) for track in (one, other)]
    return abs(middles[0] - middles[1]) < SAME_EVENT_SHARE * height


if __name__ == "__main__":
    cv2.setNumThreads(1)
    for line in events(sys.argv[1]):
        sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
