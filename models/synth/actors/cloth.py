"""Cloth in the wind: laundry on a line, curtains that billow out of windows, flags."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from models.synth.actors.body import Body, Part
from models.synth.actors.motion import Wind, blowing, gusts, on_facade
from models.synth.fall import GRAVITY_M_S2
from models.synth.stage import Actor, Stage

Floats = NDArray[np.float64]


def _hung(random: np.random.Generator, top_m: Floats, size_m: tuple[float, float], wind: Wind) -> Body:
    """A cloth held at its upper edge: a pendulum pushed by the wind, with a wave running down it."""
    wide, long = size_m
    rate = np.sqrt(1.5 * GRAVITY_M_S2 / long) * random.uniform(0.85, 1.15)
    phase, wave_phase = random.uniform(0, 2 * np.pi, 2)
    ripple, ripple_rate = random.uniform(0.02, 0.12), random.uniform(4, 9)
    reflects, stripes = random.uniform(0.08, 0.85), int(random.integers(1, 5))
    other = float(np.clip(reflects * random.uniform(0.6, 1.5), 0.05, 0.9))

    def figure(t_s: float) -> list[Part]:
        blows = blowing(wind, t_s)
        strength = float(np.hypot(blows[0], blows[2]))
        # Lean grows with the square of the wind across and saturates; the swing rides on it.
        lean = 0.8 * np.tanh(0.04 * blows[2] * abs(blows[2])) + 0.035 * strength * np.sin(rate * t_s + phase)
        side = 0.5 * np.tanh(0.012 * blows[0] * abs(blows[0]))
        side += 0.015 * strength * np.sin(0.8 * rate * t_s + phase)
        down = np.linspace(0, 1, 6)
        wave = ripple * min(strength, 4) / 4 * down * np.sin(ripple_rate * t_s - 5 * down + wave_phase)
        x = long * down * np.sin(side) + wave
        y = -long * down * np.cos(lean) * np.cos(side)
        z = long * down * np.sin(lean) + 0.5 * wave
        parts = []
        for stripe in range(stripes):
            edges = np.array([stripe, stripe + 1]) / stripes * wide - wide / 2
            left, right = (np.stack([x + edge * (1 - 0.1 * down), y, z], axis=1) for edge in edges)
            corners = top_m + np.concatenate([left, right[::-1]])
            turned = 1 - 0.35 * abs(float(np.sin(lean + 2 * wave[-1])))
            parts.append(Part(corners, (other if stripe % 2 else reflects) * turned))
        return parts

    return Body(figure, (-1e9, 1e9))


def laundry(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 3 lines with 2 to 7 cloths each, 0.3 to 1.6 m wide, in a wind of 0.5 to 6 m/s."""
    del duration_s
    cloths: list[Actor] = []
    for _ in range(int(random.integers(1, 4))):
        wind = gusts(random, float(random.uniform(0.5, 6)), 0.6)
        start = on_facade(random, stage) + np.array([0.0, 0.0, random.uniform(0.3, 1.2)])
        along = 0.0
        for _ in range(int(random.integers(2, 8))):
            wide = float(random.uniform(0.3, 0.9) if random.random() < 0.8 else random.uniform(0.9, 1.6))
            top = start + np.array([along + wide / 2, random.normal(0, 0.02), 0.0])
            cloths.append(_hung(random, top, (wide, float(random.uniform(0.4, 1.5))), wind))
            along += wide + random.uniform(0.02, 0.25)
    return cloths


def tarpaulin(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 or 2 tarpaulins, nets or banners of 2 to 8 m that hang from above and belly in the wind."""
    del duration_s
    sheets: list[Actor] = []
    for _ in range(int(random.integers(1, 3))):
        wind = gusts(random, float(random.uniform(0.5, 4)), 0.7)
        top = on_facade(random, stage) + np.array([0.0, 0.0, 0.4])
        size = (float(random.uniform(1, 5)), float(random.uniform(2, 8)))
        sheets.append(_hung(random, top, size, wind))
    return sheets


def curtains(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 3 curtains or blinds that billow out of open windows, at times sucked in again."""
    del duration_s
    cloths: list[Actor] = []
    for _ in range(int(random.integers(1, 4))):
        inner = gusts(random, float(random.uniform(1.5, 7)), 0.9)
        quiet = random.uniform(0.5, 3.0)

        def wind(times_s: Floats, inner: Wind = inner, quiet: float = quiet) -> Floats:
            blows = inner(times_s)
            speed = np.linalg.norm(blows, axis=1, keepdims=True)
            felt: Floats = blows * np.maximum(0, 1 - quiet / np.maximum(speed, 1e-3))
            return felt

        top = on_facade(random, stage) + np.array([0.0, 0.6, 0.05])
        for side in (-0.35, 0.35)[: int(random.integers(1, 3))]:
            size = (float(random.uniform(0.4, 0.9)), float(random.uniform(1.2, 2.2)))
            cloths.append(_hung(random, top + np.array([side, 0.0, 0.0]), size, wind))
    return cloths


def _flag_waves(random: np.random.Generator) -> Callable[[float, Floats], Floats]:
    rate, phase = random.uniform(5, 14), random.uniform(0, 2 * np.pi)

    def lift(t_s: float, along: Floats) -> Floats:
        wave: Floats = along * (
            np.sin(rate * t_s - 7 * along + phase) + 0.4 * np.sin(1.7 * rate * t_s - 12 * along)
        )
        return wave

    return lift


def flags(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 3 flags or banners, 0.6 to 2.5 m, that flap at 1 to 2 Hz."""
    del duration_s
    cloths: list[Actor] = []
    for _ in range(int(random.integers(1, 4))):
        pole = on_facade(random, stage) + np.array([0.0, 0.0, random.uniform(0.3, 2)])
        wide = float(random.uniform(0.6, 2.5))
        high, reflects = wide * float(random.uniform(0.4, 0.8)), float(random.uniform(0.1, 0.8))
        lift = _flag_waves(random)
        sign = float(random.choice((-1, 1)))

        def figure(
            t_s: float,
            pole: Floats = pole,
            size: tuple[float, float] = (sign * wide, high),
            reflects: float = reflects,
            lift: Callable[[float, Floats], Floats] = lift,
        ) -> list[Part]:
            along = np.linspace(0, 1, 9)
            wave = lift(t_s, along)
            x, z = size[0] * along, 0.2 * abs(size[0]) * wave
            y = -0.25 * size[1] * along**2 + 0.1 * size[1] * wave
            top = np.stack([x, y, z], axis=1)
            parts = []
            for left in range(8):
                pair = top[left : left + 2]
                corners = pole + np.concatenate([pair, (pair - [0, size[1], 0])[::-1]])
                slope = float(wave[left + 1] - wave[left])
                parts.append(Part(corners, float(np.clip(reflects * (1 + 1.5 * slope), 0.03, 0.95))))
            return parts

        cloths.append(Body(figure, (-1e9, 1e9)))
    return cloths
