"""Insects close to the lens: unsharp beads in a lamp's light, dark specks by day, crawlers on the glass."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.synth.actors.brush import LAMP_REACH_M, smudge, thread, tone, unproject
from models.synth.actors.motion import Course, samples, start_time
from models.synth.actors.precipitation import APERTURE_M
from models.synth.fall import GRAVITY_M_S2
from models.synth.stage import F32, Actor, Stage

Floats = NDArray[np.float64]

STEP_S = 0.005
MOST_MOMENTS = 40
DAZZLE = 8.0
"""At most so many times white: the lamp lights the nearest no stronger, its beam begins beside the lens."""
FADE_S = 0.12


@dataclass(frozen=True, slots=True)
class Insect:
    """An unsharp speck whose light pulses with its wings."""

    course: Course
    size_m: float
    reflectance: float
    beats_hz: float
    """Wing beats; over a long exposure they make a string of beads."""
    beading: float
    """0 no pulsing to 1 dark between two beats."""
    daylight: float
    """Level of the light it is seen in by day."""

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        begin, end = self.course.life_s
        if not begin <= t_s < end:
            return
        camera = stage.camera
        ends = np.stack([self.course.at(t_s), self.course.at(t_s + stage.exposure_s)])
        pixels, depth = camera.project(ends)
        if not np.isfinite(pixels).all() or depth.min() < 0.03:
            return
        distance = float(depth.mean())
        unsharp = APERTURE_M * camera.focal_px / distance / 2
        sharp = self.size_m * camera.focal_px / distance / 2
        radius = float(np.hypot(sharp, unsharp))
        way = float(np.linalg.norm(pixels[1] - pixels[0]))
        count = int(np.clip(way / max(radius * 0.4, 0.7), 1, MOST_MOMENTS))
        moments = t_s + stage.exposure_s * (np.arange(count) + 0.5) / count
        path = camera.project(np.stack([self.course.at(float(moment)) for moment in moments]))[0]
        luma = tone(self.reflectance, distance, self.daylight, stage)
        if stage.infrared:
            # So close to the lamp it stays white even when its light is spread over a long way.
            luma = max(luma, 255 * self.reflectance * min((LAMP_REACH_M / distance) ** 2, DAZZLE))
        # It comes out of the dark and goes there, or past the edge of the beam.
        fades = min(1.0, (t_s - begin) / FADE_S, (end - t_s) / FADE_S)
        opacity = min(1.0, (sharp / radius) ** 2 * 1.6) * fades
        beats = 0.5 + 0.5 * np.sin(2 * np.pi * self.beats_hz * moments)
        weights = 1 - self.beading * beats
        if count > 6 and self.beading > 0.2:
            # Beads: the bright half of each beat is drawn, at twice the weight.
            bright = weights >= np.median(weights)
            smudge(light, path[~bright], radius, luma, 0.5 * opacity * (1 - self.beading))
            path = path[bright]
        smudge(light, path, radius, luma, opacity)


def erratic(random: np.random.Generator, speed_m_s: float, life_s: float, sink_m_s: float) -> Floats:
    """A wandering flight from the origin, float64 (n, 3), each `STEP_S`: Ornstein-Uhlenbeck and jumps."""
    count = max(4, int(life_s / STEP_S))
    memory_s = random.uniform(0.08, 0.6)
    keep = np.exp(-STEP_S / memory_s)
    kicks = random.normal(0, 1, (count, 3)) * np.sqrt(1 - keep**2) * speed_m_s
    jumps = random.random(count) < 1.5 * STEP_S
    kicks[jumps] += random.normal(0, speed_m_s, (int(jumps.sum()), 3))
    velocity = np.empty((count, 3))
    current = random.normal(0, 1, 3) * speed_m_s
    for index in range(count):
        current = keep * current + kicks[index]
        velocity[index] = current
    velocity[:, 1] -= sink_m_s
    points: Floats = np.cumsum(velocity, axis=0) * STEP_S
    return points


def _kind_of_flight(random: np.random.Generator, speed_m_s: float, life_s: float) -> Floats:
    """Wandering, circling at the lamp, straight through, or dropping like a stone."""
    kind = random.choice(["wander", "wander", "circle", "straight", "drop"])
    times = np.arange(max(4, int(life_s / STEP_S))) * STEP_S
    wander = erratic(random, 0.25 * speed_m_s, life_s, 0.0)
    if kind == "circle":
        turn = 2 * np.pi * random.choice((-1, 1)) * speed_m_s / 0.6 * times + random.uniform(0, 6)
        circle = 0.1 * np.stack([np.cos(turn), np.sin(turn), 0.5 * np.sin(0.7 * turn)], axis=1)
        return wander + circle
    if kind == "straight":
        heading = random.normal(0, 1, 3) * [1.0, 0.9, 0.2]
        heading = heading / np.linalg.norm(heading) * speed_m_s
        return 0.3 * wander + times[:, None] * heading
    if kind == "drop":
        # A moth that folds its wings: free fall with the drag of a body of a few tenths of a gram.
        terminal = random.uniform(1.5, 4.0)
        fallen = terminal**2 / GRAVITY_M_S2 * np.log(np.cosh(GRAVITY_M_S2 * times / terminal))
        dropping: Floats = 0.2 * wander + np.stack([0.2 * times, -fallen, 0 * times], axis=1)
        return dropping
    return erratic(random, speed_m_s, life_s, 0.0)


def insects(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """5 to 40 passages in a lamp's light, 2 to 10 by day; 0.1 to 3 m from the lens, 0.3 to 3 m/s."""
    count = int(random.integers(5, 41)) if stage.infrared else int(random.integers(2, 11))
    swarm: list[Actor] = []
    for _ in range(count):
        distance = float(np.exp(random.uniform(np.log(0.12), np.log(3.0))))
        life = float(random.uniform(0.3, 3.0))
        speed = float(random.uniform(0.3, 2.0)) * min(1.0, 0.4 + distance)
        points = _kind_of_flight(random, speed, life)
        share = random.uniform(0.0, 1.0, (1, 2)) * (stage.camera.width, stage.camera.height)
        # Somewhere on its way it is seen.
        through = points[int(random.uniform(0.2, 0.8) * len(points))]
        points = points - through + unproject(stage.camera, share, distance)[0]
        begin = start_time(random, duration_s, 0.95)
        swarm.append(
            Insect(
                course=Course(samples(begin, len(points), STEP_S), points),
                size_m=float(np.exp(random.uniform(np.log(0.002), np.log(0.02)))),
                reflectance=float(random.uniform(0.3, 0.9) if stage.infrared else random.uniform(0.03, 0.6)),
                beats_hz=float(np.exp(random.uniform(np.log(25), np.log(250)))),
                beading=float(random.uniform(0, 0.9)),
                daylight=float(random.uniform(80, 140) if not stage.infrared else 10),
            )
        )
    return swarm


