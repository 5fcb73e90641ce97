"""What a survey tells: each facade's shares, each cell with its numbers, as plain objects for JSON."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from cloud.core.geometry.looking import Look, Reason
from cloud.core.geometry.parts import Needed
from cloud.core.geometry.site import Camera, Site
from cloud.core.geometry.survey import Survey, Verdict

FRAME: Final = (
    "x east, y north, z up, metres; yaw clockwise from north, pitch upwards, roll clockwise seen from behind;"
    " pixels x right, y down"
)


def needed(given: Needed) -> dict[str, Any]:
    """What was asked for."""
    return {**given.model_dump(), "px_per_m_along": round(given.px_per_m, 3)}


def facade(verdict: Verdict, walls: dict[str, float]) -> dict[str, Any]:
    """A facade in sum. walls: further numbers of it to be told."""
    shares = verdict.shares()
    finite = verdict.smallest_m[np.isfinite(verdict.smallest_m)]
    return {
        "facade": verdict.facade.id,
        "building": verdict.facade.building,
        "modelled": True,
        "cells": int(verdict.reason.size),
        "area_m2": round(verdict.area_m2, 2),
        "watched_m2": round(verdict.watched_m2, 2),
        "watched_share": round(shares[Reason.WATCHED], 4),
        "blind_share": {
            reason.name.lower(): round(share, 4)
            for reason, share in shares.items()
            if reason is not Reason.WATCHED
        },
        "cameras": [look.camera for look in verdict.looks if (look.reason == Reason.WATCHED).any()],
        "smallest_cm": {
            "median": round(100 * float(np.median(finite)), 1) if len(finite) else None,
            "worst": round(100 * float(finite.max()), 1) if len(finite) else None,
        },
        **walls,
    }


def cells(survey: Survey, verdict: Verdict) -> Iterator[dict[str, Any]]:
    """Each cell of a facade, row by row from the ground.

    centre_m lies on the wall, fall_m in front of it where things fall: this is the point that angles,
    distances and densities are told of. views: every camera that has the facade in its picture.
    """
    plane, grid = verdict.facade, verdict.facade.grid
    heights, across = grid.middles_m
    left = np.array(plane.left_m)
    for row, column in np.ndindex(grid.shape):
        on_wall = (*(left + across[column] * plane.along), heights[row])
        falls = (*(plane.ends_m[0] + across[column] * plane.along), heights[row])
        views = [
            _view(look, survey.site.cameras[look.camera], np.array(falls), (row, column), plane.needed)
            for look in verdict.looks
        ]
        best = max(views, key=lambda view: (view["watched"], view["fall_px_per_m"]), default=None)
        reason = Reason(int(verdict.reason[row, column]))
        yield {
            "facade": plane.id,
            "building": plane.building,
            "floor": int(grid.floors[row]),
            "bay": int(grid.bays[column]),
            "row": row,
            "column": column,
            "centre_m": _rounded(on_wall),
            "fall_m": _rounded(falls),
            "width_m": round(float(np.diff(grid.columns_m)[column]), 3),
            "height_m": round(float(np.diff(grid.rows_m)[row]), 3),
            "watched": reason is Reason.WATCHED,
            "reason": None if reason is Reason.WATCHED else reason.name.lower(),
            "cameras": [view["camera"] for view in views if view["watched"]],
            "smallest_cm": _cm(float(verdict.smallest_m[row, column])),
            "px_per_m_along": best["px_per_m_along"] if best else None,
            "px_per_m_across": best["px_per_m_across"] if best else None,
            "views": views,
        }


def _view(
    look: Look, camera: Camera, falls_m: np.ndarray[Any, Any], cell: tuple[int, int], given: Needed
) -> dict[str, Any]:
    way = falls_m - camera.place_m
    distance = float(np.linalg.norm(way))
    reason, finest = Reason(int(look.reason[cell])), float(look.fall_px_m[cell])
    return {
        "camera": look.camera,
        "watched": reason is Reason.WATCHED,
        "reason": None if reason is Reason.WATCHED else reason.name.lower(),
        "seen_share": round(float(look.seen[cell]), 3),
        "px_per_m_along": _number(float(look.along_px_m[cell])),
        "px_per_m_across": _number(float(look.across_px_m[cell])),
        "fall_px_per_m": round(finest, 2),
        "smallest_cm": _cm(given.spans_px / finest if finest > 0 else np.inf),
        "distance_m": round(distance, 2),
        "elevation_deg": round(float(np.degrees(np.arcsin(way[2] / distance))), 2),
    }


def whole(survey: Survey, chosen: frozenset[str] | None = None) -> dict[str, Any]:
    """Everything, or these facades only."""
    verdicts = [
        survey.verdict(facade) for facade in survey.site.facades if chosen is None or facade in chosen
    ]
    area, watched = sum(v.area_m2 for v in verdicts), sum(v.watched_m2 for v in verdicts)
    return {
        "frame": FRAME,
        "needed": needed(survey.site.needed),
        "watched_share": round(watched / area, 4) if area else None,
        "area_m2": round(area, 2),
        "watched_m2": round(watched, 2),
        "facades": [
            *(facade(each, {"falls_before_wall_m": each.facade.before_m}) for each in verdicts),
            *not_modelled(survey.site, chosen),
        ],
        "cameras_not_modelled": list(survey.site.cameras_not_modelled),
        "cells": [cell for each in verdicts for cell in cells(survey, each)],
    }


def not_modelled(site: Site, chosen: frozenset[str] | None = None) -> list[dict[str, Any]]:
    """Facades of which nothing can be said."""
    return [
        {"facade": facade, "modelled": False, "watched_share": None}
        for facade in site.facades_not_modelled
        if chosen is None or facade in chosen
    ]


def _cm(size_m: float) -> float | None:
    return round(100 * size_m, 2) if np.isfinite(size_m) else None


def _number(value: float) -> float | None:
    return round(value, 2) if np.isfinite(value) else None


def _rounded(point: tuple[float, ...]) -> list[float]:
    return [round(float(each), 3) for each in point]
