"""What light and fire do in the sky: shadows of clouds, fireworks, a low sun through leaves."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.actors.brush import Window, cover, part, streaks, window
from models.synth.actors.motion import distance_m, seen_before_wall, start_time, wall
from models.synth.fall import GRAVITY_M_S2
from models.synth.stage import F32, Actor, Stage

Floats = NDArray[np.float64]

SHADOW_GRID = 24
"""Coarse: the sun's disc (0.5°) blurs a shadow's edge to 9 m a kilometre below the cloud."""


@dataclass(frozen=True, slots=True)
class CloudShadow:
    """A pattern of light and shade that moves over the whole picture."""

    pattern: F32
    """float32 (rows, columns), factor of the light; repeats at its edges."""
    velocity: Floats
    """float64 (2,), cells a second, right and down."""
    wall_m: Floats | None
    """float64 (4, 3): what it falls on; without it on everything seen."""

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        height, width = light.shape
        columns = SHADOW_GRID * width // height + 2
        x = (np.arange(columns, dtype=np.float32) + np.float32(self.velocity[0] * t_s)) % self.pattern.shape[
            1
        ]
        y = (
            np.arange(SHADOW_GRID, dtype=np.float32) + np.float32(self.velocity[1] * t_s)
        ) % self.pattern.shape[0]
        maps = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
        shade = cv2.remap(self.pattern, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        if self.wall_m is not None:
            # Shade lies on the wall, not on the sky; a quarter of the size is enough for its edge.
            corners, _ = stage.camera.project(self.wall_m)
            shade = np.asarray(cv2.resize(shade, (width // 4, height // 4)), np.float32)
            shade = 1 - (1 - shade) * cover(corners / 4, shade.shape)
        cv2.multiply(light, cv2.resize(shade, (width, height), interpolation=cv2.INTER_LINEAR), dst=light)


def cloud_shadow(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """Shadows that cross at 3 to 15 m/s and take 10 to 60 % of the light."""
    del duration_s
    size = (2 * SHADOW_GRID, 4 * SHADOW_GRID)
    noise = np.zeros(size, np.float32)
    for octave in (4, 8):
        tile = random.standard_normal((size[0] // octave, size[1] // octave), np.float32)
        wrapped = np.pad(tile, 2, mode="wrap")
        big = np.asarray(
            cv2.resize(wrapped, None, fx=octave, fy=octave, interpolation=cv2.INTER_CUBIC), np.float32
        )
        noise += octave * big[2 * octave : 2 * octave + size[0], 2 * octave : 2 * octave + size[1]]
    covered = 1 / (1 + np.exp(-(noise - random.normal(0, 2)) / random.uniform(0.6, 3)))
    pattern = 1 - random.uniform(0.1, 0.6) * covered
    cell_m = distance_m(stage) * stage.camera.height / stage.camera.focal_px / SHADOW_GRID
    turn = random.uniform(0, 2 * np.pi)
    velocity = random.uniform(3, 15) / cell_m * np.array([np.cos(turn), np.sin(turn)])
    return [CloudShadow(pattern.astype(np.float32), velocity, wall(stage))]


@dataclass(frozen=True, slots=True)
class Firework:
    """A shell that rises, bursts into sparks that fall and fade, and lights the wall."""

    launch_s: float
    burst_s: float
    burst_m: Floats
    """float64 (3,)."""
    climb_m_s: float
    """At the burst."""
    sparks_m_s: Floats
    """float64 (n, 3), velocities at the burst."""
    drag_per_s: float
    """Sparks are braked nearly in proportion to their speed."""
    lasts_s: Floats
    """float64 (n,)."""
    luma: float
    lights: float
    """Share by which the burst brightens the whole picture."""

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        if self.launch_s <= t_s < self.burst_s:
            ends = np.stack([self._rocket(t_s - 0.12), self._rocket(t_s + stage.exposure_s)])
            self._lines(light, ends[None], np.array([0.7 * self.luma]), stage)
        since = t_s - self.burst_s
        if since < 0 or since > self.lasts_s.max():
            return
        flash = self.lights * float(np.exp(-since / 0.25))
        if flash > 0.005:
            light *= np.float32(1 + flash)
        alive = since < self.lasts_s
        fade = (1 - since / self.lasts_s[alive]) ** 0.7
        # Sparks leave a glowing trace a little longer than the exposure.
        ends = np.stack(
            [self._sparks(max(since - 0.05, 0), alive), self._sparks(since + stage.exposure_s, alive)], axis=1
        )
        self._lines(light, ends, self.luma * fade, stage)

    def _rocket(self, t_s: float) -> Floats:
        left = self.burst_s - t_s
        point: Floats = self.burst_m - np.array(
            [0.0, self.climb_m_s * left + GRAVITY_M_S2 / 2 * left**2, 0.0]
        )
        return point

    def _sparks(self, since_s: float, alive: NDArray[np.bool_]) -> Floats:
        # Linear drag: v(t) = v0 e^-kt towards the terminal speed g / k.
        k = self.drag_per_s
        decayed = (1 - np.exp(-k * since_s)) / k
        points: Floats = self.burst_m + self.sparks_m_s[alive] * decayed
        points[:, 1] -= GRAVITY_M_S2 / k * (since_s - decayed)
        return points

    def _lines(self, light: F32, ends_m: Floats, levels: Floats, stage: Stage) -> None:
        pixels, depth = stage.camera.project(ends_m.reshape(-1, 3))
        strokes = pixels.reshape(-1, 2, 2)
        width = max(1.0, 0.12 * stage.camera.focal_px / max(float(np.median(depth)), 1.0))
        streaks(light, strokes, np.full(len(strokes), width), levels)


def _direction(random: np.random.Generator, stage: Stage) -> tuple[float, Floats]:
    """Distance and direction (unit, float64 (3,)) of a burst; what is behind the building is not chosen."""
    camera, depth = stage.camera, float(distance_m(stage) * random.uniform(0.7, 4))
    away = camera.axes()[2]
    for _ in range(20):
        share = np.array([random.uniform(0, 1), random.uniform(0.0, 0.6)]) * (camera.width, camera.height)
        ray = camera.rays(share[None])[0]
        if np.isfinite(ray).all():
            away = ray
            if depth < distance_m(stage) or not seen_before_wall(stage, share):
                return depth, away
    return 0.8 * distance_m(stage), away


def fireworks(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """2 to 9 shells of 30 to 150 sparks at 8 to 40 m/s, around the building; some rain down gold."""
    camera = stage.camera
    shells: list[Actor] = []
    for _ in range(int(random.integers(2, 10))):
        depth, away = _direction(random, stage)
        count = int(random.integers(30, 150))
        ways = random.normal(0, 1, (count, 3))
        ways *= (
            random.uniform(8, 40)
            * random.uniform(0.85, 1.05, (count, 1))
            / np.linalg.norm(ways, axis=1)[:, None]
        )
        burst = start_time(random, duration_s, 0.95)
        willow = random.random() < 0.3
        shells.append(
            Firework(
                launch_s=burst - float(random.uniform(0.6, 2.5)),
                burst_s=burst,
                burst_m=np.array([camera.x_m, camera.y_m, camera.z_m]) + depth * away,
                climb_m_s=float(random.uniform(2, 12)),
                sparks_m_s=ways,
                drag_per_s=float(random.uniform(1.2, 3.0)),
                lasts_s=random.uniform(0.7, 1.4, count)
                * (random.uniform(2, 4) if willow else random.uniform(0.7, 1.8)),
                luma=float(random.uniform(90, 230)),
                lights=float(random.uniform(0, 0.5)),
            )
        )
    return shells


@dataclass(frozen=True, slots=True)
class Glare:
    """Veil, spot and ghosts of a sun in or near the picture, flickering as leaves or rails pass before it."""

    sun: Floats
    """float64 (2,), shares of the picture; may lie outside."""
    veil: float
    spot: float
    rates: Floats
    phases: Floats
    depth: float
    """How much of it flickers, 0 to 1."""
    ghosts: Floats
    """float64 (n, 3): place on the line through the middle, radius (share of the height), luma."""

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        del stage
        height, width = light.shape
        wave = np.sin(self.rates * t_s + self.phases).mean() * 2
        strength = float(np.clip(1 - self.depth * (0.5 + 0.5 * np.tanh(2 * wave)), 0, 1))
        # The veil is smooth: made at a sixteenth of the size.
        rows, columns = max(2, height // 16), max(2, width // 16)
        y, x = np.mgrid[0:rows, 0:columns] / np.array([rows, columns]).reshape(2, 1, 1)
        apart = np.hypot((x - self.sun[0]) * width / height, y - self.sun[1])
        glow = strength * (self.veil * np.exp(-apart / 0.6) + self.spot * np.exp(-((apart / 0.05) ** 2)))
        full = cv2.resize(glow.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
        cv2.add(light, full, dst=light)
        middle = np.array([width / 2, height / 2])
        for place, radius, luma in self.ghosts:
            at = middle + (self.sun * (width, height) - middle) * place
            box = window(light, at[None], radius * height + 2)
            if box is not None:
                self._ghost(light, box, at, (radius * height, luma * strength))

    def _ghost(self, light: F32, box: Window, at: Floats, size: tuple[float, float]) -> None:
        x = np.arange(box.left, box.right, dtype=np.float32) - np.float32(at[0])
        y = np.arange(box.top, box.bottom, dtype=np.float32) - np.float32(at[1])
        distance = np.sqrt(x[None, :] ** 2 + y[:, None] ** 2)
        part(light, box)[:] += np.float32(size[1]) * np.clip((size[0] - distance) / 3 + 0.5, 0, 1)


def glare(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """A low sun: a veil of 10 to 90 grey levels that flickers at 0.3 to 6 Hz, with one to five ghosts."""
    del duration_s
    count = int(random.integers(1, 6))
    ghosts = np.stack(
        [random.uniform(-1.2, 0.7, count), random.uniform(0.01, 0.08, count), random.uniform(2, 25, count)],
        axis=1,
    )
    sun = random.uniform(-0.15, 1.15, 2) * [1.0, 0.7]
    if seen_before_wall(stage, sun * (stage.camera.width, stage.camera.height)):
        # The sun itself is never seen before the building.
        sun = np.array([sun[0], -0.1])
    return [
        Glare(
            sun=sun,
            veil=float(random.uniform(10, 90)),
            spot=float(random.uniform(100, 255)),
            rates=2 * np.pi * random.uniform(0.3, 6, 4),
            phases=random.uniform(0, 2 * np.pi, 4),
            depth=float(random.choice([random.uniform(0.05, 0.3), random.uniform(0.3, 1.0)])),
            ghosts=ghosts,
        )
    ]
