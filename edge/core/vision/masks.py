"""What nobody may see: masks, burnt in before anything is looked at, and homes, blurred in what is stored."""

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
BLUR_TILES: Final = 48
"""Of a blurred picture across: a person behind a window is less than one of them."""
WAY: Final = 0.04
"""On each side of a fall's way the picture stays sharp, share of its width; ..."""
ORIGIN: Final = 0.1
"""... and as far around its beginning, for the window that it came from stands there or above."""


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


@dataclass(frozen=True, slots=True, eq=False)
class Hidden:
    """What a clip may not show. homes: blurred, but where the path leads through; (n, 2), pixels."""

    masks: Masks | None = None
    homes: Masks | None = None
    path: F64 | None = None

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return self.masks is not None or self.homes is not None


NOTHING: Final = Hidden()
"""Its clips keep the camera's own packets."""


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


def opened(homes: Mask, path: F64) -> Mask:
    """The mask without a fall's way: what fell, and where it came from, may be seen.

    path: (n, 2) with n ≥ 1, pixels, first seen first; followed on beyond its end, as what falls goes on.
    """
    height, width = homes.luma.shape
    way = np.zeros_like(homes.luma)
    onward = path[-1] - path[max(len(path) - 5, 0)]
    length = max(float(np.hypot(*onward)), 1.0)
    line = np.vstack([path, path[-1] + onward / length * np.hypot(width, height)])
    corners = np.round(np.clip(line, -32_000, 32_000)).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(way, [corners], isClosed=False, color=255, thickness=max(round(2 * WAY * width), 1))
    x, y = corners[0, 0]
    cv2.circle(way, (int(x), int(y)), round(ORIGIN * width), 255, -1)
    even = way[: height & ~1, : width & ~1].reshape(height // 2, 2, width // 2, 2).min(axis=(1, 3))
    return Mask(homes.luma | way, homes.chroma | even)


def blurred(plane: Luma, seen: Luma) -> Luma:
    """A copy of a plane that is blurred beyond recognition where `seen` is 0; both (height, width) uint8."""
    height, width = plane.shape
    tiles = (BLUR_TILES, max(round(BLUR_TILES * height / width), 1))
    small = cv2.resize(np.ascontiguousarray(plane), tiles, interpolation=cv2.INTER_AREA)
    return np.where(seen != 0, plane, cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))


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
