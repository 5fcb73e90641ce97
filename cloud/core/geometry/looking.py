"""What one camera makes of one facade: which cells it watches, and why not the others."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from cloud.core.geometry.grid import Facade, Grid
from cloud.core.geometry.hiding import Near, hidden
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


STAGES: Final = (Reason.OUT_OF_VIEW, Reason.HIDDEN, Reason.MASKED)
"""What fails where too little is in the picture; of that, not hidden; of that, not masked."""
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


def look(site: Site, camera: Camera, facade: Facade, near: Near) -> Look | None:
    """What `camera` sees of `facade`; None where nothing of it is in the picture.

    near: what may stand between them.
    """
    grid, needed = facade.grid, facade.needed
    picture = _picture(camera, grid)
    if not picture.drawn.any():
        return None
    behind = hidden(site, camera.place_m, facade, near)
    if behind.all_below(grid.rows_m[-1]):
        return _wholly_hidden(camera, facade, picture)
    flags = _flags(camera, picture, behind.at(grid.heights_m))
    of_cell = _in_cells(flags[:, : len(grid.z_m)], grid, needed)
    short = _short(of_cell, flags, grid, needed)
    reason = np.full(grid.shape, Reason.TOO_COARSE, dtype=np.uint8)
    for why, too_few in reversed(list(zip(STAGES, short, strict=False))):
        reason[too_few] = why
    seen, fine = flags[-1], np.zeros(grid.shape)
    if seen[len(grid.z_m) :].any():
        along, facing = _densities(camera, grid, picture, seen)
        fine = _fall_px_m(along, grid, needed)
        reason[(reason == Reason.TOO_COARSE) & (fine >= needed.px_per_m)] = Reason.WATCHED
        coarse = reason == Reason.TOO_COARSE
        if coarse.any():
            reason[coarse & (_fall_px_m(facing, grid, needed) >= needed.px_per_m)] = Reason.TOO_STEEP
    return Look(
        camera.id,
        facade.id,
        reason,
        of_cell[-1].astype(np.float32),
        fine.astype(np.float32),
        *_at_middles(camera, facade, picture, seen),
    )


def _wholly_hidden(camera: Camera, facade: Facade, picture: Drawn) -> Look:
    """The commonest look in a dense estate: other buildings stand before all that is in the picture."""
    grid, needed = facade.grid, facade.needed
    drawn = picture.drawn[None]
    of_cell = _in_cells(drawn[:, : len(grid.z_m)], grid, needed)
    (short,) = _short(of_cell, drawn, grid, needed)
    reason = np.where(short, np.uint8(Reason.OUT_OF_VIEW), np.uint8(Reason.HIDDEN))
    none, unknown = np.zeros(grid.shape, np.float32), np.full(grid.shape, np.nan, np.float32)
    return Look(camera.id, facade.id, reason, none, none, unknown, unknown)


def _picture(camera: Camera, grid: Grid) -> Drawn:
    """Of the points of the grid's cells, and above them in the arrays those of its falls, (H, m)."""
    level = camera.axes[:, :2] @ (grid.xy_m - camera.place_m[:2]).T
    upright = camera.axes[:, 2:] * (grid.heights_m - camera.place_m[2])
    return camera.lens.draw(*(level[:, None, :] + upright[:, :, None]))


def _flags(camera: Camera, picture: Drawn, behind: Flags) -> Flags:
    """(2 or 3, H, m): which points are in the picture; and not hidden; with masks, and not masked."""
    is_open = picture.drawn & ~behind
    if camera.masks is None:
        return np.stack((picture.drawn, is_open))
    width, height = camera.lens.size_px
    seen = is_open.copy()
    u, v = picture.u_px[is_open], picture.v_px[is_open]
    seen[is_open] = ~shapely.contains_xy(camera.masks, (u + 0.5) / width, (v + 0.5) / height)
    return np.stack((picture.drawn, is_open, seen))


def _at_middles(camera: Camera, facade: Facade, picture: Drawn, seen: Flags) -> tuple[F32, F32]:
    """(R, C), px/m along the wall and across at the cells' middles; nan where those are not seen."""
    shape, step = facade.grid.shape, facade.needed.samples
    middle = np.s_[step // 2 : len(facade.grid.z_m) : step, step // 2 :: step]
    shown = seen[middle]
    along, across = (np.full(shape, np.nan, dtype=np.float32) for _ in range(2))
    if shown.any():
        drawn = picture.of(middle).of(np.nonzero(shown))
        along[shown] = camera.lens.px_per_m(drawn, camera.axes[:, 2])
        across[shown] = camera.lens.px_per_m(drawn, camera.axes[:, :2] @ facade.along)
    return along, across


def _densities(camera: Camera, grid: Grid, picture: Drawn, seen: Flags) -> tuple[F64, F64]:
    """(S, C n): px/m along the wall, and what they were if the wall stood square to the line of sight.

    0 where a point is not seen. Foreshortening is by the sine of the angle between the sight and the upright.
    """
    first = len(grid.z_m)
    rows, columns = np.nonzero(seen[first:])
    dense = camera.lens.px_per_m(picture.of((rows + first, columns)), camera.axes[:, 2])
    way = grid.xy_m - camera.place_m[:2]
    beside = np.hypot(way[:, 0], way[:, 1])[columns]
    distance = np.hypot(beside, (grid.steps_m - camera.place_m[2])[rows])
    along, facing = np.zeros((2, *seen[first:].shape))
    along[rows, columns] = dense
    facing[rows, columns] = dense * distance / np.maximum(beside, 1e-6)
    return along, facing


def _short(of_cell: F64, flags: Flags, grid: Grid, needed: Needed) -> Flags:
    """(k, R, C): whether too little of the cell (k, R, C), or of its fall, is flagged (k, H, m)."""
    of_fall = _in_falls(flags[:, len(grid.z_m) :], grid, needed)
    return np.asarray((of_cell < needed.cell_share - ENOUGH) | (of_fall < needed.fall_share - ENOUGH))


def _in_cells(flags: Flags, grid: Grid, needed: Needed) -> F64:
    """(k, R, C): the share of each cell's points (k, R n, C n) that is flagged."""
    rows, columns = grid.shape
    each = flags.reshape(-1, rows, needed.samples, columns, needed.samples).view(np.uint8)
    return np.asarray(each.sum(axis=4, dtype=np.uint8).sum(axis=2, dtype=np.uint8) / needed.samples**2)


def _in_falls(flags: Flags, grid: Grid, needed: Needed) -> F64:
    """(k, R, C): the share of the steps (k, S, C n) of each cell's fall that is flagged."""
    each = flags.reshape(len(flags), len(grid.steps_m), -1, needed.samples).view(np.uint8)
    each = each.sum(axis=3, dtype=np.uint8).cumsum(axis=1, dtype=np.int32)
    return np.asarray(each[:, grid.steps - 1] / (grid.steps * needed.samples)[:, None])


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
