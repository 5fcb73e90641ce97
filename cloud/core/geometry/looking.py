"""What one camera makes of one facade: which cells it watches, and why not the others."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from cloud.core.geometry.grid import Facade, Grid
from cloud.core.geometry.hiding import Hidden, hidden
from cloud.core.geometry.lens import F64, Drawn, Flags
from cloud.core.geometry.parts import Needed
from cloud.core.geometry.site import Camera, Site

Codes = NDArray[np.uint8]
F32 = NDArray[np.float32]


class Reason(IntEnum):
    """Why a cell is not watched, from the farthest from being so to the nearest; WATCHED: it is."""

    OUT_OF_VIEW = 0
    HIDDEN = 1
    MASKED = 2
    TOO_COARSE = 3
    TOO_STEEP = 4
    WATCHED = 5


ENOUGH: Final = 1e-9
"""Shares are compared with so much grace for rounding."""


@dataclass(frozen=True, eq=False, slots=True)
class Look:
    """A camera's look at a facade, per cell (R, C).

    seen: share of the cell that is in the picture, not hidden and not masked. fall_px_m: the density along
    the wall that the asked share of its fall has at least; 0 where less of it is seen. along_px_m,
    across_px_m: at the cell's middle; nan where that is not seen.
    """

    camera: str
    facade: str
    reason: Codes
    seen: F32
    fall_px_m: F32
    along_px_m: F32
    across_px_m: F32


@dataclass(frozen=True, eq=False, slots=True)
class _Points:
    """Points over each plan place of a grid at several heights, (h, m).

    picture: where they are drawn. open: which are, and nothing hides them. seen: and no mask covers them.
    """

    picture: Drawn
    open: Flags
    seen: Flags


def look(site: Site, camera: Camera, facade: Facade) -> Look | None:
    """What `camera` sees of `facade`; None where nothing of it is in the picture."""
    grid, needed = facade.grid, facade.needed
    behind = hidden(site, camera.place_m, grid.xy_m)
    behind = Hidden(np.maximum(behind.below_m, site.buried_m[facade.id]), behind.bands_m)
    cell = _points(camera, grid, grid.z_m, behind)
    fall = _points(camera, grid, grid.steps_m, behind)
    if not cell.picture.drawn.any() and not fall.picture.drawn.any():
        return None
    seen = _in_cells(cell.seen, grid, needed)
    reason = np.full(grid.shape, Reason.TOO_COARSE, dtype=np.uint8)
    if camera.masks is not None:
        reason[_short(seen, fall.seen, grid, needed)] = Reason.MASKED
    for why, in_cell, in_fall in (
        (Reason.HIDDEN, cell.open, fall.open),
        (Reason.OUT_OF_VIEW, cell.picture.drawn, fall.picture.drawn),
    ):
        reason[_short(_in_cells(in_cell, grid, needed), in_fall, grid, needed)] = why
    fine = np.zeros(grid.shape)
    if fall.seen.any():
        along, facing = _densities(camera, grid, fall)
        fine = _fall_px_m(along, grid, needed)
        reason[(reason == Reason.TOO_COARSE) & (fine >= needed.px_per_m)] = Reason.WATCHED
        short = reason == Reason.TOO_COARSE
        if short.any():
            reason[short & (_fall_px_m(facing, grid, needed) >= needed.px_per_m)] = Reason.TOO_STEEP
    along_px_m, across_px_m = _at_middles(camera, facade, cell)
    return Look(
        camera.id,
        facade.id,
        reason,
        seen.astype(np.float32),
        fine.astype(np.float32),
        along_px_m,
        across_px_m,
    )


def _at_middles(camera: Camera, facade: Facade, cell: _Points) -> tuple[F32, F32]:
    """(R, C), px/m along the wall and across at the cells' middles; nan where those are not seen."""
    shape, step = facade.grid.shape, facade.needed.samples
    middle = np.s_[step // 2 :: step, step // 2 :: step]
    seen = cell.seen[middle]
    found = np.full((2, *shape), np.nan, dtype=np.float32)
    if seen.any():
        drawn = cell.picture.of(middle).of(np.nonzero(seen))
        found[0, seen] = camera.lens.px_per_m(drawn, camera.axes[:, 2])
        found[1, seen] = camera.lens.px_per_m(drawn, camera.axes[:, :2] @ facade.along)
    return found[0], found[1]


def _points(camera: Camera, grid: Grid, z_m: F64, behind: Hidden) -> _Points:
    """Of the points over each plan place of the grid at each height (h,)."""
    level = camera.axes[:, :2] @ (grid.xy_m - camera.place_m[:2]).T
    upright = np.outer(camera.axes[:, 2], z_m - camera.place_m[2])
    picture = camera.lens.draw(*(level[:, None, :] + upright[:, :, None]))
    seen = is_open = picture.drawn & ~behind.at(z_m)
    if camera.masks is not None and is_open.any():
        width, height = camera.lens.size_px
        seen = is_open.copy()
        u, v = picture.u_px[is_open], picture.v_px[is_open]
        seen[is_open] = ~shapely.contains_xy(camera.masks, (u + 0.5) / width, (v + 0.5) / height)
    return _Points(picture, is_open, seen)


def _densities(camera: Camera, grid: Grid, fall: _Points) -> tuple[F64, F64]:
    """(S, C n): px/m along the wall, and what they were if the wall stood square to the line of sight.

    0 where a point is not seen. Foreshortening is by the sine of the angle between the sight and the upright.
    """
    rows, columns = np.nonzero(fall.seen)
    dense = camera.lens.px_per_m(fall.picture.of((rows, columns)), camera.axes[:, 2])
    beside = np.hypot(*(grid.xy_m - camera.place_m[:2]).T)[columns]
    distance = np.hypot(beside, (grid.steps_m - camera.place_m[2])[rows])
    along, facing = np.zeros(fall.seen.shape), np.zeros(fall.seen.shape)
    along[rows, columns] = dense
    facing[rows, columns] = dense * distance / np.maximum(beside, 1e-6)
    return along, facing


def _short(in_cell: F64, in_fall: Flags, grid: Grid, needed: Needed) -> Flags:
    """(R, C): whether too little of the cell, or too few points of its fall, are flagged."""
    of_fall = _in_falls(in_fall, grid, needed)
    return np.asarray((in_cell < needed.cell_share - ENOUGH) | (of_fall < needed.fall_share - ENOUGH))


def _in_cells(flags: Flags, grid: Grid, needed: Needed) -> F64:
    """(R, C): the share of each cell's points (R n, C n) that is flagged."""
    rows, columns = grid.shape
    each = flags.reshape(rows, needed.samples, columns, needed.samples).view(np.uint8)
    return np.asarray(each.sum(axis=3, dtype=np.uint8).sum(axis=1, dtype=np.uint8) / needed.samples**2)


def _in_falls(flags: Flags, grid: Grid, needed: Needed) -> F64:
    """(R, C): the share of the steps (S, C n) of each cell's fall that is flagged."""
    _, columns = grid.shape
    each = flags.reshape(len(grid.steps_m), columns, needed.samples).view(np.uint8)
    each = each.sum(axis=2, dtype=np.uint8).cumsum(axis=0, dtype=np.int32)
    return np.asarray(each[grid.steps - 1] / (grid.steps * needed.samples)[:, None])


def _fall_px_m(density: F64, grid: Grid, needed: Needed) -> F64:
    """(R, C): what `fall_share` of the steps (S, C n) of a cell's fall reach at least; 0: few are seen."""
    rows, columns = grid.shape
    points = len(grid.steps_m) * needed.samples
    found = np.zeros((rows, columns))
    worth = density.reshape(len(grid.steps_m), columns, needed.samples)
    wide = (worth > 0).any(axis=(0, 2))
    if not wide.any():
        return found
    # (columns, 1, all points) under each row's fall, in order of density.
    flat = worth[:, wide].transpose(1, 0, 2).reshape(-1, 1, points)
    counts = grid.steps * needed.samples
    ranked = np.sort(np.where(np.arange(points) < counts[:, None], flat, np.inf), axis=2)
    # Of the k points of a fall the m largest must reach it, m = ceil(share k): the (k - m)-th from below.
    below = counts - np.ceil(needed.fall_share * counts - ENOUGH).astype(np.int64)
    found[:, wide] = np.take_along_axis(ranked, below[None, :, None], axis=2)[:, :, 0].T
    return found
