"""Drops that fall again and again from one place: air conditioners, pipes, wet ledges."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.synth.actors.brush import ambient, streaks, tone
from models.synth.actors.motion import on_facade
from models.synth.fall import GRAVITY_M_S2
from models.synth.stage import F32, Actor, Stage

Floats = NDArray[np.float64]

TERMINAL_M_S = 9.0
"""Of drops of 5 mm; Atlas, Srivastava & Sekhon 1973."""
SPLASH_S = 0.08


def fallen_m(since_s: Floats) -> Floats:
    """How far a drop has fallen; quadratic drag: v²/g · ln cosh(g t / v)."""
    return (
        TERMINAL_M_S**2 / GRAVITY_M_S2 * np.log(np.cosh(GRAVITY_M_S2 * np.maximum(since_s, 0) / TERMINAL_M_S))
    )


def falls_for_s(way_m: float) -> float:
    """How long a drop takes to fall so far; the inverse of `fallen_m`."""
    return float(TERMINAL_M_S / GRAVITY_M_S2 * np.arccosh(np.exp(GRAVITY_M_S2 * way_m / TERMINAL_M_S**2)))


@dataclass(frozen=True, slots=True)
class Drips:
    """Drops from one point."""

    spout_m: Floats
    """float64 (3,)."""
    releases_s: Floats
    """float64 (n,), rising."""
    sideways_m: Floats
    """float64 (n, 2): where each leaves, beside the spout, and its speed to the side, m/s."""
    size_m: Floats
    """float64 (n,): diameters."""
    drop_m: float
    """How far below something catches them."""
    reflectance: float

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        bottom_s = falls_for_s(self.drop_m)
        since = t_s - self.releases_s
        near = (since > -stage.exposure_s) & (since < bottom_s + SPLASH_S)
        if not near.any():
            return
        falls = near & (since < bottom_s)
        level = ambient(light)
        if falls.any():
            times = np.stack([since[falls], np.minimum(since[falls] + stage.exposure_s, bottom_s)])
            ends = np.stack([self._points(time, falls) for time in times], axis=1)
            self._streak(light, ends, self.size_m[falls], level, stage)
        hits = near & ~falls
        if hits.any():
            self._splash(light, np.flatnonzero(hits), since, bottom_s, (level, stage))

    def _points(self, since_s: Floats, which: NDArray[np.bool_]) -> Floats:
        place, speed = self.sideways_m[which].T
        points = np.tile(self.spout_m, (len(since_s), 1))
        points[:, 0] += place + speed * np.maximum(since_s, 0)
        points[:, 1] -= fallen_m(since_s)
        return points

    def _streak(self, light: F32, ends_m: Floats, size_m: Floats, level: float, stage: Stage) -> None:
        pixels, depth = stage.camera.project(ends_m.reshape(-1, 3))
        strokes = pixels.reshape(-1, 2, 2)
        distance = float(np.nanmean(depth))
        width = size_m * stage.camera.focal_px / distance
        length = np.linalg.norm(strokes[:, 1] - strokes[:, 0], axis=1)
        contrast = tone(self.reflectance, distance, level, stage) - level
        streaks(
            light,
            strokes,
            np.maximum(width, 0.05),
            contrast * np.minimum(width / np.maximum(length, width), 1),
        )

    def _splash(
        self, light: F32, hits: NDArray[np.int_], since: Floats, bottom_s: float, seen: tuple[float, Stage]
    ) -> None:
        level, stage = seen
        for index in hits:
            age = float(since[index] - bottom_s)
            middle = self.spout_m + np.array([self.sideways_m[index, 0], -self.drop_m, 0.0])
            angles = np.linspace(0.3, np.pi - 0.3, 6)
            reach = 1.2 * age
            ring = middle + np.stack(
                [reach * np.cos(angles), reach * np.sin(angles) - 4.9 * age**2, 0 * angles], axis=1
            )
            ends = np.stack(
                [ring, ring + 0.02 * np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)], axis=1
            )
            self._streak(light, ends, np.full(6, 0.3 * self.size_m[index]), level, stage)


def _size_m(random: np.random.Generator, spout_m: Floats, stage: Stage) -> float:
    """Diameter of what falls, 4 to 25 mm, so that it shows with 1.5 to 25 grey levels if such a size can.

    The drop that hangs from an edge is as big as surface tension holds, 4 to 6 mm; what is bigger is a gush.
    A streak's contrast is its luma times width squared over length.
    """
    _, depth = stage.camera.project(spout_m[None])
    px_per_m = stage.camera.focal_px / max(float(depth[0]), 1.0)
    length_px = 5.0 * stage.exposure_s * px_per_m
    wanted = np.exp(random.uniform(np.log(1.5), np.log(25)))
    width_px = np.sqrt(wanted / 120 * max(length_px, 1.0))
    return float(np.clip(width_px / px_per_m, 0.004, 0.025))


def drips(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 4 spouts with a drop each 0.25 to 4 s, even or in bursts, that falls 1.5 to 30 m at g."""
    spouts: list[Actor] = []
    for _ in range(int(random.integers(1, 5))):
        every = float(np.exp(random.uniform(np.log(0.25), np.log(4))))
        uneven = random.choice([0.02, 0.3])
        count = int((duration_s + 6) / every) + 2
        releases = np.cumsum(every * np.exp(random.normal(0, uneven, count))) - 5
        if random.random() < 0.3:
            # A puddle on a ledge tips over: several drops in a row.
            releases = np.sort(np.concatenate([releases + after for after in (0.0, 0.06, 0.13, 0.25)]))
        spout = on_facade(random, stage) + np.array([0.0, 0.0, random.uniform(0.2, 0.7)])
        size = _size_m(random, spout, stage) * random.uniform(0.9, 1.1, len(releases))
        sideways = np.stack(
            [random.normal(0, 0.02, len(releases)), random.normal(0, 0.05, len(releases))], axis=1
        )
        longest = max(float(spout[1]), 4.0) if stage.facade is not None else 12.0
        spouts.append(
            Drips(
                spout_m=spout,
                releases_s=releases,
                sideways_m=sideways,
                size_m=size,
                drop_m=float(random.uniform(1.5, min(30.0, longest))),
                # A drop in the sun sparkles as a small lens; before a bright wall it is dark.
                reflectance=float(random.choice([0.02, random.uniform(0.8, 4.0)])),
            )
        )
    return spouts
