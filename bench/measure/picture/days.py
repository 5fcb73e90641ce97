"""Whole days over a scene, made short, in which nothing is wrong with the camera.

A day is `LOOKS` looks, so from one look to the next so many seconds of it pass. What the machine learns
slowly (light within 10 minutes, ...) it learns at the day's own pace; every delay (on, off, chattering) lasts
as many looks as it would at one look a second. So the sun, the weather and the turn to infrared are as fast
against what is usual as on a real day, and what passes (lamps, headlights; rain, curtains, trees in the
clips) is seen as often in a row as it would be; of the day's seconds only every so many-th is looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.measure.picture.scenes import Picture, Scene
from edge.core.picture_health import watch
from edge.core.picture_health.faults import FAULTS, Fault
from edge.core.picture_health.watch import Report

AT: Final = datetime(2026, 3, 1, tzinfo=UTC)
DAY_S: Final = 86_400.0
HIGHEST: Final = 720
"""A larger picture tells no more of a day, and takes twice as long."""
IN_COLOUR: Final = 0.25
"""Share of the cameras that have no infrared light and stay in colour at night, ..."""
PALE: Final = 0.6
"""... with so much of it."""
Field = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Day:
    """One made day. told: what was reported wrongly, with the hour and the picture."""

    scene: str
    told: tuple[tuple[float, Report, Picture], ...]


def slowed(seconds: float) -> dict[str, Fault]:
    """The faults with delays for looks that are so many seconds apart."""
    return {
        name: replace(
            fault,
            policy=replace(
                fault.policy,
                on_delay_s=fault.policy.on_delay_s * seconds,
                off_delay_s=fault.policy.off_delay_s * seconds,
                chatter_s=fault.policy.chatter_s * seconds,
            ),
        )
        for name, fault in FAULTS.items()
    }


def lived(scene: Scene, luck: np.random.Generator, looks: int) -> Day:
    """A day over the scene, from noon to noon."""
    seconds = DAY_S / looks
    faults = slowed(seconds)
    state, _ = watch.start(faults, AT, longest_step_s=seconds)
    told: list[tuple[float, Report, Picture]] = []
    for number, (hour, picture) in enumerate(_day(scene, luck, looks)):
        at = AT + timedelta(seconds=number * seconds)
        state, reports = watch.looked(state, faults, picture.look(), None, at)
        told += [(hour, report, picture) for report in reports if report.state == "raised"]
    return Day(scene.name, tuple(told))


def _day(scene: Scene, luck: np.random.Generator, looks: int) -> Iterator[tuple[float, Picture]]:
    """Light by the hour, clouds, a wandering shadow, fog, lamps, headlights; infrared at night or colour."""
    height, width = scene.pictures[0].y.shape
    grain = np.asarray(np.clip(luck.normal(0, 24, (height + 64, width + 64)), -127, 127), np.float32)
    lamps, infrared = _lamps(luck, (height, width)), _spot(luck, (height, width))
    fog_at, fog_by = luck.uniform(0, 24), luck.choice([0.0, luck.uniform(0.2, 0.6)])
    slope, cloud, turn = luck.uniform(-0.6, 0.6), 1.0, luck.uniform(-0.2, -0.1)
    tint = luck.uniform(-5, 5, 2)
    in_colour = luck.random() < IN_COLOUR
    x, y = np.meshgrid(
        np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32)
    )
    night = False
    for number, picture in enumerate(scene.played(looks)):
        hour = (12 + 24 * number / looks) % 24
        sun = float(np.sin(np.pi * (hour - 6) / 12))
        cloud = float(np.clip(cloud + luck.normal(0, 0.02), 0.75, 1.1))
        night = sun < (turn + 0.03 if night else turn)  # the camera's own hysteresis
        light = (
            16
            + (picture.y.astype(np.float32) - 16) * float(np.clip(0.42 + 2.2 * (sun + 0.15), 0.42, 1)) * cloud
        )
        if sun > 0.1:
            light *= 1 - 0.3 * (x + slope * y < (hour - 12) / 5)
        if sun < 0.05:
            light += lamps * min(1.0, (0.05 - sun) * 8)
        fog = fog_by * max(0.0, 1 - abs((hour - fog_at + 12) % 24 - 12) / 1.5)
        light += fog * (140 - light)
        noisy = 0.08 if sun > 0.1 else 0.2
        shown = picture if scene.grey else Picture(picture.y, *_warm(picture, sun, tint))
        if night and in_colour and not scene.grey:
            shown = Picture(picture.y, *_pale(picture))
        elif night and not scene.grey:
            sky = picture.y > 185
            light = 16 + (np.where(sky, 30, picture.y) - 16) * infrared + 0.5 * lamps
            shown = Picture(picture.y, np.full_like(picture.u, 128), np.full_like(picture.v, 128))
        if sun < 0.05 and luck.random() < 0.03:
            light += _headlights(luck, x, y)
        top, left = luck.integers(0, 64, 2)
        light += noisy * grain[top : top + height, left : left + width]
        yield hour, Picture(np.clip(light, 0, 255).astype(np.uint8), shown.u, shown.v)


def _warm(picture: Picture, sun: float, tint: NDArray[np.float64]) -> list[NDArray[np.uint8]]:
    """White balance follows the evening light, not quite."""
    share = float(np.clip(1 - abs(sun) / 0.4, 0, 1))
    return [
        np.clip(plane + share * off, 0, 255).astype(np.uint8)
        for plane, off in ((picture.u, tint[0]), (picture.v, tint[1]))
    ]


def _pale(picture: Picture) -> list[NDArray[np.uint8]]:
    """A camera that sees in colour at night has less of it."""
    return [(128 + PALE * (plane - 128.0)).astype(np.uint8) for plane in (picture.u, picture.v)]


def _lamps(luck: np.random.Generator, size: tuple[int, int]) -> Field:
    """Windows and street lamps that are lit at night."""
    height, width = size
    light = np.zeros(size, np.float32)
    for _ in range(int(luck.integers(4, 24))):
        left, top = int(luck.integers(0, width)), int(luck.integers(0, height))
        cv2.rectangle(
            light, (left, top), (left + width // 50, top + height // 24), float(luck.uniform(30, 120)), -1
        )
    return np.asarray(cv2.GaussianBlur(light, (0, 0), 1.2), np.float32)


def _spot(luck: np.random.Generator, size: tuple[int, int]) -> Field:
    """The light of the camera's own infrared lamps: strongest near the middle, weak at the edges."""
    height, width = size
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    far = np.hypot(x - luck.uniform(-0.3, 0.3), y - luck.uniform(0, 0.5))
    return np.asarray(np.clip(luck.uniform(0.8, 1.1) - 0.55 * far, 0.12, 1), np.float32)


def _headlights(luck: np.random.Generator, x: Field, y: Field) -> Field:
    far = np.hypot(x - luck.uniform(-1, 1), (y - luck.uniform(0.2, 1)) * 1.5)
    return np.asarray(luck.uniform(80, 220) * np.exp(-((far / luck.uniform(0.15, 0.5)) ** 2)), np.float32)
