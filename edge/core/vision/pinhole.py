"""The picture of a point of the facade's space: a pinhole with square pixels, seen through a barrel.

World: metres, x right along the facade from its left edge, y up from the ground, z from the wall outwards.
Picture: pixels, pixel centres at whole numbers, y down. The principal point is the picture's middle.

A camera is nine numbers, so that many cameras that differ a little can be tried at once:
x, y, z of its place in metres; a rotation vector in radians, zero for a level camera that faces the wall; the
logarithm of the focal length in pixels; two numbers of the lens, see `straightened`.
"""

import numpy as np

from edge.core.vision.frame import F64

PARAMETERS = 9
INVERSION_STEPS = 10
FARTHEST = 4.0  # half diagonals from the middle: nothing farther out matters, and Newton's steps stay finite
NEAREST_M = 0.05  # what is nearer, or behind, is drawn as if it stood here: far outside of the picture


def straightened(lens: F64, offset: F64) -> F64:
    """What a pinhole would draw for what the lens draws, both (..., 2), from the middle, in half diagonals.

    lens: (..., 2). r becomes r (1 + a r² + b r⁴): the radial terms of Brown (1966), used from the picture to
    the ray, where barrels need positive terms and never fold.
    """
    square = (offset**2).sum(axis=-1, keepdims=True)
    return np.asarray(offset * (1 + lens[..., :1] * square + lens[..., 1:] * square**2))


def bent(lens: F64, offset: F64) -> F64:
    """The inverse of `straightened`, by Newton's method along the radius."""
    wanted = np.sqrt((offset**2).sum(axis=-1, keepdims=True))
    wanted = np.clip(wanted, 1e-9, FARTHEST)
    a, b = lens[..., :1], lens[..., 1:]
    radius = wanted / np.maximum(1 + a * np.minimum(wanted, 1) ** 2, 0.3)
    for _ in range(INVERSION_STEPS):
        square = radius**2
        slope = np.maximum(1 + 3 * a * square + 5 * b * square**2, 0.3)
        radius = np.clip(
            radius - (radius * (1 + a * square + b * square**2) - wanted) / slope, 1e-9, FARTHEST
        )
    return np.asarray(offset * (radius / wanted))


def axes(turned: F64) -> F64:
    """(..., 3, 3): rows are the picture's right, down and forward in the world, from (..., 3)."""
    angle = np.sqrt((turned**2).sum(axis=-1))[..., None, None]
    x, y, z = (turned[..., i] for i in range(3))
    none = np.zeros_like(x)
    cross = np.stack((none, -z, y, z, none, -x, -y, x, none), axis=-1).reshape(*turned.shape[:-1], 3, 3)
    small = angle < 1e-6
    safe = np.where(small, 1.0, angle)
    first = np.where(small, 1.0, np.sin(safe) / safe)
    second = np.where(small, 0.5, (1 - np.cos(safe)) / safe**2)
    rotation = np.eye(3) + first * cross + second * (cross @ cross)  # Rodrigues' formula
    return np.asarray(rotation * np.array([1.0, -1.0, -1.0]))


def project(camera: F64, world_m: F64, size: tuple[int, int]) -> F64:
    """Pixels (..., n, 2) of points (..., n, 3) seen by cameras (..., 9); size: (width, height)."""
    seen = (world_m - camera[..., None, 0:3]) @ np.swapaxes(axes(camera[..., 3:6]), -1, -2)
    half = _half_diagonal(size)
    depth = np.maximum(seen[..., 2:], NEAREST_M)
    offset = seen[..., :2] / depth * (np.exp(camera[..., 6]) / half)[..., None, None]
    return np.asarray(middle(size) + half * bent(camera[..., None, 7:9], offset))


def depth_m(camera: F64, world_m: F64) -> F64:
    """(n,): how far before the camera (9,) each point (n, 3) lies along its axis; negative behind it."""
    return np.asarray((world_m - camera[0:3]) @ axes(camera[3:6])[2])


def rays(camera: F64, xy_px: F64, size: tuple[int, int]) -> F64:
    """(n, 3): directions in the world, not normed, that a camera (9,) sees at pixels (n, 2)."""
    half = _half_diagonal(size)
    offset = straightened(camera[7:9], (xy_px - middle(size)) / half) * half / np.exp(camera[6])
    return np.asarray(np.column_stack((offset, np.ones(len(offset)))) @ axes(camera[3:6]))


def on_plane(camera: F64, xy_px: F64, size: tuple[int, int], z_m: float | F64 = 0.0) -> F64:
    """(n, 2): x and y in metres where the rays at pixels (n, 2) meet the plane z = z_m; else nan."""
    direction = rays(camera, xy_px, size)
    with np.errstate(divide="ignore", invalid="ignore"):
        way = (z_m - camera[2]) / direction[:, 2]
    way = np.where(np.isfinite(way) & (way > 0), way, np.nan)
    return np.asarray(camera[0:2] + way[:, None] * direction[:, :2])


def middle(size: tuple[int, int]) -> F64:
    """(2,): the principal point."""
    return np.array([(size[0] - 1) / 2, (size[1] - 1) / 2])


def _half_diagonal(size: tuple[int, int]) -> float:
    return float(np.hypot(size[0], size[1])) / 2
