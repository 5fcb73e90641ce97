"""Pictures of real and rendered scenes, as a codec delivered them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from edge.core.picture_health.look import Look, look

Plane = NDArray[np.uint8]
HIGHEST: Final = 1080
LEAST_PICTURES: Final = 8
CHROMA_SAMPLES: Final = 64
COLOURLESS: Final = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """4:2:0, 8 bits: y (h, w), u and v (h / 2, w / 2) uint8."""

    y: Plane
    u: Plane
    v: Plane

    def look(self) -> Look:
        """What the product sees of it."""
        step = max(self.u.shape[1] // CHROMA_SAMPLES, 1)
        return look(self.y, np.stack([self.u[::step, ::step], self.v[::step, ::step]]))


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Pictures spread over a clip. grey: it has no colour."""

    name: str
    pictures: tuple[Picture, ...]
    grey: bool

    def played(self, count: int, first: int = 0) -> Iterator[Picture]:
        """So many pictures, forth and back: a loop's leap is nothing that happens before a camera."""
        last = len(self.pictures) - 1
        for number in range(first, first + count):
            place = number % (2 * last)
            yield self.pictures[place if place <= last else 2 * last - place]


def scene(video: Path, count: int = 12, highest: int = HIGHEST) -> Scene | None:
    """The scene of a clip, made smaller where it is larger than `highest`; None where it is too short."""
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        share = min(highest / stream.height, 1.0)
        size = (int(stream.width * share) & ~1, int(stream.height * share) & ~1)
        length_s = float((stream.duration or 0) * (stream.time_base or 0))
        pictures: list[Picture] = []
        due_s = 0.0
        for frame in container.decode(stream):
            if len(pictures) < count and frame.time >= due_s:
                pictures.append(taken(frame, size))
                due_s += length_s / count
    if len(pictures) < LEAST_PICTURES:
        return None
    colour = float(np.median([each.look().colour for each in pictures[:3]]))
    return Scene(video.stem, tuple(pictures), colour < COLOURLESS)


def taken(frame: av.VideoFrame, size: tuple[int, int] | None = None) -> Picture:
    """A copy of a decoded frame's planes. size: (width, height), if not its own."""
    width, height = size or (frame.width, frame.height)
    planes = np.asarray(frame.reformat(width, height, "yuv420p").to_ndarray(), np.uint8)
    u, v = (
        planes[first:last].reshape(height // 2, width // 2).copy()
        for first, last in pairwise((height, height + height // 4, height + height // 2))
    )
    return Picture(planes[:height].copy(), u, v)
