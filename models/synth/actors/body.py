"""A thing made of flat parts that moves through the scene, smeared over the exposure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.synth.actors.brush import Shape, ambient, fill, tone, window
from models.synth.actors.motion import Course
from models.synth.camera import Camera
from models.synth.stage import F32, Stage

Floats = NDArray[np.float64]

SMEAR_STEP_PX = 1.5
MOST_MOMENTS = 12
FAR_PX = 20000.0


class Part(NamedTuple):
    """A flat piece in the world."""

    corners_m: Floats
    """float64 (k, 3)."""
    reflectance: float
    glow: float = 0.0
    """Luma that it gives off by itself."""


Figure = Callable[[float], list[Part]]
"""Time in seconds → parts, back to front."""


@dataclass(frozen=True, slots=True)
class Body:
    """An actor that is a figure during its life."""

    figure: Figure
    life_s: tuple[float, float]
    soft_px: float = 0.6
    opacity: float = 1.0
    kind: str = ""
    """"thrown_up" for what goes up from the ground and comes down; else nothing that the truth tells."""
    course: Course | None = None
    """Where its middle is, for the truth."""

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        begin, end = self.life_s
        if not begin <= t_s < end:
            return
        level = ambient(light)
        first, last = (self._shapes(t_s + after, level, stage) for after in (0.0, stage.exposure_s))
        if not first or not last:
            return
        ends = np.concatenate([shape.corners_px for shape in (*first, *last)])
        if window(light, ends, 0.5 * float(np.ptp(ends, axis=0).max()) + 4) is None:
            return
        moved = _moved(first, last)
        count = int(np.clip(np.ceil(moved / SMEAR_STEP_PX), 1, MOST_MOMENTS))
        between = [
            self._shapes(t_s + stage.exposure_s * (index + 0.5) / count, level, stage)
            for index in range(count)
        ]
        fill(light, between, self.soft_px, self.opacity)

    def _shapes(self, t_s: float, level: float, stage: Stage) -> list[Shape]:
        parts = self.figure(t_s)
        if not parts:
            return []
        pixels, depth = stage.camera.project(np.concatenate([part.corners_m for part in parts]))
        if not np.isfinite(pixels).all() or np.abs(pixels).max() > FAR_PX:
            return []
        cuts = np.cumsum([len(part.corners_m) for part in parts])[:-1]
        distance = float(depth.mean())
        return [
            Shape(corners, tone(part.reflectance, distance, level, stage) + part.glow)
            for part, corners in zip(parts, np.split(pixels, cuts), strict=True)
        ]

    def where(self, t_s: float, stage: Stage) -> tuple[float, float] | None:
        """Its middle in the picture, x and y in pixels, at the middle of the exposure; None if not there."""
        begin, end = self.life_s
        if self.course is None or not begin <= t_s < end:
            return None
        pixels, depth = stage.camera.project(self.course.at(t_s + stage.exposure_s / 2)[None])
        return (float(pixels[0, 0]), float(pixels[0, 1])) if depth[0] > 0 else None


def _moved(first: list[Shape], last: list[Shape]) -> float:
    """How far the farthest corner goes, pixels; a figure may change its number of corners."""
    start = np.concatenate([shape.corners_px for shape in first])
    stop = np.concatenate([shape.corners_px for shape in last])
    if start.shape != stop.shape:
        return float(np.abs(start.mean(axis=0) - stop.mean(axis=0)).max())
    return float(np.abs(start - stop).max())


def facing(camera: Camera, middle_m: Floats, outline_m: Floats) -> Floats:
    """A flat outline (k, 2) (right, up) turned towards the camera around a world point, float64 (k, 3)."""
    right, up, _ = camera.axes()
    turned: Floats = middle_m + outline_m[:, :1] * right + outline_m[:, 1:] * up
    return turned


def standing(middle_m: Floats, outline_m: Floats) -> Floats:
    """A flat outline (k, 2) (right, up) in a plane parallel to the facade, float64 (k, 3)."""
    placed: Floats = middle_m + np.stack([outline_m[:, 0], outline_m[:, 1], np.zeros(len(outline_m))], axis=1)
    return placed


def box(left: float, bottom: float, width: float, height: float) -> Floats:
    """An upright rectangle's outline, float64 (4, 2)."""
    return np.array(
        [
            [left, bottom],
            [left + width, bottom],
            [left + width, bottom + height],
            [left, bottom + height],
        ]
    )


def disc(radius: float, corners: int = 16, squeeze: float = 1.0) -> Floats:
    """A circle's or ellipse's outline, float64 (corners, 2)."""
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    outline: Floats = np.stack([radius * np.cos(turn), radius * squeeze * np.sin(turn)], axis=1)
    return outline
