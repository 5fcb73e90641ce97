"""Small rendered scenes: a facade, things that move before it, a camera with noise. Plain numpy, by seed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge.core.vision import pipeline
from edge.core.vision.frame import Fall, Frame
from edge.core.vision.preprocess import Verifier
from edge.core.vision.settings import DetectorSettings

Path = Callable[[float], tuple[float, float] | None]
Change = Callable[[float, NDArray[np.float32], np.random.Generator], NDArray[np.float32]]


@dataclass(frozen=True)
class Thing:
    """A disc that moves. path: time in s → centre in px, None while out of sight. contrast: grey levels."""

    path: Path
    side: float = 8.0
    contrast: float = 60.0


@dataclass
class Scene:
    height: int = 360
    width: int = 640
    fps: float = 25.0
    seconds: float = 4.0
    things: list[Thing] = field(default_factory=list)
    change: Change | None = None
    noise: float = 1.5
    repeat_every: int = 0
    seed: int = 7

    def frames(self) -> Iterator[Frame]:
        chance = np.random.default_rng(self.seed)
        wall = _facade(self.height, self.width, chance)
        last: NDArray[np.uint8] | None = None
        for index in range(round(self.seconds * self.fps)):
            t = index / self.fps
            if last is None or not self.repeat_every or index % self.repeat_every:
                picture = wall.copy()
                for thing in self.things:
                    _paint(picture, thing, t)
                if self.change is not None:
                    picture = self.change(t, picture, chance)
                picture += chance.normal(0, self.noise, picture.shape).astype(np.float32)
                last = np.clip(picture, 0, 255).astype(np.uint8)
            yield Frame(last, t, index)


def _facade(height: int, width: int, chance: np.random.Generator) -> NDArray[np.float32]:
    wall = np.full((height, width), 120, np.float32)
    pitch = height // 9
    for top in range(pitch // 3, height, pitch):
        for left in range(pitch // 3, width, pitch):
            wall[top : top + pitch // 2, left : left + pitch // 2] = chance.uniform(60, 150)
    return cv2.GaussianBlur(wall + chance.normal(0, 3, wall.shape).astype(np.float32), (3, 3), 0)


def _paint(picture: NDArray[np.float32], thing: Thing, t: float) -> None:
    """Adds a disc with a soft rim, sharp in time as with a short exposure."""
    place = thing.path(t)
    if place is None:
        return
    x, y = place
    reach = int(thing.side) + 2
    left, top = max(int(x) - reach, 0), max(int(y) - reach, 0)
    right, bottom = min(int(x) + reach + 1, picture.shape[1]), min(int(y) + reach + 1, picture.shape[0])
    if left >= right or top >= bottom:
        return
    ys, xs = np.mgrid[top:bottom, left:right]
    inside = np.clip(thing.side / 2 + 0.5 - np.hypot(xs - x, ys - y), 0, 1)
    patch = picture[top:bottom, left:right]
    patch += (thing.contrast * inside).astype(np.float32)


def drop(  # noqa: PLR0917 - named by every caller
    x: float = 300.0,
    top: float = 30.0,
    at: float = 1.0,
    gravity: float = 300.0,
    aside: float = 0.0,
    up: float = 0.0,
) -> Path:
    """Free fall from rest (or thrown up at `up` px/s) at time `at`; gravity in px/s²."""

    def path(t: float) -> tuple[float, float]:
        s = max(t - at, 0.0)
        return x + aside * s, top - up * s + gravity * s * s / 2

    return path


def watch(
    scene: Scene,
    settings: DetectorSettings | None = None,
    verifier: Verifier | None = None,
    ignore: tuple[NDArray[np.float64], ...] = (),
    *,
    find_facade: bool = False,
) -> list[Fall]:
    settings = settings or DetectorSettings()
    state = pipeline.start(scene.height, scene.width, settings, ignore, find_facade=find_facade)
    falls: list[Fall] = []
    for frame in scene.frames():
        state, told = pipeline.step(state, frame, settings, verifier)
        falls.extend(told.ended)
    falls.extend(pipeline.finish(state, settings, verifier).ended)
    return falls


def median_error(fall: Fall, path: Path) -> float:
    track = fall.track
    truth = np.array([path(float(t)) for t in track.t_s])
    return float(np.median(np.hypot(*(truth - track.xy_px).T)))


class Kit:
    """What the tests of this folder draw and watch with."""

    scene = Scene
    thing = Thing
    drop = staticmethod(drop)
    watch = staticmethod(watch)
    median_error = staticmethod(median_error)


@pytest.fixture(scope="session")
def kit() -> type[Kit]:
    return Kit
