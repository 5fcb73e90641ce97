"""Parts of the picture in which nothing is looked for, drawn by a person or found."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.core.vision.frame import F64, Candidates

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Regions:
    """pixels: (h, w) of reduced pixels that are ignored. blocks: (rows, columns) of blocks wholly ignored."""

    pixels: Mask
    blocks: Mask


def ignored(polygons: tuple[F64, ...], size: tuple[int, int], factor: int, side: int) -> Regions | None:
    """The regions inside polygons; None where there are none.

    polygons: (n, 2) each, full-resolution pixels. size: height and width of the full picture. factor: by
    which it is reduced; side: of a block in reduced pixels.
    """
    if not polygons:
        return None
    height, width = size[0] // factor, size[1] // factor
    drawn = np.zeros((height, width), np.uint8)
    for polygon in polygons:
        corners = np.round((polygon + 0.5) / factor - 0.5).astype(np.int32)
        cv2.fillPoly(drawn, [corners.reshape(-1, 1, 2)], 1)
    return of(drawn.astype(np.bool_), side)


def of(pixels: Mask, side: int) -> Regions:
    """The regions of a mask of reduced pixels, (h, w). side: of a block in reduced pixels."""
    height, width = pixels.shape
    rows, columns = max(height // side, 1), max(width // side, 1)
    whole = (
        pixels[: rows * side, : columns * side].reshape(rows, -1, columns, min(side, width)).all(axis=(1, 3))
    )
    return Regions(pixels, np.asarray(whole, np.bool_))


def joined(one: Regions | None, other: Regions) -> Regions:
    """What either ignores."""
    if one is None:
        return other
    return Regions(one.pixels | other.pixels, one.blocks | other.blocks)


def outside(found: Candidates, regions: Regions | None, factor: int) -> Candidates:
    """The candidates whose centres are not in an ignored region."""
    if regions is None or not len(found.area_px):
        return found
    height, width = regions.pixels.shape
    x = np.clip(found.xy_px[:, 0] / factor, 0, width - 1).astype(np.intp)
    y = np.clip(found.xy_px[:, 1] / factor, 0, height - 1).astype(np.intp)
    keep = ~regions.pixels[y, x]
    return Candidates(found.xyxy[keep], found.xy_px[keep], found.area_px[keep], found.contrast[keep])
