"""A made facade under noise, and what can go wrong with its picture; for the tests of a picture's health."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.core.picture_health import watch
from edge.core.picture_health.faults import FAULTS
from edge.core.picture_health.flow import Rate
from edge.core.picture_health.look import Look, look
from edge.core.picture_health.watch import Report, Watch

Picture = NDArray[np.uint8]
AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
HEIGHT, WIDTH = 360, 640


def facade(seed: int = 1) -> Picture:
    """Walls, windows, a street and trees, drawn sharp; (360, 640) uint8."""
    luck = np.random.default_rng(seed)
    picture = np.full((HEIGHT, WIDTH), 190, np.uint8)
    cv2.rectangle(picture, (60, 40), (560, 330), 140, -1)
    for row in range(9):
        for column in range(12):
            shade = int(luck.integers(30, 230))
            left, top = 74 + 40 * column + int(luck.integers(0, 8)), 50 + 30 * row + int(luck.integers(0, 5))
            cv2.rectangle(picture, (left, top), (left + 22, top + 16), shade, -1)
    for _ in range(160):
        x, y = int(luck.integers(0, WIDTH)), int(luck.integers(290, HEIGHT))
        cv2.circle(picture, (x, y), int(luck.integers(2, 7)), int(luck.integers(40, 120)), -1)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.6), np.uint8)


def colours(cb: float = 4, cr: float = -5) -> Picture:
    """(2, 36, 64) uint8: a colour with some variety around it."""
    luck = np.random.default_rng(3)
    away = luck.normal(0, 6, (2, 36, 64)) + np.array([cb, cr])[:, None, None]
    return np.clip(128 + away, 0, 255).astype(np.uint8)


GREY = np.full((2, 36, 64), 128, np.uint8)


def noise(picture: NDArray[np.generic], sigma: float = 1.2, seed: int = 0) -> Picture:
    """The picture as a sensor with that noise gives it."""
    rest = np.random.default_rng(seed).normal(0, sigma, picture.shape)
    return np.clip(np.round(picture + rest), 0, 255).astype(np.uint8)


def live(picture: NDArray[np.generic], seconds: int, first: int = 0) -> Iterator[Picture]:
    """The same scene second by second, each with a noise of its own."""
    return (noise(picture, seed=first + second) for second in range(seconds))


def taken(picture: NDArray[np.generic], first: int = 500) -> list[Look]:
    """Ten looks at the scene, each with a noise of its own: more than a frozen picture is looked for."""
    return [look(each, COLOURS) for each in live(picture, 10, first)]


class Camera:
    """Feeds a watch with one picture a second and collects what it tells."""

    def __init__(self, state: Watch | None = None, at: datetime = AT) -> None:
        self.watch = state if state is not None else watch.start(FAULTS, at)[0]
        self.at = at
        self.told: list[Report] = []

    def shows(
        self, pictures: Iterable[Picture], chroma: Picture | None = None, rate: Rate | None = None
    ) -> "Camera":
        """After these pictures, a second apart."""
        for picture in pictures:
            self.at += timedelta(seconds=1)
            self.watch, told = watch.looked(
                self.watch, FAULTS, look(picture, COLOURS if chroma is None else chroma), rate, self.at
            )
            self.told += told
        return self

    def sees(self, looks: Iterable[Look], every_s: float = 1) -> "Camera":
        """The same with looks that were taken before."""
        for each in looks:
            self.at += timedelta(seconds=every_s)
            self.watch, told = watch.looked(self.watch, FAULTS, each, None, self.at)
            self.told += told
        return self

    @property
    def faults(self) -> list[tuple[str, str]]:
        """(fault, state) of all that was told."""
        return [(report.fault, report.state) for report in self.told]


COLOURS = colours()


@cache
def _well() -> Camera:
    return Camera().shows(live(facade(), 16))


def well() -> Camera:
    """A camera that has been well for a while."""
    before = _well()
    assert before.faults == []
    return Camera(before.watch, before.at)
