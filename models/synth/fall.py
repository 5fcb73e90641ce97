"""How a thrown thing falls: gravity and quadratic drag in still air."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GRAVITY_M_S2 = 9.81
AIR_DENSITY_KG_M3 = 1.2
STEP_S = 1e-3
"""Integration step. At 30 m/s the path's error is far below a millimetre."""


@dataclass(frozen=True)
class Thing:
    """What falls: a body of one colour."""

    name: str
    width_m: float
    height_m: float
    mass_kg: float
    luma: int
    """Brightness, 0 to 255."""
    drag_coefficient: float = 1.0
    """Of a tumbling body: 0.5 (sphere) to 1.2 (plate); Hoerner, Fluid-Dynamic Drag, ch. 3."""
    spin_hz: float = 1.5

    @property
    def drag_per_m(self) -> float:
        """The k of dv/dt = g - k |v| v, 1/m."""
        area_m2 = self.width_m * self.height_m
        return 0.5 * AIR_DENSITY_KG_M3 * self.drag_coefficient * area_m2 / self.mass_kg


def trajectory(release_m: Floats, velocity_m_s: Floats, drag_per_m: float, ground_m: float = 0.0) -> Floats:
    """The path until the ground, one point per millisecond.

    Args:
        release_m: float64 (3,), y up.
        velocity_m_s: float64 (3,), at the release.
        drag_per_m: k in dv/dt = g - k |v| v.
        ground_m: Height at which it ends.

    Returns:
        float64 (n, 3), row i at i milliseconds; semi-implicit Euler.
    """
    # Plain numbers: an array of three costs ten times as much for each of thousands of steps.
    (x, y, z), (right, up, out) = map(float, release_m), map(float, velocity_m_s)
    path = [(x, y, z)]
    while y > ground_m:
        slowed = 1 - STEP_S * drag_per_m * math.sqrt(right * right + up * up + out * out)
        right, up, out = right * slowed, up * slowed - STEP_S * GRAVITY_M_S2, out * slowed
        x, y, z = x + STEP_S * right, y + STEP_S * up, z + STEP_S * out
        path.append((x, y, z))
    return np.array(path)


def at(path: Floats, times_s: Floats) -> Floats:
    """float64 (m, 3): points of a `trajectory` at these times, held at its ends outside of it."""
    index = np.clip(times_s / STEP_S, 0, len(path) - 1)
    low = np.floor(index).astype(int)
    high = np.minimum(low + 1, len(path) - 1)
    share = (index - low)[:, None]
    result: Floats = path[low] * (1 - share) + path[high] * share
    return result
