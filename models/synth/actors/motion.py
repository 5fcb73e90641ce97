"""How things move through the air: paths, gusts, falling with drag; and where in the scene they begin."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.synth.actors.brush import unproject
from models.synth.camera import Camera
from models.synth.fall import GRAVITY_M_S2
from models.synth.stage import Stage

Floats = NDArray[np.float64]
Wind = Callable[[Floats], Floats]
"""Times float64 (n,) → velocity of the air float64 (n, 3), m/s."""

STEP_S = 0.004
"""Integration step of what flies; at 30 m/s an eighth of a metre, well below what a frame shows."""


@dataclass(frozen=True, slots=True)
class Course:
    """A path through the scene, sampled."""

    times_s: Floats
    """float64 (n,), rising."""
    points_m: Floats
    """float64 (n, 3), world."""

    def at(self, t_s: float) -> Floats:
        """float64 (3,); held at its ends outside of its times."""
        return np.array([np.interp(t_s, self.times_s, self.points_m[:, axis]) for axis in range(3)])

    def velocity(self, t_s: float, over_s: float = 0.04) -> Floats:
        """Mean velocity around a time, float64 (3,), m/s."""
        return (self.at(t_s + over_s / 2) - self.at(t_s - over_s / 2)) / over_s

    @property
    def life_s(self) -> tuple[float, float]:
        """When it begins and ends."""
        return float(self.times_s[0]), float(self.times_s[-1])


def gusts(random: np.random.Generator, mean_m_s: float, turbulence: float = 0.5) -> Wind:
    """Horizontal wind with gusts and a little up and down, as a function of time.

    Args:
        random: Source of direction and phases.
        mean_m_s: Mean speed; walls make it blow mostly along them.
        turbulence: Standard deviation relative to the mean; 0.2 on open ground, to 0.6 between houses.

    Returns:
        A sum of seven sines with periods from 0.7 to 12 s on each axis.
    """
    sign = random.choice((-1, 1))
    rates = 2 * np.pi / np.geomspace(0.7, 12, 7)
    phases = random.uniform(0, 2 * np.pi, (3, 7))
    sizes = random.uniform(0.5, 1.5, (3, 7)) * np.sqrt(2 / 7) * turbulence * mean_m_s
    sizes *= np.array([[1.0], [0.5], [0.6]])
    mean = np.array([sign * mean_m_s, 0.0, 0.2 * mean_m_s])

    def wind(times_s: Floats) -> Floats:
        swing: Floats = mean + (sizes * np.sin(rates * times_s[:, None, None] + phases)).sum(axis=2)
        return swing

    return wind


def blowing(wind: Wind, t_s: float) -> Floats:
    """The wind at one time, float64 (3,)."""
    velocity: Floats = wind(np.array([t_s]))[0]
    return velocity


def drift(
    start_m: Floats, velocity_m_s: Floats, terminal_m_s: float, wind: Wind, times_s: tuple[float, float]
) -> Course:
    """The path of what gravity pulls and air drags with the square of its speed through it.

    Args:
        start_m: float64 (3,).
        velocity_m_s: float64 (3,), at the beginning.
        terminal_m_s: Speed at which it falls through still air for long; drag k = g / terminal².
        wind: Velocity of the air.
        times_s: When it starts and how long it is followed.
    """
    begin_s, life_s = times_s
    times = begin_s + np.arange(0, max(life_s, 2 * STEP_S), STEP_S)
    points = np.empty((len(times), 3))
    x, y, z = start_m.tolist()
    u, v, w = velocity_m_s.tolist()
    drag_per_m = GRAVITY_M_S2 / terminal_m_s**2
    # Plain numbers: a thousand small arrays would take fifty times as long.
    for index, (air_u, air_v, air_w) in enumerate(wind(times).tolist()):
        points[index] = x, y, z
        u, v, w = u - air_u, v - air_v, w - air_w
        # The drag is taken implicitly, so that a thing as light as a leaf does not overshoot.
        held = 1 / (1 + STEP_S * drag_per_m * math.sqrt(u * u + v * v + w * w))
        u, v, w = u * held + air_u, (v - STEP_S * GRAVITY_M_S2) * held + air_v, w * held + air_w
        x, y, z = x + STEP_S * u, y + STEP_S * v, z + STEP_S * w
    return Course(times, points)


def seen(camera: Camera, point_m: Floats, margin: float = 0.02) -> bool:
    """Whether a world point lies in the picture, `margin` (of its sides) away from the edge."""
    pixels, depth = camera.project(point_m[None])
    x, y = pixels[0] / (camera.width, camera.height)
    return bool(depth[0] > 0.2 and margin < x < 1 - margin and margin < y < 1 - margin)


def in_view(random: np.random.Generator, camera: Camera, depth_m: float, margin: float = 0.05) -> Floats:
    """A world point float64 (3,) at this depth anywhere in the picture."""
    share = random.uniform(margin, 1 - margin, 2)
    point: Floats = unproject(camera, share[None] * (camera.width, camera.height), depth_m)[0]
    return point


def on_facade(random: np.random.Generator, stage: Stage, margin: float = 0.05) -> Floats:
    """A point float64 (3,) of the front that the camera sees; of a wall 30 m away if there is none."""
    if stage.facade is not None:
        half, top = stage.facade.width_m / 2, stage.facade.height_m
        for _ in range(60):
            point = np.array([random.uniform(-half, half), random.uniform(0.1, 1) * top, 0.05])
            if seen(stage.camera, point, margin):
                return point
    return in_view(random, stage.camera, 30.0, margin)


def wall(stage: Stage) -> Floats | None:
    """Corners of the front, float64 (4, 3) from the lower left on, None without a building."""
    if stage.facade is None:
        return None
    half, top = stage.facade.width_m / 2, stage.facade.height_m
    return np.array([[-half, 0.0, 0.0], [half, 0.0, 0.0], [half, top, 0.0], [-half, top, 0.0]])


def seen_before_wall(stage: Stage, pixel: Floats) -> bool:
    """Whether the front of the building is what the camera sees at a pixel, float64 (2,)."""
    ray = stage.camera.rays(pixel[None])[0]
    if stage.facade is None or not np.isfinite(ray).all() or ray[2] >= 0:
        return False
    hit = np.array([stage.camera.x_m, stage.camera.y_m]) - ray[:2] / ray[2] * stage.camera.z_m
    return bool(abs(hit[0]) <= stage.facade.width_m / 2 and 0 <= hit[1] <= stage.facade.height_m)


def distance_m(stage: Stage) -> float:
    """From the camera to the wall along its optical axis or, if that is far off, level to it; 6 to 120 m."""
    ahead = stage.camera.axes()[2]
    along = stage.camera.z_m / -ahead[2] if ahead[2] < -0.05 else np.inf
    return float(np.clip(along, 6, max(min(120.0, 3 * abs(stage.camera.z_m)), 8)))


def samples(begin_s: float, count: int, step_s: float) -> Floats:
    """Times from `begin_s` on, float64 (count,)."""
    times: Floats = begin_s + np.arange(count, dtype=np.float64) * step_s
    return times


def start_time(random: np.random.Generator, duration_s: float, early: float = 0.6) -> float:
    """When something begins: anywhere in the first part of the clip."""
    return float(random.uniform(0, early * duration_s))
