"""Machines at the wall and in the air: glass lifts, cradles of facade cleaners, drones."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from models.synth.actors.body import Body, Part, box, disc, facing, standing
from models.synth.actors.motion import Course, distance_m, gusts, in_view, on_facade, start_time
from models.synth.actors.people import Looks, Pose, looks, person
from models.synth.facade import FLOOR_M
from models.synth.stage import Actor, Stage

Floats = NDArray[np.float64]


Way = Callable[[Floats], Floats]


def trapezoid(length_m: float, speed_m_s: float, gain_m_s2: float) -> tuple[Way, float]:
    """A run from rest to rest, even acceleration, a greatest speed: way over time, and its duration."""
    ramp_s = min(speed_m_s / gain_m_s2, float(np.sqrt(length_m / gain_m_s2)))
    top = gain_m_s2 * ramp_s
    total_s = length_m / top + ramp_s

    def way(since_s: Floats) -> Floats:
        t = np.clip(since_s, 0, total_s)
        up = 0.5 * gain_m_s2 * np.minimum(t, ramp_s) ** 2
        even = top * np.clip(t - ramp_s, 0, total_s - 2 * ramp_s)
        end = np.maximum(t - (total_s - ramp_s), 0)
        gone: Floats = up + even + top * end - 0.5 * gain_m_s2 * end**2
        return gone

    return way, total_s


def _runs(random: np.random.Generator, duration_s: float, floors: tuple[int, int], top_m_s: float) -> Course:
    """Heights of a lift over time in the y of a course: runs of one to many floors, doors in between.

    `floors`: how many there are below and above where it begins.
    """
    times = np.arange(-3, duration_s + 1, 0.05)
    heights = np.zeros(len(times))
    t_s, floor, down = -float(random.uniform(0, 3)), 0, bool(random.random() < 0.7)
    while t_s < duration_s + 1:
        room = floor + floors[0] if down else floors[1] - floor
        if room > 0:
            count = int(random.integers(1, room + 1))
            way, takes = trapezoid(count * FLOOR_M, top_m_s, float(random.uniform(0.6, 1.2)))
            sign = -1 if down else 1
            heights += sign * way(times - t_s)
            floor += sign * count
            t_s += takes + float(random.uniform(2, 6))
        down = not down if room <= 0 or random.random() < 0.4 else down
    return Course(times, np.stack([0 * times, heights, 0 * times], axis=1))


def panoramic_lift(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 or 2 lit cabins that run at 1 to 4 m/s behind glass, most of them down, with people in them."""
    cabins: list[Actor] = []
    for _ in range(int(random.integers(1, 3))):
        place = on_facade(random, stage) + np.array([0.0, 0.0, 0.3])
        above = 4 if stage.facade is None else int((stage.facade.height_m - place[1]) // FLOOR_M)
        room = (max(1, int(place[1] // FLOOR_M)), max(1, above))
        runs = _runs(random, duration_s, room, float(random.uniform(1.0, 4.0)))
        wide, high = float(random.uniform(1.2, 2.2)), float(random.uniform(2.0, 2.6))
        glow, frame = float(random.uniform(0, 110)), float(random.uniform(0.1, 0.8))
        rider = looks(random)
        lamp_only = bool(random.random() < 0.3)

        def figure(
            t_s: float,
            place: Floats = place,
            runs: Course = runs,
            size: tuple[float, float] = (wide, high),
            light: tuple[float, float, bool, Looks] = (glow, frame, lamp_only, rider),
        ) -> list[Part]:
            middle = place + runs.at(t_s)
            wide, high = size
            if light[2]:
                return [Part(standing(middle, box(-0.2, 0, 0.4, 0.25)), 0.5, 60 + light[0])]
            cabin = Part(standing(middle, box(-wide / 2, 0, wide, high)), light[1])
            inside = Part(standing(middle, box(-0.45 * wide, 0.15, 0.9 * wide, high - 0.4)), 0.4, light[0])
            lamp = Part(standing(middle, box(-0.3 * wide, high - 0.3, 0.6 * wide, 0.12)), 0.9, light[0])
            feet = middle + np.array([0.0, 0.1, 0.05])
            stands = Pose((0.1, -0.1), (0.0, 0.0), 0.0)
            return [cabin, inside, *person(feet, light[3], stands, np.array([1.0, 0.0, 0.0])), lamp]

        cabins.append(Body(figure, (-1e9, 1e9)))
    return cabins


def gondola(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """A cleaners' cradle, 2 to 7 m long, at 0.1 to 0.3 m/s with stops; two workers, ropes above."""
    place = on_facade(random, stage) + np.array([0.0, 0.0, 0.8])
    wide, tone = float(random.uniform(2, 7)), float(random.uniform(0.2, 0.8))
    speed = float(random.choice((-1, 1)) * random.uniform(0.1, 0.3))
    go_s, phase = float(random.uniform(3, 12)), float(random.uniform(0, 1))
    crew = [(looks(random), float(random.uniform(-0.4, 0.4)), random.uniform(0, 6.28, 4)) for _ in range(2)]
    swing = random.uniform(0.005, 0.05, 2)
    top = place[1] + 60 if stage.facade is None else max(stage.facade.height_m, place[1] + 4)

    def figure(t_s: float) -> list[Part]:
        cycle = (t_s / go_s + phase) % 2
        # It runs in every other interval.
        way = speed * go_s * (np.floor((t_s / go_s + phase) / 2) + min(cycle, 1.0))
        way = max(way, 0.5 - place[1])
        at = place + np.array([swing[0] * np.sin(0.9 * t_s), way, swing[1] * np.sin(1.3 * t_s)])
        right = np.array([1.0, 0.0, 0.0])
        parts = []
        for hand in (-0.47, 0.47):
            foot, head = at + hand * wide * right, np.array([place[0] + hand * wide, top, at[2]])
            aside = 0.015 * right
            rope = np.array([foot - aside, foot + aside, head + aside, head - aside])
            parts.append(Part(rope, 0.1))
        for dressed, beside, phases in crew:
            swings = np.sin(np.array([3.1, 2.3]) * t_s + phases[:2])
            arms = (float(1.3 + 0.9 * swings[0]), float(1.0 + 0.8 * swings[1]))
            walk = 0.25 * float(np.sin(0.4 * t_s + phases[2]))
            feet = at + (beside * wide + walk) * right
            parts += person(feet, dressed, Pose(arms, (0.0, 0.0), 0.1), right, legs=False)
        parts.append(Part(standing(at, box(-wide / 2, 0, wide, 0.95)), tone))
        parts.append(Part(standing(at, box(-wide / 2, 0.95, wide, 0.08)), 0.85))
        return parts

    del duration_s
    return [Body(figure, (-1e9, 1e9))]


def _drone(random: np.random.Generator, stage: Stage, course: Course) -> Body:
    """Arms, rotors that blur to a grey haze, lamps that blink."""
    size, tone = float(random.uniform(0.25, 0.9)), float(random.choice([0.06, 0.12, 0.6]))
    blinks_hz, lamp = float(random.uniform(0.7, 3)), float(random.choice([0.0, random.uniform(60, 230)]))
    facing_turn = random.uniform(0, np.pi)

    def figure(t_s: float) -> list[Part]:
        at, speed = course.at(t_s), course.velocity(t_s, 0.2)
        # It leans into its way.
        lean = np.clip(0.06 * speed[[0, 2]], -0.5, 0.5)
        parts = []
        for arm in range(4):
            turn = facing_turn + arm * np.pi / 2
            out = 0.45 * size * np.array([np.cos(turn), 0.0, np.sin(turn)])
            out[1] = -(lean[0] * out[0] + lean[1] * out[2])
            ring = 0.24 * size * np.stack([np.cos(CIRCLE), 0 * CIRCLE, np.sin(CIRCLE)], axis=1)
            parts.append(Part(at + out + ring, 0.5 * tone + 0.2))
            thick = np.array([0.0, 0.03 * size, 0.0])
            parts.append(Part(np.array([at - thick, at + out - thick, at + out + thick, at + thick]), tone))
        parts.append(Part(facing(stage.camera, at, disc(0.17 * size, 10, 0.6)), tone))
        if lamp and (t_s * blinks_hz) % 1 < 0.35:
            parts.append(
                Part(
                    facing(stage.camera, at - np.array([0, 0.08 * size, 0]), disc(0.05 * size, 8)), 0.9, lamp
                )
            )
        return parts

    return Body(figure, course.life_s)


CIRCLE = np.linspace(0, 2 * np.pi, 12, endpoint=False)


def drone_hover(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """A drone that holds its place within some decimetres, or glides along at up to 4 m/s."""
    depth = float(random.uniform(0.25, 0.9) * distance_m(stage))
    times = np.arange(0, duration_s + 0.2, 0.05)
    shaken = np.cumsum(gusts(random, 0.25, 1.5)(times) - gusts(random, 0.25, 0.0)(times), axis=0) * 0.05
    glide = np.array([random.normal(0, 1.5), random.normal(0, 0.5), random.normal(0, 0.8)]) * random.choice(
        [0.0, 1.0]
    )
    way, _ = trapezoid(float(np.linalg.norm(glide)) * 4 + 0.01, float(np.linalg.norm(glide)) + 0.01, 1.5)
    moved = way(times - random.uniform(0, 0.6) * duration_s)[:, None] * glide / (np.linalg.norm(glide) + 1e-9)
    return [
        _drone(random, stage, Course(times, in_view(random, stage.camera, depth, 0.2) + 0.4 * shaken + moved))
    ]


def drone_descend(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """A drone that hangs still, then sinks 3 to 25 m straight down at 1.5 to 6 m/s, from rest to rest."""
    depth = float(random.uniform(0.3, 0.9) * distance_m(stage))
    start = in_view(random, stage.camera, depth, 0.15)
    times = np.arange(0, duration_s + 0.2, 0.04)
    speed, gain = float(random.uniform(1.5, 6.0)), float(random.uniform(1.0, 4.0))
    way, _ = trapezoid(float(random.uniform(3, 25)), speed, gain)
    fallen = way(times - start_time(random, duration_s, 0.6))
    aside = 0.15 * np.sin(np.outer(times, random.uniform(0.5, 2.5, 3)) + random.uniform(0, 6, 3))
    points = start + aside - fallen[:, None] * np.array([0.0, 1.0, 0.0])
    return [_drone(random, stage, Course(times, points))]
