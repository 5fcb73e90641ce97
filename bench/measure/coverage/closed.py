"""Cases whose watched area follows from a formula: one flat wall, one camera, one thing that limits it.

The wall runs east along y = 0 and is seen from the south; falls pass 0.3 m before it. Angles, distances and
lenses are odd numbers on purpose, so that no limit falls on the edge of a cell.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import atan, cos, radians, sin, sqrt, tan
from typing import Any, Final

import numpy as np

Thing = dict[str, Any]
NAME: Final = {"zh": "试", "en": "Try"}
SIZE: Final = (3840, 2160)
FOCAL: Final = 2000.0
WIDE: Final = SIZE[0] / 2 / FOCAL
HIGH: Final = SIZE[1] / 2 / FOCAL
ANY: Final = 1e-6
"""As a share of the fall: one step of it suffices."""
SLICES: Final = 20_001


@dataclass(frozen=True)
class Case:
    """watched_m2: of a wall `length_m` long and `height_m` high, as the formula has it."""

    name: str
    estate: Thing
    watched_m2: float


def cases() -> list[Case]:
    """All of them."""
    return [
        make()
        for make in (_level, _turned, _coarse, _steep, _behind_a_wall, _behind_a_tree, _masked, _barrel)
    ]


def _level() -> Case:
    """A rectangle: as broad as the lens, as high as it sees, and down to the ground."""
    away, height = 20.37, 9.13
    area = 2 * WIDE * away * (height + HIGH * away)
    return Case("level view", _estate((60, 30), _camera(away, height), fall_share=1, cell_m=0.1), area)


def _turned() -> Case:
    """A trapezoid: where the wall is farther, more of it fits into the picture."""
    away, height, yaw, across = 20.0, 5.0, 35.0, 10.0
    left = across + away * tan(radians(yaw) - atan(WIDE))
    xs = np.linspace(left, 60, SLICES)
    area = _integral(lambda x: height + HIGH * _depth(x - across, away, yaw), xs)
    camera = _camera(away, height, across=across, yaw=yaw)
    return Case("turned aside", _estate((60, 33), camera, fall_share=1, cell_m=0.1), area)


def _coarse() -> Case:
    """The same, up to the distance at which a metre spans 60 px: all along one upright line at once."""
    away, height, yaw, across = 20.0, 5.0, 35.0, 10.0
    left = across + away * tan(radians(yaw) - atan(WIDE))
    right = across + (FOCAL / 60 - away * cos(radians(yaw))) / sin(radians(yaw))
    area = _integral(
        lambda x: height + HIGH * _depth(x - across, away, yaw), np.linspace(left, right, SLICES)
    )
    camera = _camera(away, height, across=across, yaw=yaw)
    return Case("too coarse", _estate((60, 33), camera, fall_share=1, cell_m=0.1, spans_px=6), area)


def _steep() -> Case:
    """Up to where a metre along the wall spans 30 px: f √(d² + x² sin² p) = 30 z², z the depth."""
    away, height, pitch, focal = 12.0, 1.5, 50.0, 1800.0
    s, c = sin(radians(pitch)), cos(radians(pitch))
    xs = np.linspace(-15, 15, SLICES)
    area = _integral(
        lambda x: height + (np.sqrt(focal * np.sqrt(away**2 + x**2 * s**2) / 30) - away * c) / s, xs
    )
    camera = _camera(away, height, across=15, pitch=pitch, focal=focal, size=(12_000, 12_000))
    return Case("too steep", _estate((30, 36), camera, fall_share=1, cell_m=0.2, step_m=0.2), area)


def _behind_a_wall() -> Case:
    """All but the shadow of a thin wall, thrown from its near side."""
    away, height, near = 30.0, 1.5, 10.0
    camera = _camera(away, height, focal=1000, size=(9000, 9000))
    line = [[26.03, -0.3 - away + near], [34.03, -0.3 - away + near]]
    wall = {"kind": "wall", "line": line, "height_m": 6, "thickness_m": 0.02}
    scale = away / (near - 0.01)
    shadow = 8 * scale * (height + (6 - height) * scale)
    estate = _estate((60, 30), camera, occluders=[wall], fall_share=ANY, cell_m=0.2, step_m=0.2)
    return Case("behind a wall", estate, 60 * 30 - shadow)


def _behind_a_tree() -> Case:
    """All but what lies between the two tangents to a crown that is higher than every line of sight."""
    away, height, near, radius = 30.0, 1.5, 10.0, 2.9
    camera = _camera(away, height, focal=1000, size=(9000, 9000))
    tree = {
        "kind": "tree",
        "at": [30.0, -0.3 - away + near],
        "radius_m": radius,
        "height_m": 60,
        "trunk_m": 0,
    }
    shadow = 2 * away * radius / sqrt(near**2 - radius**2) * 30
    estate = _estate((60, 30), camera, occluders=[tree], fall_share=ANY, cell_m=0.1)
    return Case("behind a tree", estate, 60 * 30 - shadow)


def _masked() -> Case:
    """The level view without a rectangle of the picture."""
    away, height = 20.37, 9.13
    camera = _camera(away, height)
    camera["masks"] = [[[0.21, 0.11], [0.43, 0.11], [0.43, 0.63], [0.21, 0.63]]]
    seen = 2 * WIDE * away * (height + HIGH * away)
    masked = (0.22 * 2 * WIDE * away) * (0.52 * 2 * HIGH * away)
    return Case("masked", _estate((60, 30), camera, fall_share=ANY, cell_m=0.1), seen - masked)


def _barrel() -> Case:
    """The picture's rectangle straightened: r (1 + k r²) is its edge in every direction."""
    away, height, k = 14.7, 21.0, -0.06
    around = np.linspace(0, 2 * np.pi, SLICES)
    with np.errstate(divide="ignore"):
        edge = np.minimum(WIDE / np.abs(np.cos(around)), HIGH / np.abs(np.sin(around)))
    radius = edge.copy()
    for _ in range(50):
        radius -= (radius * (1 + k * radius**2) - edge) / (1 + 3 * k * radius**2)
    area = _integral(lambda _: away**2 * radius**2 / 2, around)
    camera = _camera(away, height, distortion=[k])
    return Case("barrel", _estate((60, 42), camera, fall_share=ANY, cell_m=0.2, step_m=0.2), area)


