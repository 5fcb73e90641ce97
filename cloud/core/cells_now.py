"""A facade at the end of its history: which cells are watched, by whom, how finely, and else why not."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from cloud.core.cell_history import Duty, Flags
from cloud.core.cells import CameraSight, FacadeCells, FacadeHistory
from cloud.core.geometry.lens import F64
from cloud.core.geometry.looking import Codes, Reason
from cloud.core.spans import Span


@dataclass(frozen=True, eq=False, slots=True)
class View:
    """A camera that has the facade in its picture. is_up: it watches now.

    whys: else why not. since: since when; None where that was before the history begins.
    """

    sight: CameraSight
    is_up: bool
    whys: tuple[str, ...]
    since: datetime | None


@dataclass(frozen=True, eq=False, slots=True)
class FacadeNow:
    """Per cell (R, C).

    watched: now. within: by any camera if all worked. reason: of the camera that comes nearest to it.
    smallest_m: the smallest thing whose fall is found by those that are up; inf: they see too little.
    best: the number of the view that sees it most finely, of those that count; -1: none sees it.
    """

    watched: Flags
    within: Flags
    reason: Codes
    smallest_m: F64
    best: np.ndarray
    views: tuple[View, ...]


def facade_now(found: FacadeHistory) -> FacadeNow:
    """At the end of a history. Where nobody is up that sees a cell, smallest and best are of all cameras."""
    cuts = found.history.cuts
    # Of a camera of which no duty is known, nobody can say that it watches.
    views = tuple(
        _view(sight, found.duties.get(sight.camera, Duty(sight.camera, ())), (cuts[0], cuts[-1]))
        for sight in found.standing
    )
    shape = found.grid.shape
    watched, reason = found.history.watched[-1], np.full(shape, Reason.OUT_OF_VIEW, dtype=np.uint8)
    finest, best = np.zeros(shape), np.full(shape, -1)
    for number, view in enumerate(views):
        np.maximum(reason, view.sight.reason, out=reason)
        # A cell that is watched is judged by those who do; another by whoever could.
        fall_px_m = view.sight.finely.fall_px_m
        counts = (view.is_up | ~watched) & (view.sight.reason > Reason.OUT_OF_VIEW)
        finer = counts & ((fall_px_m > finest) | (best < 0))
        best[finer] = number
        finest[finer] = fall_px_m[finer]
    smallest = _smallest_m(found.grid, finest)
    return FacadeNow(watched, found.history.within[-1], reason, smallest, best, views)


def smallest_m(sight: CameraSight, grid: FacadeCells) -> F64:
    """(R, C): the smallest thing whose fall a camera finds while it works; inf: it sees too little."""
    return _smallest_m(grid, np.where(sight.reason > Reason.OUT_OF_VIEW, sight.finely.fall_px_m, 0.0))


def _smallest_m(grid: FacadeCells, px_per_m: F64) -> F64:
    with np.errstate(divide="ignore"):
        return grid.spans_px / px_per_m


def _view(sight: CameraSight, duty: Duty, span: Span) -> View:
    begin, end = span
    if any(until >= end for _, until in duty.up):
        return View(sight, is_up=True, whys=(), since=None)
    lasting = dict.fromkeys(down.why for down in duty.downs if down.end >= end)
    since = max((until for _, until in duty.up), default=begin)
    return View(sight, is_up=False, whys=tuple(lasting), since=since if since > begin else None)