@dataclass(frozen=True, slots=True)
class Crawler:
    """An insect or spider on the window of the camera: big, dark or glowing, unsharp, with pauses."""

    places: Course
    """In shares of the picture's height: x, y; the third is not used."""
    radius: float
    """Of the picture's height."""
    luma: float
    opacity: float

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        del stage
        begin, end = self.places.life_s
        if not begin <= t_s < end:
            return
        height = light.shape[0]
        middle = self.places.at(t_s)[:2] * height
        heading = self.places.at(t_s + 0.1)[:2] * height - middle
        length = float(np.linalg.norm(heading))
        along = heading / length if length > 0.5 else np.array([1.0, 0.0])
        radius = self.radius * height
        # Body, then the head's end, then legs that step in turn.
        smudge(light, middle[None], radius, self.luma, self.opacity)
        smudge(light, (middle + along * radius * 1.4)[None], 0.6 * radius, self.luma, self.opacity)
        side = np.array([-along[1], along[0]])
        swing = 0.5 * np.sin(2 * np.pi * 3 * t_s) * min(1.0, length)
        for hand in (-1, 1):
            for pair in (-1.0, 0.0, 1.0):
                foot = middle + side * hand * radius * 2.2 + along * radius * (pair + hand * swing)
                knee = (middle + foot) / 2 + along * radius * 0.3 * pair
                legs = np.array([middle, knee, foot])
                thread(light, legs, 0.12 * radius, self.luma, 0.6 * self.opacity)


def crawler(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """A spider or fly that walks over the glass, 5 to 60 mm/s seen as shares of the picture, with pauses."""
    step = 0.1
    count = int(duration_s / step) + 2
    walks = np.cumsum(random.random(count) < 0.12) % 2 == 0
    heading = random.uniform(0, 2 * np.pi) + np.cumsum(random.normal(0, 0.25, count))
    # Sometimes straight down, as a spider on its thread.
    if random.random() < 0.3:
        heading = np.pi / 2 + random.normal(0, 0.05, count)
    speed = random.uniform(0.03, 0.35) * walks
    moves = np.stack([np.cos(heading), np.sin(heading), 0 * heading], axis=1) * speed[:, None] * step
    points = np.cumsum(moves, axis=0)
    aspect = stage.camera.width / stage.camera.height
    middle = np.array([random.uniform(0.2, 0.8) * aspect, random.uniform(0.2, 0.8), 0])
    points += middle - points[count // 3]
    times = samples(0.0, count, step)
    luma = random.uniform(150, 245) if stage.infrared else random.uniform(10, 60)
    radius = random.uniform(0.008, 0.04)
    return [Crawler(Course(times, points), float(radius), float(luma), float(random.uniform(0.5, 0.95)))]
