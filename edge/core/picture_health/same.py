"""Whether the camera shows the same picture again and again: no sensor is so quiet that nothing changes."""

from typing import Final

import cv2
import numpy as np

from edge.core.vision.frame import Luma

LAGS: Final = 8
"""A picture is held against so many before it. A codec gives a frozen picture back in two or three shapes, by
its place between key frames; one of them came lately. A clip that is shown in a loop comes again later."""
TILE: Final = 10
"""Points on a tile's side."""
CHANGED: Final = 0.3
"""Mean difference of a tile's points, grey levels. Re-encoded, a frozen picture stays below in most tiles."""
MAX_TILES: Final = 3
"""Tiles away from the picture's upper and lower edge that may change: a clock of the camera's own."""


def repeats(points: Luma, before: tuple[Luma, ...]) -> bool:
    """Whether the picture is one of those before it, but for a clock that is drawn in.

    points: (h, w) uint8, single pixels of the picture, not averaged: noise must be in them.
    """
    return any(
        earlier.shape == points.shape and _changed(points, earlier) <= MAX_TILES for earlier in before[-LAGS:]
    )


def _changed(one: Luma, other: Luma) -> int:
    """Tiles that differ, the first and the last row of them left out: there stand names and clocks."""
    height, width = (side // TILE for side in one.shape)
    apart = cv2.absdiff(one, other)[: height * TILE, : width * TILE]
    tiles = cv2.resize(apart.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    return int(np.count_nonzero(tiles[1:-1] > CHANGED))
