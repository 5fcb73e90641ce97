"""Lights on the facade: lamps switched, stairwells, television, running strips of diodes, headlights."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.actors.body import box, standing
from models.synth.actors.brush import Shape, cover, fill, part, window
from models.synth.actors.motion import on_facade, start_time, wall
from models.synth.facade import BAY_M, FLOOR_M
from models.synth.stage import F32, Actor, Stage

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LitPane:
    """A window whose room gives off light that changes."""

    corners_m: Floats
    """float64 (4, 3)."""
    light_of: Callable[[float], float]
    """Time → luma of the lit pane; at or below 1 the room is dark and the picture stays as it is."""
    opacity: float
    halo: float
    """Share of the light that is seen around the pane: lens and haze."""

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        luma = self.light_of(t_s)
        if luma <= 1:
            return
        pixels, depth = stage.camera.project(self.corners_m)
        if not np.isfinite(pixels).all() or depth.min() < 0.5:
            return
        fill(light, [[Shape(pixels, min(luma, 255))]], opacity=self.opacity * min(1.0, luma / 60))
        reach = float(np.ptp(pixels, axis=0).max())
        around = window(light, pixels, reach)
        if around is None or self.halo * luma < 0.5:
            return
        middle = pixels.mean(axis=0)
        x = np.arange(around.left, around.right) - middle[0]
        y = np.arange(around.top, around.bottom) - middle[1]
        falls = np.exp(-(x[None, :] ** 2 + y[:, None] ** 2) / (2 * (0.6 * reach) ** 2))
        part(light, around)[:] += (self.halo * luma * falls).astype(np.float32)


def pane(random: np.random.Generator, stage: Stage) -> Floats:
    """Corners of a window of the front, float64 (4, 3), on its grid of floors and bays."""
    at = on_facade(random, stage)
    wide, high = random.uniform(1.0, 2.4), random.uniform(1.1, 1.9)
    if stage.facade is not None and abs(at[2]) < 1:
        half = stage.facade.width_m / 2
        at[0] = (np.floor((at[0] + half) / BAY_M) + 0.5) * BAY_M - half
        at[1] = np.floor(at[1] / FLOOR_M) * FLOOR_M + 1.45
    return standing(at, box(-wide / 2, -high / 2, wide, high))


def lamps(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 8 windows whose lamps are switched on or off, some flickering as they start."""
    panes: list[Actor] = []
    for _ in range(int(random.integers(1, 9))):
        switches = np.sort(random.uniform(0, duration_s, int(random.integers(1, 5))))
        first = bool(random.random() < 0.5)
        luma, starts_s = float(random.uniform(90, 250)), float(random.choice([0.0, 0.03, 0.25, 0.8]))
        flickers = random.random() < 0.25
        panes.append(
            LitPane(
                pane(random, stage),
                _switched(switches, luma, (starts_s, flickers), first=first),
                float(random.uniform(0.4, 0.95)),
                float(random.uniform(0, 0.08)),
            )
        )
    return panes


def _switched(
    switches: Floats, luma: float, start: tuple[float, bool], *, first: bool
) -> Callable[[float], float]:
    def light_of(t_s: float) -> float:
        passed = int(np.searchsorted(switches, t_s))
        if not first ^ (passed % 2 == 1):
            return 0.0
        since = t_s - switches[passed - 1] if passed else 99.0
        rise = 1.0 if start[0] == 0 else float(np.clip(since / start[0], 0.15, 1))
        # A fluorescent tube strikes a few times before it burns.
        if start[1] and since < 1.2 and np.sin(47 * since) + np.sin(31 * since + 1) < 0:
            rise *= 0.15
        return luma * rise

    return light_of


