"""Birds: crossing, in flocks, diving off a ledge, landing; and bats."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.synth.actors.body import Body, Part
from models.synth.actors.brush import unproject
from models.synth.actors.motion import Course, distance_m, in_view, on_facade, samples, start_time
from models.synth.fall import GRAVITY_M_S2
from models.synth.stage import Actor, Stage

Floats = NDArray[np.float64]


class Species(NamedTuple):
    """How big, how fast, how often its wings beat.

    Speeds and beats: Alerstam et al., PLoS Biol. 5 (2007) e197; Pennycuick, J. Exp. Biol. 199 (1996) 1613.
    """

    span_m: tuple[float, float]
    speed_m_s: tuple[float, float]
    beats_hz: tuple[float, float]
    reflectance: tuple[float, float]
    glides: float
    """Share of the time without beating."""


SPARROW = Species((0.2, 0.26), (8, 12), (13, 19), (0.1, 0.3), 0.35)
PIGEON = Species((0.6, 0.7), (10, 16), (5, 8), (0.1, 0.55), 0.1)
CROW = Species((0.8, 1.0), (9, 13), (3.5, 4.5), (0.03, 0.08), 0.1)
GULL = Species((1.0, 1.3), (9, 13), (2.5, 3.5), (0.5, 0.85), 0.5)
SWIFT = Species((0.4, 0.45), (9, 20), (7, 10), (0.04, 0.1), 0.5)
MAGPIE = Species((0.5, 0.6), (7, 11), (6, 8), (0.05, 0.5), 0.2)
SPECIES = (SPARROW, SPARROW, PIGEON, PIGEON, CROW, GULL, SWIFT, MAGPIE)
BAT = Species((0.2, 0.4), (4, 8), (9, 13), (0.05, 0.15), 0.0)


def _wingbeat(random: np.random.Generator, species: Species) -> Callable[[float], float]:
    """Time → angle of the wings over the horizontal, radians."""
    rate, phase = random.uniform(*species.beats_hz), random.uniform(0, 1)
    pause_hz, pause_phase = random.uniform(0.6, 2.0), random.uniform(0, 1)

    def angle(t_s: float) -> float:
        if (t_s * pause_hz + pause_phase) % 1 < species.glides:
            return 0.15
        return 0.15 + 0.9 * float(np.sin(2 * np.pi * (t_s * rate + phase)))

    return angle


def winged(
    random: np.random.Generator, species: Species, course: Course, folded: tuple[float, float] = (0.0, 0.0)
) -> Body:
    """A bird along a course: a body, a head's end, two wings, a tail; folded wings between two times."""
    span = random.uniform(*species.span_m)
    reflects = random.uniform(*species.reflectance)
    under = float(np.clip(reflects * random.uniform(0.7, 2.2), 0.03, 0.9))
    beat = _wingbeat(random, species)

    def figure(t_s: float) -> list[Part]:
        middle, velocity = course.at(t_s), course.velocity(t_s)
        speed = float(np.linalg.norm(velocity))
        ahead = velocity / speed if speed > 0.3 else np.array([1.0, 0.0, 0.0])
        side = np.cross(ahead, [0.0, 1.0, 0.0])
        length = float(np.linalg.norm(side))
        side = side / length if length > 0.1 else np.array([0.0, 0.0, 1.0])
        over = np.cross(side, ahead)
        shut = folded[0] <= t_s < folded[1] or speed < 0.3
        angle = beat(t_s)
        reach = 0.12 * span if shut else 0.5 * span
        parts = []
        for hand in (-1, 1):
            tip = middle + reach * (np.cos(angle) * hand * side + np.sin(angle) * over) - 0.08 * span * ahead
            wrist = middle + 0.5 * reach * (np.cos(angle) * hand * side + np.sin(angle) * over)
            corners = [middle + 0.14 * span * ahead, wrist + 0.1 * span * ahead, tip]
            corners += [wrist - 0.12 * span * ahead, middle - 0.12 * span * ahead]
            parts.append(Part(np.array(corners), reflects))
        turns = np.linspace(0, 2 * np.pi, 10, endpoint=False)
        for across in (over, side):
            outline = middle + span * (
                0.24 * np.cos(turns)[:, None] * ahead + 0.075 * np.sin(turns)[:, None] * across
            )
            parts.append(Part(outline, under))
        return parts

    return Body(figure, course.life_s)


def _across(
    random: np.random.Generator, stage: Stage, begin_s: float, speed_m_s: float, depth_m: float
) -> Course:
    """A gently curved way through the picture at about one depth, entering and leaving at its edges."""
    camera = stage.camera
    from_left = random.random() < 0.5
    left = np.array([-0.08, random.uniform(0.05, 0.9)])
    right = np.array([1.08, random.uniform(0.05, 0.9)])
    ends = np.stack([left, right] if from_left else [right, left]) * (camera.width, camera.height)
    depths = depth_m * random.uniform(0.8, 1.25, 2)
    start, stop = unproject(camera, ends, depths)
    length = float(np.linalg.norm(stop - start))
    times = np.linspace(0, length / speed_m_s, 60)
    share = (times / times[-1])[:, None]
    bow = random.normal(0, 0.06, 3) * length
    wave = 0.1 * random.uniform(0, 1) * np.sin(2 * np.pi * random.uniform(1, 2) * times)[:, None]
    points = start + (stop - start) * share + bow * np.sin(np.pi * share) + wave * [0, 1, 0]
    return Course(begin_s + times, points)


