"""What is seen and followed: sights, traces, and what is kept of them."""

from dataclasses import dataclass, field
from itertools import pairwise
from math import hypot
from statistics import median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.core.vision.frame import F32, F64, Breadth, Candidates, Track

CONFIRMED = 5  # hits from which a trace may coast over a gap


class Point(NamedTuple):
    """One sight of a thing: time, full-resolution centre, size (square root of area, px), contrast.

    haunt: share of recent time in which its place was active. width: of its box, px: blur does not widen a
    thing that falls.
    """

    t_s: float
    x: float
    y: float
    size: float
    contrast: float
    haunt: float
    width: float


Motion = tuple[float, float, float, float, float, float, float]
"""State of a filter: x, y, vx, vy, ax, ay in px, px/s, px/s²; usual size, px."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A track that may still grow, with the state of its filter."""

    id: int
    points: tuple[Point, ...]
    motion: Motion

    @property
    def last_s(self) -> float:
        """When it was last seen."""
        return self.points[-1].t_s

    @property
    def confirmed(self) -> bool:
        """Whether it was seen often enough to be more than chance."""
        return len(self.points) >= CONFIRMED


class Passage(NamedTuple):
    """What is kept of a trace that ended, to compare later ones with it: px, s, px/s, strength as shown."""

    start_s: float
    end_s: float
    x: float
    top: float
    bottom: float
    vx: float
    vy: float
    strength: float


def roughness(points: tuple[Point, ...]) -> float:
    """Median bend between neighbouring steps ÷ median step; 0 for even motion. At least 3 points.

    In plain Python: rain ends many short traces a second, and an array of ten numbers costs more.
    """
    steps = [((q.x - p.x) / (q.t_s - p.t_s), (q.y - p.y) / (q.t_s - p.t_s)) for p, q in pairwise(points)]
    bends = [hypot(q[0] - p[0], q[1] - p[1]) for p, q in pairwise(steps)]
    return median(bends) / max(median(hypot(*step) for step in steps), 1e-6)


STEEP = 2.0  # down to across from which a fall leaves the width of a box as the thing's own
MIN_STEEP = 4
# Boxes end at whole pixels of a picture that may be reduced to half, and hold what lens and codec smear:
# plain discs were 0 to 2 px too broad, things of 5 px in coded 720p up to 8.
SURPLUS_PX = 8.0


def breadth(points: tuple[Point, ...]) -> Breadth | None:
    """How broad a thing is across its fall, where it falls steeply: there blur only lengthens it.

    None with fewer than `MIN_STEEP` such sights.
    """
    widths = [q.width for p, q in pairwise(points) if q.y - p.y >= STEEP * abs(q.x - p.x) and q.y > p.y]
    if len(widths) < MIN_STEEP:
        return None
    low, value, high = (float(one) for one in np.quantile(widths, (0.05, 0.5, 0.95)))
    return Breadth(max(value - SURPLUS_PX / 2, 1.0), max(low - SURPLUS_PX, 0.5), high)


def strength(points: tuple[Point, ...]) -> float:
    """How much a thing shows: median of contrast times size, grey levels px; below 0 where it is darker."""
    return median(p.contrast * p.size for p in points)


def no_passages() -> F64:
    """No rows of `Passage`."""
    return np.empty((0, len(Passage._fields)))


def passage(points: tuple[Point, ...]) -> Passage:
    """A track in a few numbers; at least 2 points."""
    first, last = points[0], points[-1]
    seconds = last.t_s - first.t_s
    ys = [p.y for p in points]
    return Passage(
        first.t_s,
        last.t_s,
        (first.x + last.x) / 2,
        min(ys),
        max(ys),
        (last.x - first.x) / seconds,
        (last.y - first.y) / seconds,
        strength(points),
    )


@dataclass(frozen=True, slots=True)
class Sights:
    """The candidates of one moment with how haunted their places are, and which are explained by a trace.

    Filled in by `link`: points, the same as points. again: spots that were there in earlier pictures already,
    at `since_px` (n, 2): the picture was repeated, or they hardly move.
    """

    t_s: float
    candidates: Candidates
    haunt: NDArray[np.float32]
    taken: NDArray[np.bool_]
    points: tuple[Point, ...] = ()
    again: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, np.bool_))
    since_px: F32 = field(default_factory=lambda: np.empty((0, 2), np.float32))


@dataclass(frozen=True, slots=True)
class View:
    """What linking must know of the picture: size, unit of length `u`, period of the sights."""

    height: int
    width: int
    period_s: float

    @property
    def short(self) -> int:
        """H, the short side, px."""
        return min(self.height, self.width)

    @property
    def u(self) -> float:
        """The unit of length, px."""
        return self.short / 720


def columns(points: tuple[Point, ...]) -> tuple[F64, F64, F64]:
    """Times, s, and places x and y, px, of a track, (n,) each."""
    t, x, y = (np.array(column) for column in zip(*((p.t_s, p.x, p.y) for p in points), strict=True))
    return t, x, y


def track_of(points: tuple[Point, ...], identity: int) -> Track:
    """The points as arrays."""
    array = np.array([(p.t_s, p.x, p.y) for p in points], dtype=np.float64)
    return Track(identity, array[:, 0], array[:, 1:].astype(np.float32))
