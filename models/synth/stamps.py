"""How much of each pixel a moving thing covers while the shutter is open."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
Floats = NDArray[np.float64]

SOFTNESS_PX = 0.6
"""Of lens and demosaicing, Gaussian."""
MARGIN_PX = 3
SUBPIXEL_BITS = 4
LARGEST_PX = 600
"""Things that come nearer than this are no longer drawn: they fill the picture."""


@dataclass(frozen=True)
class Stamp:
    """Cover in a window of the picture."""

    left: int
    top: int
    cover: F32
    """float32 (height, width), 0 to 1."""
    area_px: float
    """Of the thing standing still and whole, pixels."""

    def middle(self) -> tuple[float, float]:
        """Its centre of gravity in the picture, x and y; only where something is covered."""
        weight = float(self.cover.sum())
        rows, columns = self.cover.sum(axis=1), self.cover.sum(axis=0)
        x = float((columns * np.arange(len(columns))).sum()) / weight
        y = float((rows * np.arange(len(rows))).sum()) / weight
        return self.left + x, self.top + y

    @property
    def window(self) -> tuple[slice, slice]:
        """Rows and columns of the picture."""
        height, width = self.cover.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)


def hull_stamp(outlines: list[Floats], size: tuple[int, int]) -> Stamp | None:
    """Convex outlines that weigh the same, moments of one exposure.

    Args:
        outlines: Each float64 (n, 2), pixels of the picture.
        size: Width and height of the picture.

    Returns:
        Their mean cover, softened by the lens; None outside of the picture or when too large.
    """
    points = np.concatenate(outlines)
    window = _window(points, size)
    if window is None:
        return None
    x0, y0, x1, y1 = window
    extent = float(np.ptp(outlines[0], axis=0).max())
    fine = 8 if extent < 6 else 4 if extent < 24 else 2 if extent < 60 else 1
    total = np.zeros(((y1 - y0) * fine, (x1 - x0) * fine), np.float32)
    for outline in outlines:
        layer = np.zeros(total.shape, np.uint8)
        # Pixel centres at whole numbers: pixel x covers x - 0.5 to x + 0.5.
        local = ((outline - [x0, y0] + 0.5) * fine - 0.5).astype(np.float32)
        corners = np.round(cv2.convexHull(local).astype(np.float64) * 2**SUBPIXEL_BITS).astype(np.int32)
        cv2.fillConvexPoly(layer, corners, 1, cv2.LINE_8, SUBPIXEL_BITS)
        total += layer
    size_out = (x1 - x0, y1 - y0)
    cover = np.asarray(cv2.resize(total / len(outlines), size_out, interpolation=cv2.INTER_AREA), np.float32)
    # A filled polygon owns its border too: half a fine pixel too much all around; small things notice.
    area = float(np.mean([cv2.contourArea(cv2.convexHull(o.astype(np.float32))) for o in outlines]))
    cover *= np.float32(min(1.0, area / max(float(cover.sum()), 1e-6)))
    return Stamp(x0, y0, np.asarray(cv2.GaussianBlur(cover, (0, 0), SOFTNESS_PX), np.float32), area)


def drop_stamp(points: Floats, areas_px: Floats, size: tuple[int, int]) -> Stamp | None:
    """Many small drops.

    Args:
        points: float64 (n, 2), pixels; moments of one exposure behind each other.
        areas_px: float64 (n,), what each covers.
        size: Width and height of the picture.

    Returns:
        Cover, at most 0.85 a pixel: water is clear; None outside of the picture.
    """
    inside = np.isfinite(points).all(axis=1)
    inside &= ((points > -40) & (points < np.array(size) + 40)).all(axis=1)
    points, areas_px = points[inside], areas_px[inside]
    if len(points) == 0:
        return None
    window = _window(points, size)
    if window is None:
        return None
    x0, y0, x1, y1 = window
    cover = np.zeros((y1 - y0, x1 - x0), np.float32)
    low = np.floor(points).astype(int)
    part = points - low
    for right in (0, 1):
        for down in (0, 1):
            column, row = low[:, 0] + right - x0, low[:, 1] + down - y0
            share = (part[:, 0] if right else 1 - part[:, 0]) * (part[:, 1] if down else 1 - part[:, 1])
            kept = (column >= 0) & (column < cover.shape[1]) & (row >= 0) & (row < cover.shape[0])
            np.add.at(cover, (row[kept], column[kept]), (share * areas_px)[kept].astype(np.float32))
    radius = float(np.sqrt(np.median(areas_px) / np.pi))
    soft = np.asarray(cv2.GaussianBlur(cover, (0, 0), max(SOFTNESS_PX, radius * 0.7)), np.float32)
    return Stamp(x0, y0, np.minimum(soft, np.float32(0.85)), float(areas_px.sum()))


def _window(points: Floats, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    if not np.isfinite(points).all() or float(np.ptp(points, axis=0).max()) > LARGEST_PX:
        return None
    x0, y0 = (int(v) for v in np.maximum(np.floor(points.min(axis=0)) - MARGIN_PX, 0))
    x1, y1 = (int(v) for v in np.minimum(np.ceil(points.max(axis=0)) + MARGIN_PX + 1, size))
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None
