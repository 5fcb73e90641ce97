"""What stands between a camera and the plane in which things fall.

Everything that hides is upright, so a plan decides it: along one upright line of points, a prism hides all
that lies below one height, and a cylinder all between two heights.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from cloud.core.geometry.grid import Facade
from cloud.core.geometry.lens import F64, Flags
from cloud.core.geometry.site import Site

Numbers = NDArray[np.intp]

TOUCH_M: Final = 0.002
"""A camera hangs on a wall that it touches: what it crosses nearer than this does not hide."""
CORNER: Final = 1e-9
"""Edges are that much longer at either end, in shares: no ray slips between two of them."""


@dataclass(frozen=True, eq=False)
class Hidden:
    """Per upright line of m: hidden below `below_m` (m,), and strictly between `bands_m` (k, m, 2)."""

    below_m: F64
    bands_m: F64

    def all_below(self, z_m: float) -> bool:
        """Whether nothing below this height is open."""
        return bool(self.below_m.min() > z_m)

    def at(self, z_m: F64) -> Flags:
        """(h, m): whether the points at these heights (h,) are hidden."""
        hidden = z_m[:, None] < self.below_m
        for band in self.bands_m:
            hidden |= (z_m[:, None] > band[:, 0]) & (z_m[:, None] < band[:, 1])
        return np.asarray(hidden)


@dataclass(frozen=True, eq=False)
class Near:
    """Numbers of the blocks and of the cylinders that may stand between a camera and a facade."""

    blocks: Numbers
    cylinders: Numbers


def between(site: Site, place_m: F64, facades: Sequence[Facade]) -> list[Near]:
    """What may stand between `place_m` (3,) and each of these facades."""
    if not facades:
        return []
    ends = np.array([facade.ends_m for facade in facades])
    low, high = (np.minimum(ends.min(axis=1), place_m[:2]), np.maximum(ends.max(axis=1), place_m[:2]))
    boxes = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    blocks, cylinders = (
        _by_box(index, boxes) if len(index) else [np.empty(0, dtype=np.intp)] * len(boxes)
        for index in (site.block_index, site.cylinder_index)
    )
    return [Near(*each) for each in zip(blocks, cylinders, strict=True)]


def _by_box(index: STRtree, boxes: NDArray[np.object_]) -> list[Numbers]:
    box, found = index.query(boxes)
    order = np.argsort(box, kind="stable")
    return np.split(found[order], np.searchsorted(box[order], np.arange(1, len(boxes))))


def hidden(site: Site, place_m: F64, facade: Facade, near: Near) -> Hidden:
    """What is hidden from `place_m` (3,) along the upright lines of a facade's points.

    near: what may stand between.
    """
    xy_m, below = facade.grid.xy_m, site.buried_m[facade.id]
    if len(near.blocks):
        first, count = site.edge_runs[near.blocks].T
        which = np.repeat(first - np.cumsum(count) + count, count) + np.arange(count.sum())
        below = np.maximum(below, _below(place_m, xy_m, site.edge_table[which], site.edge_tops_m[which]))
    by_blocks = Hidden(below, np.empty((0, len(below), 2)))
    if by_blocks.all_below(facade.grid.rows_m[-1]):
        return by_blocks
    return Hidden(below, _bands(place_m, xy_m, site.cylinder_table[near.cylinders]))


def _below(place_m: F64, xy_m: F64, edges: F64, tops: F64) -> F64:
    """(m,): the height that a line of sight's far end must have to pass over every edge that it crosses.

    Where the line of sight crosses an edge at the share t of its way it must be above the edge's top there:
    z_camera + t (z - z_camera) >= top, so z >= z_camera + (top - z_camera) / t.
    """
    way = xy_m - place_m[:2]
    start, edge = edges[:, 0] - place_m[:2], edges[:, 1] - edges[:, 0]
    cross = way[:, None, 0] * edge[None, :, 1] - way[:, None, 1] * edge[None, :, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (start[:, 0] * edge[:, 1] - start[:, 1] * edge[:, 0])[None] / cross
        u = (start[None, :, 0] * way[:, None, 1] - start[None, :, 1] * way[:, None, 0]) / cross
        needed = place_m[2] + (tops - place_m[2])[None] / t
    nearest = TOUCH_M / np.maximum(np.hypot(way[:, 0], way[:, 1]), TOUCH_M)
    crossed = (t > nearest[:, None]) & (t < 1) & (u >= -CORNER) & (u <= 1 + CORNER)
    return np.asarray(np.where(crossed, needed, -np.inf).max(axis=1))


def _bands(place_m: F64, xy_m: F64, cylinders: F64) -> F64:
    """(k, m, 2): between which heights each cylinder (k, 5) hides; only those that hide anything.

    The line of sight is inside the cylinder's plan for shares t0 to t1 of its way. It passes above if it is
    above the top at both, and beneath if it is beneath the bottom at both.
    """
    way = xy_m - place_m[:2]
    length = np.maximum((way**2).sum(axis=1), 1e-12)
    centre = cylinders[:, :2] - place_m[:2]
    middle = centre @ way.T / length
    off = np.abs(centre[:, :1] * way[:, 1] - centre[:, 1:2] * way[:, 0]) / np.sqrt(length)
    half = np.sqrt(np.maximum(cylinders[:, 2:3] ** 2 - off**2, 0)) / np.sqrt(length)
    first, last = np.maximum(middle - half, 1e-9), np.minimum(middle + half, 1.0)
    meets = (off < cylinders[:, 2:3]) & (first < last)
    last = np.where(meets, last, 1.0)
    bottom, top = cylinders[:, 3:4] - place_m[2], cylinders[:, 4:5] - place_m[2]
    low = place_m[2] + np.where(bottom > 0, bottom / last, bottom / first)
    high = place_m[2] + np.where(top > 0, top / first, top / last)
    bands = np.stack((np.where(meets, low, np.inf), np.where(meets, high, -np.inf)), axis=2)
    return np.asarray(bands[meets.any(axis=1)])
