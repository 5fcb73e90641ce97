"""Paints fronts of high-rises in several ways of building, with what people hang, keep and mount there."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from models.synth.facade import Facade
from models.synth.texture import Canvas, Colour, fractal, grain, shade, streaks

CLOTHES: tuple[Colour, ...] = (
    (90, 90, 200),
    (190, 140, 80),
    (215, 215, 220),
    (80, 150, 190),
    (60, 60, 70),
    (150, 170, 120),
)
CURTAINS: tuple[Colour, ...] = (
    (205, 214, 222),
    (170, 190, 210),
    (190, 176, 160),
    (120, 130, 160),
    (225, 225, 225),
)
FRAME: Colour = (205, 208, 210)


@dataclass(frozen=True)
class Cell:
    """One bay of one floor: where its top left corner lies on the canvas."""

    canvas: Canvas
    facade: Facade
    left_m: float
    top_m: float
    lit_share: float
    """How likely a window is lit."""

    def box(self, area_m: tuple[float, float, float, float], colour: Colour, glow: int = 0) -> None:
        """A filled rectangle, its left and top from the cell's corner."""
        x, y, width, height = area_m
        self.canvas.box((self.left_m + x, self.top_m + y, width, height), colour, glow)


Painter = Callable[[Cell, np.random.Generator], None]


def paint(facade: Facade, px_per_m: float, lit_share: float, random: np.random.Generator) -> Canvas:
    """The whole front square on.

    Args:
        facade: What was built; its `look` says how.
        px_per_m: Scale of the painting.
        lit_share: Part of the windows that are lit.
        random: Decides what people keep where.

    Returns:
        A canvas of the facade's size; `glow` holds the lit windows.
    """
    canvas = Canvas.blank(facade.width_m, facade.height_m, px_per_m, facade.wall)
    shape = canvas.glow.shape
    ground, cell_painter = LOOKS[facade.look]
    ground(canvas, facade, random)
    for floor in range(facade.floors):
        top_m = facade.height_m - (floor + 1) * facade.floor_m
        for bay in range(facade.bays):
            cell_painter(Cell(canvas, facade, bay * facade.bay_m, top_m, lit_share), random)
    dirt = fractal(random, shape, 10) * 5 + grain(random, shape, 3.0)
    if facade.look != "glass":
        dirt += streaks(random, shape, random.uniform(2, 9))
    canvas.roughen(dirt)
    return canvas


def _tiles(canvas: Canvas, facade: Facade, random: np.random.Generator) -> None:
    """Small tiles with joints, darker bands at the floors, now and then a column in another colour."""
    step = max(3, round(0.6 * canvas.px_per_m))
    canvas.image[::step, :] = shade(facade.wall, 0.95)
    canvas.image[:, ::step] = shade(facade.wall, 0.96)
    for floor in range(facade.floors):
        bottom_m = facade.height_m - floor * facade.floor_m
        canvas.box((0, bottom_m - 0.14, facade.width_m, 0.12), shade(facade.wall, 0.72))
        canvas.box((0, bottom_m - 0.02, facade.width_m, 0.05), shade(facade.wall, 0.5))
    every = int(random.integers(1, 4))
    for bay in range(0, facade.bays + 1, every):
        canvas.box((bay * facade.bay_m - 0.2, 0, 0.4, facade.height_m), facade.accent)


def _bricks(canvas: Canvas, facade: Facade, random: np.random.Generator) -> None:
    """Courses of brick, each brick a little different."""
    height, width = canvas.glow.shape
    rows, columns = max(2, int(facade.height_m / 0.15)), max(2, int(facade.width_m / 0.25))
    bricks = random.standard_normal((rows, columns), dtype=np.float32) * 9
    canvas.roughen(np.asarray(cv2.resize(bricks, (width, height), interpolation=cv2.INTER_NEAREST)))
    for floor in range(facade.floors):
        canvas.box((0, facade.height_m - floor * facade.floor_m - 0.25, facade.width_m, 0.25), facade.accent)


def _panels(canvas: Canvas, facade: Facade, random: np.random.Generator) -> None:
    """Concrete slabs: joints at each floor and bay, every slab of its own grey."""
    height, width = canvas.glow.shape
    slabs = random.standard_normal((facade.floors + 1, facade.bays), dtype=np.float32) * 6
    canvas.roughen(np.asarray(cv2.resize(slabs, (width, height), interpolation=cv2.INTER_NEAREST)))
    for floor in range(facade.floors):
        canvas.box(
            (0, facade.height_m - floor * facade.floor_m, facade.width_m, 0.06), shade(facade.wall, 0.55)
        )
    for bay in range(facade.bays + 1):
        canvas.box((bay * facade.bay_m, 0, 0.06, facade.height_m), shade(facade.wall, 0.6))


