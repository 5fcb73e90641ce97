"""What moves on the wall and is flat: shadows of birds, patches of mirrored sun, screens, fans."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.synth.actors.body import Body, Part, box, disc, standing
from models.synth.actors.brush import cover, part, window
from models.synth.actors.motion import Course, on_facade, start_time, wall
from models.synth.stage import F32, Actor, Stage

Floats = NDArray[np.float64]

SUN_RAD = 0.0093
"""Angular diameter of the sun: the edge of a shadow is that wide for each metre to what throws it."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A shade or a patch of light that runs along the wall."""

    course: Course
    size_m: Floats
    """float64 (2,), half width and half height."""
    beats_hz: float
    """How often its width changes: a bird's wings. 0 for a patch of light."""
    soft_m: float
    gain: float
    """What the light is multiplied with in its middle, less one: negative for a shadow."""
    wall_m: Floats | None

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        begin, end = self.course.life_s
        if not begin <= t_s < end:
            return
        turn = np.linspace(0, 2 * np.pi, 20, endpoint=False)
        wide = self.size_m[0] * (
            1 - 0.45 * (self.beats_hz > 0) * (1 + np.sin(2 * np.pi * self.beats_hz * t_s))
        )
        ring = np.stack([wide * np.cos(turn), self.size_m[1] * np.sin(turn), 0 * turn], axis=1)
        start, stop = (self.course.at(moment) for moment in (t_s, t_s + stage.exposure_s))
        pixels, depth = stage.camera.project(np.concatenate([start + ring, stop + ring]))
        if not np.isfinite(pixels).all():
            return
        soft_px = max(0.6, self.soft_m * stage.camera.focal_px / float(depth.mean()))
        around = window(light, pixels, 3 * soft_px + 1)
        if around is None:
            return
        # An ellipse in the picture with edges as soft as the sun makes them, smeared along its way.
        shape = (around.bottom - around.top, around.right - around.left)
        x = np.arange(around.left, around.right, dtype=np.float32)[None, :]
        y = np.arange(around.top, around.bottom, dtype=np.float32)[:, None]
        covered = np.zeros(shape, np.float32)
        rims = np.split(pixels, 2)
        for share in (0.17, 0.5, 0.83):
            rim = rims[0] + (rims[1] - rims[0]) * share
            middle, half = rim.mean(axis=0), np.maximum(np.ptp(rim, axis=0) / 2, 0.3)
            out = np.sqrt(((x - middle[0]) / half[0]) ** 2 + ((y - middle[1]) / half[1]) ** 2)
            covered += np.clip((1 - out) * float(half.min()) / soft_px + 0.5, 0, 1).astype(np.float32) / 3
        if self.wall_m is not None:
            corners, _ = stage.camera.project(self.wall_m)
            covered *= cover(corners - (around.left, around.top), shape)
        part(light, around)[:] *= 1 + np.float32(self.gain) * covered


def _straight(random: np.random.Generator, stage: Stage, begin_s: float, speed_m_s: float) -> Course:
    """A way along the wall through a point that is seen, 25 m long, bent a little."""
    turn = random.uniform(0, 2 * np.pi)
    way = np.array([np.cos(turn), np.sin(turn), 0.0])
    along = np.linspace(-12.5, 12.5, 50)
    bend = random.normal(0, 0.01) * along**2
    points = (
        on_facade(random, stage) + along[:, None] * way + bend[:, None] * np.array([-way[1], way[0], 0.0])
    )
    return Course(begin_s + (along + 12.5) / speed_m_s, points)


