"""People: on balconies, walking, children that run and jump, workers on ropes."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.synth.actors.body import Body, Part, disc
from models.synth.actors.brush import unproject
from models.synth.actors.motion import distance_m, on_facade, start_time
from models.synth.fall import GRAVITY_M_S2
from models.synth.stage import Actor, Stage

Floats = NDArray[np.float64]


class Pose(NamedTuple):
    """Angles from hanging straight down, radians, and how far the body leans."""

    arms: tuple[float, float]
    legs: tuple[float, float]
    lean: float


class Looks(NamedTuple):
    """Height in metres and reflectances of skin, top, trousers."""

    height_m: float
    skin: float
    top: float
    trousers: float


def looks(random: np.random.Generator, low_m: float = 1.5, high_m: float = 1.9) -> Looks:
    """A person as chance dresses one."""
    return Looks(
        float(random.uniform(low_m, high_m)),
        float(random.uniform(0.15, 0.5)),
        float(random.uniform(0.05, 0.85)),
        float(random.uniform(0.05, 0.4)),
    )


def _limb(at: Floats, angle: float, length: float, width: float) -> Floats:
    """A limb's outline from its joint, (right, up), float64 (4, 2)."""
    down = np.array([np.sin(angle), -np.cos(angle)])
    across = np.array([down[1], -down[0]]) * width / 2
    return np.array([at - across, at + across, at + length * down + across, at + length * down - across])


def person(feet_m: Floats, dressed: Looks, pose: Pose, right_m: Floats, *, legs: bool = True) -> list[Part]:
    """A figure in the plane spanned by `right_m` (unit, float64 (3,)) and the vertical, parts back to front.

    Proportions: Drillis & Contini, Body Segment Parameters, 1966.
    """
    tall = dressed.height_m
    hip = np.array([0.0, 0.53 * tall])
    neck = hip + 0.29 * tall * np.array([np.sin(pose.lean), np.cos(pose.lean)])
    head = neck + 0.09 * tall * np.array([np.sin(pose.lean), np.cos(pose.lean)])
    shoulder = neck - np.array([0.0, 0.02 * tall])
    flat: list[tuple[Floats, float]] = []
    flat.append((_limb(shoulder, pose.arms[0], 0.42 * tall, 0.055 * tall), dressed.top * 0.8))
    if legs:
        flat.extend((_limb(hip, angle, 0.53 * tall, 0.08 * tall), dressed.trousers) for angle in pose.legs)
    wide = 0.11 * tall
    torso = np.array([[-0.8 * wide, 0.0], [0.8 * wide, 0.0], [wide, 0.0], [-wide, 0.0]])
    torso += np.array([hip, hip, neck, neck])
    flat.append((torso, dressed.top))
    flat.append((head + disc(0.065 * tall, 10), dressed.skin))
    flat.append((_limb(shoulder, pose.arms[1], 0.42 * tall, 0.055 * tall), dressed.top))
    up = np.array([0.0, 1.0, 0.0])
    return [Part(feet_m + outline[:, :1] * right_m + outline[:, 1:] * up, tone) for outline, tone in flat]


def _waves(random: np.random.Generator, size: float, fastest_hz: float) -> Callable[[float], float]:
    """A restless angle: pauses and moves."""
    rates, phases = 2 * np.pi * random.uniform(0.1, fastest_hz, 3), random.uniform(0, 6.28, 3)

    def angle(t_s: float) -> float:
        return float(size * np.tanh(1.5 * np.sin(rates * t_s + phases).sum()))

    return angle