def _depth(beside: Any, away: float, yaw: float) -> Any:
    return beside * sin(radians(yaw)) + away * cos(radians(yaw))


def _integral(height: Callable[[Any], Any], xs: Any) -> float:
    return float(np.trapezoid(height(xs), xs))


def _camera(
    away: float,
    height: float,
    *,
    across: float = 30.0,
    yaw: float = 0,
    pitch: float = 0,
    focal: float = FOCAL,
    size: tuple[int, int] = SIZE,
    distortion: list[float] | None = None,
) -> Thing:
    mount = {"x_m": across, "y_m": -0.3 - away, "z_m": height, "yaw_deg": yaw, "pitch_deg": pitch}
    lens = {
        "focal_mm": focal / 1000,
        "sensor_mm": [size[0] / 1000, size[1] / 1000],
        "distortion": distortion or [],
    }
    return {"id": "cam", "name": NAME, "mount": mount, "lens": lens, "resolution": [*size]}


def _estate(
    wall: tuple[int, int], camera: Thing, occluders: list[Thing] | None = None, **coverage: float
) -> Thing:
    length, tall = wall
    building = {
        "id": "b", "footprint": [[0, 0], [length, 0], [length, 10], [0, 10]], "floors": tall // 3,
        "balcony_depth_m": 0,
    }  # fmt: skip
    facade = {
        "id": "f", "building": "b", "name": NAME, "floors": tall // 3, "bays": length // 3,
        "wall": {"building": "b", "edge": 1},
    }  # fmt: skip
    return {
        "id": "try",
        "name": NAME,
        "coverage": {"samples": 1, "step_m": 1.0, **coverage},
        "buildings": [building],
        "occluders": occluders or [],
        "facades": [facade],
        "agents": [{"id": "box", "name": NAME, "cameras": [camera]}],
    }
