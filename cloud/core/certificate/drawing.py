"""A certificate's drawings (SVG): a facade's cells, facades by day, the estate's plan."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import cos, radians, sin
from typing import Final

from cloud.core.cell_history import Flags
from cloud.core.certificate.figures import Day, OfFacade
from cloud.core.words import BEIJING

FONT: Final = "'Noto Sans CJK SC'"
INK, FAINT, RED = "#1b2430", "#5d6773", "#c92a2a"
STEPS: Final = (
    (0.9999, "#1f5fbf"),
    (0.99, "#6d9ee0"),
    (0.95, "#c7d9f5"),
    (0.80, "#f5dd9d"),
    (0.0, "#eba24b"),
)
"""Share of the time → colour, from the highest."""
SIZES: Final = ((5.0, "#1f5fbf"), (10.0, "#6d9ee0"), (20.0, "#c7d9f5"))
"""The smallest thing that is found, cm → colour."""
DAYS: Final = ((0.0, "#cfe6d4"), (0.01, "#f5e6ae"), (0.10, "#f0b06a"), (1.0, "#c92a2a"))
"""Up to so much of what could be watched was lost on a day → colour."""
NOTHING_DUE: Final = "#e4e8ed"
CELL_W, CELL_H = 24.0, 10.0
LEFT, BOTTOM, TOP = 34.0, 18.0, 6.0

Fill = Callable[[int, int], str]


def watched(of: OfFacade, floors: Sequence[int], bays: Sequence[int]) -> str:
    """The cells, coloured by the share of the time that each was watched; hatched where never."""

    def fill(row: int, column: int) -> str:
        due = of.due_cells_ms[row][column]
        seen = of.watched_cells_ms[row][column]
        if not due:
            return NOTHING_DUE
        return "url(#never)" if not seen else next(colour for least, colour in STEPS if seen / due >= least)

    return _cells(floors, bays, fill)


def smallest(of: OfFacade, in_view: Flags, floors: Sequence[int], bays: Sequence[int]) -> str:
    """The cells, coloured by the smallest thing of which a fall is found.

    in_view: (R, C), where a camera sees enough, but not finely enough if none watches: hatched.
    """

    def fill(row: int, column: int) -> str:
        size = of.smallest_cm[row][column]
        if size is None:
            return "url(#never)" if in_view[row, column] else RED
        return next((colour for most, colour in SIZES if size <= most), SIZES[-1][1])

    return _cells(floors, bays, fill)


def days(named: Sequence[tuple[str, OfFacade]]) -> str:
    """A row for each facade, a box for each day: how much of what could be watched was lost."""
    begins = sorted({day.begin for _, of in named for day in of.days})
    wide = min(15.0, 470 / max(len(begins), 1))
    left, high = 110.0, 14.0
    parts = []
    for number, (name, of) in enumerate(named):
        y = 22 + number * high
        parts.append(_text(left - 8, y + 10.5, name, anchor="end", size=9.5))
        at = {day.begin: day for day in of.days}
        for column, begin in enumerate(begins):
            if begin in at:
                colour = _lost(at[begin])
                box = (
                    f'x="{left + column * wide:.1f}" y="{y:.1f}" width="{wide - 1.5:.1f}" height="{high - 2}"'
                )
                parts.append(f'<rect {box} rx="1.5" fill="{colour}"/>')
    for column, begin in enumerate(begins):
        local = begin.astimezone(BEIJING)
        if column == 0 or local.day == 1 or (local.day % 5 == 0 and wide * 5 > 30):
            said = f"{local.month}/{local.day}"
            parts.append(
                _text(left + column * wide + wide / 2 - 0.75, 14, said, anchor="middle", size=9, fill=FAINT)
            )
    return _svg(left + len(begins) * wide + 4, 26 + len(named) * high, parts)


def _lost(day: Day) -> str:
    if day.could_ms <= 0:
        return NOTHING_DUE
    lost = 1 - day.watched_ms / day.could_ms
    return next(colour for most, colour in DAYS if lost <= most + 1e-9)


def _cells(floors: Sequence[int], bays: Sequence[int], fill: Fill) -> str:
    height = TOP + len(floors) * CELL_H
    parts = []
    for row, column in ((row, column) for row in range(len(floors)) for column in range(len(bays))):
        x, y = LEFT + column * CELL_W, height - (row + 1) * CELL_H
        box = f'x="{x:.1f}" y="{y:.1f}" width="{CELL_W - 1.5}" height="{CELL_H - 1.5}"'
        parts.append(f'<rect {box} rx="1" fill="{fill(row, column)}"/>')
    for row, name in _numbered(floors):
        y = height - (row + 0.5) * CELL_H + 2.6
        parts.append(_text(LEFT - 5, y, f"{name} 层", anchor="end", size=8, fill=FAINT))
    for column, name in _numbered(bays):
        x = LEFT + (column + 0.5) * CELL_W
        parts.append(_text(x, height + 11, str(name), anchor="middle", size=8, fill=FAINT))
    return _svg(LEFT + len(bays) * CELL_W + 4, height + BOTTOM, parts)


def _numbered(names: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first row or column of each floor or bay that is written: of many, every fifth."""
    firsts = [0, *(number for number, (one, other) in enumerate(pairwise(names), 1) if one != other)]
    few = len(firsts) <= 14
    for number in firsts:
        if few or number == 0 or names[number] % 5 == 0:
            yield number, names[number]


