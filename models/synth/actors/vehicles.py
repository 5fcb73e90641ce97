"""Cars and scooters below: boxes with wheels, panes and lamps that pass, leave or come closer."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.synth.actors.body import Body, Part, disc
from models.synth.actors.brush import ambient, part, unproject, window
from models.synth.actors.motion import Course, distance_m, seen, start_time
from models.synth.camera import Camera
from models.synth.stage import F32, Actor, Stage

Floats = NDArray[np.float64]


class Build(NamedTuple):
    """Metres."""

    length: float
    width: float
    height: float
    bonnet: float
    """Share of the height that the lower body takes."""
    cabin: tuple[float, float]
    """Where the cabin begins and ends, shares of the length from the rear."""
    wheel: float


CAR = Build(4.4, 1.8, 1.5, 0.55, (0.05, 0.68), 0.32)
VAN = Build(5.3, 2.0, 2.2, 0.5, (0.0, 0.85), 0.34)
BUS = Build(11.0, 2.5, 3.1, 0.35, (0.0, 1.0), 0.5)
SCOOTER = Build(1.8, 0.6, 1.6, 0.45, (0.25, 0.6), 0.22)


def lamp_height_m(build: Build) -> float:
    """How high the headlamps are: on a scooter at the bars, else in the front below the bonnet."""
    return 0.95 if build is SCOOTER else 0.6 * build.bonnet * build.height


class Frame(NamedTuple):
    """Directions in the world, unit vectors float64 (3,)."""

    ahead: Floats
    side: Floats
    up: Floats


def _prism(at: Floats, frame: Frame, spans: tuple[float, ...]) -> list[tuple[Floats, Floats]]:
    """The five faces of a box that may be seen, each with its outward normal.

    `spans`: from and to along ahead, side and up, metres.
    """
    x0, x1, y0, y1, z0, z1 = spans

    def corner(x: float, y: float, z: float) -> Floats:
        point: Floats = at + x * frame.ahead + y * frame.side + z * frame.up
        return point

    front = np.array([corner(x1, y0, z0), corner(x1, y1, z0), corner(x1, y1, z1), corner(x1, y0, z1)])
    rear = np.array([corner(x0, y0, z0), corner(x0, y1, z0), corner(x0, y1, z1), corner(x0, y0, z1)])
    left = np.array([corner(x0, y0, z0), corner(x1, y0, z0), corner(x1, y0, z1), corner(x0, y0, z1)])
    right = np.array([corner(x0, y1, z0), corner(x1, y1, z0), corner(x1, y1, z1), corner(x0, y1, z1)])
    roof = np.array([corner(x0, y0, z1), corner(x1, y0, z1), corner(x1, y1, z1), corner(x0, y1, z1)])
    ahead, side, up = frame
    return [(front, ahead), (rear, -ahead), (left, -side), (right, side), (roof, up)]


def _seen_faces(
    eye: Floats, faces: list[tuple[Floats, Floats]], reflectance: float, shine: float = 0.0
) -> list[Part]:
    """Those whose front is towards the camera, lit more the more they face up, far ones first."""
    shown = [(face, normal) for face, normal in faces if (eye - face.mean(axis=0)) @ normal > 0]
    shown.sort(key=lambda pair: -float(np.linalg.norm(eye - pair[0].mean(axis=0))))
    return [Part(face, float(reflectance * (0.75 + 0.45 * abs(normal[1]) + shine))) for face, normal in shown]


def vehicle(
    random: np.random.Generator, camera: Camera, course: Course, build: Build, up: Floats, *, lamps: bool
) -> Body:
    """A vehicle along a course on the plane whose upward direction is `up`."""
    paint = float(
        random.choice([random.uniform(0.04, 0.12), random.uniform(0.2, 0.4), random.uniform(0.6, 0.85)])
    )
    glass = float(random.choice([random.uniform(0.05, 0.15), random.uniform(0.3, 0.9)]))
    eye = np.array([camera.x_m, camera.y_m, camera.z_m])
    glint_rate, glint_phase = random.uniform(0.5, 4), random.uniform(0, 6.28)

    def figure(t_s: float) -> list[Part]:
        at, velocity = course.at(t_s), course.velocity(t_s, 0.2)
        speed = float(np.linalg.norm(velocity))
        ahead = velocity / speed if speed > 0.05 else np.array([1.0, 0.0, 0.0])
        side = np.cross(ahead, up)
        frame = Frame(ahead, side / max(float(np.linalg.norm(side)), 1e-6), up)
        half, wide, waist = build.length / 2, build.width / 2, build.bonnet * build.height
        shadow = np.array(
            [
                at + x * ahead + y * frame.side
                for x, y in ((-half, -wide), (half, -wide), (half, wide), (-half, wide))
            ]
        )
        parts = [Part(shadow, 0.06)]
        floor_m = 0.25
        wide_at_waist = wide if build is not SCOOTER else 0.5 * wide
        hull = (-half, half, -wide_at_waist, wide_at_waist, floor_m, waist)
        parts += _wheels(eye, at, frame, build) if build is SCOOTER else []
        parts += _seen_faces(eye, _prism(at, frame, hull), paint)
        if build is SCOOTER:
            parts += _rider(at, frame, paint, glass)
            if lamps and (eye - at) @ ahead > 0:
                parts += _lamps(at + half * ahead + lamp_height_m(build) * up, frame, 0.0)[:1]
            return parts
        rear, front = (share * build.length - half for share in build.cabin)
        cabin = (rear, front, -0.92 * wide, 0.92 * wide, waist, 0.94 * build.height)
        # Panes mirror the sky in passing.
        glint = 0.4 * max(0.0, float(np.sin(glint_rate * t_s + glint_phase))) ** 6
        parts += _seen_faces(eye, _prism(at, frame, cabin), glass, glint)
        roof = (rear, front, -0.9 * wide, 0.9 * wide, 0.94 * build.height, build.height)
        parts += _seen_faces(eye, _prism(at, frame, roof), paint)
        parts += _wheels(eye, at, frame, build)
        if lamps and (eye - at) @ ahead > 0:
            parts += _lamps(at + half * ahead + lamp_height_m(build) * up, frame, 0.75 * wide)
        return parts

    return Body(figure, course.life_s, soft_px=0.7)


@dataclass(frozen=True, slots=True)
class Beams:
    """The halo that haze and lens make around lit headlamps when they point at the camera."""

    course: Course
    build: Build
    up: Floats
    luma: float
    radius_m: float

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        begin, end = self.course.life_s
        if not begin <= t_s < end:
            return
        camera = stage.camera
        at, velocity = self.course.at(t_s + stage.exposure_s / 2), self.course.velocity(t_s, 0.2)
        speed = float(np.linalg.norm(velocity))
        ahead = velocity / max(speed, 1e-6)
        towards = np.array([camera.x_m, camera.y_m, camera.z_m]) - at
        facing = float(towards @ ahead) / max(float(np.linalg.norm(towards)), 1e-6)
        if facing <= 0.05 or speed < 0.05:
            return
        side = np.cross(ahead, self.up)
        apart = 0.0 if self.build is SCOOTER else 0.37 * self.build.width
        front = at + self.build.length / 2 * ahead + lamp_height_m(self.build) * self.up
        pixels, depth = camera.project(np.array([front - apart * side, front + apart * side]))
        if not np.isfinite(pixels).all() or depth.min() < 1:
            return
        # Lamps are brightest straight ahead; in the dark the halo is what is seen.
        strength = self.luma * facing**3 * float(np.clip(1.4 - ambient(light) / 100, 0.05, 1))
        spread = np.float32(max(self.radius_m * camera.focal_px / float(depth.mean()), 0.004 * camera.height))
        for middle in pixels[: 1 if apart == 0 else 2]:
            around = window(light, middle[None], 3.2 * float(spread))
            if around is None:
                continue
            x = (np.arange(around.left, around.right, dtype=np.float32) - np.float32(middle[0])) / spread
            y = (np.arange(around.top, around.bottom, dtype=np.float32) - np.float32(middle[1])) / spread
            glow = np.exp(-0.5 * y[:, None] ** 2) * np.exp(-0.5 * x[None, :] ** 2)
            part(light, around)[:] += np.float32(strength) * glow


def _rider(at: Floats, frame: Frame, top: float, helmet: float) -> list[Part]:
    """Legs, back, arms to the bars and a helmet, seen as two crossed sheets so that no side is empty."""
    parts = []
    for across in (frame.side, frame.ahead):
        for low, high, narrow, wide, tone in (
            (0.5, 0.9, 0.22, 0.26, 0.12),
            (0.85, 1.42, 0.2, 0.27, top + 0.1),
        ):
            outline = np.array([[-narrow, low], [narrow, low], [wide, high], [-wide, high]])
            parts.append(Part(at + outline[:, :1] * across + outline[:, 1:] * frame.up, tone))
    for across in (frame.side, frame.ahead):
        ring = disc(0.14, 12) + np.array([0.0, 1.56])
        parts.append(Part(at + ring[:, :1] * across + ring[:, 1:] * frame.up, helmet))
    bars = np.array([[-0.35, 0.95], [0.35, 0.95], [0.35, 1.02], [-0.35, 1.02]])
    parts.append(Part(at + 0.45 * frame.ahead + bars[:, :1] * frame.side + bars[:, 1:] * frame.up, 0.08))
    return parts


def _wheels(eye: Floats, at: Floats, frame: Frame, build: Build) -> list[Part]:
    hand = 1.0 if (eye - at) @ frame.side > 0 else -1.0
    ring = disc(build.wheel, 12)
    wheels = []
    for along in (-0.3, 0.32):
        hub = (
            at
            + along * build.length * frame.ahead
            + hand * 0.51 * build.width * frame.side
            + build.wheel * frame.up
        )
        wheels.append(Part(hub + ring[:, :1] * frame.ahead + ring[:, 1:] * frame.up, 0.05))
        wheels.append(Part(hub + 0.5 * (ring[:, :1] * frame.ahead + ring[:, 1:] * frame.up), 0.3))
    return wheels


def _lamps(front: Floats, frame: Frame, apart: float) -> list[Part]:
    ring = disc(0.14, 10)
    return [
        Part(
            front + hand * apart * frame.side + ring[:, :1] * frame.side + ring[:, 1:] * frame.up, 0.9, 180.0
        )
        for hand in (-1, 1)
    ]


def _road(random: np.random.Generator, stage: Stage, *, towards: bool) -> tuple[Floats, Floats, Floats]:
    """Where a drive begins and ends, and what is up: on the ground if seen, else on a ramp in view."""
    camera = stage.camera
    for _ in range(40):
        if not towards:
            break
        start = np.array([random.uniform(-30, 30), 0.0, max(camera.z_m - random.uniform(15, 70), 2.0)])
        stop = np.array([camera.x_m + random.uniform(-6, 6), 0.0, camera.z_m - random.uniform(2, 8)])
        if seen(camera, start) and float(np.linalg.norm(stop - start)) > 10:
            return start, stop, np.array([0.0, 1.0, 0.0])
    far = min(distance_m(stage), 45.0)
    if towards:
        shares = np.array(
            [[random.uniform(0.2, 0.8), random.uniform(0.6, 0.85)], [random.uniform(0.0, 1.0), 1.25]]
        )
        depths = np.array([far * random.uniform(0.6, 1.0), random.uniform(5, 9)])
    else:
        level = random.uniform(0.75, 0.98)
        shares = np.array([[-0.25, level], [1.25, level + random.uniform(-0.08, 0.08)]])
        depths = np.full(2, far * random.uniform(0.35, 0.9))
    start, stop = unproject(camera, shares * (camera.width, camera.height), depths)
    along = stop - start
    up = camera.axes()[1]
    # Up on the ramp: away from the way and leaning as the camera's own up does.
    plumb = np.cross(np.cross(along, up), along) if towards else up
    return start, stop, plumb / np.linalg.norm(plumb)


def _approach(random: np.random.Generator, camera: Camera, ends: tuple[Floats, Floats], up: Floats) -> Floats:
    """A way towards the camera, float64 (n, 3): along a side street into view, round the corner, on."""
    start, stop = ends
    depth = float((start - np.array([camera.x_m, camera.y_m, camera.z_m])) @ camera.axes()[2])
    across = np.cross(stop - start, up)
    across *= random.choice((-1, 1)) * 1.2 * camera.width / camera.focal_px * depth / np.linalg.norm(across)
    corners = np.array([start + across, start, stop])
    lengths = np.linalg.norm(np.diff(corners, axis=0), axis=1)
    along = np.linspace(0, lengths.sum(), 240)
    knots = np.array([0, lengths[0], lengths.sum()])
    points = np.stack([np.interp(along, knots, corners[:, axis]) for axis in range(3)], axis=1)
    # The corner is rounded over some metres.
    width = max(3, int(6.0 / max(lengths.sum() / 240, 1e-6)) // 2 * 2 + 1)
    padded = np.pad(points, ((width // 2, width // 2), (0, 0)), mode="edge")
    kernel = np.ones(width) / width
    smooth: Floats = np.stack([np.convolve(column, kernel, "valid") for column in padded.T], axis=1)
    return smooth


def _drive(
    random: np.random.Generator, stage: Stage, duration_s: float, builds: tuple[Build, ...], *, towards: bool
) -> list[Actor]:
    vehicles: list[Actor] = []
    begin = start_time(random, duration_s, 0.3) - 0.1 * duration_s
    for _ in range(int(random.integers(1, 4))):
        start, stop, up = _road(random, stage, towards=towards)
        if towards:
            points = _approach(random, stage.camera, (start, stop), up)
        else:
            share = np.linspace(0, 1, 80)[:, None]
            lane = np.cross(stop - start, up) / np.linalg.norm(stop - start) * random.normal(0, 0.4)
            points = start + (stop - start) * share + lane * np.sin(3 * share)
        if towards and random.random() < 0.25:
            points = points[::-1]
        build = builds[int(random.integers(len(builds)))]
        gone = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
        # Some brake, some pull away.
        pace = (gone / gone[-1]) ** random.uniform(0.75, 1.35)
        lasts_s = gone[-1] / float(random.uniform(3, 16))
        # What comes towards the camera turns its corner in the clip.
        early_s = lasts_s * pace[int(np.argmin(np.linalg.norm(points - start, axis=1)))] if towards else 0.0
        course = Course(begin - 0.8 * early_s + pace * lasts_s, points)
        lamps = bool(random.random() < 0.4) or stage.infrared
        vehicles.append(vehicle(random, stage.camera, course, build, up, lamps=lamps))
        if lamps:
            luma, radius = float(random.uniform(60, 255)), float(random.uniform(0.15, 0.6))
            vehicles.append(Beams(course, build, up, luma, radius))
        begin += random.uniform(0.8, 0.35 * duration_s + 0.9)
    return vehicles


def cars_towards(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 3 vehicles at 3 to 16 m/s that come towards the camera, growing while they sink; some leave."""
    return _drive(random, stage, duration_s, (CAR, CAR, VAN, BUS, SCOOTER, SCOOTER), towards=True)


def cars_across(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 3 vehicles that pass below from side to side."""
    return _drive(random, stage, duration_s, (CAR, CAR, VAN, BUS, SCOOTER), towards=False)
