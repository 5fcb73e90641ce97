"""Windows that are opened and closed, with the sky and the sun gliding over their panes."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.synth.actors.body import Body, Part
from models.synth.actors.lights import pane
from models.synth.actors.motion import start_time
from models.synth.stage import Actor, Stage

Floats = NDArray[np.float64]


class Leaf(NamedTuple):
    """A window's wing: where its hinge is and what it mirrors."""

    corners_m: Floats
    """float64 (4, 3), shut: bottom left, bottom right, top right, top left."""
    hinge: str
    """"left", "right", "top" or "bottom"; "slide" for one that runs sideways."""
    glass: float
    sun_angle: float
    """Opening at which it sends the sun to the camera, radians."""
    sun: float
    """How bright that is, reflectance."""


def _swing(random: np.random.Generator, duration_s: float, widest: float) -> Callable[[float], float]:
    """Time → opening in radians: moved within 0.4 to 2.5 s, left, moved again; or banged by the wind."""
    count = int(random.integers(1, 5))
    begins = np.sort(random.uniform(0, duration_s, count))
    takes = np.where(random.random(count) < 0.2, 0.15, random.uniform(0.4, 2.5, count))
    angles = np.append(random.choice([0.0, random.uniform(0, widest)]), random.uniform(0, widest, count))
    tremble, rate = random.choice([0.0, random.uniform(0.005, 0.08)]), random.uniform(2, 7)

    def opening(t_s: float) -> float:
        share = np.clip((t_s - begins) / takes, 0, 1)
        # A hand starts and ends gently: minimum-jerk profile (Flash & Hogan, J. Neurosci. 5 (1985) 1688).
        eased = share**3 * (10 - 15 * share + 6 * share**2)
        angle = angles[0] + float((np.diff(angles) * eased).sum())
        return float(max(angle, 0) * (1 + tremble * np.sin(rate * t_s)))

    return opening


def _wing(leaf: Leaf, opening: Callable[[float], float]) -> Callable[[float], list[Part]]:
    low_left, low_right, top_right, top_left = leaf.corners_m
    wide, high = low_right - low_left, top_left - low_left

    def figure(t_s: float) -> list[Part]:
        angle = opening(t_s)
        ahead = np.array([0.0, 0.0, 1.0])
        long = float(np.linalg.norm(high if leaf.hinge in {"top", "bottom"} else wide))
        if leaf.hinge == "left":
            shift = wide * np.cos(angle) + long * np.sin(angle) * ahead
            corners = np.array([low_left, low_left + shift, top_left + shift, top_left])
        elif leaf.hinge == "right":
            shift = -wide * np.cos(angle) + long * np.sin(angle) * ahead
            corners = np.array([low_right + shift, low_right, top_right, top_right + shift])
        elif leaf.hinge == "top":
            shift = -high * np.cos(angle) + long * np.sin(angle) * ahead
            corners = np.array([top_left + shift, top_right + shift, top_right, top_left])
        elif leaf.hinge == "bottom":
            shift = high * np.cos(angle) - 0.3 * long * np.sin(angle) * ahead
            corners = np.array([low_left, low_right, low_right + shift, low_left + shift])
        else:
            shift = wide * min(angle, 1.2) / 1.4
            corners = leaf.corners_m + shift
        # The sun is half a degree wide; panes are not quite flat, so its image in them is some degrees wide.
        flash = leaf.sun * float(np.exp(-0.5 * ((angle - leaf.sun_angle) / 0.05) ** 2))
        mirrored = leaf.glass * (0.6 + 0.8 * abs(float(np.sin(angle + 0.4))))
        middle = corners.mean(axis=0)
        return [Part(corners, 0.8), Part(middle + 0.88 * (corners - middle), mirrored + flash)]

    return figure


def windows(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 5 windows turned on their hinges or slid, some with a flash of the sun."""
    wings: list[Actor] = []
    for _ in range(int(random.integers(1, 6))):
        corners = pane(random, stage)
        hinge = str(random.choice(["left", "right", "top", "bottom", "slide"]))
        if hinge in {"left", "right", "slide"}:
            # Half of the window is one wing.
            middle = (corners[[0, 3]] + corners[[1, 2]]) / 2
            corners = np.array([corners[0], middle[0], middle[1], corners[3]])
        widest = {"top": 0.6, "bottom": 0.25}.get(hinge, 1.5)
        sun = float(random.uniform(2, 12)) if random.random() < 0.6 and not stage.infrared else 0.0
        leaf = Leaf(
            corners, hinge, float(random.uniform(0.08, 0.7)), float(random.uniform(0.1, 0.9) * widest), sun
        )
        figure = _wing(leaf, _swing(random, duration_s, widest))
        wings.append(Body(figure, (-1e9, 1e9)))
    return wings


def glints(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """3 to 15 panes that flash in turn, downwards or across: the sun mirrored by something that passes."""
    first, apart = start_time(random, duration_s, 0.7), float(random.uniform(0.05, 0.6))
    corners = pane(random, stage)
    step = np.array([0.0, -3.0, 0.0]) if random.random() < 0.6 else np.array([3.6, 0.0, 0.0])
    lasts = float(random.uniform(0.06, 0.5))
    sparks: list[Actor] = []
    for number in range(int(random.integers(3, 16))):
        place = corners + step * number
        middle = place.mean(axis=0) + random.normal(0, 0.2, 3) * [1, 1, 0]
        size = float(random.uniform(0.05, 0.4))
        peak = first + number * apart + random.normal(0, 0.1 * apart)
        strength = float(random.uniform(40, 255))
        spot = middle + size * (place - place.mean(axis=0))

        def figure(
            t_s: float,
            corners: Floats = spot,
            peak: float = float(peak),
            strength: float = strength,
        ) -> list[Part]:
            shine = strength * float(np.exp(-0.5 * ((t_s - peak) / lasts) ** 2))
            return [Part(corners, 0.35, shine)] if shine > 1 else []

        sparks.append(Body(figure, (float(peak) - 3 * lasts, float(peak) + 3 * lasts), opacity=0.8))
    return sparks