def _flying_depth(random: np.random.Generator, stage: Stage) -> float:
    return float(distance_m(stage) * random.uniform(0.25, 1.1))


def bird(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """One to three birds, each crossing the picture once."""
    birds: list[Actor] = []
    for _ in range(int(random.integers(1, 4))):
        species = SPECIES[int(random.integers(len(SPECIES)))]
        begin = start_time(random, duration_s, 0.8)
        speed = random.uniform(*species.speed_m_s)
        course = _across(random, stage, begin, speed, _flying_depth(random, stage))
        birds.append(winged(random, species, course))
    return birds


def flock(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """6 to 30 of a kind, together."""
    species = (PIGEON, SPARROW, GULL, CROW)[int(random.integers(4))]
    begin, speed = start_time(random, duration_s), random.uniform(*species.speed_m_s)
    leader = _across(random, stage, begin, speed, _flying_depth(random, stage))
    birds: list[Actor] = []
    for _ in range(int(random.integers(6, 31))):
        apart = random.normal(0, 1, 3) * np.array([3.0, 1.2, 2.0]) * species.span_m[1] * 1.5
        sway = random.normal(0, 0.4, 3) * np.sin(
            leader.times_s[:, None] * random.uniform(0.5, 2) + random.uniform(0, 6, 3)
        )
        late = leader.times_s + random.normal(0, 0.35)
        birds.append(winged(random, species, Course(late, leader.points_m + apart + sway)))
    return birds


def dive(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """A bird drops off a ledge with folded wings for 0.3 to 1.1 s, pulls out and flies away."""
    species = (PIGEON, PIGEON, SPARROW, SWIFT, CROW)[int(random.integers(5))]
    ledge = on_facade(random, stage) + np.array([0.0, 0.0, 0.4])
    begin, drops_s = -1.0, random.uniform(0.3, 1.1)
    sits_s = 1.2 + start_time(random, duration_s, 0.7)
    cruise = random.uniform(*species.speed_m_s)
    heading = random.uniform(-0.9, 0.9)
    away = np.array([np.sin(heading) * random.choice((-1, 1)), 0.0, abs(np.cos(heading))])
    times, points, velocity = [begin, begin + sits_s], [ledge, ledge], away * random.uniform(0.5, 2)
    position, step = ledge.copy(), 0.01
    for index in range(int(6.0 / step)):
        since = index * step
        if since < drops_s:
            pull = np.array([0.0, -GRAVITY_M_S2 * 0.9, 0.0])
        else:
            # Pulling out: up to 2.5 g towards level flight at cruising speed.
            wanted = away * cruise + [0.0, random_rise(drops_s), 0.0]
            pull = np.clip((wanted - velocity) * 3, -2.5 * GRAVITY_M_S2, 2.5 * GRAVITY_M_S2)
        velocity = velocity + step * pull
        position = position + step * velocity
        times.append(begin + sits_s + since + step)
        points.append(position.copy())
    folded = (begin, begin + sits_s + drops_s)
    return [winged(random, species, Course(np.array(times), np.array(points)), folded)]


def random_rise(drops_s: float) -> float:
    """Climb after a dive, m/s: the deeper the dive, the more speed is turned into height."""
    return 1.0 + 2.0 * drops_s


def landing(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """A bird comes in from above or level, brakes over the last metres and sits."""
    species = (PIGEON, PIGEON, SPARROW, CROW, MAGPIE)[int(random.integers(5))]
    perch = on_facade(random, stage) + np.array([0.0, 0.0, 0.5])
    speed, brakes_s = random.uniform(*species.speed_m_s), random.uniform(0.8, 1.6)
    steep, turn = random.uniform(-0.2, 0.7), random.uniform(0, np.pi)
    come_from = np.array([np.cos(turn), steep, np.sin(turn)])
    come_from /= np.linalg.norm(come_from)
    before_s = random.uniform(3.0, 5.0)
    times = np.arange(0, before_s + brakes_s, 0.03)
    left = (before_s + brakes_s) - times
    # Even speed, then even braking to rest.
    way = np.where(left > brakes_s, speed * (left - brakes_s / 2), speed * left**2 / (2 * brakes_s))
    flare = 0.25 * np.sin(np.pi * np.clip(left / brakes_s, 0, 1))[:, None] * [0, -1, 0]
    points = perch + way[:, None] * come_from + flare
    begin = start_time(random, duration_s, 0.6) - 0.7 * before_s
    course = Course(np.append(begin + times, duration_s + 9), np.vstack([points, perch]))
    return [winged(random, species, course)]


def bats(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """One to four bats that hunt: quick turns about every third of a second."""
    animals: list[Actor] = []
    for _ in range(int(random.integers(1, 5))):
        depth = float(random.uniform(3, max(6.0, 0.7 * distance_m(stage))))
        begin, step = -2.0, 0.03
        count = int((duration_s + 4) / step)
        speed = random.uniform(*BAT.speed_m_s)
        turns = np.cumsum(random.normal(0, 1, (count, 2)) * np.sqrt(step) * [4.0, 1.6], axis=0)
        heading = random.uniform(0, 2 * np.pi) + turns[:, 0]
        climb = 0.6 * np.sin(turns[:, 1])
        velocity = speed * np.stack([np.cos(heading), climb, 0.5 * np.sin(heading)], axis=1)
        points = step * np.cumsum(velocity, axis=0)
        meet = points[int(random.uniform(0.2, 0.8) * count)]
        points += in_view(random, stage.camera, depth) - meet
        animals.append(winged(random, BAT, Course(samples(begin, count, step), points)))
    return animals
