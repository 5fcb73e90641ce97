"""Water that moves and is not thrown: runoff from edges in rain, fountains, sprinklers, steam."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.synth.actors.brush import ambient, smudge, streaks, tone, unproject
from models.synth.actors.drips import Drips
from models.synth.actors.motion import Wind, blowing, distance_m, gusts, on_facade
from models.synth.fall import GRAVITY_M_S2
from models.synth.stage import F32, Actor, Stage

Floats = NDArray[np.float64]


def runoff(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """3 to 14 places at edges from which rain runs off, 2 to 20 drops a second each."""
    spouts: list[Actor] = []
    size = float(random.uniform(0.005, 0.016))
    for _ in range(int(random.integers(3, 15))):
        rate = float(random.uniform(2, 20))
        count = int((duration_s + 5) * rate)
        releases = np.sort(random.uniform(-5, duration_s, count))
        spouts.append(
            Drips(
                spout_m=on_facade(random, stage) + np.array([0.0, 0.0, random.uniform(0.2, 1.2)]),
                releases_s=releases,
                sideways_m=random.normal(0, 1, (count, 2)) * [0.05, 0.15],
                size_m=size * random.uniform(0.6, 1.2, count),
                drop_m=float(random.choice([random.uniform(1, 4), random.uniform(4, 25)])),
                reflectance=float(random.choice([0.05, random.uniform(0.7, 2.0)])),
            )
        )
    return spouts


@dataclass(frozen=True, slots=True)
class Fountain:
    """Jets of drops that rise from one place and fall back, all the time."""

    foot_m: Floats
    """float64 (3,)."""
    velocities_m_s: Floats
    """float64 (n, 3), one drop each, launched again when it has come down."""
    phases: Floats
    """float64 (n,), 0 to 1."""
    size_m: float
    reflectance: float
    waves: tuple[float, float]
    """Rate in rad/s and depth of the changes of the jets' height."""

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        height = 1 + self.waves[1] * float(np.sin(self.waves[0] * t_s))
        speeds = self.velocities_m_s * np.sqrt(max(height, 0.05))
        flight = 2 * speeds[:, 1] / GRAVITY_M_S2
        since = ((t_s / flight + self.phases) % 1) * flight
        ends = np.stack([self._at(since + after, speeds) for after in (0.0, stage.exposure_s)], axis=1)
        pixels, depth = stage.camera.project(ends.reshape(-1, 3))
        strokes = pixels.reshape(-1, 2, 2)
        distance = float(np.nanmean(depth))
        width = np.full(len(strokes), self.size_m * stage.camera.focal_px / max(distance, 1.0))
        length = np.linalg.norm(strokes[:, 1] - strokes[:, 0], axis=1)
        level = ambient(light)
        contrast = tone(self.reflectance, distance, level, stage) - level
        streaks(light, strokes, width, contrast * np.minimum(width / np.maximum(length, width), 1))

    def _at(self, since_s: Floats, speeds_m_s: Floats) -> Floats:
        points: Floats = self.foot_m + speeds_m_s * since_s[:, None]
        points[:, 1] -= GRAVITY_M_S2 / 2 * since_s**2
        return points


def fountain(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """A fountain or a sprinkler, 0.8 to 5 m high, in the lower part of the picture."""
    del duration_s
    camera = stage.camera
    depth = float(random.uniform(0.4, 0.9) * distance_m(stage))
    share = np.array([[random.uniform(0.1, 0.9), random.uniform(0.85, 1.02)]])
    high = float(random.uniform(0.8, 5))
    count = int(random.integers(100, 500))
    up = np.sqrt(2 * GRAVITY_M_S2 * high) * random.uniform(0.6, 1.0, count)
    spread = float(random.choice([0.06, 0.5]))
    aside = random.normal(0, spread, (count, 2)) * up[:, None]
    return [
        Fountain(
            foot_m=unproject(camera, share * (camera.width, camera.height), depth)[0],
            velocities_m_s=np.stack([aside[:, 0], up, aside[:, 1]], axis=1),
            phases=random.uniform(0, 1, count),
            size_m=float(random.uniform(0.006, 0.025)),
            reflectance=float(random.uniform(0.7, 1.2)),
            waves=(float(random.uniform(0.5, 5)), float(random.choice([0.0, random.uniform(0.1, 0.8)]))),
        )
    ]


@dataclass(frozen=True, slots=True)
class Steam:
    """Puffs that leave a vent, rise, grow, thin out and are blown away."""

    vent_m: Floats
    births_s: Floats
    """float64 (n,)."""
    rise_m_s: float
    lasts_s: float
    wind: Wind
    luma: float
    dense: float
    seeds: Floats
    """float64 (n, 2): each puff's own swerve, m/s."""

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        age = t_s - self.births_s
        blown = blowing(self.wind, t_s)
        for index in np.flatnonzero((age > 0) & (age < self.lasts_s)):
            since = float(age[index])
            swerve = np.array([self.seeds[index, 0], 0.0, self.seeds[index, 1]])
            # It loses its own speed to the air within about a second.
            own = self.rise_m_s * (0.4 * since + 0.6 * (1 - np.exp(-since)))
            middle = (
                self.vent_m + (0.6 * blown + swerve) * since * min(1.0, since) + np.array([0.0, own, 0.0])
            )
            pixels, depth = stage.camera.project(middle[None])
            if not np.isfinite(pixels).all():
                continue
            radius = (0.12 + 0.35 * since) * stage.camera.focal_px / float(depth[0])
            thin = self.dense * min(1.0, 3 * since) * (1 - since / self.lasts_s) / (1 + since) ** 0.5
            smudge(light, pixels, radius, self.luma, float(thin))


def steam(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 3 vents or chimneys that give off steam or smoke, rising 0.5 to 2 m/s."""
    vents: list[Actor] = []
    for _ in range(int(random.integers(1, 4))):
        lasts = float(random.uniform(1.5, 5))
        births = np.arange(-lasts, duration_s, random.uniform(0.12, 0.5))
        births = births + random.uniform(0, 0.1, len(births))
        if random.random() < 0.4:
            births = births[births % random.uniform(2, 6) < random.uniform(0.4, 2)]
        vents.append(
            Steam(
                vent_m=on_facade(random, stage) + np.array([0.0, 0.0, 0.3]),
                births_s=births,
                rise_m_s=float(random.uniform(0.5, 2.0)),
                lasts_s=lasts,
                wind=gusts(random, float(random.uniform(0.1, 2.5)), 0.6),
                luma=float(random.choice([random.uniform(190, 240), random.uniform(30, 90)]))
                * (0.5 if stage.infrared else 1),
                dense=float(random.uniform(0.1, 0.5)),
                seeds=random.normal(0, 0.25, (len(births), 2)),
            )
        )
    return vents
