"""What is built where: towers with balconies and canopies as painted rectangles, the ground, hedges."""

from dataclasses import dataclass

import cv2
import numpy as np

from models.synth.facade import Facade
from models.synth.front import paint
from models.synth.raster import Quad
from models.synth.texture import Canvas, Colour, Image, fractal, grain, shade

PIECE_FLOORS = 4
"""A front is cut into pieces so high: far above, its painting must be coarser than near the ground."""
SIDE_M = 14.0
GROUND_M = 120.0


@dataclass(frozen=True)
class Tower:
    """A building; its front's foot in the middle lies at (x_m, 0, z_m), parallel to the plane z = 0."""

    facade: Facade
    x_m: float = 0.0
    z_m: float = 0.0
    balcony_m: float = 0.0
    """How far the balconies of `facade.balcony_bays` stand out; 0: they are recessed."""
    canopy_m: tuple[float, float, float, float] | None = None
    """Left, right, height and depth of a canopy over the entrance."""


def quads(tower: Tower, px_per_m: float, lit_share: float, random: np.random.Generator) -> list[Quad]:
    """Everything of a tower that can be seen from before it."""
    facade = tower.facade
    front = paint(facade, px_per_m, lit_share, random)
    half, top = facade.width_m / 2, facade.height_m
    pieces = _pieces(front, tower)
    narrow = Facade(
        facade.floors,
        3,
        shade(facade.wall, 0.66),
        shade(facade.accent, 0.66),
        (),
        facade.floor_m,
        SIDE_M / 3,
        "panel",
    )
    for sign in (-1.0, 1.0):
        canvas = paint(narrow, min(px_per_m, 16.0), lit_share, random)
        corner = (tower.x_m + sign * half, top, tower.z_m if sign > 0 else tower.z_m - SIDE_M)
        pieces.append(Quad(canvas, corner, (0.0, 0.0, -sign * SIDE_M), (0.0, -top, 0.0)))
    if tower.balcony_m > 0:
        pieces += _balconies(tower, px_per_m, random)
    if tower.canopy_m:
        pieces += _canopy(tower, random)
    return pieces


def _pieces(front: Canvas, tower: Tower) -> list[Quad]:
    facade = tower.facade
    rows = front.glow.shape[0]
    step = max(2, round(PIECE_FLOORS * facade.floor_m * front.px_per_m))
    found = []
    for row in range(0, rows, step):
        end = min(row + step, rows)
        part = Canvas(front.image[row:end], front.glow[row:end], front.px_per_m)
        y = facade.height_m * (1 - row / rows)
        corner = (tower.x_m - facade.width_m / 2, y, tower.z_m)
        found.append(
            Quad(part, corner, (facade.width_m, 0, 0), (0, -facade.height_m * (end - row) / rows, 0))
        )
    return found


def _balconies(tower: Tower, px_per_m: float, random: np.random.Generator) -> list[Quad]:
    """Boxes that stand out: slab from below, parapet or bars in front, cheeks."""
    facade, deep = tower.facade, tower.balcony_m
    long = facade.bay_m - 0.3
    barred = random.random() < 0.4
    rails = [_rail(facade, long, px_per_m, random, barred=barred) for _ in range(5)]
    slab = _plain(long, deep, shade(facade.wall, 0.45), random)
    found = []
    for floor in range(1, facade.floors):
        for bay in facade.balcony_bays:
            left, base = tower.x_m - facade.width_m / 2 + bay * facade.bay_m + 0.15, floor * facade.floor_m
            canvas, cover = rails[int(random.integers(len(rails)))]
            front = (left, base + 1.1, tower.z_m + deep)
            found.append(Quad(slab, (left, base, tower.z_m + deep), (long, 0, 0), (0, 0, -deep)))
            found.append(Quad(canvas, front, (long, 0, 0), (0, -1.25, 0), cover))
            found.extend(
                Quad(canvas, (left + x, base + 1.1, tower.z_m), (0, 0, deep), (0, -1.25, 0), cover)
                for x in (0.0, long)
            )
    return found