def bird_shadows(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 6 shadows of birds that cross the sunlit wall at 7 to 18 m/s in any direction."""
    count = int(random.choice([1, 1, 2, int(random.integers(3, 7))]))
    shades: list[Actor] = []
    for _ in range(count):
        apart = float(random.uniform(1, 25))
        span = float(random.uniform(0.2, 0.9))
        begin = start_time(random, duration_s, 0.8)
        soft = SUN_RAD * apart
        # What is smaller than the sun's disc throws half a shade only.
        dark = -float(random.uniform(0.4, 0.7)) * min(1.0, 0.5 * span / soft)
        course = _straight(random, stage, begin, float(random.uniform(7, 18)))
        half = np.array([span / 2, span / 5])
        shades.append(Patch(course, half, float(random.uniform(3, 10)), soft, dark, wall(stage)))
    return shades


def mirrored_sun(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 4 patches of sun thrown on the wall by a windscreen, a mirror or a window, 0.5 to 15 m/s."""
    patches: list[Actor] = []
    for _ in range(int(random.integers(1, 5))):
        speed = float(np.exp(random.uniform(np.log(0.5), np.log(15))))
        half = np.exp(random.uniform(np.log(0.1), np.log(1.5), 2))
        course = _straight(random, stage, start_time(random, duration_s, 0.7), speed)
        soft = float(random.uniform(0.05, 0.4))
        patches.append(Patch(course, half, 0.0, soft, float(random.uniform(0.2, 1.8)), wall(stage)))
    return patches


class Moving(NamedTuple):
    """A thing in a film on a screen; shares of the screen, a second."""

    start: Floats
    velocity: Floats
    size: Floats
    luma: float


def screen(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """A video wall of 2 to 10 m where scenes change and bars and balls move in all directions, also down."""
    middle = on_facade(random, stage) + np.array([0.0, 0.0, 0.3])
    wide = float(random.uniform(2, 10))
    high = wide * float(random.choice([0.56, 1.6]))
    cuts = np.cumsum(random.gamma(2.0, 1.2, int(duration_s) + 6) + 0.3)
    scenes: list[tuple[float, list[Moving]]] = []
    for _ in range(len(cuts) + 1):
        things = [
            Moving(
                random.uniform(0, 1, 2),
                random.normal(0, 0.35, 2) * random.choice(np.array([[1.0, 1.0], [0.1, 1.5], [1.5, 0.1]])),
                random.uniform(0.04, 0.3, 2),
                float(random.uniform(20, 240)),
            )
            for _ in range(int(random.integers(1, 6)))
        ]
        scenes.append((float(random.uniform(15, 160)), things))

    def figure(t_s: float) -> list[Part]:
        ground, things = scenes[int(np.searchsorted(cuts, t_s))]
        parts = [Part(standing(middle, box(-wide / 2, -high / 2, wide, high)), 0.05, ground)]
        for thing in things:
            place = (thing.start + thing.velocity * t_s) % 1
            low = np.clip(place - thing.size / 2, 0, 1) - 0.5
            size = np.clip(place + thing.size / 2, 0, 1) - 0.5 - low
            if (size > 0.005).all():
                outline = box(low[0] * wide, low[1] * high, size[0] * wide, size[1] * high)
                parts.append(Part(standing(middle, outline), 0.05, thing.luma))
        return parts

    return [Body(figure, (-1e9, 1e9), opacity=0.95)]


def fans(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """2 to 8 fans of air conditioners: three to five blades behind a grille, some stop or start."""
    units: list[Actor] = []
    for _ in range(int(random.integers(2, 9))):
        hub = on_facade(random, stage) + np.array([0.0, 0.0, 0.35])
        radius, blades = float(random.uniform(0.18, 0.4)), int(random.integers(3, 6))
        rate, phase = float(random.uniform(3, 18)), float(random.uniform(0, 6.28))
        changes = float(random.uniform(0, duration_s)) if random.random() < 0.4 else -1e3
        rising = bool(random.random() < 0.5)
        tones = (float(random.uniform(0.25, 0.5)), float(random.uniform(0.08, 0.3)))

        def figure(
            t_s: float,
            hub: Floats = hub,
            rotor: tuple[float, int, float, float] = (radius, blades, rate, phase),
            change: tuple[float, bool] = (changes, rising),
            tones: tuple[float, float] = tones,
        ) -> list[Part]:
            radius, blades, rate, phase = rotor
            since = max(t_s - change[0], 0.0)
            # It runs up or down over some 3 s: the angle is the integral of the speed.
            turns = since - 3 * (1 - np.exp(-since / 3)) if change[1] else 3 * (1 - np.exp(-since / 3))
            turns = turns + (min(t_s, change[0]) if not change[1] else 0.0)
            angle = 2 * np.pi * rate * turns + phase
            parts = [Part(standing(hub, disc(radius)), tones[0])]
            for blade in range(blades):
                at = angle + 2 * np.pi * blade / blades
                tips = (
                    radius
                    * 0.92
                    * np.array([[np.cos(at - 0.3), np.sin(at - 0.3)], [np.cos(at + 0.3), np.sin(at + 0.3)]])
                )
                parts.append(Part(standing(hub, np.concatenate([np.zeros((1, 2)), tips])), tones[1]))
            return parts

        units.append(Body(figure, (-1e9, 1e9), opacity=0.8))
    return units
