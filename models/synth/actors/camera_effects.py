"""What happens to the whole picture: shake and bumps, exposure, the infrared filter, flashes of lightning."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.actors.motion import start_time
from models.synth.stage import F32, Actor, Stage

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shake:
    """Shifts and turns the picture."""

    pose: Callable[[float], tuple[float, float, float]]
    """Time → shift right and down in pixels, turn in degrees."""

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        start, stop = self.pose(t_s), self.pose(t_s + stage.exposure_s)
        x, y, turn = ((first + last) / 2 for first, last in zip(start, stop, strict=True))
        if abs(x) + abs(y) < 0.02 and abs(turn) < 0.001:
            return
        height, width = light.shape
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1.0)
        matrix[:, 2] += np.array([x, y])
        moved = cv2.warpAffine(light, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        blur = np.hypot(stop[0] - start[0], stop[1] - start[1])
        if blur > 0.8:
            moved = _directional(np.asarray(moved, np.float32), stop[0] - start[0], stop[1] - start[1])
        light[:] = moved


def _directional(light: F32, x: float, y: float) -> F32:
    """Smears along a shift in pixels."""
    half = int(np.ceil(max(abs(x), abs(y)) / 2)) + 1
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.uint8)
    ends = np.round(np.array([[half - x / 2, half - y / 2], [half + x / 2, half + y / 2]]) * 16).astype(int)
    cv2.line(kernel, tuple(ends[0].tolist()), tuple(ends[1].tolist()), 255, 1, cv2.LINE_AA, 4)
    weights = kernel.astype(np.float32) / kernel.sum()
    return np.asarray(cv2.filter2D(light, -1, weights), np.float32)


def shake(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """A pole that swings in the wind: 0.3 to 6 px at 720 lines, 0.5 to 12 Hz, with gusts."""
    del duration_s
    size = float(np.exp(random.uniform(np.log(0.3), np.log(6)))) * stage.scale
    rates = 2 * np.pi * random.uniform(0.5, 12, (3, 3))
    phases = random.uniform(0, 2 * np.pi, (3, 3))
    parts = random.uniform(0.2, 1, (3, 3)) / np.sqrt(3)
    ratio = np.array([random.uniform(0.3, 1), random.uniform(0.2, 1), random.uniform(0, 0.02)])
    calm_rate, calm_phase = random.uniform(0.3, 1.5), random.uniform(0, 6.28)

    def pose(t_s: float) -> tuple[float, float, float]:
        gust = 0.6 + 0.4 * np.sin(calm_rate * t_s + calm_phase)
        x, y, turn = size * gust * ratio * (parts * np.sin(rates * t_s + phases)).sum(axis=1)
        return float(x), float(y), float(turn)

    return [Shake(pose)]


def bumps(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 4 knocks (door, lorry, hand): 2 to 40 px at 720 lines, ringing 3 to 15 Hz; some stay turned."""
    count = int(random.integers(1, 5))
    times = np.sort(random.uniform(0.3, duration_s, count))
    kicks = random.normal(0, 1, (count, 2)) * np.exp(random.uniform(np.log(2), np.log(40), (count, 1))) / 1.5
    kicks *= stage.scale
    rates, damping = 2 * np.pi * random.uniform(3, 15, count), random.uniform(2, 10, count)
    stays = np.where(random.random((count, 1)) < 0.2, random.normal(0, 0.5, (count, 2)), 0.0) * kicks

    def pose(t_s: float) -> tuple[float, float, float]:
        since = t_s - times
        on = since > 0
        rings = np.where(on, np.exp(-damping * np.maximum(since, 0)) * np.sin(rates * since), 0.0)
        moved = (kicks * rings[:, None]).sum(axis=0)
        moved += (stays * np.clip(since / 0.1, 0, 1)[:, None]).sum(axis=0)
        return float(moved[0]), float(moved[1]), float(0.01 * moved[0] / stage.scale)

    return [Shake(pose)]


@dataclass(frozen=True, slots=True)
class Gain:
    """Multiplies and lifts the whole picture."""

    gain: Callable[[float], tuple[float, float]]
    """Time → factor and luma added."""

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        del stage
        factor, add = self.gain(t_s)
        if abs(factor - 1) > 1e-3 or abs(add) > 0.05:
            np.multiply(light, np.float32(factor), out=light)
            light += np.float32(add)