def _mirror(canvas: Canvas, facade: Facade, random: np.random.Generator) -> None:
    """A curtain wall: sky with clouds, and the dark outline of what stands opposite, reflected in panes."""
    height, width = canvas.glow.shape
    sky = np.linspace(random.uniform(150, 215), random.uniform(90, 150), height, dtype=np.float32)[:, None]
    mirrored = sky + fractal(random, (height, width), 3, 0.55) * 26
    skyline = fractal(random, (1, width), 4, 0.5)[0] * 0.12 + random.uniform(0.25, 0.55)
    blocks = np.repeat(skyline[:: max(1, width // 9)], max(1, width // 9))[:width]
    outline = np.resize(blocks, width) * height
    opposite = np.arange(height)[:, None] > height - outline
    mirrored = np.where(opposite, mirrored * 0.5 + 20, mirrored)
    # Panes are never quite parallel: each shows a piece that is shifted a little.
    pane = (facade.floor_m / 2, facade.bay_m / 3)
    rows, columns = int(facade.height_m / pane[0]) + 1, int(facade.width_m / pane[1]) + 1
    shift = random.normal(0, 0.35 * canvas.px_per_m, (2, rows, columns)).astype(np.float32)
    tilt = [np.asarray(cv2.resize(s, (width, height), interpolation=cv2.INTER_NEAREST)) for s in shift]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    seen = cv2.remap(
        mirrored.astype(np.float32), x + tilt[0], y + tilt[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    tone = np.array(facade.wall, np.float32) / max(facade.wall)
    canvas.image[:] = np.clip(seen[..., None] * tone, 0, 255).astype(np.uint8)


def _curtain_wall(cell: Cell, random: np.random.Generator) -> None:
    """Mullions over the reflection; a window ajar, a blind, a lamp."""
    bay, floor = cell.facade.bay_m, cell.facade.floor_m
    mullion = shade(cell.facade.accent, 0.8)
    for third in range(3):
        left = third * bay / 3
        chance = random.random()
        if chance < 0.05:
            cell.box((left, floor * 0.5, bay / 3, floor * 0.4), (70, 64, 58))
        elif chance < 0.16:
            cell.box((left, 0.1, bay / 3, floor * random.uniform(0.2, 0.8)), (178, 182, 180))
        if random.random() < cell.lit_share:
            cell.box((left, 0.1, bay / 3, floor * 0.85), (150, 165, 175), int(random.integers(70, 180)))
        cell.box((left, 0, 0.07, floor), mullion)
    cell.box((0, floor - 0.35, bay, 0.3), shade(cell.facade.accent, 0.55))
    cell.box((0, floor / 2, bay, 0.06), mullion)


def _window_cell(cell: Cell, random: np.random.Generator) -> None:
    """A window with frame, sill and often an air conditioner; a deep balcony where the plan has one."""
    bay, floor = cell.facade.bay_m, cell.facade.floor_m
    number = round(cell.left_m / bay)
    if number in cell.facade.balcony_bays:
        cell.box((0.15, 0.2, bay - 0.3, floor - 0.4), shade(cell.facade.wall, 0.42))
        _pane(cell, (0.6, 0.4, bay - 1.2, floor - 0.9), random)
        _laundry(cell, 0.4, bay - 0.5, 0.45, random)
        return
    width, height = bay * 0.55, floor * 0.5
    x, y = (bay - width) / 2, floor * 0.27
    cell.box((x - 0.1, y - 0.1, width + 0.2, height + 0.2), FRAME)
    _pane(cell, (x, y, width, height), random)
    cell.box((x + width / 2 - 0.04, y, 0.08, height), FRAME)
    cell.box((x - 0.15, y + height + 0.1, width + 0.3, 0.1), shade(cell.facade.wall, 0.8))
    if random.random() < 0.5:
        _air_conditioner(cell, (x + width + 0.1, floor * 0.55), random)
    if random.random() < 0.25:
        _cage(cell, (x - 0.12, y - 0.1, width + 0.24, height + 0.35))


def _caged_cell(cell: Cell, random: np.random.Generator) -> None:
    """An old block: glazed or barred balconies over the whole bay, washing, boxes, plants."""
    bay, floor = cell.facade.bay_m, cell.facade.floor_m
    kind = random.random()
    cell.box((0.1, 0.25, bay - 0.2, floor - 0.5), shade(cell.facade.wall, random.uniform(0.3, 0.5)))
    _pane(cell, (0.25, 0.35, bay - 0.5, floor * 0.5), random)
    if random.random() < 0.6:
        _laundry(cell, 0.3, bay - 0.4, 0.35, random)
    for _ in range(int(random.integers(0, 4))):
        colour = CLOTHES[int(random.integers(len(CLOTHES)))]
        cell.box(
            (random.uniform(0.2, bay - 0.8), floor * 0.5, random.uniform(0.2, 0.6), floor * 0.2),
            shade(colour, 0.7),
        )
    cell.box(
        (0.1, floor * 0.62, bay - 0.2, floor * 0.3), shade(cell.facade.accent, random.uniform(0.7, 1.05))
    )
    if kind < 0.5:
        _cage(cell, (0.1, 0.25, bay - 0.2, floor * 0.68))
    elif kind < 0.8:
        for pane in range(4):
            left = 0.1 + pane * (bay - 0.2) / 4
            cell.box((left, 0.25, 0.07, floor * 0.4), FRAME)
        cell.box((0.1, 0.25 + floor * 0.37, bay - 0.2, 0.08), FRAME)
    if random.random() < 0.5:
        _air_conditioner(cell, (random.uniform(0.1, bay - 0.9), floor * 0.72), random)


def _pane(cell: Cell, area_m: tuple[float, float, float, float], random: np.random.Generator) -> None:
    """A dark room, a piece of reflected sky, curtains drawn to different widths, a lamp."""
    x, y, width, height = area_m
    glow = int(random.integers(60, 200)) if random.random() < cell.lit_share else 0
    left, top, right, bottom = cell.canvas.pixels((cell.left_m + x, cell.top_m + y, width, height))
    if right <= left or bottom <= top:
        return
    falling = np.linspace(1.4, 0.7, bottom - top)[:, None, None] * random.uniform(0.5, 1.35)
    pane = np.clip(falling * np.array([96.0, 84.0, 72.0]), 0, 255)
    cell.canvas.image[top:bottom, left:right] = pane.astype(np.uint8)
    cell.canvas.glow[top:bottom, left:right] = glow
    kind = random.random()
    if kind < 0.5:
        curtain = CURTAINS[int(random.integers(len(CURTAINS)))]
        share = random.uniform(0.15, 0.48)
        cell.box((x, y, width * share, height), curtain, glow * 2 // 3)
        if random.random() < 0.5:
            cell.box((x + width * (1 - share), y, width * share, height), curtain, glow * 2 // 3)
    elif kind < 0.6:
        cell.box((x, y, width, height * random.uniform(0.3, 0.9)), (196, 205, 208), glow * 2 // 3)


def _laundry(cell: Cell, left_m: float, right_m: float, top_m: float, random: np.random.Generator) -> None:
    if random.random() < 0.5:
        return
    at_m = left_m
    while at_m < right_m - 0.4:
        cloth = CLOTHES[int(random.integers(len(CLOTHES)))]
        cell.box(
            (at_m, top_m, random.uniform(0.2, 0.5), random.uniform(0.4, 1.0)),
            shade(cloth, random.uniform(0.6, 1.0)),
        )
        at_m += random.uniform(0.3, 0.9)


def _cage(cell: Cell, area_m: tuple[float, float, float, float]) -> None:
    """A burglar cage: thin bars, closer than a hand."""
    x, y, width, height = area_m
    bars = max(3, round(width / 0.16))
    colour = shade(cell.facade.accent, 0.75)
    for bar in range(bars + 1):
        cell.box((x + bar * width / bars, y, 0.03, height), colour)
    for rail in (0.0, 0.5, 1.0):
        cell.box((x, y + rail * height, width, 0.04), colour)


def _air_conditioner(cell: Cell, corner_m: tuple[float, float], random: np.random.Generator) -> None:
    x, y = corner_m
    tone = random.uniform(0.75, 1.05)
    cell.box((x + 0.05, y + 0.08, 0.75, 0.6), (85, 88, 90))
    cell.box((x, y, 0.75, 0.55), shade((210, 214, 214), tone))
    cell.box((x + 0.08, y + 0.08, 0.4, 0.4), shade((120, 124, 126), tone))
    cell.box((x + 0.14, y + 0.14, 0.28, 0.28), shade((165, 168, 170), tone))


Ground = Callable[[Canvas, Facade, np.random.Generator], None]
LOOKS: dict[str, tuple[Ground, Painter]] = {
    "tiled": (_tiles, _window_cell),
    "glass": (_mirror, _curtain_wall),
    "brick": (_bricks, _window_cell),
    "panel": (_panels, _window_cell),
    "caged": (_tiles, _caged_cell),
    "old": (_panels, _caged_cell),
}
