"""Painted rectangles in space, drawn through a distorting lens by looking along the ray of each pixel."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.camera import Camera
from models.synth.texture import Canvas, Image

F32 = NDArray[np.float32]
Vector = tuple[float, float, float]

EDGE_POINTS = 12
"""Points on each edge that are projected to bound a rectangle: lenses bend edges."""
COARSEST = 16
RAY_STEP = 8


@dataclass(frozen=True)
class Quad:
    """A painted rectangle."""

    canvas: Canvas
    corner_m: Vector
    """Top left, seen from its front."""
    across_m: Vector
    """From top left to top right."""
    down_m: Vector
    """From top left to bottom left."""
    cover: Image | None = None
    """uint8 (height, width) of the canvas; where it is below 128 one sees through."""


@dataclass
class Film:
    """What has been drawn so far; `lay` adds to it."""

    camera: Camera
    colours: Image
    """uint8 (height, width, 3) BGR, as painted, without light and haze."""
    glow: Image
    """uint8 (height, width)."""
    distance_m: F32
    """float32 (height, width): depth along the optical axis, inf for the sky."""
    rays: F32
    """float32 (height, width, 3): per metre of depth, in the world."""

    @classmethod
    def unexposed(cls, camera: Camera, sky: Image) -> "Film":
        """Sky only."""
        shape = (camera.height, camera.width)
        # Rays bend slowly: every eighth is looked along, those between err by less than 0.01 px.
        x, y = np.meshgrid(
            *(
                np.arange(-RAY_STEP, length + 2 * RAY_STEP, RAY_STEP, dtype=np.float64)
                for length in shape[::-1]
            )
        )
        rays = np.nan_to_num(camera.rays(np.stack([x.ravel(), y.ravel()], axis=1)))
        coarse = (
            (rays / np.maximum(rays @ camera.axes()[2], 1e-6)[:, None])
            .astype(np.float32)
            .reshape(*x.shape, 3)
        )
        step = 1 / RAY_STEP
        to_coarse = np.array([[step, 0, 1], [0, step, 1]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        per_depth = np.asarray(cv2.warpAffine(coarse, to_coarse, shape[::-1], flags=flags), np.float32)
        return cls(camera, sky, np.zeros(shape, np.uint8), np.full(shape, np.inf, np.float32), per_depth)

    def lay(self, quad: Quad) -> None:
        """Draws a rectangle where nothing nearer has been drawn; one that shows its back is drawn too."""
        window = self._window(quad)
        if window is None:
            return
        depth, u, v = self._hits(quad, window)
        inside = (u >= 0) & (u < 1) & (v >= 0) & (v < 1) & (depth > 0.1) & (depth < self.distance_m[window])
        if not inside.any():
            return
        painted, cover = _coarsened(quad, _compression(u, v, inside, quad.canvas))
        height, width = painted.shape[:2]
        map_x, map_y = u * width - 0.5, v * height - 0.5
        drawn = np.asarray(
            cv2.remap(painted, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        )
        if cover is not None:
            through = cv2.remap(cover, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            inside &= np.asarray(through) >= 128
        self.colours[window][inside] = drawn[inside][:, :3]
        self.glow[window][inside] = drawn[inside][:, 3]
        self.distance_m[window][inside] = depth[inside]

    def _window(self, quad: Quad) -> tuple[slice, slice] | None:
        """Rows and columns that the rectangle may touch; the whole film if part of it has no picture."""
        share = np.linspace(0, 1, EDGE_POINTS)
        u = np.concatenate([share, share, np.zeros(EDGE_POINTS), np.ones(EDGE_POINTS)])
        v = np.concatenate([np.zeros(EDGE_POINTS), np.ones(EDGE_POINTS), share, share])
        points = (
            np.array(quad.corner_m)
            + u[:, None] * np.array(quad.across_m)
            + v[:, None] * np.array(quad.down_m)
        )
        pixels, depth = self.camera.project(points)
        height, width = self.distance_m.shape
        if (depth <= 0).all():
            return None
        if not np.isfinite(pixels).all():
            return slice(0, height), slice(0, width)
        x0, y0 = np.maximum(np.floor(pixels.min(axis=0)).astype(int) - 1, 0)
        x1, y1 = np.minimum(np.ceil(pixels.max(axis=0)).astype(int) + 2, [width, height])
        return (slice(y0, y1), slice(x0, x1)) if x0 < x1 and y0 < y1 else None

    def _hits(self, quad: Quad, window: tuple[slice, slice]) -> tuple[F32, F32, F32]:
        """Depth and place on the rectangle (0 to 1 across and down) for each ray of the window."""
        across, down = np.array(quad.across_m), np.array(quad.down_m)
        normal = np.cross(across, down)
        eye = np.array([self.camera.x_m, self.camera.y_m, self.camera.z_m]) - np.array(quad.corner_m)
        axes = np.stack([normal, across / (across @ across), down / (down @ down)], axis=1).astype(np.float32)
        along = self.rays[window] @ axes
        slope = np.where(np.abs(along[..., 0]) > 1e-9, along[..., 0], np.float32(1e-9))
        depth = np.float32(-(eye @ normal)) / slope
        start = eye @ axes
        u, v = start[1] + depth * along[..., 1], start[2] + depth * along[..., 2]
        return depth.astype(np.float32), u.astype(np.float32), v.astype(np.float32)


def _compression(u: F32, v: F32, inside: NDArray[np.bool_], canvas: Canvas) -> float:
    """Painted pixels for each drawn pixel, along one side; the geometric mean of both directions."""
    height, width = canvas.glow.shape
    covered = max(int(inside.sum()), 1)
    span = (float(u[inside].max() - u[inside].min()), float(v[inside].max() - v[inside].min()))
    return float(np.sqrt(max(span[0] * width * span[1] * height, 1.0) / covered))


def _coarsened(quad: Quad, factor: float) -> tuple[Image, Image | None]:
    """The painting with its glow as fourth channel, shrunk so that fine detail makes no moiré."""
    painted = cv2.merge([*cv2.split(quad.canvas.image), quad.canvas.glow])
    cover = quad.cover
    if factor > 1.2:
        height, width = quad.canvas.glow.shape
        factor = min(factor, COARSEST)
        size = (max(1, round(width / factor)), max(1, round(height / factor)))
        painted = cv2.resize(painted, size, interpolation=cv2.INTER_AREA)
        cover = (
            None
            if cover is None
            else np.asarray(cv2.resize(cover, size, interpolation=cv2.INTER_AREA), np.uint8)
        )
    return np.asarray(painted, np.uint8), cover
