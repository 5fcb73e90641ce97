"""From where and how a thing is thrown so that the camera sees it as wished."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.synth.bodies import KINDS, LIQUIDS, Body, draw_body
from models.synth.camera import Camera
from models.synth.estate import Tower
from models.synth.fall import GRAVITY_M_S2
from models.synth.flight import Air, Flight, Flutter, Ledge, Wind, fly
from models.synth.illumination import Light
from models.synth.recipe import FallRecipe
from models.synth.scenery import Scenery
from models.synth.throws import DEPTH_SLACK_M, Thrown

Floats = NDArray[np.float64]

CANDIDATES = 60
SMALL_PX = 9.0
LARGER = ("carton", "bag", "cloth", "flower_pot", "shoe")
PROBE_S = 0.1
LONGEST_S = 12.0
LEAST_TRAVEL = 0.10
"""Of the picture's height that a fall must be seen to move, or nobody could say that it falls."""
FULL_TRAVEL = 0.4
SHADOW = 30.0
"""Grey level that a shadow darkens towards."""
LEAST_SEEN_S = 0.5


@dataclass(frozen=True)
class Spot:
    """Where something is thrown."""

    camera: Camera
    tower: Tower
    scenery: Scenery
    light: Light
    frame_rate: float
    duration_s: float


@dataclass(frozen=True)
class Release:
    """How something is thrown."""

    kind: str
    at_s: float
    floor: int
    """Counted from 1; 0: from the ground; one more than the floors: from the roof."""
    bay: int
    place_m: Floats
    velocity_m_s: Floats
    body: Body | None
    way_px: Floats
    """float64 (n, 2): roughly where it is seen, every 0.1 s."""