def _rail(
    facade: Facade, long_m: float, px_per_m: float, random: np.random.Generator, *, barred: bool
) -> tuple[Canvas, Image | None]:
    colour = shade(facade.accent, random.uniform(0.75, 1.1))
    canvas = Canvas.blank(long_m, 1.25, px_per_m, colour)
    canvas.roughen(fractal(random, canvas.glow.shape, 4) * 6)
    canvas.box((0, 0, long_m, 0.08), shade(colour, 1.3))
    canvas.box((0, 1.1, long_m, 0.15), shade(facade.wall, 0.8))
    if not barred:
        return canvas, None
    cover = np.zeros(canvas.glow.shape, np.uint8)
    holes = Canvas(np.zeros((*cover.shape, 3), np.uint8), cover, px_per_m)
    for bar in np.arange(0, long_m, 0.14):
        holes.box((float(bar), 0, 0.05, 1.25), (0, 0, 0), 255)
    holes.box((0, 0, long_m, 0.08), (0, 0, 0), 255)
    holes.box((0, 1.0, long_m, 0.25), (0, 0, 0), 255)
    return canvas, cover


def _canopy(tower: Tower, random: np.random.Generator) -> list[Quad]:
    assert tower.canopy_m is not None
    left, right, height, deep = tower.canopy_m
    long, z = right - left, tower.z_m
    tone = shade((150, 150, 150), random.uniform(0.6, 1.3))
    flat = _plain(long, deep, tone, random)
    edge = _plain(long, 0.4, shade(tone, 0.8), random)
    under = _plain(long, deep, shade(tone, 0.4), random)
    return [
        Quad(flat, (left, height, z), (long, 0, 0), (0, 0, deep)),
        Quad(edge, (left, height, z + deep), (long, 0, 0), (0, -0.4, 0)),
        Quad(under, (left, height - 0.4, z + deep), (long, 0, 0), (0, 0, -deep)),
    ]


def _plain(width_m: float, height_m: float, colour: Colour, random: np.random.Generator) -> Canvas:
    canvas = Canvas.blank(width_m, height_m, 20.0, colour)
    canvas.roughen(fractal(random, canvas.glow.shape, 4) * 9 + grain(random, canvas.glow.shape, 4))
    return canvas


def ground(random: np.random.Generator) -> list[Quad]:
    """Paving or grass, and now and then a clipped hedge at the building's foot."""
    green = random.random() < 0.4
    colour: Colour = (60, 92, 74) if green else shade((138, 142, 146), random.uniform(0.6, 1.2))
    canvas = Canvas.blank(GROUND_M, GROUND_M, 6.0, colour)
    canvas.roughen(fractal(random, canvas.glow.shape, 40) * 12 + grain(random, canvas.glow.shape, 9))
    found = [Quad(canvas, (-GROUND_M / 2, 0, -GROUND_M / 4), (GROUND_M, 0, 0), (0, 0, GROUND_M))]
    if random.random() < 0.5:
        found.append(_hedge(random.uniform(2.5, 7.0), random.uniform(1.0, 2.2), random))
    return found


def _hedge(z_m: float, height_m: float, random: np.random.Generator) -> Quad:
    canvas = Canvas.blank(90, height_m, 18.0, (48, 78, 62))
    shape = canvas.glow.shape
    canvas.roughen(fractal(random, shape, 200, 0.8) * 22 + grain(random, shape, 12))
    crest = (fractal(random, (1, shape[1]), 60, 0.7)[0] + 2) * 0.08 * shape[0]
    cover = ((np.arange(shape[0])[:, None] > crest) * np.uint8(255)).astype(np.uint8)
    return Quad(canvas, (-45, height_m, z_m), (90, 0, 0), (0, -height_m, 0), cover)


def crown(random: np.random.Generator, size: int) -> tuple[Image, Image]:
    """Foliage seen from below: luma uint8 (size, size) and its cover, 255 where it hides what is behind."""
    leaves = fractal(random, (size, size), 14, 0.85)
    y, x = np.mgrid[0:size, 0:size] / size - 0.5
    edge = 0.42 + 0.06 * fractal(random, (size, size), 5, 0.7) - np.hypot(x, y)
    cover = np.clip((edge * 9 + leaves * 0.55 + 0.2) * 255, 0, 255).astype(np.uint8)
    luma = np.clip(62 + 30 * leaves + grain(random, (size, size), 10), 8, 190).astype(np.uint8)
    return luma, np.asarray(cv2.GaussianBlur(cover, (0, 0), 0.8), np.uint8)
