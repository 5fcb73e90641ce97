"""Balls thrown or kicked up from the ground and coming down again, or bouncing."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.synth.actors.body import Body, Part, disc, facing
from models.synth.actors.brush import unproject
from models.synth.actors.motion import Course, distance_m, start_time
from models.synth.actors.people import Pose, looks, person
from models.synth.fall import AIR_DENSITY_KG_M3, GRAVITY_M_S2
from models.synth.stage import Actor, Stage

Floats = NDArray[np.float64]

STEP_S = 0.004


class Kind(NamedTuple):
    """Radius, mass, bounce (share of the speed kept on stone) and brightness."""

    radius_m: float
    mass_kg: float
    bounce: float
    reflectance: tuple[float, float]


# Sizes, masses and bounce (square root of the height kept in a drop test) of the laws of the games.
FOOTBALL = Kind(0.11, 0.43, 0.7, (0.6, 0.9))
BASKETBALL = Kind(0.12, 0.62, 0.76, (0.15, 0.35))
TENNIS = Kind(0.033, 0.058, 0.73, (0.5, 0.85))
RUBBER = Kind(0.07, 0.09, 0.65, (0.1, 0.8))
BADMINTON = Kind(0.03, 0.005, 0.1, (0.8, 0.95))
KINDS = (FOOTBALL, FOOTBALL, BASKETBALL, TENNIS, RUBBER, BADMINTON)


def bouncing(  # noqa: PLR0917 - how it starts, what it is, how long
    start_m: Floats, velocity_m_s: Floats, kind: Kind, ground_m: float, begin_s: float, life_s: float
) -> Course:
    """The path of a ball with quadratic drag (sphere, c = 0.5) that bounces on level ground.

    Args:
        start_m: float64 (3,), y up.
        velocity_m_s: float64 (3,).
        kind: Its size, mass and bounce.
        ground_m: Height of its middle when it lies on the ground.
        begin_s: When it starts.
        life_s: How long it is followed.
    """
    drag_per_m = 0.5 * AIR_DENSITY_KG_M3 * 0.5 * np.pi * kind.radius_m**2 / kind.mass_kg
    times = begin_s + np.arange(0, life_s, STEP_S)
    points = np.empty((len(times), 3))
    position, velocity = start_m.astype(np.float64), velocity_m_s.astype(np.float64)
    gravity = np.array([0.0, -GRAVITY_M_S2, 0.0])
    for index in range(len(times)):
        points[index] = position
        # The midpoint of each step, so that without air the parabola is exact.
        pull = gravity - drag_per_m * float(np.sqrt(velocity @ velocity)) * velocity
        position = position + STEP_S * velocity + 0.5 * STEP_S**2 * pull
        velocity = velocity + STEP_S * pull
        if position[1] < ground_m and velocity[1] < 0:
            position[1] = ground_m
            velocity = velocity * [0.8, -kind.bounce, 0.8]
            if velocity[1] < 0.3:
                velocity[1] = 0.0
                gravity = np.zeros(3)
                velocity *= 0.9
    return Course(times, points)


def _ball(random: np.random.Generator, stage: Stage, course: Course, kind: Kind, told: str) -> Body:
    """A sphere with a spot that turns."""
    bright = random.uniform(*kind.reflectance)
    spot = float(np.clip(bright * random.uniform(0.4, 1.0), 0.03, 0.95))
    spin, phase = 2 * np.pi * random.uniform(0, 6), random.uniform(0, 2 * np.pi)

    def figure(t_s: float) -> list[Part]:
        middle = course.at(t_s)
        turn = spin * t_s + phase
        parts = [Part(facing(stage.camera, middle, disc(kind.radius_m)), bright)]
        if np.cos(turn) > 0:
            where = 0.5 * kind.radius_m * np.array([[0.3, np.sin(turn)]])
            parts.append(Part(facing(stage.camera, middle, where + disc(0.45 * kind.radius_m, 10)), spot))
        return parts

    return Body(figure, course.life_s, kind=told, course=course)


def _ground_start(random: np.random.Generator, stage: Stage, height_m: float) -> Floats:
    """A point from which what rises by `height_m` comes into the picture, near its bottom."""
    camera = stage.camera
    depth = float(random.uniform(0.3, 0.95) * distance_m(stage))
    rise_px = height_m * camera.focal_px / depth
    # The top of its way lies in the lower two thirds of the picture, its start maybe below the edge.
    top_y = random.uniform(float(np.clip(1 - 0.9 * rise_px / camera.height, 0.3, 0.9)), 0.92) * camera.height
    x = random.uniform(0.15, 0.85) * camera.width
    point: Floats = unproject(camera, np.array([[x, top_y]]), depth)[0] - [0.0, height_m, 0.0]
    return point


def ball(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 3 throws or kicks upwards at 4 to 13 m/s, each coming down and bouncing; told as "thrown_up"."""
    kind = KINDS[int(random.integers(len(KINDS)))]
    up = float(random.uniform(4, 13))
    start = _ground_start(random, stage, up**2 / (2 * GRAVITY_M_S2))
    ground = float(start[1]) - random.uniform(0.2, 1.5)
    throws: list[Actor] = []
    begin = start_time(random, duration_s, 0.4)
    for _ in range(int(random.integers(1, 4))):
        rise = up * random.uniform(0.85, 1.1)
        velocity = np.array([random.normal(0, 0.15) * rise, rise, random.normal(0, 0.1) * rise])
        life = 2 * rise / GRAVITY_M_S2 + random.uniform(0.4, 2.5)
        from_m = start + np.array([random.normal(0, 0.5), 0.0, random.normal(0, 0.5)])
        course = bouncing(from_m, velocity, kind, ground, begin, life)
        throws.append(_ball(random, stage, course, kind, "thrown_up"))
        begin += life + random.uniform(0.3, 2)
    thrower = looks(random, 1.1, 1.85)
    feet = np.array([start[0] - 0.35, ground - kind.radius_m, start[2]])
    rate, phase = random.uniform(0.5, 2), random.uniform(0, 6.28)

    def figure(t_s: float) -> list[Part]:
        raised = 1.6 + 0.9 * float(np.sin(rate * t_s + phase))
        return person(
            feet, thrower, Pose((raised, raised - 0.2), (0.1, -0.1), 0.0), np.array([1.0, 0.0, 0.0])
        )

    return [Body(figure, (-1e9, 1e9)), *throws]


def dribble(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """A ball bounced by hand, 0.7 to 1.3 m high, again and again, moving along with its player."""
    kind = BASKETBALL if random.random() < 0.6 else RUBBER
    high = float(random.uniform(0.7, 1.3))
    half_s = np.sqrt(2 * high / GRAVITY_M_S2) * random.uniform(0.75, 0.95)
    start = _ground_start(random, stage, high)
    walk = random.normal(0, 0.6, 2)
    times = np.arange(0, duration_s, 0.01)
    # Pushed down at the speed that is missing to the beat, falling at g, and coming up as it went down.
    since = half_s * (1 - np.abs(2 * ((times / (2 * half_s)) % 1) - 1))
    push = high / half_s - GRAVITY_M_S2 / 2 * half_s
    y = high - push * since - GRAVITY_M_S2 / 2 * since**2
    points = start + np.stack([walk[0] * np.sin(times / 2), y, walk[1] * np.sin(times / 3)], axis=1)
    return [_ball(random, stage, Course(times, points), kind, "thrown_up")]