@dataclass(frozen=True, slots=True)
class PlanFacade:
    """A facade's wall on the plan, in metres. certified: whether the certificate speaks of it."""

    name: str
    left_m: tuple[float, float]
    right_m: tuple[float, float]
    certified: bool


@dataclass(frozen=True, slots=True)
class PlanCamera:
    """A camera on the plan. label: its number. yaw_deg: from north, clockwise. across_deg: how broad."""

    label: str
    x_m: float
    y_m: float
    yaw_deg: float
    across_deg: float
    certified: bool


@dataclass(frozen=True, slots=True)
class PlanDrawing:
    """The estate from above, in metres; x east, y north. buildings: name, corners. trees: x, y, radius."""

    buildings: Sequence[tuple[str, Sequence[tuple[float, float]]]]
    trees: Sequence[tuple[float, float, float]]
    walls: Sequence[Sequence[tuple[float, float]]]
    facades: Sequence[PlanFacade]
    cameras: Sequence[PlanCamera]


def plan(of: PlanDrawing) -> str:
    """North is up; what the certificate speaks of is drawn strongly."""
    corners = [
        *(corner for _, each in of.buildings for corner in each),
        *(corner for each in of.walls for corner in each),
        *((camera.x_m, camera.y_m) for camera in of.cameras),
    ] or [(0.0, 0.0), (10.0, 10.0)]
    west, east = min(x for x, _ in corners) - 8, max(x for x, _ in corners) + 8
    south, north = min(y for _, y in corners) - 8, max(y for _, y in corners) + 8
    scale = 900 / max(east - west, (north - south) * 1.3)

    def at(x: float, y: float) -> tuple[float, float]:
        return (x - west) * scale, (north - y) * scale

    height = (north - south) * scale
    parts = [*_ground(of, at, scale), *_sides(of, at), *_watchers(of, at), *_scale(scale, height)]
    return _svg((east - west) * scale, height + 34, parts)


At = Callable[[float, float], tuple[float, float]]


def _ground(of: PlanDrawing, at: At, scale: float) -> Iterator[str]:
    for x, y, radius in of.trees:
        cx, cy = at(x, y)
        crown = f'cx="{cx:.1f}" cy="{cy:.1f}" r="{radius * scale:.1f}"'
        yield f'<circle {crown} fill="#d7e8d3" stroke="#a9c8a2"/>'
    for line in of.walls:
        yield f'<polyline points="{_points(at, line)}" fill="none" stroke="#9aa5b1" stroke-width="2"/>'
    for name, corners in of.buildings:
        yield f'<polygon points="{_points(at, corners)}" fill="#e4e8ed" stroke="#8592a0"/>'
        x, y = at(sum(c[0] for c in corners) / len(corners), sum(c[1] for c in corners) / len(corners))
        yield _text(x, y + 5, name, anchor="middle", size=14, fill="#8592a0")


def _sides(of: PlanDrawing, at: At) -> Iterator[str]:
    for side in sorted(of.facades, key=lambda side: side.certified):
        (x1, y1), (x2, y2) = at(*side.left_m), at(*side.right_m)
        style = 'stroke="#1f5fbf" stroke-width="6"' if side.certified else 'stroke="#8592a0" stroke-width="2"'
        ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        yield f'<line {ends} {style} stroke-linecap="round"/>'


def _watchers(of: PlanDrawing, at: At) -> Iterator[str]:
    for camera in sorted(of.cameras, key=lambda camera: camera.certified):
        x, y = at(camera.x_m, camera.y_m)
        colour = RED if camera.certified else "#9aa5b1"
        half, long = min(camera.across_deg / 2, 80.0), 46.0
        ends = [_beside(x, y, camera.yaw_deg + turn, long) for turn in (-half, half)]
        (x1, y1), (x2, y2) = ends
        cone = f"M{x:.1f} {y:.1f}L{x1:.1f} {y1:.1f}A{long} {long} 0 0 1 {x2:.1f} {y2:.1f}Z"
        if camera.certified:
            yield f'<path d="{cone}" fill="{RED}" fill-opacity="0.1" stroke="{RED}" stroke-opacity="0.5"/>'
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}" stroke="#fff"/>'
        if camera.certified:
            lx, ly = _beside(x, y, camera.yaw_deg + 150, 13)
            yield _text(lx, ly + 4.5, camera.label, anchor="middle", size=12.5, fill=RED, bold=True)


def _scale(scale: float, height: float) -> Iterator[str]:
    way = f"M6 {height + 22:.1f}h{50 * scale:.1f}m0 -5v10M6 {height + 17:.1f}v10"
    yield f'<path d="{way}" stroke="{INK}" fill="none"/>'
    yield _text(14 + 50 * scale, height + 27, "50 米    上为北", size=13)


def _beside(x: float, y: float, yaw_deg: float, far: float) -> tuple[float, float]:
    return x + far * sin(radians(yaw_deg)), y - far * cos(radians(yaw_deg))


def _points(at: At, corners: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*corner) for corner in corners))


def _text(
    x: float,
    y: float,
    said: str,
    *,
    anchor: str = "start",
    size: float = 10,
    fill: str = INK,
    bold: bool = False,
) -> str:
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{fill}"{weight}>'
        f"{escape(said)}</text>"
    )


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}"'
        f' viewBox="0 0 {width:.0f} {height:.0f}" font-family="{FONT}">'
        '<defs><pattern id="never" width="4" height="4" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect width="4" height="4" fill="#fff"/>'
        f'<rect width="2" height="4" fill="{RED}"/></pattern></defs>{"".join(parts)}</svg>'
    )