def on_balcony(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 4 people behind parapets: step to and fro, lean out, wave, beat carpets with quick arms."""
    del duration_s
    people: list[Actor] = []
    for _ in range(int(random.integers(1, 5))):
        place = on_facade(random, stage)
        place = place + np.array([0.0, -place[1] % 3.0 - 3.0 + 0.1, random.uniform(0.3, 1.2)])
        dressed = looks(random)
        walk, arm = (
            _waves(random, random.uniform(0.1, 1.0), 0.25),
            _waves(random, 1.2, random.uniform(0.3, 2.5)),
        )
        other, lean = _waves(random, 1.0, 0.7), _waves(random, random.uniform(0.1, 0.6), 0.3)
        parapet, tone = float(random.uniform(0.9, 1.1)), float(random.uniform(0.2, 0.7))
        bay = np.array([[-1.6, 0], [1.6, 0], [1.6, parapet], [-1.6, parapet]])

        def figure(
            t_s: float,
            place: Floats = place,
            dressed: Looks = dressed,
            moves: tuple[Callable[[float], float], ...] = (walk, arm, other, lean),
            front: tuple[Floats, float] = (bay, tone),
        ) -> list[Part]:
            step, first, second, bend = (move(t_s) for move in moves)
            pose = Pose((first + 0.8, second), (0.0, 0.0), bend)
            right = np.array([1.0, 0.0, 0.0])
            feet = place + step * right
            wall = place + np.stack([front[0][:, 0], front[0][:, 1], np.full(4, 0.25)], axis=1)
            return [*person(feet, dressed, pose, right, legs=False), Part(wall, front[1])]

        people.append(Body(figure, (-1e9, 1e9)))
    return people


def _way(random: np.random.Generator, stage: Stage) -> tuple[Floats, Floats]:
    """Where somebody walks: two points in the lower part of the picture at one depth."""
    camera = stage.camera
    depth = float(random.uniform(0.35, 0.95) * distance_m(stage))
    level = random.uniform(0.75, 1.0)
    shares = np.array([[-0.05, level], [1.05, level + random.normal(0, 0.03)]])
    if random.random() < 0.5:
        shares = shares[::-1]
    start, stop = unproject(
        camera, shares * (camera.width, camera.height), depth * random.uniform(0.85, 1.15, 2)
    )
    return start, stop


def _gait(
    random: np.random.Generator, ends: tuple[Floats, Floats], dressed: Looks, speed_m_s: float, begin_s: float
) -> Body:
    start, stop = ends
    way = stop - start
    length = float(np.linalg.norm(way))
    right = way / length * [1, 0, 1]
    right /= max(float(np.linalg.norm(right)), 1e-6)
    # Stride grows with the speed; 1.9 steps a second at 1.4 m/s (Inman, Human Walking, 1981).
    rate = np.pi * 1.9 * (speed_m_s / 1.4) ** 0.5 * (1.75 / dressed.height_m) ** 0.5
    swing = min(0.28 * speed_m_s**0.6, 0.9)
    first_s = begin_s - random.uniform(0.1, 0.6) * length / speed_m_s
    hops, hop_phase = bool(random.random() < 0.5), random.uniform(0, 1)
    child = dressed.height_m < 1.4

    def figure(t_s: float) -> list[Part]:
        share = (t_s - first_s) * speed_m_s / length
        step = float(np.sin(rate * t_s))
        feet = start + way * share
        rise = 0.03 * abs(float(np.cos(rate * t_s))) * speed_m_s
        if child and hops:
            # A jump every 1.7 s, 0.25 m high: 0.45 s in the air at g.
            since = (t_s + 1.7 * hop_phase) % 1.7
            rise += max(0.0, 2.2 * since - GRAVITY_M_S2 / 2 * since**2)
        feet = feet + np.array([0.0, rise - dressed.height_m, 0.0])
        pose = Pose((-swing * step, swing * step), (swing * step, -swing * step), 0.05 * speed_m_s)
        return person(feet, dressed, pose, right)

    return Body(figure, (first_s, first_s + length / speed_m_s))


def walkers(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 6 people who walk below at 0.8 to 1.8 m/s."""
    people: list[Actor] = []
    for _ in range(int(random.integers(1, 7))):
        begin = start_time(random, duration_s, 0.7)
        people.append(
            _gait(random, _way(random, stage), looks(random), float(random.uniform(0.8, 1.8)), begin)
        )
    return people


def children(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 5 children of 0.9 to 1.35 m who run at 1.5 to 4.5 m/s and jump."""
    people: list[Actor] = []
    for _ in range(int(random.integers(1, 6))):
        begin, speed = start_time(random, duration_s, 0.7), float(random.uniform(1.5, 4.5))
        people.append(_gait(random, _way(random, stage), looks(random, 0.9, 1.35), speed, begin))
    return people


def rope_worker(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 or 2 workers on ropes: clean, swing, lower themselves 0.5 to 3 m at 0.5 to 2 m/s, again and again."""
    people: list[Actor] = []
    for _ in range(int(random.integers(1, 3))):
        place = on_facade(random, stage) + np.array([0.0, 0.0, 0.5])
        dressed = looks(random)
        count = int(duration_s / 2) + 3
        begins = np.cumsum(random.uniform(0.8, 5.0, count)) - 2
        drops, speeds = random.uniform(0.5, 3.0, count), random.uniform(0.5, 2.0, count)
        arm, sway = _waves(random, 1.3, 1.2), _waves(random, 0.25, 0.4)
        top = place + np.array([0.0, 60.0, 0.0])
        if stage.facade is not None:
            top[1] = max(stage.facade.height_m, place[1] + 3)

        def figure(
            t_s: float,
            ends: tuple[Floats, Floats] = (place, top),
            dressed: Looks = dressed,
            hops: tuple[Floats, Floats, Floats] = (begins, drops, speeds),
            moves: tuple[Callable[[float], float], Callable[[float], float]] = (arm, sway),
        ) -> list[Part]:
            begins, drops, speeds = hops
            share = np.clip((t_s - begins) * speeds / drops, 0, 1)
            # Friction on the rope: starts and ends gently.
            down = float((drops * share**2 * (3 - 2 * share)).sum())
            down = min(down, max(ends[0][1], 1.0))
            right = np.array([1.0, 0.0, 0.0])
            place, top = ends
            feet = place + np.array([moves[1](t_s), -down, 0.0])
            pose = Pose((2.3, moves[0](t_s) + 1.2), (0.5, -0.3), 0.1)
            knot = feet + np.array([0.0, 0.8 * dressed.height_m, 0.0])
            rope = np.array(
                [knot - 0.012 * right, knot + 0.012 * right, top + 0.012 * right, top - 0.012 * right]
            )
            return [Part(rope, 0.6), *person(feet, dressed, pose, right)]

        people.append(Body(figure, (-1e9, 1e9)))
    return people
