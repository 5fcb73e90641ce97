"""A facade's cells and an estate's plan as SVG: what is watched, and why the rest is blind."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Final

import numpy as np

from cloud.core.geometry.lens import F64
from cloud.core.geometry.looking import Reason
from cloud.core.geometry.site import Camera, Site
from cloud.core.geometry.survey import Survey, Verdict

COLOURS: Final[Mapping[Reason, str]] = {
    Reason.WATCHED: "#2f9e78",
    Reason.OUT_OF_VIEW: "#d5dae1",
    Reason.HIDDEN: "#7b8494",
    Reason.MASKED: "#9c86cf",
    Reason.TOO_COARSE: "#f2cf63",
    Reason.TOO_STEEP: "#e28a52",
}
ORDER: Final = (Reason.WATCHED, *(reason for reason in Reason if reason is not Reason.WATCHED))
FACADE_PX_PER_M: Final = 12.0
PLAN_PX_PER_M: Final = 4.0
EDGE_PX: Final = 44.0
LEGEND_PX: Final = 150.0
LETTERS: Final = 'font-family="system-ui, Noto Sans CJK SC, sans-serif" fill="#1f2937"'
SIGHT_M: Final = 12.0
"""How long a camera's sight is drawn in the plan."""

At = Callable[[F64], F64]
"""Places (..., 2) in metres to the drawing's pixels."""


def facade(verdict: Verdict, title: str) -> str:
    """The facade as it is seen from outside; in each cell the smallest thing whose fall is found, in cm."""
    grid = verdict.facade.grid
    ground = grid.rows_m[0]
    wide = float(grid.columns_m[-1]) * FACADE_PX_PER_M
    high = float(grid.rows_m[-1] - ground) * FACADE_PX_PER_M
    xs = grid.columns_m * FACADE_PX_PER_M + EDGE_PX
    ys = high - (grid.rows_m - ground) * FACADE_PX_PER_M + EDGE_PX
    shapes = []
    for row, column in np.ndindex(grid.shape):
        left, right, upper, lower = (
            float(each) for each in (xs[column], xs[column + 1], ys[row + 1], ys[row])
        )
        colour = COLOURS[Reason(int(verdict.reason[row, column]))]
        shapes.append(_box(left, upper, right - left, lower - upper, colour))
        smallest = 100 * float(verdict.smallest_m[row, column])
        if np.isfinite(smallest):
            shapes.append(_text((left + right) / 2, (upper + lower) / 2 + 4, f"{smallest:.0f}", 11, "middle"))
    shapes += [
        _text(EDGE_PX - 6, (ys[row] + ys[row + 1]) / 2 + 4, str(grid.floors[row]), 11, "end")
        for row in np.flatnonzero(np.diff(grid.floors, prepend=0))
    ]
    shapes += [
        _text((xs[column] + xs[column + 1]) / 2, ys[0] + 15, str(grid.bays[column]), 11, "middle")
        for column in np.flatnonzero(np.diff(grid.bays, prepend=0))
    ]
    shapes.append(_text(EDGE_PX, 20, title, 15))
    shapes += _legend(verdict, wide + EDGE_PX + 16)
    return _page(wide + EDGE_PX + 16 + LEGEND_PX, high + 2 * EDGE_PX, shapes)


def _legend(verdict: Verdict, x: float) -> list[str]:
    shares, shapes = verdict.shares(), []
    for line, reason in enumerate(ORDER):
        y = EDGE_PX + 22 * line
        words = reason.name.lower().replace("_", " ")
        shapes.append(_box(x, y, 14, 14, COLOURS[reason]))
        shapes.append(_text(x + 20, y + 12, f"{words} {shares[reason]:.0%}", 12))
    y = EDGE_PX + 22 * (len(ORDER) + 1)
    shapes.append(_text(x, y, "in a cell: smallest", 12))
    shapes.append(_text(x, y + 16, "thing found, cm", 12))
    return shapes


