"""Surfaces made of noise: nothing built is clean."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
F32 = NDArray[np.float32]
Colour = tuple[int, int, int]
"""Blue, green, red."""


def fractal(random: np.random.Generator, shape: tuple[int, int], cells: int, fall_off: float = 0.6) -> F32:
    """Smooth noise of mean 0 and deviation about 1.

    Args:
        random: Where its chance comes from.
        shape: Rows and columns.
        cells: Blobs across the longer side in the coarsest octave.
        fall_off: Each octave's strength relative to the one before, which is half as fine.

    Returns:
        float32 of that shape.
    """
    height, width = shape
    total = np.zeros(shape, np.float32)
    weight, square = 1.0, 0.0
    while cells <= max(shape) and square < 1e6 and weight > 0.05:
        rows = max(2, round(cells * height / max(shape)) + 1)
        columns = max(2, round(cells * width / max(shape)) + 1)
        coarse = random.standard_normal((rows, columns), dtype=np.float32)
        total += weight * np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))
        square += weight**2
        weight *= fall_off
        cells *= 2
    return total / np.float32(np.sqrt(max(square, 1e-9)) * 0.7)


def grain(random: np.random.Generator, shape: tuple[int, int], deviation: float) -> F32:
    """Noise without any grain size, float32 of that shape; a tile of it is repeated to save time."""
    tile = random.standard_normal((min(shape[0], 512), min(shape[1], 512)), dtype=np.float32) * deviation
    repeats = (-(-shape[0] // tile.shape[0]), -(-shape[1] // tile.shape[1]))
    return np.tile(tile, repeats)[: shape[0], : shape[1]]


def streaks(random: np.random.Generator, shape: tuple[int, int], deviation: float) -> F32:
    """What rain leaves on a wall: dark vertical runs that begin and end anywhere, float32 of that shape."""
    height, width = shape
    run = fractal(random, (max(2, height // 24), width), max(8, width // 6), 0.75)
    return np.asarray(cv2.resize(run, (width, height), interpolation=cv2.INTER_LINEAR)) * np.float32(
        deviation
    )


@dataclass(frozen=True)
class Canvas:
    """A wall seen square on that is painted in metres from its top left corner."""

    image: Image
    """uint8 (height, width, 3) BGR."""
    glow: Image
    """uint8 (height, width): light of its own, seen at dusk and at night."""
    px_per_m: float

    @classmethod
    def blank(cls, width_m: float, height_m: float, px_per_m: float, colour: Colour) -> "Canvas":
        """A wall of one colour without any light."""
        shape = (max(2, round(height_m * px_per_m)), max(2, round(width_m * px_per_m)))
        return cls(np.full((*shape, 3), colour, np.uint8), np.zeros(shape, np.uint8), px_per_m)

    def box(self, area_m: tuple[float, float, float, float], colour: Colour, glow: int = 0) -> None:
        """A filled rectangle: left, top, width, height in metres."""
        left, top, right, bottom = self.pixels(area_m)
        if right > left and bottom > top:
            self.image[top:bottom, left:right] = colour
            self.glow[top:bottom, left:right] = glow

    def pixels(self, area_m: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of the rectangle in pixels, inside the canvas, at least one pixel wide."""
        left, top = round(area_m[0] * self.px_per_m), round(area_m[1] * self.px_per_m)
        right = max(left + 1, round((area_m[0] + area_m[2]) * self.px_per_m))
        bottom = max(top + 1, round((area_m[1] + area_m[3]) * self.px_per_m))
        height, width = self.glow.shape
        return max(left, 0), max(top, 0), min(right, width), min(bottom, height)

    def roughen(self, change: F32) -> None:
        """Adds float32 (height, width) grey levels to all colours."""
        self.image[:] = cv2.add(self.image, cv2.merge([change] * 3), dtype=cv2.CV_8U)


def shade(colour: Colour, factor: float) -> Colour:
    """The colour, that much lighter or darker."""
    blue, green, red = (min(255, max(0, int(value * factor))) for value in colour)
    return blue, green, red
