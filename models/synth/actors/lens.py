"""What sits on the lens or dome: drops that run down and refract, cobwebs that sway, dirt."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.actors.brush import part, thread, window
from models.synth.actors.motion import Course
from models.synth.stage import F32, Actor, Stage

Floats = NDArray[np.float64]


NARROWEST = 0.02
"""Radius of the smallest drop, share of the picture's height.

A dome stands some 4 cm before a lens whose picture is there about as high and whose aperture is 2 mm wide:
what sits on it is blurred over a twentieth of the height, however small it is.
"""


@dataclass(frozen=True, slots=True)
class LensDrop:
    """A water drop on the glass: shows the scene upside down, small and unsharp, with a dark rim."""

    places: Course
    """Shares of the picture's height: x, y; the third is how much longer than wide it is."""
    radius: float
    """Of the picture's height."""
    opacity: float
    lamp: float
    """Luma added in the middle: a lamp beside the lens shines on it."""

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        del stage
        begin, end = self.places.life_s
        if not begin <= t_s < end:
            return
        height = light.shape[0]
        x, y, longer = self.places.at(t_s)
        radius = self.radius * height
        middle = np.array([x * height, y * height])
        box = window(light, middle[None], radius * (1 + longer) + 2)
        if box is None:
            return
        # It sees a field many times its own: the scene around, upside down.
        wide = window(light, middle[None], 7 * radius)
        assert wide is not None
        every = max(1, int(radius / 8))
        small = cv2.resize(part(light, wide)[::every, ::every], (10, 10), interpolation=cv2.INTER_AREA)[
            ::-1, ::-1
        ]
        size = (box.right - box.left, box.bottom - box.top)
        seen = np.asarray(
            cv2.resize(np.ascontiguousarray(small), size, interpolation=cv2.INTER_CUBIC), np.float32
        )
        across = (np.arange(box.left, box.right, dtype=np.float32) - np.float32(middle[0])) / np.float32(
            radius
        )
        down = (np.arange(box.top, box.bottom, dtype=np.float32) - np.float32(middle[1])) / np.float32(radius)
        # Round below, drawn out above, as a drop that hangs.
        down = np.where(down < 0, down / np.float32(1 + longer), down)
        out = np.sqrt(across[None, :] ** 2 + down[:, None] ** 2)
        cover = np.clip((1 - out) / 0.8, 0, 1) * np.float32(self.opacity)
        rim = 1 - 0.35 * np.clip(1 - np.abs(out - 0.75) / 0.3, 0, 1) + 0.25 * np.clip(down[:, None], 0, 1)
        view = part(light, box)
        view += cover * (np.minimum(seen * rim + np.float32(self.lamp) * (1 - out), 250) - view)


def lens_drops(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """3 to 25 drops of 4 to 20 % of the picture's height that stick for seconds and slip at up to 0.9/s."""
    aspect = stage.camera.width / stage.camera.height
    drops: list[Actor] = []
    for _ in range(int(random.integers(3, 26))):
        step = 0.04
        count = int(duration_s / step) + 3
        runs = random.random() < 0.55
        # Sticks and slips in turn; each slip has its own speed and slows as it leaves its film.
        speed, lean = np.zeros(count), np.zeros(count)
        index = int(random.uniform(0, 0.7) * count)
        while runs and index < count:
            lasts = int(random.uniform(0.1, 1.6) / step)
            fast = float(np.exp(random.uniform(np.log(0.03), np.log(0.9))))
            until = min(count, index + max(lasts, 2))
            ramp = np.linspace(0, 1, until - index)
            speed[index:until] = fast * np.minimum(1, ramp / 0.2) * (1 - 0.6 * ramp)
            lean[index:until] = random.normal(0, 0.25)
            index = until + int(random.exponential(2.0) / step)
        y = random.uniform(-0.02, 0.9) + np.cumsum(speed) * step
        x = random.uniform(0, aspect) + np.cumsum(speed * lean) * step
        longer = np.clip(1.5 * speed, 0, 1.2)
        begin = float(random.choice([-1.0, random.uniform(0, duration_s)]))
        times = begin + step * np.arange(count, dtype=np.float64)
        drops.append(
            LensDrop(
                places=Course(times, np.stack([x, y, longer], axis=1)),
                radius=float(np.exp(random.uniform(np.log(NARROWEST), np.log(0.1)))),
                opacity=float(random.uniform(0.2, 0.85)),
                lamp=float(random.uniform(10, 120) if stage.infrared else 0),
            )
        )
    return drops


@dataclass(frozen=True, slots=True)
class Cobweb:
    """Threads before the lens that swing in the wind, bright in a lamp's light."""

    anchors: Floats
    """float64 (n, 2, 2), ends of the threads, shares of the picture's height."""
    sag: Floats
    """float64 (n, 2): how far the middle swings across and its phase."""
    rate: float
    radius: float
    luma: float
    opacity: float

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        del stage
        height = light.shape[0]
        share = np.linspace(0, 1, 24)[:, None]
        gust = 0.6 + 0.4 * np.sin(0.9 * t_s + self.sag[0, 1])
        for (start, stop), (swing, phase) in zip(self.anchors, self.sag, strict=True):
            along = stop - start
            across = np.array([-along[1], along[0]])
            moved = (
                swing * gust * (np.sin(self.rate * t_s + phase) + 0.3 * np.sin(2.7 * self.rate * t_s + phase))
            )
            path = start + along * share + across * moved * np.sin(np.pi * share)
            thread(light, path * height, self.radius * height, self.luma, self.opacity)


def cobweb(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 6 threads near the lens, swinging at 0.4 to 3 Hz."""
    del duration_s
    aspect = stage.camera.width / stage.camera.height
    count = int(random.integers(1, 7))
    corner = np.array([random.choice([-0.1, aspect + 0.1]), random.choice([-0.1, 0.5, 1.1])])
    start = corner + random.normal(0, 0.15, (count, 2))
    stop = np.stack([random.uniform(0.1, 0.9, count) * aspect, random.uniform(-0.1, 1.1, count)], axis=1)
    return [
        Cobweb(
            anchors=np.stack([start, stop], axis=1),
            sag=np.stack([random.uniform(0.01, 0.15, count), random.uniform(0, 6.28, count)], axis=1),
            rate=float(2 * np.pi * random.uniform(0.4, 3)),
            radius=float(random.uniform(0.003, 0.012)),
            luma=float(random.uniform(140, 245) if stage.infrared else random.uniform(120, 230)),
            opacity=float(random.uniform(0.1, 0.5)),
        )
    ]


def cables(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 4 wires across the picture that sway at 0.2 to 1.2 Hz, dark and nearly sharp."""
    del duration_s
    aspect = stage.camera.width / stage.camera.height
    count = int(random.integers(1, 5))
    level, steep = random.uniform(0.0, 0.9, count), random.normal(0, 0.15, count)
    start = np.stack([np.full(count, -0.05), level], axis=1)
    stop = np.stack([np.full(count, aspect + 0.05), level + steep], axis=1)
    return [
        Cobweb(
            anchors=np.stack([start, stop], axis=1),
            sag=np.stack([random.uniform(0.002, 0.015, count), random.uniform(0, 6.28, count)], axis=1),
            rate=float(2 * np.pi * random.uniform(0.2, 1.2)),
            radius=float(random.uniform(0.0008, 0.003)),
            luma=float(random.uniform(10, 70)),
            opacity=float(random.uniform(0.6, 0.95)),
        )
    ]
