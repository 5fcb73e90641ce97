"""What the wind carries: leaves that flutter down, films and bags that sink, rise and wander."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from models.synth.actors.body import Body, Part
from models.synth.actors.motion import (
    Course,
    Wind,
    blowing,
    distance_m,
    drift,
    gusts,
    in_view,
    on_facade,
)
from models.synth.stage import Actor, Stage

Floats = NDArray[np.float64]


def _flutter(random: np.random.Generator, course: Course, size_m: float) -> Course:
    """Adds the swing of a falling leaf: to the side once, up and down twice a period.

    Side to side about two to four of its own lengths at 1 to 2.5 Hz, as plates do at such Froude numbers
    (Belmonte, Eisenberg & Moses, Phys. Rev. Lett. 81 (1998) 345).
    """
    rate, phase = random.uniform(1.0, 2.5), random.uniform(0, 2 * np.pi)
    wide = random.uniform(0.5, 4.0) * size_m
    turn = 2 * np.pi * rate * (course.times_s - course.times_s[0]) + phase
    grows = np.clip((course.times_s - course.times_s[0]) / 0.5, 0, 1)
    way = random.uniform(0, 2 * np.pi)
    side = wide * grows * (np.sin(turn) - np.sin(phase))
    over = 0.25 * wide * grows * (np.cos(2 * turn) - np.cos(2 * phase))
    shift = np.stack([np.cos(way) * side, over, np.sin(way) * side], axis=1)
    return Course(course.times_s, course.points_m + shift)


def _turning(random: np.random.Generator, outline_m: Floats, spin_hz: float) -> Callable[[float], Floats]:
    """Time → a flat outline (k, 2) that tumbles in space, float64 (k, 3) around its middle."""
    axis = random.normal(0, 1, 3)
    axis /= np.linalg.norm(axis)
    flat = np.stack([outline_m[:, 0], outline_m[:, 1], np.zeros(len(outline_m))], axis=1)
    rock, phase = random.uniform(0.5, 2.5), random.uniform(0, 2 * np.pi)

    def turned(t_s: float) -> Floats:
        angle = 2 * np.pi * spin_hz * t_s + rock * np.sin(2 * np.pi * 1.3 * t_s + phase)
        cosine, sine = np.cos(angle), np.sin(angle)
        along = (flat @ axis)[:, None] * axis
        result: Floats = flat * cosine + np.cross(axis, flat) * sine + along * (1 - cosine)
        return result

    return turned


def _outline(random: np.random.Generator, size_m: float, slender: float, rough: float) -> Floats:
    """A closed outline with lobes, float64 (12, 2)."""
    turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    radius = 0.5 * size_m * (1 + rough * random.normal(0, 1, 12).clip(-1.5, 1.5))
    return np.stack([radius * np.cos(turn), slender * radius * np.sin(turn)], axis=1)


def _flat_thing(
    random: np.random.Generator, course: Course, outline_m: Floats, spin_hz: float, opacity: float = 1.0
) -> Body:
    turned = _turning(random, outline_m, spin_hz)
    dark = random.uniform(0.05, 0.3)
    bright = dark * random.uniform(1.2, 3.0)

    def figure(t_s: float) -> list[Part]:
        corners = turned(t_s)
        normal = np.cross(corners[1] - corners[0], corners[4] - corners[0])
        length = float(np.linalg.norm(normal))
        upwards = abs(float(normal[1])) / length if length > 0 else 0.5
        return [Part(course.at(t_s) + corners, dark + (bright - dark) * upwards)]

    return Body(figure, course.life_s, opacity=opacity)


def leaves(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 25 leaves of 3 to 20 cm at 0.8 to 2.2 m/s, fluttering or spinning, in wind."""
    count = int(np.exp(random.uniform(0, np.log(25))))
    wind = gusts(random, random.uniform(0.0, 3.5))
    near = random.uniform(3, 8)
    things: list[Actor] = []
    for _ in range(count):
        size = float(random.uniform(0.03, 0.2))
        depth = float(random.uniform(near, max(near + 2, 0.9 * distance_m(stage))))
        start = in_view(random, stage.camera, depth, 0.02)
        terminal = float(random.uniform(0.8, 2.2))
        begin = float(random.uniform(0, 0.85) * duration_s)
        if random.random() < 0.6:
            # It comes from above the picture and is on its way; the others leave a balcony or a twig in view.
            fallen_s = float(random.uniform(0.5, 6))
            start = start - blowing(wind, begin) * fallen_s + np.array([0.0, terminal * fallen_s, 0.0])
            begin = float(random.uniform(-6, 0.85 * duration_s - fallen_s))
        life = max(duration_s - begin, 1.0) + 0.5
        course = drift(start, blowing(wind, begin), terminal, wind, (begin, life))
        course = _flutter(random, course, size)
        outline = _outline(random, size, random.uniform(0.35, 0.9), 0.15)
        spin = random.choice([0.0, 0.0, random.uniform(2, 7)])
        things.append(_flat_thing(random, course, outline, float(spin)))
    return things


