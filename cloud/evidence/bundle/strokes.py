"""Lines and rings drawn into the three planes of a 4:2:0 picture, with soft edges; all lengths in pixels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from cloud.evidence.bundle.letters import Plane

Floats = npt.NDArray[np.floating]
Planes = tuple[Plane, Plane, Plane]
Point = tuple[float, float]
Coverage = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour as video stores it (ITU-R BT.601, limited range)."""

    luma: int
    blue: int
    red: int


INK: Final = Colour(16, 128, 128)
PAPER: Final = Colour(235, 128, 128)
AMBER: Final = Colour(170, 39, 175)
RED: Final = Colour(82, 110, 240)


def line(planes: Planes, points: Sequence[Point], width: float, colour: Colour) -> None:
    """Joins the points, (x, y) with pixel centres at whole numbers."""
    for begin, end in pairwise(points):
        _segment(planes, begin, end, width, colour)


def ring(planes: Planes, centre: Point, radius: float, width: float, colour: Colour) -> None:
    """A circle around a point."""
    x, y = centre

    def covered(xs: Floats, ys: Floats) -> Floats:
        distance: Floats = np.abs(np.hypot(xs - x, ys - y) - radius)
        return width / 2 - distance

    reach = radius + width
    _fill(planes, (x - reach, y - reach, x + reach, y + reach), covered, colour)


def _segment(planes: Planes, begin: Point, end: Point, width: float, colour: Colour) -> None:
    (x0, y0), (x1, y1) = begin, end
    dx, dy = x1 - x0, y1 - y0
    square = dx * dx + dy * dy or 1.0

    def covered(xs: Floats, ys: Floats) -> Floats:
        along = np.clip(((xs - x0) * dx + (ys - y0) * dy) / square, 0, 1)
        distance: Floats = np.hypot(xs - x0 - along * dx, ys - y0 - along * dy)
        return width / 2 - distance

    box = (min(x0, x1) - width, min(y0, y1) - width, max(x0, x1) + width, max(y0, y1) + width)
    _fill(planes, box, covered, colour)


def _fill(planes: Planes, box: tuple[float, float, float, float], inside: Coverage, colour: Colour) -> None:
    """Blends the colour in where `inside`, pixels within the shape's edge, is positive; half at the edge."""
    left, top, right, bottom = box
    for plane, value, step in zip(planes, (colour.luma, colour.blue, colour.red), (1, 2, 2), strict=True):
        height, width = plane.shape
        x0, x1 = max(0, int(left // step)), min(width, int(right // step) + 2)
        y0, y1 = max(0, int(top // step)), min(height, int(bottom // step) + 2)
        if x0 >= x1 or y0 >= y1:
            continue
        # A chroma sample stands for two luma pixels a side: its middle lies half a pixel on.
        xs = (np.arange(x0, x1, dtype=np.float32) * step + (step - 1) / 2)[None, :]
        ys = (np.arange(y0, y1, dtype=np.float32) * step + (step - 1) / 2)[:, None]
        share = np.clip(inside(xs, ys) / step + 0.5, 0, 1)
        part = plane[y0:y1, x0:x1]
        part[...] = np.rint(part + (value - part.astype(np.float32)) * share)