def choose_release(wished: FallRecipe, spot: Spot, random: np.random.Generator) -> Release | None:
    """Among many throws the one that is seen and whose size is nearest to the wish; None if none is seen."""
    best: tuple[float, Release] | None = None
    for number in range(CANDIDATES):
        # A kind that cannot be seen as large or as small as wished gives way to others.
        others = tuple(KINDS) if wished.size_px < SMALL_PX else LARGER
        kind = wished.kind if number < CANDIDATES / 2 else str(random.choice(others))
        body = None if kind in LIQUIDS else draw_body(kind, random)
        floor, bay, place, velocity = _throw(wished.way, spot.tower, random)
        probe = _probe(place, velocity, 0.0 if body is None else body.drag_per_m)
        left_s = min(spot.duration_s - wished.at_s, LONGEST_S)
        way, sizes = _seen_way(
            probe[: int(left_s / PROBE_S) + 1], 0.6 if body is None else body.extent_m, spot
        )
        if len(way) * PROBE_S < LEAST_SEEN_S or way[-1, 1] - way[0, 1] < LEAST_TRAVEL * spot.camera.height:
            continue
        size = float(np.median(sizes))
        miss = 1.5 * abs(np.log(size / wished.size_px)) + (5.0 if size < 3.2 or size > 100 else 0.0)
        # Longer ways are likelier: what falls past one balcony only is the exception.
        miss += 2 * max(0.0, FULL_TRAVEL - (way[-1, 1] - way[0, 1]) / spot.camera.height)
        if best is None or miss < best[0]:
            best = (miss, Release(kind, wished.at_s, floor, bay, place, velocity, body, way))
        settled = best[0] < (2.0 if wished.kind in LIQUIDS else 0.25)
        if miss < 0.12 or (number == CANDIDATES // 2 and settled):
            break
    return None if best is None else best[1]


def launch(
    release: Release, wished: FallRecipe, spot: Spot, random: np.random.Generator
) -> tuple[Thrown, ...]:
    """The thing itself, and its mirror image and shadow if wished."""
    wind = Wind(
        (float(random.normal(0, 1.5)), 0.0, float(random.normal(0, 1.0))),
        random.uniform(0, 0.4),
        phase=random.uniform(0, 6),
    )
    ledges: tuple[Ledge, ...] = ()
    if spot.tower.canopy_m:
        left, right, height, deep = spot.tower.canopy_m
        ledges = (
            Ledge(height, (left, right), (0.0, deep), random.uniform(0.15, 0.45), random.uniform(0.3, 1.5)),
        )
    drop_m: Floats | None = None
    if release.body is None:
        flight, drop_m = _pour(release, Air(wind, Flutter(), ledges), random)
    else:
        air = Air(wind, release.body.flutter, ledges)
        drag = np.array([release.body.drag_per_m])
        flight = fly(release.place_m[None], release.velocity_m_s[None], drag, LONGEST_S, air)
    albedo = _albedo(release, wished, flight, spot, random)
    thing = Thrown(
        release.kind, "positive", flight, release.at_s, albedo, spot.light, spot.scenery, release.body, drop_m
    )
    parts = [thing]
    if wished.reflected and spot.scenery.glass:
        strength = random.uniform(0.15, 0.55)
        parts.append(replace(thing, kind="reflection", label="ignore", strength=strength))
    if wished.shadow:
        sun = (random.uniform(-0.8, 0.8), random.uniform(0.4, 1.2), 1.0)
        strength = random.uniform(0.1, 0.35)
        parts.append(
            replace(thing, kind="shadow", label="ignore", albedo=SHADOW, strength=strength, sun_m=sun)
        )
    return tuple(parts)


def thrown_up(spot: Spot, random: np.random.Generator) -> tuple[Release, tuple[Thrown, ...]] | None:
    """A ball or bottle thrown up by someone on the ground; None if the camera does not see it."""
    for _ in range(CANDIDATES):
        body = draw_body(str(random.choice(["fruit", "bottle", "shoe", "paper_ball"])), random)
        place = np.array(
            [random.uniform(-0.6, 0.6) * spot.tower.facade.width_m, 1.4, random.uniform(1.5, 9.0)]
        )
        velocity = np.array([random.normal(0, 1.2), random.uniform(8, 19), random.normal(0, 0.8)])
        way, _ = _seen_way(_probe(place, velocity, body.drag_per_m), body.extent_m, spot)
        if len(way) * PROBE_S < 2 * LEAST_SEEN_S:
            continue
        at_s = float(random.uniform(1.5, max(1.6, spot.duration_s - 4)))
        release = Release("thrown_up", at_s, 0, -1, place, velocity, body, way)
        flight = fly(place[None], velocity[None], np.array([body.drag_per_m]), LONGEST_S)
        wished = FallRecipe("thrown_up", "thrown", at_s, 8.0, float(random.uniform(25, 90)))
        albedo = _albedo(release, wished, flight, spot, random)
        return release, (Thrown("thrown_up", "ignore", flight, at_s, albedo, spot.light, spot.scenery, body),)
    return None


def _throw(way: str, tower: Tower, random: np.random.Generator) -> tuple[int, int, Floats, Floats]:
    """Floor, bay, place and velocity of one way of throwing."""
    facade = tower.facade
    floor, bay = int(random.integers(2, facade.floors + 1)), int(random.integers(0, facade.bays))
    outward, sideways, up = random.uniform(0, 0.6), random.normal(0, 0.25), 0.0
    if way == "thrown":
        outward, sideways, up = random.uniform(1.2, 5.0), random.normal(0, 1.2), random.uniform(0, 1.0)
    elif way == "up_first":
        outward, sideways, up = random.uniform(0.8, 3.5), random.normal(0, 1.0), random.uniform(2.0, 5.0)
    elif way == "towards":
        outward, sideways, up = random.uniform(5.0, 11.0), random.normal(0, 0.8), random.uniform(0, 2.0)
    elif way == "above":
        floor, outward = facade.floors + int(random.integers(0, 2)), random.uniform(0.2, 3.0)
    elif way == "canopy":
        outward = random.uniform(0.1, 0.8)
    elif way == "sideways":
        bay = 0 if random.random() < 0.5 else facade.bays - 1
        sideways, outward = (1.0 if bay else -1.0) * random.uniform(2.0, 6.0), random.uniform(0, 2)
    elif way == "balcony" and facade.balcony_bays:
        bay = int(random.choice(facade.balcony_bays))
        outward = random.uniform(0, 1.0)
    out_m = tower.balcony_m if bay in facade.balcony_bays else 0.0
    x = (bay + random.uniform(0.25, 0.75)) * facade.bay_m - facade.width_m / 2
    place = np.array(
        [x, (floor - 1) * facade.floor_m + random.uniform(1.0, 1.9), out_m + random.uniform(0.25, 0.5)]
    )
    return floor, bay, place, np.array([sideways, up, outward])


def _probe(place: Floats, velocity: Floats, drag: float) -> Floats:
    """float64 (n, 3): a rough flight, every 0.1 s, until the ground; drag along the vertical only."""
    t = np.arange(0.0, LONGEST_S, PROBE_S)
    fallen = GRAVITY_M_S2 * t**2 / 2 - velocity[1] * t
    if drag > 1e-4:
        terminal = float(np.sqrt(GRAVITY_M_S2 / drag))
        since = np.maximum(t - velocity[1] / GRAVITY_M_S2, 0)
        dragged = (
            terminal**2 / GRAVITY_M_S2 * np.log(np.cosh(np.minimum(GRAVITY_M_S2 * since / terminal, 300)))
        )
        fallen = np.where(since > 0, dragged - velocity[1] ** 2 / 2 / GRAVITY_M_S2, fallen)
        carried = (
            np.log1p(drag * np.abs(velocity[[0, 2]])[:, None] * t) / drag * np.sign(velocity[[0, 2]])[:, None]
        )
    else:
        carried = velocity[[0, 2]][:, None] * t
    path = np.stack([place[0] + carried[0], place[1] - fallen, place[2] + carried[1]], axis=1)
    return path[path[:, 1] > 0]


def _seen_way(probe: Floats, extent_m: float, spot: Spot) -> tuple[Floats, Floats]:
    """Pixels (n, 2) and sizes (n,) of the moments of a rough flight that are seen."""
    pixels, depth = spot.camera.project(probe)
    size = np.array([spot.camera.width, spot.camera.height])
    inside = np.isfinite(pixels).all(axis=1) & (depth > 1.0)
    inside[inside] &= ((pixels[inside] > 1) & (pixels[inside] < size - 2)).all(axis=1)
    x, y = pixels[inside].astype(int).T
    unhidden = spot.scenery.distance_m[y, x] > depth[inside] - DEPTH_SLACK_M
    kept = np.flatnonzero(inside)[unhidden]
    return pixels[kept], extent_m * spot.camera.focal_px / depth[kept]


def _pour(release: Release, air: Air, random: np.random.Generator) -> tuple[Flight, Floats]:
    """A bucket of liquid: blobs of a few centimetres that are held back as the drops they break into."""
    thick = release.kind == "kitchen_waste"
    count = int(random.integers(25, 60) if thick else random.integers(60, 160))
    radius = np.exp(random.uniform(np.log(0.008), np.log(0.05), count))
    place = release.place_m + random.normal(0, 0.12, (count, 3))
    velocity = release.velocity_m_s + random.normal(0, 0.7 if thick else 1.0, (count, 3))
    broken_m = np.exp(random.uniform(np.log(0.003), np.log(0.02), count)) * (2.0 if thick else 1.0)
    # A sphere of water: k = 3 c / (8 r) times air's density over water's, c = 0.5.
    drag = 3 * 1.2 * 0.5 / (8 * 1000 * broken_m)
    return fly(place, velocity, drag, LONGEST_S, air), radius


def _albedo(
    release: Release, wished: FallRecipe, flight: Flight, spot: Spot, random: np.random.Generator
) -> float:
    """The grey of the thing for which the mean difference to what is behind it is nearest to the wish.

    Small things need more contrast to be seen at all by anyone, noise asks for more, and so does smear.
    """
    left_s = min(flight.duration_s, max(0.2, spot.duration_s - release.at_s))
    times = np.arange(0, left_s, 1 / spot.frame_rate)
    pixels, depth = spot.camera.project(flight.at(times).mean(axis=1))
    size = np.array([spot.camera.width, spot.camera.height])
    inside = np.isfinite(pixels).all(axis=1) & (depth > 1)
    inside[inside] &= ((pixels[inside] > 1) & (pixels[inside] < size - 2)).all(axis=1)
    if not inside.any():
        return 128.0
    x, y = pixels[inside].astype(int).T
    behind, depth = spot.scenery.luma[y, x], depth[inside]
    extent = 0.5 if release.body is None else release.body.extent_m
    size_px = float(np.median(extent * spot.camera.focal_px / depth))
    steps = np.linalg.norm(np.diff(pixels[inside], axis=0), axis=1)
    smear_px = (float(np.median(steps)) if len(steps) else 0.0) * spot.frame_rate * spot.light.exposure_s
    noise = float(np.hypot(spot.light.noise_read, spot.light.noise_shot))
    least = max(8.0, 36.0 / size_px, 7 * noise / size_px)
    target = max(wished.contrast, least) * min(1 + smear_px / size_px, 6.0)
    albedos = np.linspace(4, 250, 42)
    levels = [spot.light.luma(np.full(len(depth), a, np.float32), depth.astype(np.float32)) for a in albedos]
    miss = [abs(float(np.abs(level - behind).mean()) - target) for level in levels]
    # Bright and dark serve alike; one of the three best keeps both in the set.
    return float(albedos[random.choice(np.argsort(miss)[:3])])
