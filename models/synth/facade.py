"""Paints the front of a high-rise: walls, windows, balconies, what hangs and stands on them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]
"""Blue, green, red."""

PX_PER_M = 40
FLOOR_M = 3.0
BAY_M = 3.6
PARAPET_M = 1.6


@dataclass(frozen=True)
class Facade:
    """A front as it was built."""

    floors: int
    bays: int
    wall: Colour
    accent: Colour
    balcony_bays: tuple[int, ...]
    """Which bays have balconies, counted from the left, from 0."""
    floor_m: float = FLOOR_M
    bay_m: float = BAY_M
    look: str = "tiled"
    """One of `models.synth.front.LOOKS`; the demo's own painter below knows "tiled" only."""

    @property
    def width_m(self) -> float:
        """From edge to edge."""
        return self.bays * self.bay_m

    @property
    def height_m(self) -> float:
        """From the ground to the parapet's top."""
        return self.floors * self.floor_m + PARAPET_M


def paint(facade: Facade, random: np.random.Generator) -> Image:
    """The front seen square on, uint8 (height, width, 3) BGR, 40 px a metre."""
    width, height = _px(facade.width_m), _px(facade.height_m)
    image = _wall((height, width), facade.wall, random)
    for bay in range(facade.bays + 1):
        if bay % 2 == 0:
            _box(image, bay * facade.bay_m - 0.2, 0, 0.4, facade.height_m, facade.accent)
    for floor in range(facade.floors):
        bottom = height - _px(floor * facade.floor_m)
        cv2.rectangle(image, (0, bottom - 5), (width, bottom), _shade(facade.wall, 0.72), -1)
        cv2.line(image, (0, bottom), (width, bottom), _shade(facade.wall, 0.5), 2)
        top_m = facade.height_m - (floor + 1) * facade.floor_m
        for bay in range(facade.bays):
            if bay in facade.balcony_bays:
                _balcony(image, bay * facade.bay_m, top_m, facade, random)
            else:
                _window(image, bay * facade.bay_m, top_m, facade, random)
    _box(image, 0, 0, facade.width_m, 0.35, _shade(facade.accent, 1.1))
    cv2.rectangle(image, (0, _px(0.35)), (width, _px(0.5)), _shade(facade.wall, 0.55), -1)
    return image


def paint_side(facade: Facade, depth_m: float, random: np.random.Generator) -> Image:
    """The narrow side in shadow, same scale: mostly wall with one column of small windows."""
    width, height = _px(depth_m), _px(facade.height_m)
    image = _wall((height, width), _shade(facade.wall, 0.62), random)
    for floor in range(facade.floors):
        top_m = facade.height_m - (floor + 1) * facade.floor_m
        _box(image, depth_m / 2 - 0.5, top_m + 0.9, 1.0, 1.2, (70, 64, 58))
        bottom = height - _px(floor * facade.floor_m)
        cv2.line(image, (0, bottom), (width, bottom), _shade(facade.wall, 0.45), 3)
    return image


def _window(image: Image, left_m: float, top_m: float, facade: Facade, random: np.random.Generator) -> None:
    x, y, width, height = left_m + 0.65, top_m + 0.75, 2.1, 1.6
    _box(image, x - 0.1, y - 0.1, width + 0.2, height + 0.2, (225, 228, 230))
    _glass(image, (x, y, width, height), random)
    _box(image, x + width / 2 - 0.04, y, 0.08, height, (215, 218, 220))
    _box(image, x - 0.15, y + height + 0.1, width + 0.3, 0.1, _shade(facade.wall, 0.8))
    if random.random() < 0.55:
        _air_conditioner(image, x + width + 0.18, top_m + 1.75)