def stairwell(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """Lamps of one column that go on floor after floor, as somebody walks down or up, or a lift runs."""
    top = on_facade(random, stage)
    floors = stage.facade.floors if stage.facade is not None else 10
    step_s = float(random.choice([random.uniform(0.25, 0.9), random.uniform(2, 6)]))
    stays_s = float(random.choice([random.uniform(0.5, 1.5) * step_s, 60.0]))
    down = random.random() < 0.75
    begin, luma = start_time(random, duration_s, 0.4), float(random.uniform(90, 220))
    wide = random.uniform(0.6, 1.8)
    panes: list[Actor] = []
    for number in range(floors):
        middle = np.array([top[0], (number + 0.5) * FLOOR_M, top[2]])
        turn = floors - 1 - number if down else number
        on = begin + (turn - 0.3 * floors) * step_s
        corners = standing(middle, box(-wide / 2, -0.6, wide, 1.2))
        lit = _switched(np.array([on, on + stays_s]), luma, (0.05, False), first=False)
        panes.append(LitPane(corners, lit, 0.9, 0.03))
    return panes


def television(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 4 rooms lit by a screen: cuts every 0.4 to 6 s, slow changes and quick flicker between."""
    panes: list[Actor] = []
    for _ in range(int(random.integers(1, 5))):
        cuts = np.cumsum(random.gamma(1.3, 1.6, int(duration_s) + 8) + 0.2)
        levels = random.uniform(0.15, 1, len(cuts) + 1)
        luma = float(random.uniform(40, 170))
        rates, phases = random.uniform(2, 40, 4), random.uniform(0, 6.28, 4)
        deep = float(random.uniform(0.03, 0.25))

        def light_of(
            t_s: float,
            cuts: Floats = cuts,
            levels: Floats = levels,
            luma: float = luma,
            waves: tuple[Floats, Floats, float] = (rates, phases, deep),
        ) -> float:
            level = levels[int(np.searchsorted(cuts, t_s))]
            flicker = 1 + waves[2] * float(np.sin(waves[0] * t_s + waves[1]).mean() * 2)
            return float(luma * level * flicker)

        panes.append(LitPane(pane(random, stage), light_of, float(random.uniform(0.5, 0.95)), 0.02))
    return panes


@dataclass(frozen=True, slots=True)
class Strip:
    """A line of diodes along which light runs."""

    points_m: Floats
    """float64 (n, 3): the diodes, in the order in which the light runs."""
    speed_m_s: float
    length_m: float
    """Of the lit piece."""
    tail_m: float
    begin_s: float
    every_s: float
    """From one run to the next; one that is longer than the clip runs once."""
    tick_s: float
    """The controller changes the pattern so often."""
    luma: float
    resting: float
    """Luma of a diode that the light has not reached."""
    width_m: float

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        pixels, depth = stage.camera.project(self.points_m)
        good = np.isfinite(pixels).all(axis=1)
        if good.sum() < 2:
            return
        ends = np.stack([t_s, t_s + 0.5 * stage.exposure_s])
        bright = np.mean(
            [self._levels(float(np.floor(end / self.tick_s) * self.tick_s)) for end in ends], axis=0
        )
        shown = good & (bright > 1)
        if not shown.any():
            return
        scale = stage.camera.focal_px / float(np.median(depth[good]))
        radius = max(0.5, self.width_m * scale / 2)
        glow = max(1.0, 1.5 * radius)
        box_ = window(light, pixels[shown], 4 * glow + 2)
        if box_ is None:
            return
        layer = np.zeros((box_.bottom - box_.top, box_.right - box_.left), np.float32)
        at = np.round((pixels[shown] - (box_.left, box_.top)) * 16).astype(np.int32)
        for (x, y), level in zip(at, bright[shown], strict=True):
            cv2.circle(layer, (int(x), int(y)), int(radius * 16), float(level), -1, cv2.LINE_8, 4)
        sharp = cv2.GaussianBlur(layer, (0, 0), 0.7)
        bloom = np.asarray(cv2.GaussianBlur(layer, (0, 0), glow), np.float32)
        view = part(light, box_)
        np.maximum(view, np.asarray(sharp, np.float32), out=view)
        view += 0.35 * bloom

    def _levels(self, t_s: float) -> Floats:
        """Luma of each diode, float64 (n,)."""
        steps = np.linalg.norm(np.diff(self.points_m, axis=0), axis=1)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        since = t_s - self.begin_s
        resting = np.full(len(along), self.resting)
        if since < 0:
            return resting
        behind = since * self.speed_m_s - along
        # Runs follow each other; where the next begins before the last has ended, both are seen.
        reached = behind >= 0
        after = np.where(reached, behind % (self.every_s * self.speed_m_s), np.inf)
        lit = np.where(after <= self.length_m, 1.0, 0.0)
        fading = np.maximum(np.where(reached, after, 1e3) - self.length_m, 0)
        tail = np.where(reached & (fading > 0), np.exp(-np.minimum(fading / self.tail_m, 50)), 0.0)
        levels: Floats = np.maximum(resting, self.luma * (lit + tail))
        return levels


def led_icicles(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """A row of 6 to 25 short tubes, 0.3 to 1 m, down each of which a drop of light runs again and again."""
    del duration_s
    first = on_facade(random, stage) + np.array([0.0, 0.0, 0.2])
    reach, spacing = float(random.uniform(0.3, 1.0)), float(random.uniform(0.02, 0.05))
    speed, every_s = float(random.uniform(0.6, 4.0)), float(random.uniform(0.6, 2.5))
    apart, luma = float(random.uniform(0.25, 0.8)), float(random.uniform(120, 250))
    tubes: list[Actor] = []
    for number in range(int(random.integers(6, 26))):
        along = np.arange(0, reach, spacing)
        points = np.stack([0 * along + apart * number, -along, 0 * along], axis=1)
        tubes.append(
            Strip(
                points_m=first + points,
                speed_m_s=speed,
                length_m=spacing,
                tail_m=0.12,
                begin_s=-10 - float(random.uniform(0, every_s)),
                every_s=every_s,
                tick_s=1 / 30,
                luma=luma,
                resting=0.0,
                width_m=0.03,
            )
        )
    return tubes


def led_strips(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 6 strips, mostly upright, with light running down or up at 1 to 20 m/s, once or repeatedly."""
    first = on_facade(random, stage)
    top = stage.facade.height_m if stage.facade is not None else first[1] + 8
    half = stage.facade.width_m / 2 if stage.facade is not None else 1e3
    upright, down = random.random() < 0.85, random.random() < 0.75
    speed = float(np.exp(random.uniform(0, np.log(20))))
    spacing = float(random.uniform(0.06, 0.4))
    reach = float(random.uniform(0.4, 1.0)) * (top if upright else 12.0)
    runs_s = reach / speed
    every_s = float(random.choice([1e6, runs_s + random.uniform(0, 3), runs_s * random.uniform(0.1, 1)]))
    begin = start_time(random, duration_s, 0.6)
    apart_s, tick_s = float(random.choice([0, random.uniform(0.1, 1.5)])), 1 / random.uniform(12, 60)
    count = int(random.integers(1, 7))
    strips: list[Actor] = []
    for number in range(count):
        steps = np.arange(0, reach, spacing)
        if upright:
            begin_y = min(top, first[1] + 0.7 * reach)
            # Columns go out from the first to both sides, as long as there is wall.
            aside = BAY_M * ((number + 1) // 2) * (-1) ** number
            x = (
                float(np.clip(first[0] + aside, 0.1 - half, half - 0.1))
                if abs(first[2]) < 1
                else first[0] + aside
            )
            points = np.stack([np.full(len(steps), x), begin_y - steps], axis=1)
        else:
            x = first[0] - reach / 2 + steps
            x = x[np.abs(x) < half] if (np.abs(x) < half).sum() > 3 else x
            points = np.stack([x, np.full(len(x), first[1])], axis=1)
        points = np.concatenate([points, np.full((len(points), 1), first[2] + 0.2)], axis=1)
        strips.append(
            Strip(
                points_m=points if down else points[::-1],
                speed_m_s=speed,
                length_m=float(random.choice([spacing, random.uniform(0.2, 3)])),
                tail_m=float(random.choice([0.01, random.uniform(0.2, 2)])),
                begin_s=begin + number * apart_s,
                every_s=every_s,
                tick_s=float(tick_s),
                luma=float(random.uniform(110, 250)),
                resting=float(random.choice([0, 0, random.uniform(10, 60)])),
                width_m=float(np.exp(random.uniform(np.log(0.03), np.log(0.35)))),
            )
        )
    return strips


@dataclass(frozen=True, slots=True)
class Sweep:
    """A pool of light that crosses the wall, narrow and bright or wide and faint."""

    start: Floats
    """float64 (2,), shares of the picture's width and height."""
    stop: Floats
    size: Floats
    """float64 (2,): its half width and height, shares of the picture's height."""
    times_s: tuple[float, float]
    gain: float
    add: float
    wall_m: Floats | None
    """float64 (4, 3): the wall that the light falls on; without one it falls on the whole picture."""

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        begin, end = self.times_s
        if not begin <= t_s < end:
            return
        share = (t_s - begin) / (end - begin)
        height, width = light.shape
        # A passing car's light is slow while far and fast when near.
        middle = (self.start + (self.stop - self.start) * share**1.6) * (width, height)
        spread = self.size * height
        around = window(light, middle[None], 2.5 * float(spread.max()))
        if around is None:
            return
        x = (np.arange(around.left, around.right) - middle[0]) / spread[0]
        y = (np.arange(around.top, around.bottom) - middle[1]) / spread[1]
        falls = np.exp(-0.5 * x[None, :].astype(np.float32) ** 4) * np.exp(
            -0.5 * y[:, None].astype(np.float32) ** 2
        )
        fades = float(np.sin(np.pi * share))
        if self.wall_m is not None:
            corners, _ = stage.camera.project(self.wall_m)
            falls *= cover(corners - (around.left, around.top), falls.shape)
        view = part(light, around)
        view *= 1 + self.gain * fades * falls
        view += self.add * fades * falls


def headlights(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 4 sweeps across walls: mostly sideways, some downwards (a car that comes over a crest)."""
    sweeps: list[Actor] = []
    for _ in range(int(random.integers(1, 5))):
        steep = random.random() < 0.3
        start, stop = random.uniform(-0.1, 1.1, 2), random.uniform(-0.1, 1.1, 2)
        if steep:
            start[1], stop[1] = random.uniform(-0.1, 0.4), random.uniform(0.6, 1.1)
            stop[0] = start[0] + random.uniform(-0.1, 0.1)
        else:
            start[0], stop[0] = (-0.3, 1.3) if random.random() < 0.5 else (1.3, -0.3)
            stop[1] = start[1] + random.uniform(-0.15, 0.15)
        begin = start_time(random, duration_s, 0.8)
        size = np.array([random.uniform(0.03, 0.35), random.uniform(0.03, 0.4)])
        times = (begin, begin + float(random.uniform(0.4, 4)))
        gain, add = float(random.uniform(0.2, 2.0)), float(random.uniform(2, 35))
        sweeps.append(Sweep(start, stop, size, times, gain, add, wall(stage)))
    return sweeps
