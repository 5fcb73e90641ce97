"""Cells of facades as the JSON that pages read: lists with one number a cell, row by row from the ground."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np

from cloud.api import shapes
from cloud.api.answers import coverage as answers
from cloud.api.answers.base import Named
from cloud.core.camera_duty import Doubt
from cloud.core.cell_history import Loss
from cloud.core.cells import FacadeCells, FacadeHistory
from cloud.core.cells_now import View, smallest_m
from cloud.core.cells_now import facade_now as cells_now
from cloud.core.geometry.looking import Reason
from cloud.store.registry import CameraRow, FacadeRow

LOSSES: Final = 200
"""So many are listed, the largest; the certificate has all."""
ELSEWHERE: Final = "another_estates"
"""Why a camera does not count whose state whoever asks may not see."""
OF_ANOTHER: Final = ("其他小区的摄像机", "A camera of another estate")
REASONS: Final = [reason.name.lower() for reason in Reason]
"""What the numbers of reasons mean."""


def place(row: FacadeRow) -> answers.FacadePlace:
    """Which facade."""
    named = shapes.thing(row.id, row.name_zh, row.name_en)
    return {**named, "estate": row.estate, "building": row.building}


def grid(found: FacadeCells) -> answers.Grid:
    """Floors of rows, bays of columns, and what must be seen."""
    return {
        "floors": list(found.floors),
        "bays": list(found.bays),
        "object_cm": round(100 * found.object_m, 1),
        "spans_px": found.spans_px,
        "reasons": REASONS,
    }


def facade_now_brief(row: FacadeRow, found: FacadeHistory | None) -> answers.FacadeBrief:
    """How much of a facade is blind now; all None where it is not modelled."""
    if found is None:
        return {**place(row), "modelled": False, "cells": None, "blind": None, "lost": None}
    rows, columns = found.grid.shape
    return {
        **place(row),
        "modelled": True,
        "cells": rows * columns,
        "blind": found.blind,
        "lost": found.lost,
    }


def estate(named: Named, facades: Sequence[answers.FacadeBrief], identity: str) -> answers.CoveredEstate:
    """An estate with its facades, the worst first; what is not modelled last."""
    own = [one for one in facades if one["estate"] == identity]
    modelled = [one for one in own if one["modelled"]]
    cells = sum(one["cells"] or 0 for one in modelled)
    blind = sum(one["blind"] or 0 for one in modelled)
    return {
        **named,
        "cells": cells,
        "blind": blind,
        "blind_share": blind / cells if cells else None,
        "facades": [
            *sorted(modelled, key=_best_last),
            *(one for one in own if not one["modelled"]),
        ],
    }


def doubted(standing: Iterable[Doubt], cameras: Iterable[CameraRow]) -> list[answers.Doubted]:
    """Cameras that were moved, of those that are given."""
    known = {row.id: row for row in cameras}
    return [
        {
            **shapes.thing(row.id, row.name_zh, row.name_en),
            "estate": row.estate,
            "since": shapes.instant(doubt.since),
        }
        for doubt in standing
        if (row := known.get(doubt.camera))
    ]


def _best_last(one: answers.FacadeBrief) -> tuple[float, str]:
    return -(one["blind"] or 0) / (one["cells"] or 1), one["id"]


def facade_now(
    row: FacadeRow, found: FacadeHistory, cameras: Mapping[str, CameraRow], told: tuple[datetime, int]
) -> answers.FacadeNow:
    """Each cell at this moment. told: when, and the number of the last change."""
    at, change = told
    now = cells_now(found)
    end, blind_s = found.history.cuts[-1], found.history.blind_s
    whole_s = (end - found.history.cuts[0]).total_seconds()
    return {
        "now": shapes.instant(at),
        "change": change,
        **place(row),
        **grid(found.grid),
        "watched": _flags(now.watched),
        "within": _flags(now.within),
        "excused": _flags(found.history.excused[-1]),
        "reason": now.reason.ravel().tolist(),
        "smallest_cm": _numbers(100 * now.smallest_m, 1),
        "best": now.best.ravel().tolist(),
        "blind_for_s": _numbers(np.where((blind_s > 0) & (blind_s < whole_s), blind_s, np.nan), 0),
        "blind": found.blind,
        "lost": found.lost,
        "cameras": [_view(view, found.grid, cameras) for view in now.views],
    }


def _view(view: View, grid: FacadeCells, cameras: Mapping[str, CameraRow]) -> answers.View:
    camera = view.sight.camera
    return {
        **_called(camera, cameras),
        "up": view.is_up,
        "whys": list(view.whys) if camera in cameras else [ELSEWHERE],
        "since": shapes.maybe(view.since),
        "reason": view.sight.reason.ravel().tolist(),
        "px_per_m": _numbers(view.sight.finely.fall_px_m, 1),
        "smallest_cm": _numbers(100 * smallest_m(view.sight, grid), 1),
        "elevation_deg": _numbers(view.sight.finely.elevation_deg, 0),
        "distance_m": _numbers(view.sight.finely.distance_m, 0),
    }


def _called(camera: str, cameras: Mapping[str, CameraRow]) -> Named:
    """A camera that was another estate's sees a facade that is one's own: that it does, and no more."""
    row = cameras.get(camera)
    return shapes.thing(camera, *(OF_ANOTHER if row is None else (row.name_zh, row.name_en)))


def sums(row: FacadeRow, found: FacadeHistory) -> answers.Sums:
    """Seconds of cells over the span.

    share: watched over due, which is all but what announced maintenance excuses. kept_share: the same of
    those cells only that a camera watches when all work: what the operation of the cameras has to answer for.
    """
    history = found.history
    lengths_s = history.lengths_s[:, None, None]
    reach_s = float((lengths_s * (history.within & ~history.excused)).sum())
    watched_s = float(history.watched_s.sum())
    return {
        **place(row),
        "modelled_from": shapes.instant(history.cuts[0]),
        "cells": int(history.watched_s.size),
        "share": history.share,
        "kept_share": watched_s / reach_s if reach_s > 0 else None,
        "watched_s": watched_s,
        "due_s": float(history.due_s.sum()),
        "excused_s": float(history.excused_s.sum()),
        "never": int((~history.within.any(axis=0)).sum()),
        "longest": _longest(found),
        "losses_total": len(history.losses),
    }


def _longest(found: FacadeHistory) -> answers.Longest | None:
    """The longest time in one piece in which a cell that can be watched was not."""
    within = found.history.within.any(axis=0)
    longest = np.where(within, found.history.longest_blind_s, 0.0)
    if longest.max() <= 0:
        return None
    row, column = np.unravel_index(int(longest.argmax()), longest.shape)
    floor, bay = found.grid.floors[int(row)], found.grid.bays[int(column)]
    return {"seconds": float(longest.max()), "floor": floor, "bay": bay}


def streaks(found: FacadeHistory) -> answers.Streaks:
    """Of each cell the share of its due time, the longest blindness, and that which lasts at the end."""
    history = found.history
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(history.due_s > 0, history.watched_s / history.due_s, np.nan)
    return {
        "shares": _numbers(shares, 4),
        "longest_blind_s": _numbers(history.longest_blind_s, 0),
        "blind_for_s": _numbers(history.blind_s, 0),
    }


def days(found: FacadeHistory, edges: Sequence[datetime]) -> list[answers.Day]:
    """Days with their share, and that of each row; None where nothing was due."""
    shares, rows = found.history.shares(edges), found.history.row_shares(edges)
    return [
        {"at": shapes.instant(at), "share": _rounded(share), "rows": [_rounded(one) for one in each]}
        for at, share, each in zip(edges, shares, rows, strict=False)
    ]


def losses(found: FacadeHistory, cameras: Mapping[str, CameraRow]) -> list[answers.Loss]:
    """What was not watched though it is when all works: the largest, in order of time."""
    every = found.history.losses
    largest = sorted(every, key=_size, reverse=True)[:LOSSES]
    return [_loss(loss, cameras) for loss in sorted(largest, key=lambda loss: loss.begin)]


def _loss(loss: Loss, cameras: Mapping[str, CameraRow]) -> answers.Loss:
    return {
        "begin": shapes.instant(loss.begin),
        "end": shapes.instant(loss.end),
        "cells": int(loss.cells.sum()),
        "excused": loss.excused,
        "causes": [
            {**_called(name, cameras), "why": why if name in cameras else ELSEWHERE}
            for name, why in loss.causes
        ],
    }


def _size(loss: Loss) -> float:
    return float(loss.cells.sum()) * (loss.end - loss.begin).total_seconds()


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _flags(values: np.ndarray[Any, Any]) -> list[int]:
    return values.ravel().astype(int).tolist()


def _numbers(values: np.ndarray[Any, Any], decimals: int) -> list[float | None]:
    return [
        round(float(one), decimals or None) if np.isfinite(one) else None for one in values.ravel().tolist()
    ]