def _glass(image: Image, area: tuple[float, float, float, float], random: np.random.Generator) -> None:
    """Dark rooms, a piece of reflected sky, curtains drawn to different widths."""
    x, y, width, height = area
    top, bottom, left, right = _px(y), _px(y + height), _px(x), _px(x + width)
    tone = random.uniform(0.6, 1.25)
    falling = np.linspace(1.35, 0.75, bottom - top)[:, None, None]
    pane = falling * np.array([96.0, 84.0, 72.0]) * tone
    image[top:bottom, left:right] = np.clip(pane, 0, 255).astype(np.uint8)
    kind = random.random()
    if kind < 0.5:
        curtain: Colour = ((205, 214, 222), (170, 190, 210), (190, 176, 160))[int(random.integers(3))]
        share = random.uniform(0.15, 0.48)
        _box(image, x, y, width * share, height, curtain)
        if random.random() < 0.5:
            _box(image, x + width * (1 - share), y, width * share, height, curtain)
    elif kind < 0.58:
        _box(image, x, y, width, height * random.uniform(0.3, 0.9), (196, 205, 208))


def _balcony(image: Image, left_m: float, top_m: float, facade: Facade, random: np.random.Generator) -> None:
    _box(image, left_m + 0.2, top_m + 0.25, facade.bay_m - 0.4, 2.55, _shade(facade.wall, 0.42))
    _glass(image, (left_m + 0.7, top_m + 0.45, facade.bay_m - 1.4, 1.9), random)
    if random.random() < 0.5:
        colours: tuple[Colour, ...] = ((90, 90, 200), (190, 140, 80), (210, 210, 215), (80, 150, 190))
        at_m = left_m + 0.5
        while at_m < left_m + facade.bay_m - 0.9:
            cloth = colours[int(random.integers(len(colours)))]
            length_m = random.uniform(0.5, 0.95)
            _box(image, at_m, top_m + 0.5, 0.32, length_m, _shade(cloth, random.uniform(0.6, 0.95)))
            at_m += random.uniform(0.4, 0.8)
    _box(image, left_m + 0.1, top_m + 1.75, facade.bay_m - 0.2, 1.1, _shade(facade.accent, 0.95))
    _box(image, left_m + 0.1, top_m + 1.75, facade.bay_m - 0.2, 0.08, (228, 230, 232))
    for step in range(1, 12):
        _box(
            image,
            left_m + 0.1 + step * (facade.bay_m - 0.2) / 12,
            top_m + 1.83,
            0.03,
            0.95,
            _shade(facade.accent, 0.7),
        )


def _air_conditioner(image: Image, left_m: float, top_m: float) -> None:
    _box(image, left_m + 0.05, top_m + 0.08, 0.62, 0.62, (95, 98, 100))
    _box(image, left_m, top_m, 0.62, 0.6, (214, 218, 218))
    centre = (_px(left_m + 0.27), _px(top_m + 0.3))
    cv2.circle(image, centre, _px(0.2), (120, 124, 126), -1, cv2.LINE_AA)
    cv2.circle(image, centre, _px(0.2), (170, 172, 174), 2, cv2.LINE_AA)


def _wall(shape: tuple[int, int], colour: Colour, random: np.random.Generator) -> Image:
    """Tiles and weather: fine grain, and broad vertical streaks that darken downwards."""
    height, width = shape
    grain = random.normal(0, 3, (height, width))
    streaks = cv2.GaussianBlur(random.normal(0, 40, (1, width)), (0, 0), 9)
    streaks = streaks * np.linspace(0.2, 1.0, height)[:, None]
    tiles = np.zeros((height, width))
    tiles[::24, :] = -7
    tiles[:, ::24] = -5
    wall = np.array(colour, dtype=np.float64) + (grain + streaks + tiles)[..., None]
    return np.clip(wall, 0, 255).astype(np.uint8)


def _box(  # noqa: PLR0917 - a rectangle and its colour, in the order everyone knows
    image: Image, left_m: float, top_m: float, width_m: float, height_m: float, colour: Colour
) -> None:
    corner = (_px(left_m + width_m), _px(top_m + height_m))
    cv2.rectangle(image, (_px(left_m), _px(top_m)), corner, colour, -1)


def _shade(colour: Colour, factor: float) -> Colour:
    blue, green, red = (min(255, int(value * factor)) for value in colour)
    return blue, green, red


def _px(length_m: float) -> int:
    return round(length_m * PX_PER_M)