def exposure_steps(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """Auto-exposure: 1 to 4 steps of up to 60 %, taken at once or over 0.1 to 1.5 s, some with overshoot."""
    del stage
    count = int(random.integers(1, 5))
    times = np.sort(random.uniform(0.2, duration_s, count))
    factors = np.exp(random.normal(0, 0.25, count).clip(-0.6, 0.6))
    ramps = np.where(random.random(count) < 0.3, 1e-3, random.uniform(0.1, 1.5, count))
    over = np.where(random.random(count) < 0.4, random.uniform(0.1, 0.5, count), 0.0)

    def gain(t_s: float) -> tuple[float, float]:
        since = t_s - times
        done = np.clip(since / ramps, 0, 1)
        swing = over * np.exp(-np.maximum(since, 0) / 0.4) * np.sin(8 * np.maximum(since, 0)) * (since > 0)
        return float(np.exp((np.log(factors) * (done + swing)).sum())), 0.0

    return [Gain(gain)]


def exposure_drift(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """Exposure that hunts: up to 15 % at 0.05 to 0.6 Hz; under mains lamps also a beat of 0.5 to 3 Hz."""
    del stage, duration_s
    size, rate, phase = (
        random.uniform(0.02, 0.15),
        2 * np.pi * random.uniform(0.05, 0.6),
        random.uniform(0, 6.28),
    )
    beat = random.uniform(0.01, 0.05) if random.random() < 0.4 else 0.0
    beat_rate = 2 * np.pi * random.uniform(0.5, 3)

    def gain(t_s: float) -> tuple[float, float]:
        return float(1 + size * np.sin(rate * t_s + phase) + beat * np.sin(beat_rate * t_s)), 0.0

    return [Gain(gain)]


@dataclass(frozen=True, slots=True)
class FilterSwitch:
    """The infrared filter swings: the picture flashes or goes dark, then has another tone and more noise."""

    at_s: float
    settles_s: float
    flash: float
    """Factor of the light at the switch."""
    gamma: float
    lift: float
    noise: F32
    """float32, larger than the picture by 64 each way; noise of the new mode, in luma."""
    back_s: float
    """When it swings back, if ever."""
    blur_px: float
    """How unsharp the picture is right after the switch."""

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        del stage
        if t_s < self.at_s:
            return
        switched = self.at_s if t_s < self.back_s else self.back_s
        since = t_s - switched
        np.clip(light, 0, 255, out=light)
        if t_s < self.back_s:
            np.power(light / 255, self.gamma, out=light)
            light *= 255 - self.lift
            light += self.lift
            height, width = light.shape
            step = int(t_s * 1000)
            down, right = (step * 37) % 64, (step * 53) % 64
            light += self.noise[down : down + height, right : right + width]
        # The focus of the lens differs between daylight and infrared; the motor finds it again.
        unsharp = self.blur_px * float(np.exp(-since / self.settles_s))
        if unsharp > 0.4:
            cv2.GaussianBlur(light, (0, 0), unsharp, dst=light)
        light *= np.float32(1 + (self.flash - 1) * np.exp(-since / self.settles_s))


def infrared_switch(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """Day to night mode, sometimes back again within the clip (a lamp fools the sensor)."""
    at_s = start_time(random, duration_s, 0.8)
    size = (stage.camera.height + 64, stage.camera.width + 64)
    strength = random.uniform(1, 6)
    back = at_s + random.uniform(1, 6) if random.random() < 0.35 else 1e9
    return [
        FilterSwitch(
            at_s=at_s,
            settles_s=float(random.uniform(0.08, 0.6)),
            flash=float(random.choice([random.uniform(0.02, 0.6), random.uniform(1.3, 3.5)])),
            gamma=float(random.uniform(0.55, 1.5)),
            lift=float(random.uniform(0, 25)),
            noise=(random.standard_normal(size, np.float32) * np.float32(strength)),
            back_s=float(back),
            blur_px=float(random.choice([0.0, random.uniform(1, 4)])) * stage.scale,
        )
    ]


@dataclass(frozen=True, slots=True)
class Focus:
    """The lens searches its focus: the picture blurs and breathes."""

    begin_s: float
    lasts_s: float
    swings: int
    blur_px: float
    breath: float
    """Share by which the picture grows at the largest defocus."""

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        del stage
        share = (t_s - self.begin_s) / self.lasts_s
        if not 0 <= share < 1:
            return
        off = float(np.sin(np.pi * self.swings * share)) * (1 - share) ** 0.5
        height, width = light.shape
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 0, 1 + self.breath * off)
        moved = cv2.warpAffine(light, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        unsharp = self.blur_px * abs(off)
        light[:] = cv2.GaussianBlur(moved, (0, 0), unsharp) if unsharp > 0.3 else moved


def focus_search(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 or 2 searches of 0.5 to 3 s, unsharp by up to 6 px at 720 lines, breathing by up to 3 %."""
    return [
        Focus(
            begin_s=start_time(random, duration_s, 0.8),
            lasts_s=float(random.uniform(0.5, 3)),
            swings=int(random.integers(1, 6)),
            blur_px=float(random.uniform(1, 6)) * stage.scale,
            breath=float(random.uniform(0.002, 0.03)),
        )
        for _ in range(int(random.integers(1, 3)))
    ]


@dataclass(frozen=True, slots=True)
class Lightning:
    """Strokes that light the scene; a rolling shutter cuts the shortest across the picture."""

    strokes_s: Floats
    """float64 (n,): when each begins."""
    lasts_s: Floats
    sizes: Floats
    readout_s: float
    """From the first row's exposure to the last one's."""

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        height = light.shape[0]
        row_s = t_s + np.arange(height) / height * self.readout_s
        # Share of each row's exposure that each stroke lights.
        lit = np.minimum(row_s[:, None] + stage.exposure_s, self.strokes_s + self.lasts_s)
        lit = np.maximum(lit - np.maximum(row_s[:, None], self.strokes_s), 0) / stage.exposure_s
        gain = (lit * self.sizes).sum(axis=1)
        if gain.max() < 1e-3:
            return
        rows = np.flatnonzero(gain > 1e-3)
        span = slice(int(rows[0]), int(rows[-1]) + 1)
        column = gain[span, None].astype(np.float32)
        light[span] *= 1 + column
        light[span] += 12 * column


def lightning(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 5 flashes of 1 to 6 strokes, 40 to 90 ms apart (Rakov & Uman, Lightning, 2003, ch. 4)."""
    del stage
    strokes: list[float] = []
    for begin in random.uniform(0.2, duration_s, int(random.integers(1, 6))):
        gaps = random.gamma(3, 0.02, int(random.integers(1, 7)))
        strokes.extend(float(begin + after) for after in np.cumsum(gaps))
    count = len(strokes)
    lasts = np.exp(random.uniform(np.log(0.001), np.log(0.12), count))
    sizes = np.exp(random.uniform(np.log(0.3), np.log(8), count)) * np.maximum(0.04 / lasts, 1) ** 0.5
    return [Lightning(np.array(strokes), lasts, sizes, float(random.uniform(0.005, 0.03)))]