def _rising(random: np.random.Generator, speed_m_s: float) -> Wind:
    """Gusts with updrafts along the wall, whose mean is as fast as a bag sinks."""
    across = gusts(random, speed_m_s, 0.7)
    rates, phases = random.uniform(0.4, 2.2, 3), random.uniform(0, 2 * np.pi, 3)
    mean = random.uniform(-0.4, 0.9)

    def wind(times_s: Floats) -> Floats:
        lift = mean + 0.8 * np.sin(rates * times_s[:, None] + phases).sum(axis=1) / np.sqrt(3)
        rising = across(times_s)
        rising[:, 1] += lift * min(1.0, speed_m_s)
        return rising

    return wind


def films(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """A plastic bag or film of 0.2 to 1.5 m, half clear, that sinks at 0.5 to 1.6 m/s or is lifted."""
    things: list[Actor] = []
    for _ in range(int(random.integers(1, 3))):
        size = float(random.uniform(0.2, 0.6) if random.random() < 0.7 else random.uniform(0.6, 1.5))
        wind = _rising(random, float(random.uniform(0.4, 4.0)))
        where = on_facade(random, stage) + np.array([0.0, 0.0, random.uniform(0.5, 4)])
        begin = -float(random.uniform(0.5, 3))
        course = drift(
            where, blowing(wind, begin), float(random.uniform(0.5, 1.6)), wind, (begin, duration_s + 4)
        )
        # It passes where it is seen at some moment of the clip.
        meet = course.at(float(random.uniform(0.3, 0.8)) * duration_s)
        course = Course(course.times_s, course.points_m + 0.8 * (where - meet))
        outline = _outline(random, size, random.uniform(0.6, 1.0), 0.3)
        thing = _flat_thing(
            random, course, outline, float(random.uniform(0.1, 0.8)), float(random.uniform(0.4, 1.0))
        )
        things.append(thing)
    return things


def dust(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """Seeds and fluff (willow, poplar) of 5 to 30 mm that float at 0.2 to 0.6 m/s, near the camera."""
    wind = gusts(random, float(random.uniform(0.3, 1.5)), 0.6)
    things: list[Actor] = []
    for _ in range(int(random.integers(4, 25))):
        depth = float(random.uniform(1.5, 10))
        # It is in the picture at some moment and floats through the whole clip.
        course = drift(
            np.zeros(3), blowing(wind, -1.0), float(random.uniform(0.2, 0.6)), wind, (-1.0, duration_s + 2)
        )
        meet = course.at(float(random.uniform(0, duration_s)))
        course = Course(course.times_s, course.points_m + in_view(random, stage.camera, depth) - meet)
        size = float(random.uniform(0.005, 0.03))
        thing = _flat_thing(random, course, _outline(random, size, 0.9, 0.2), 0.5, 0.8)
        things.append(thing)
    return things
