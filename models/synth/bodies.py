"""What is thrown: shapes, weights and how they look while they tumble."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.flight import Flutter, drag_per_m

Floats = NDArray[np.float64]
Range = tuple[float, float]
SHAPE_POINTS = 48


@dataclass(frozen=True)
class Kind:
    """A sort of thing; ranges are from smallest to largest."""

    shape: str
    """box, round or tube."""
    long_m: Range
    wide_share: Range
    """Second extent relative to the first."""
    deep_share: Range
    """Third extent relative to the first."""
    mass_kg: Range
    """Grows with the size within the range."""
    coefficient: float = 1.0
    """Of drag, tumbling: Hoerner, Fluid-Dynamic Drag, ch. 3."""
    spin_hz: Range = (0.3, 4.0)
    flutter_m_s2: float = 0.0
    glint: float = 0.0
    """Share of its turns in which it mirrors the sky."""


KINDS: dict[str, Kind] = {
    "bottle": Kind("tube", (0.2, 0.34), (0.28, 0.36), (0.28, 0.36), (0.03, 1.1), 0.9, (0.5, 5), glint=0.12),
    "can": Kind("tube", (0.11, 0.17), (0.5, 0.6), (0.5, 0.6), (0.015, 0.4), 0.9, (0.5, 6), glint=0.15),
    "brick": Kind("box", (0.2, 0.28), (0.45, 0.5), (0.2, 0.28), (1.8, 3.2), 1.1, (0.3, 3)),
    "fruit": Kind("round", (0.07, 0.24), (0.85, 1.0), (0.85, 1.0), (0.12, 4.0), 0.5, (0.2, 2)),
    "carton": Kind("box", (0.3, 0.7), (0.6, 0.9), (0.4, 0.8), (0.4, 6.0), 1.1, (0.2, 1.8)),
    "bag": Kind("round", (0.3, 0.6), (0.7, 0.95), (0.6, 0.9), (0.5, 6.0), 0.8, (0.1, 1.5)),
    "shoe": Kind("box", (0.24, 0.31), (0.35, 0.42), (0.3, 0.45), (0.2, 0.6), 1.0, (0.5, 5)),
    "flower_pot": Kind("tube", (0.16, 0.4), (0.8, 1.1), (0.8, 1.1), (1.0, 12.0), 0.8, (0.1, 2)),
    "paper_ball": Kind("round", (0.07, 0.16), (0.8, 1.0), (0.8, 1.0), (0.005, 0.03), 0.6, (0.5, 4)),
    "book": Kind("box", (0.2, 0.3), (0.65, 0.8), (0.08, 0.2), (0.25, 1.3), 1.1, (0.5, 4)),
    "cloth": Kind("box", (0.4, 1.2), (0.5, 0.9), (0.08, 0.3), (0.12, 0.8), 1.1, (0.1, 0.8), flutter_m_s2=3.0),
}
LIQUIDS = ("water", "kitchen_waste")


@dataclass(frozen=True)
class Body:
    """One thing with its size and its turning drawn."""

    hull_m: Floats
    """float64 (n, 3): points whose convex hull it is, about its middle."""
    axis: Floats
    """float64 (3,): unit axis that it turns about."""
    spin_hz: float
    phase: float
    drag_per_m: float
    flutter: Flutter
    glint: float
    mass_kg: float

    @property
    def extent_m(self) -> float:
        """Side of a square as large as its mean projection (Cauchy: a quarter of the surface)."""
        spread = np.ptp(self.hull_m, axis=0)
        return float(np.sqrt(_surface(spread) / 4))

    def outline(self, since_s: float) -> Floats:
        """float64 (n, 2): its points as seen along one direction, metres, x right, y down."""
        turn, _ = cv2.Rodrigues(self.axis * (2 * np.pi * self.spin_hz * since_s + self.phase))
        result: Floats = (self.hull_m @ np.asarray(turn, np.float64).T)[:, :2]
        return result

    def shine(self, since_s: float) -> float:
        """Factor on its grey level: faces differ, and smooth ones glint once a turn."""
        turn = self.spin_hz * since_s + self.phase / (2 * np.pi)
        glints = self.glint > 0 and turn % 1.0 < self.glint
        return 1.0 + 0.12 * float(np.sin(2 * np.pi * turn)) + (0.5 if glints else 0.0)


def draw_body(name: str, random: np.random.Generator) -> Body:
    """One of `KINDS`, at random within its ranges."""
    kind = KINDS[name]
    share = random.uniform()
    size = np.array([1.0, random.uniform(*kind.wide_share), random.uniform(*kind.deep_share)])
    size *= kind.long_m[0] + share * (kind.long_m[1] - kind.long_m[0])
    # Mass follows the cube of the size within the range, and how full it is the rest.
    mass = kind.mass_kg[0] + (kind.mass_kg[1] - kind.mass_kg[0]) * share**2 * random.uniform(0.2, 1.0)
    axis = random.standard_normal(3)
    heading, hertz = random.uniform(0, 2 * np.pi), random.uniform(0.5, 1.6)
    flutter = Flutter(
        kind.flutter_m_s2 * random.uniform(0.3, 1.2), hertz, heading, random.uniform(0, 2 * np.pi)
    )
    return Body(
        _hull(kind.shape) * size,
        axis / np.linalg.norm(axis),
        random.uniform(*kind.spin_hz),
        random.uniform(0, 2 * np.pi),
        drag_per_m(kind.coefficient, _surface(size), mass),
        flutter,
        kind.glint,
        mass,
    )


def _surface(size_m: Floats) -> float:
    """Of a body between box and ellipsoid with these extents, m²."""
    a, b, c = (float(value) for value in size_m)
    return 1.75 * (a * b + b * c + c * a)


def _hull(shape: str) -> Floats:
    """Points of a shape with extents 1, about its middle."""
    if shape == "box":
        corners = np.stack(np.meshgrid([-0.5, 0.5], [-0.5, 0.5], [-0.5, 0.5]), axis=-1)
        return corners.reshape(-1, 3).astype(np.float64)
    if shape == "tube":
        angle = np.arange(12) * np.pi / 6
        ring = np.stack([np.zeros(12), np.cos(angle) / 2, np.sin(angle) / 2], axis=1)
        return np.concatenate([ring + np.array([end, 0, 0]) for end in (-0.5, 0.5)])
    index = np.arange(SHAPE_POINTS) + 0.5
    polar, azimuth = np.arccos(1 - 2 * index / SHAPE_POINTS), np.pi * (1 + 5**0.5) * index
    sphere = [np.cos(azimuth) * np.sin(polar), np.sin(azimuth) * np.sin(polar), np.cos(polar)]
    return np.stack(sphere, axis=1) / 2
