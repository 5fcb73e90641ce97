"""Masks: parts of the picture that nobody may see, burnt in before anything is looked at, stored or sent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.core.vision.frame import F64, Luma

MARGIN_PX: Final = 2
"""By so much more than drawn is masked: rounding of corners (0.71 px) and half a pixel's diagonal, and up."""
BLACK: Final = 0
"""Luma under a mask. Below what a camera sends as black (16), so a decoded clip shows nothing else there."""
COLOURLESS: Final = 128
"""Chroma under a mask."""


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """What of an upright picture may be seen: 255 where it may, 0 where not.

    luma: (height, width) uint8. chroma: (height // 2, width // 2) uint8, for 4:2:0; a sample may be
    seen where all its four pixels may.
    """

    luma: Luma
    chroma: Luma


Masks = Callable[[tuple[int, int]], Mask]
"""The mask for pictures of that size, (width, height)."""


def drawn(polygons: tuple[F64, ...], size: tuple[int, int]) -> Mask:
    """The mask that hides every pixel that one of the polygons touches, and MARGIN_PX around.

    polygons: (n, 2) each, pixels, centres at whole numbers. What lies inside a polygon is told by its winding
    number, so a polygon that crosses itself has no holes. size: (width, height).
    """
    width, height = size
    hidden = np.zeros((height, width), np.uint8)
    for polygon in polygons:
        hidden[_inside(polygon, size)] = 1
        corners = np.round(np.clip(polygon, -32_000, 32_000)).astype(np.int32)
        cv2.polylines(hidden, [corners.reshape(-1, 1, 2)], isClosed=True, color=1)
    side = 2 * MARGIN_PX + 1
    hidden = np.asarray(cv2.dilate(hidden, np.ones((side, side), np.uint8)), np.uint8)
    even = hidden[: height & ~1, : width & ~1]
    quads = even.reshape(even.shape[0] // 2, 2, even.shape[1] // 2, 2).max(axis=(1, 3))
    return Mask(_seen(hidden != 0), _seen(quads != 0))


def burnt(luma: Luma, mask: Mask) -> Luma:
    """A copy of the luma plane, (height, width) uint8, black under the mask."""
    return np.asarray(cv2.bitwise_and(np.ascontiguousarray(luma), mask.luma), np.uint8)


def burnt_chroma(chroma: Luma, mask: Mask) -> Luma:
    """A copy of a 4:2:0 chroma plane without colour under the mask."""
    return np.where(mask.chroma != 0, chroma, np.uint8(COLOURLESS))


def _inside(polygon: F64, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Pixels around whose centre the polygon winds, (height, width)."""
    width, height = size
    steps = np.zeros((height, width + 1), np.int32)
    for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        first, stop = (int(np.clip(np.ceil(y), 0, height)) for y in sorted((y0, y1)))
        rows = np.arange(first, stop)
        if len(rows):
            x = x0 + (rows - y0) * (x1 - x0) / (y1 - y0)
            steps[rows, np.clip(np.ceil(x), 0, width).astype(np.intp)] += 1 if y1 > y0 else -1
    return np.asarray(np.cumsum(steps, axis=1)[:, :width] != 0, np.bool_)


def _seen(hidden: NDArray[np.bool_]) -> Luma:
    return np.where(hidden, np.uint8(0), np.uint8(255))
