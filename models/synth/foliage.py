"""A tree's crown between the camera and the building that hides part of a fall."""

from dataclasses import dataclass

import cv2
import numpy as np

from models.synth.estate import crown
from models.synth.stage import F32, Stage
from models.synth.texture import Image


@dataclass(frozen=True)
class Crown:
    """Foliage that sways a little."""

    luma: Image
    cover: Image
    left: int
    top: int
    lean_px: float
    period_s: float

    @classmethod
    def over(cls, place: tuple[float, float], size: int, gain: float, random: np.random.Generator) -> "Crown":
        """A crown of `size` pixels about a place in the picture, lit with `gain`."""
        luma, cover = crown(random, size)
        lit = np.clip(luma.astype(np.float32) * gain, 0, 255).astype(np.uint8)
        left, top = round(place[0] - size / 2), round(place[1] - size / 2)
        return cls(lit, cover, left, top, random.uniform(0, 0.02) * size, random.uniform(1.5, 4.0))

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `stage.Actor`."""
        size = self.luma.shape[0]
        swing = self.lean_px * np.sin(2 * np.pi * t_s / self.period_s)
        top, left = max(self.top, 0), max(self.left, 0)
        bottom, right = min(self.top + size, stage.camera.height), min(self.left + size, stage.camera.width)
        if top >= bottom or left >= right:
            return
        move = np.array(
            [[1, 0, self.left - left + swing], [0, 1, self.top - top + swing / 3]], dtype=np.float64
        )
        shape = (right - left, bottom - top)
        luma = np.asarray(cv2.warpAffine(self.luma, move, shape), np.float32)
        share = np.asarray(cv2.warpAffine(self.cover, move, shape), np.float32) / 255
        window = light[top:bottom, left:right]
        window += (luma - window) * share
