"""Where a point of the world lies in the picture: the pinhole camera of the renderer.

World: metres, x right along the facade, y up from the ground, z from the facade towards the camera.
Picture: pixels, origin top left, x right, y down, pixel centres at whole numbers.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


CURVE_POINTS = 20_000
"""Points of the lens's curve that `undistorted` interpolates: errs by less than 1e-4 px at 4K."""


@dataclass(frozen=True)
class Camera:
    """A camera that stands still.

    Distortion: with r the distance from the principal point in focal lengths before the lens, a point is
    drawn at r (1 + k1 r² + k2 r⁴); barrel has k1 < 0. Brown, Photogrammetric Engineering 32 (1966) 444,
    radial terms.
    """

    width: int
    height: int
    focal_px: float
    x_m: float
    y_m: float
    z_m: float
    pitch_deg: float
    """Upwards from the horizontal."""
    yaw_deg: float = 0.0
    """To the right of the facade's normal."""
    k1: float = 0.0
    k2: float = 0.0
    roll_deg: float = 0.0
    """Clockwise, seen from behind the camera: the horizon then falls to the left."""

    @property
    def centre_px(self) -> Floats:
        """float64 (2,): the principal point, the middle of the picture."""
        return np.array([(self.width - 1) / 2, (self.height - 1) / 2])

    @property
    def reach(self) -> float:
        """Largest r before the lens that still has a picture: beyond it the lens would fold back."""
        # Smallest positive root in r² of 1 + 3 k1 r² + 5 k2 r⁴, the slope of the lens's curve.
        discriminant = 9 * self.k1**2 - 20 * self.k2
        if discriminant < 0:
            return float("inf")
        divisor = -3 * self.k1 + float(np.sqrt(discriminant))
        return float(np.sqrt(2 / divisor)) if divisor > 1e-12 else float("inf")

    def axes(self) -> Floats:
        """float64 (3, 3): rows are the picture's right, up and forward directions in the world."""
        pitch, yaw = np.radians(self.pitch_deg), np.radians(self.yaw_deg)
        forward = np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), -np.cos(yaw) * np.cos(pitch)])
        level = np.array([np.cos(yaw), 0.0, np.sin(yaw)])
        up, roll = np.cross(level, forward), np.radians(self.roll_deg)
        right, top = np.cos(roll) * level - np.sin(roll) * up, np.sin(roll) * level + np.cos(roll) * up
        return np.stack([right, top, forward])

    def project(self, world_m: Floats) -> tuple[Floats, Floats]:
        """Points in the picture and their depth.

        Args:
            world_m: float64 (n, 3).

        Returns:
            Pixels float64 (n, 2), and depth along the optical axis in metres, float64 (n,). Points at or
            behind the camera, or beyond the lens's reach, have no picture: their pixels are not finite.
        """
        seen = (world_m - np.array([self.x_m, self.y_m, self.z_m])) @ self.axes().T
        depth = seen[:, 2]
        scale = self.focal_px / np.where(depth > 0, depth, np.nan)
        ideal = self.centre_px + np.stack([seen[:, 0] * scale, -seen[:, 1] * scale], axis=1)
        return self.distorted(ideal), depth

    def distorted(self, ideal_px: Floats) -> Floats:
        """Where the lens draws what a pinhole would draw at `ideal_px`, both float64 (n, 2)."""
        if self.k1 == 0 and self.k2 == 0:
            return ideal_px
        offset = ideal_px - self.centre_px
        square = (offset**2).sum(axis=1) / self.focal_px**2
        stretch = np.where(square <= self.reach**2, 1 + self.k1 * square + self.k2 * square**2, np.nan)
        result: Floats = self.centre_px + offset * stretch[:, None]
        return result

    def undistorted(self, pixels: Floats) -> Floats:
        """The inverse of `distorted`, float64 (n, 2); what lies beyond the lens's reach is not finite."""
        if self.k1 == 0 and self.k2 == 0:
            return pixels
        offset = pixels - self.centre_px
        drawn = np.hypot(offset[:, 0], offset[:, 1]) / self.focal_px
        # Radial, so one curve serves all points; it is walked from before the lens, where it is exact.
        reach = min(self.reach, 4.0 * float(drawn.max(initial=0.1)))
        radius = np.linspace(0, reach, CURVE_POINTS)
        bent = radius * (1 + self.k1 * radius**2 + self.k2 * radius**4)
        straight = np.interp(drawn, bent, radius, right=np.nan)
        ratio = np.where(drawn > 0, straight / np.maximum(drawn, 1e-12), 1.0)
        result: Floats = self.centre_px + offset * ratio[:, None]
        return result

    def rays(self, pixels: Floats) -> Floats:
        """float64 (n, 3): unit directions in the world that are seen at these pixels, float64 (n, 2)."""
        offset = (self.undistorted(pixels) - self.centre_px) / self.focal_px
        seen = np.stack([offset[:, 0], -offset[:, 1], np.ones(len(offset))], axis=1)
        result: Floats = (seen / np.linalg.norm(seen, axis=1, keepdims=True)) @ self.axes()
        return result

    def enlarged(self, factor: int) -> "Camera":
        """The same view with `factor` times as many pixels each way."""
        return replace(
            self,
            width=self.width * factor,
            height=self.height * factor,
            focal_px=self.focal_px * factor,
        )
