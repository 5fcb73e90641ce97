"""Noise of the sensor, and what the camera's own cleaning leaves of it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.illumination import Light

F32 = NDArray[np.float32]
Image = NDArray[np.uint8]

FIELDS = 5
STIRRED = 12.0
SHIFT_PX = 48
"""Fields of noise are reused at random places: no two frames show the same."""


@dataclass(frozen=True)
class Noise:
    """Noise whose deviation follows the brightness of the still picture."""

    fields: tuple[F32, ...]
    """float32 (height + SHIFT_PX, width + SHIFT_PX), deviation 1."""
    deviation: F32
    """float32 (height, width), grey levels."""

    @classmethod
    def of(cls, still: F32, light: Light, random: np.random.Generator) -> "Noise":
        """Read noise everywhere and shot noise, both after gamma.

        A linear signal s has the deviation √s; coded with exponent g it is g s^(g-½) (delta method), which
        is nearly flat for g = 0.45 and rises in the dark where read noise takes over.
        """
        height, width = still.shape
        linear = np.maximum(still / 255, 0.02) ** (1 / 0.45)
        shot = light.noise_shot * (linear / 0.22) ** (0.45 - 0.5)
        read = light.noise_read * np.minimum((linear / 0.03) ** (0.45 - 1.0), 1.6)
        smooth = random.uniform(0.0, 0.8)
        fields = []
        for _ in range(FIELDS):
            field = random.standard_normal((height + SHIFT_PX, width + SHIFT_PX), dtype=np.float32)
            if smooth > 0.3:
                field = np.asarray(cv2.GaussianBlur(field, (0, 0), smooth), np.float32)
                field /= np.float32(field[:200].std())
            fields.append(field)
        return cls(tuple(fields), np.sqrt(shot**2 + read**2).astype(np.float32))

    def expose(self, light: F32, random: np.random.Generator) -> Image:
        """The picture as the sensor gives it, uint8."""
        height, width = light.shape
        field = self.fields[int(random.integers(len(self.fields)))]
        down, right = (int(v) for v in random.integers(0, SHIFT_PX, 2))
        noise = cv2.multiply(self.deviation, field[down : down + height, right : right + width])
        return np.asarray(cv2.add(light, noise, dtype=cv2.CV_8U), np.uint8)


def steadied(picture: Image, last: Image | None, share: float) -> Image:
    """What the camera's temporal noise reduction makes of a picture: faint things that move leave less.

    Args:
        picture: uint8 (height, width), as the sensor gives it.
        last: The frame before as it was given out; None for the first.
        share: Part of it that is kept where nothing changes, 0 to 1.

    Returns:
        uint8 (height, width). Where the change, averaged over 3 x 3 pixels, passes `STIRRED` grey levels,
        little of the frame before is kept.
    """
    if last is None or share <= 0:
        return picture
    change = cv2.blur(cv2.absdiff(picture, last), (3, 3))
    kept = cv2.LUT(change, (share * np.exp(-((np.arange(256) / STIRRED) ** 2))).astype(np.float32))
    back = cv2.multiply(cv2.subtract(last, picture, dtype=cv2.CV_32F), kept)
    return np.asarray(cv2.add(picture, back, dtype=cv2.CV_8U), np.uint8)
