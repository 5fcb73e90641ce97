"""How things fly: gravity, quadratic drag against moving air, flutter, ledges that they bounce off.

Drag on a tumbling body: half the density of air times c A / m, with c of 0.5 (sphere) to 1.2 (plate),
Hoerner, Fluid-Dynamic Drag, ch. 3, and A the mean projection, a quarter of the surface (Cauchy).
Midpoint integration, 10 ms a step.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.synth.fall import AIR_DENSITY_KG_M3, GRAVITY_M_S2

Floats = NDArray[np.float64]

STEP_S = 0.01
"""At 40 m/s and k = 0.1 1/m the midpoint rule errs by less than 2 mm a second."""
CALM_BELOW_M = 40.0
"""Height at which `Wind.mean_m_s` is meant; it follows (y / 40 m)^0.22 (EN 1991-1-4, terrain III to IV)."""
SHEAR = 0.22


def drag_per_m(coefficient: float, surface_m2: float, mass_kg: float) -> float:
    """The k of dv/dt = g - k |v| v for a tumbling convex body, 1/m."""
    return 0.5 * AIR_DENSITY_KG_M3 * coefficient * surface_m2 / 4 / mass_kg


@dataclass(frozen=True)
class Wind:
    """Air that moves: a mean with gusts as a few sines."""

    mean_m_s: tuple[float, float, float] = (0.0, 0.0, 0.0)
    gust_share: float = 0.0
    """Amplitude of each gust relative to the mean."""
    periods_s: tuple[float, ...] = (1.3, 2.9, 6.7)
    phase: float = 0.0

    def at(self, t_s: float, height_m: Floats) -> Floats:
        """float64 (n, 3): velocity of the air at these heights, float64 (n,)."""
        gust = sum(
            np.sin(2 * np.pi * t_s / period + self.phase * (i + 1)) for i, period in enumerate(self.periods_s)
        )
        shear = np.clip(height_m / CALM_BELOW_M, 0.02, 4) ** SHEAR
        result: Floats = np.array(self.mean_m_s) * (1 + self.gust_share * gust) * shear[:, None]
        return result


@dataclass(frozen=True)
class Flutter:
    """A sideways push that swings, as paper and cloth show."""

    acceleration_m_s2: float = 0.0
    hertz: float = 1.0
    heading_rad: float = 0.0
    phase: float = 0.0

    def at(self, t_s: float) -> Floats:
        """float64 (3,): the push, horizontal."""
        push = self.acceleration_m_s2 * np.sin(2 * np.pi * self.hertz * t_s + self.phase)
        return np.array([push * np.cos(self.heading_rad), 0.0, push * np.sin(self.heading_rad)])


@dataclass(frozen=True)
class Ledge:
    """A horizontal plate that stops or throws back what falls onto it: a canopy, a sill."""

    height_m: float
    x_m: tuple[float, float]
    z_m: tuple[float, float]
    restitution: float = 0.3
    outward_m_s: float = 0.0
    """Added at each bounce: canopies slope outwards."""


@dataclass(frozen=True)
class Flight:
    """Where bodies are from their release on."""

    path_m: NDArray[np.float32]
    """float32 (steps, n, 3)."""
    landed_s: Floats
    """float64 (n,): seconds after the release at which each reached the ground; inf if it did not."""

    @property
    def impact_m_s(self) -> float | None:
        """Speed of the first body just before it reached the ground; None if it did not."""
        step = round(float(self.landed_s[0]) / STEP_S) if np.isfinite(self.landed_s[0]) else 0
        if step < 3:
            return None
        moved = self.path_m[step - 1, 0].astype(np.float64) - self.path_m[step - 2, 0]
        return float(np.linalg.norm(moved)) / STEP_S

    @property
    def duration_s(self) -> float:
        """How long the path is known."""
        return (len(self.path_m) - 1) * STEP_S

    def at(self, since_s: Floats) -> Floats:
        """float64 (m, n, 3): positions at these times after the release, held at the path's ends."""
        index = np.clip(since_s / STEP_S, 0, len(self.path_m) - 1)
        low = np.minimum(index.astype(int), max(len(self.path_m) - 2, 0))
        high = np.minimum(low + 1, len(self.path_m) - 1)
        share = (index - low)[:, None, None]
        result: Floats = self.path_m[low] * (1 - share) + self.path_m[high] * share
        return result


@dataclass(frozen=True)
class Air:
    """What a flight passes through."""

    wind: Wind = Wind()
    flutter: Flutter = Flutter()
    ledges: tuple[Ledge, ...] = ()


def fly(release_m: Floats, velocity_m_s: Floats, drag: Floats, duration_s: float, air: Air = Air()) -> Flight:
    """Bodies that leave together.

    Args:
        release_m: float64 (n, 3), y up, the ground at y = 0.
        velocity_m_s: float64 (n, 3), at the release.
        drag: float64 (n,), k in dv/dt = g - k |v - w| (v - w), 1/m.
        duration_s: How long to follow them, if they do not land before.
        air: Wind, flutter, ledges.

    Returns:
        Their flight; what reaches the ground stays there.
    """
    position, velocity = release_m.astype(np.float64).copy(), velocity_m_s.astype(np.float64).copy()
    landed = np.full(len(position), np.inf)
    path = [position.astype(np.float32)]
    for step in range(1, max(2, int(np.ceil(duration_s / STEP_S)) + 1)):
        t_s = (step - 1) * STEP_S
        half = velocity + STEP_S / 2 * _acceleration(velocity, position, drag, t_s, air)
        force = _acceleration(half, position + STEP_S / 2 * velocity, drag, t_s + STEP_S / 2, air)
        moved = position + STEP_S * half
        velocity = velocity + STEP_S * force
        for ledge in air.ledges:
            _bounce(ledge, position, moved, velocity)
        down = moved[:, 1] <= 0
        landed[down & np.isinf(landed)] = step * STEP_S
        moved[down, 1], velocity[down] = 0.0, 0.0
        position = np.where(np.isfinite(landed)[:, None] & ~down[:, None], position, moved)
        path.append(position.astype(np.float32))
        if np.isfinite(landed).all():
            break
    return Flight(np.stack(path), landed)


def _acceleration(velocity: Floats, position: Floats, drag: Floats, t_s: float, air: Air) -> Floats:
    through = velocity - air.wind.at(t_s, position[:, 1])
    speed = np.sqrt((through**2).sum(axis=1))
    result: Floats = -(drag * speed)[:, None] * through + air.flutter.at(t_s)
    result[:, 1] -= GRAVITY_M_S2
    return result


def _bounce(ledge: Ledge, before: Floats, after: Floats, velocity: Floats) -> None:
    """Throws back, in place, what passed the plate from above in this step."""
    over = (after[:, 0] >= ledge.x_m[0]) & (after[:, 0] <= ledge.x_m[1])
    over &= (after[:, 2] >= ledge.z_m[0]) & (after[:, 2] <= ledge.z_m[1])
    hit = over & (before[:, 1] >= ledge.height_m) & (after[:, 1] < ledge.height_m)
    if not hit.any():
        return
    after[hit, 1] = ledge.height_m
    velocity[hit, 1] *= -ledge.restitution
    velocity[hit, 0] *= 0.6
    velocity[hit, 2] = 0.5 * velocity[hit, 2] + ledge.outward_m_s