def plan(survey: Survey, title: str) -> str:
    """From above, north up: facades by the share that is watched, trees, cameras and their sight."""
    site = survey.site
    low, high = _extent(site)
    wide, tall = (high - low) * PLAN_PX_PER_M

    def at(places_m: F64) -> F64:
        return np.asarray((places_m - low) * (1, -1) * PLAN_PX_PER_M + (EDGE_PX, tall + EDGE_PX))

    shapes = [_outline(at(np.asarray(block.plan.exterior.coords)), "#eceff3") for block in site.blocks]
    for tree in site.cylinders:
        x, y = at(np.array([tree.x_m, tree.y_m]))
        shapes.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{tree.radius_m * PLAN_PX_PER_M:.1f}" fill="#cfe3c4"/>'
        )
    for camera in site.cameras.values():
        shapes += _camera(camera, at)
    for verdict in survey.verdicts():
        share = verdict.shares()[Reason.WATCHED]
        shapes.append(_stroke(at(verdict.facade.ends_m), _shade(share), 5))
        x, y = at(
            verdict.facade.ends_m.mean(axis=0) - verdict.facade.outward * (verdict.facade.before_m + 3.5)
        )
        shapes.append(_text(x, y + 4, f"{share:.0%}", 12, "middle"))
    for block in site.blocks:
        x, y = at(np.asarray(block.plan.bounds).reshape(2, 2).mean(axis=0))
        shapes.append(_text(x, y + 4, block.id, 12, "middle"))
    shapes.append(_text(EDGE_PX, 24, title, 16))
    return _page(wide + 2 * EDGE_PX, tall + 2 * EDGE_PX, shapes)


def _extent(site: Site) -> tuple[F64, F64]:
    corners = [np.asarray(block.plan.bounds).reshape(2, 2) for block in site.blocks]
    places = [camera.place_m[None, :2] for camera in site.cameras.values()]
    every = np.concatenate((*corners, *places))
    return every.min(axis=0) - 4, every.max(axis=0) + 4


def _camera(camera: Camera, at: At) -> list[str]:
    """A dot, and the plan of where it looks, as broad as its picture."""
    left, right, upper, lower = camera.lens.bounds
    corners = np.array([(a, b, 1.0) for a in (left, right) for b in (upper, lower)]) @ camera.axes
    forward = camera.axes[2, :2]
    if np.hypot(*forward) < 0.05:
        return [_dot(at(camera.place_m[:2]))]
    turns = np.arctan2(corners[:, 1], corners[:, 0]) - np.arctan2(forward[1], forward[0])
    turns = np.clip((turns + np.pi) % (2 * np.pi) - np.pi, -np.pi / 2, np.pi / 2)
    heading = np.arctan2(forward[1], forward[0]) + np.linspace(turns.min(), turns.max(), 9)
    arc = camera.place_m[:2] + SIGHT_M * np.column_stack((np.cos(heading), np.sin(heading)))
    wedge = at(np.concatenate((camera.place_m[None, :2], arc)))
    return [_outline(wedge, "#3b82f6", 0.25), _dot(wedge[0])]


def _shade(share: float) -> str:
    """From the colour of what is blind, over yellow, to that of what is watched."""
    ends = np.array([(0xC2, 0x41, 0x3A), (0xF2, 0xCF, 0x63), (0x2F, 0x9E, 0x78)], dtype=np.float64)
    mixed = [np.interp(share, (0, 0.5, 1), ends[:, channel]) for channel in range(3)]
    return "#" + "".join(f"{round(float(each)):02x}" for each in mixed)


def _dot(place: F64) -> str:
    return f'<circle cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="3.5" fill="#1d4ed8"/>'


def _outline(places: F64, colour: str, opacity: float = 1) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polygon points="{points}" fill="{colour}" fill-opacity="{opacity}" stroke="#94a3b8"/>'


def _stroke(ends: F64, colour: str, width: float) -> str:
    (x1, y1), (x2, y2) = ends
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"'
        f' stroke-width="{width}"/>'
    )


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"'
        ' stroke="#ffffff"/>'
    )


def _text(x: float, y: float, words: str, size: int, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" {LETTERS}>'
        f"{escape(words)}</text>"
    )


def _page(width: float, height: float, shapes: Sequence[str]) -> str:
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}">',
            f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
            *shapes,
            "</svg>\n",
        )
    )
