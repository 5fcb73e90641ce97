"""Rain, snow and hail: thousands of drops in the volume before the camera, with onset and end."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.synth.actors.brush import LAMP_REACH_M, ambient, streaks
from models.synth.stage import F32, Actor, Stage

Floats = NDArray[np.float64]

APERTURE_M = 0.0022
"""Of a 4 mm lens at F/1.8. Focused far away, what is at distance d is unsharp by focal_px aperture / d."""
NEAREST_M = 0.15
BOX_MARGIN = np.array([1.2, 1.3, 1.0])
"""How much wider than the view at its far end a box is."""


@dataclass(frozen=True, slots=True)
class Precipitation:
    """Drops in boxes before the camera; what leaves a box comes in again at its other side, elsewhere."""

    homes: Floats
    """float64 (n, 3): places at the time 0, shares of the drop's box: right, up, ahead."""
    reach_m: Floats
    """float64 (n,): depth of the drop's box. Small boxes lie within the large, so the near is crowded."""
    size_m: Floats
    """float64 (n,): diameters."""
    speed_m_s: Floats
    """float64 (n,): terminal speeds."""
    rank: Floats
    """float64 (n,): falls while the intensity is above it."""
    intensity: Callable[[float], float]
    """Time → share of the drops that fall."""
    blown: Callable[[float], Floats]
    """Time → how far the wind has carried the air, float64 (3,), metres."""
    swirl_m: float
    """How far a flake swings to either side; 0 for drops."""
    white: float
    """Its luma over the picture's mean. A drop shows the whole sky upside down, brighter than most walls

    (Garg & Nayar, Int. J. Comput. Vis. 75 (2007) 3, sec. 3).
    """

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        falls = self.rank < self.intensity(t_s)
        if not falls.any():
            return
        level = ambient(light)
        starts, ends = (self._at(moment, stage, falls) for moment in (t_s, t_s + stage.exposure_s))
        # What jumps to the other side of its box during the exposure is not drawn.
        whole = (starts[1] == ends[1]).all(axis=1) & (starts[2] > NEAREST_M)
        depth = starts[2][whole]
        pixels = [stage.camera.project(point[0][whole])[0] for point in (starts, ends)]
        strokes = np.stack(pixels, axis=1)
        sharp_px = self.size_m[falls][whole] * stage.camera.focal_px / depth
        width_px = np.hypot(sharp_px, APERTURE_M * stage.camera.focal_px / depth)
        length_px = np.linalg.norm(strokes[:, 1] - strokes[:, 0], axis=1)
        # Light of the drop spread over its streak. What is narrower than a pixel, `streaks` dims.
        share = (sharp_px / width_px) * sharp_px / np.maximum(length_px + width_px, 1)
        bright = (self.white - 1) * level
        if stage.infrared:
            bright = bright + 255 * (LAMP_REACH_M / depth) ** 2
        streaks(light, strokes, width_px, np.minimum(bright * np.minimum(share, 1), 230))

    def _at(
        self, t_s: float, stage: Stage, falls: NDArray[np.bool_]
    ) -> tuple[Floats, NDArray[np.int64], Floats]:
        """World points (m, 3) of those that fall, the number of each one's passage (m, 3), depths (m,)."""
        camera = stage.camera
        axes = camera.axes()
        view = np.array([camera.width / camera.focal_px, camera.height / camera.focal_px, 1.0])
        box = self.reach_m[falls, None] * view * BOX_MARGIN
        moved = self.blown(t_s) @ axes.T - (self.speed_m_s[falls] * t_s)[:, None] * axes[:, 1]
        if self.swirl_m:
            turn = 2 * np.pi * (self.homes[falls] + t_s * (0.3 + self.rank[falls, None]))
            moved = moved + self.swirl_m * np.sin(turn) * [1.0, 0.4, 0.6]
        place = self.homes[falls] + moved / box
        passage = np.floor(place)
        # Each passage is beside the last: a fraction that looks drawn by chance, from passage and drop.
        mark = passage[:, 1] * 37.3 + passage[:, 2] * 17.9 + self.rank[falls] * 91.7
        place[:, 0] += np.where(
            (passage[:, 1:] != 0).any(axis=1), np.modf(np.abs(np.sin(mark)) * 4375.85)[0], 0
        )
        passage[:, 0] = np.floor(place[:, 0])
        inside = (place - np.floor(place) - [0.5, 0.5, 0.0]) * box
        points: Floats = np.array([camera.x_m, camera.y_m, camera.z_m]) + inside @ axes
        return points, passage.astype(np.int64), inside[:, 2]


def carried(random: np.random.Generator, mean_m_s: float) -> Callable[[float], Floats]:
    """How far gusty wind has carried the air since the time 0: the integral of a mean and three sines."""
    turn = random.uniform(0, 2 * np.pi)
    mean = mean_m_s * np.array([np.cos(turn), 0.0, np.sin(turn)])
    rates, phases = 2 * np.pi / random.uniform(1, 8, 3), random.uniform(0, 2 * np.pi, 3)
    sizes = random.uniform(0.05, 0.25, (3, 3)) * [1.0, 0.2, 0.6] * mean_m_s

    def blown(t_s: float) -> Floats:
        swing: Floats = mean * t_s + (np.sin(rates * t_s + phases) / rates) @ sizes
        return swing

    return blown


def onset(random: np.random.Generator, duration_s: float) -> Callable[[float], float]:
    """Intensity over time: steady, beginning, ending or a shower, always with slow waves."""
    kind = random.choice(["steady", "steady", "begins", "ends", "shower"])
    change = random.uniform(0.2, 0.7) * duration_s
    ramp = random.uniform(0.3, 4.0)
    period, phase = random.uniform(2, 9), random.uniform(0, 2 * np.pi)

    def intensity(t_s: float) -> float:
        wave = 0.85 + 0.15 * np.sin(2 * np.pi * t_s / period + phase)
        after = float(np.clip((t_s - change) / ramp, 0, 1))
        before = float(np.clip((t_s - 0.25 * change) / ramp, 0, 1))
        shares = {"steady": 1.0, "begins": after, "ends": 1 - after, "shower": min(before, 1 - after)}
        return float(wave * shares[str(kind)])

    return intensity


def raindrop_speed_m_s(diameter_mm: Floats) -> Floats:
    """Terminal speed of raindrops; Atlas, Srivastava & Sekhon, Rev. Geophys. 11 (1973) 1, eq. 8."""
    return np.maximum(9.65 - 10.3 * np.exp(-0.6 * diameter_mm), 0.5)


def _falling(
    random: np.random.Generator, duration_s: float, sizes_m: Floats, speeds_m_s: Floats, far_m: float
) -> Precipitation:
    """Drops of these sizes and speeds in boxes from half a metre to `far_m` deep."""
    count = len(sizes_m)
    nearest = random.uniform(0.5, 2.0)
    return Precipitation(
        homes=random.uniform(0, 1, (count, 3)),
        reach_m=nearest * (far_m / nearest) ** random.uniform(0, 1, count),
        size_m=sizes_m,
        speed_m_s=speeds_m_s,
        rank=random.uniform(0, 1, count),
        intensity=onset(random, duration_s),
        blown=carried(random, float(random.uniform(0.1, 4.0))),
        swirl_m=0.0,
        white=float(random.uniform(1.5, 2.4)),
    )


def _rain(
    random: np.random.Generator, duration_s: float, count: int, rain_mm_h: float, far_m: float
) -> list[Actor]:
    # Marshall & Palmer, J. Meteor. 5 (1948) 165: exponential sizes; what is below 0.6 mm is not seen.
    mean_mm = 1 / (4.1 * rain_mm_h**-0.21)
    sizes = np.minimum(0.6 + random.exponential(mean_mm, count), 6.0)
    return [_falling(random, duration_s, sizes / 1000, raindrop_speed_m_s(sizes), far_m)]


def rain_light(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """Drizzle to steady rain, 1 to 6 mm/h."""
    count = int(random.integers(200, 1200))
    return _rain(random, duration_s, count, random.uniform(1, 6), 10.0 if stage.infrared else 6.0)


def rain_heavy(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """Downpour, 15 to 80 mm/h: 2,000 to 6,000 drops, about a third of them in the picture."""
    count = int(random.integers(2000, 6000))
    return _rain(random, duration_s, count, random.uniform(15, 80), 14.0 if stage.infrared else 8.0)


def snow(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """Flakes of 2 to 12 mm at 0.5 to 2 m/s (Locatelli & Hobbs, J. Geophys. Res. 79 (1974) 2185)."""
    count = int(np.exp(random.uniform(np.log(250), np.log(4000))))
    sizes = 0.002 + np.minimum(random.exponential(0.0022, count), 0.01)
    speeds = random.uniform(0.5, 1.3, count) + 60 * sizes
    flakes = _falling(random, duration_s, sizes, speeds, 25.0 if stage.infrared else 18.0)
    return [replace(flakes, swirl_m=float(random.uniform(0.02, 0.15)))]


def hail(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """Ice of 5 to 25 mm at 9 to 20 m/s: 12.4 m/s for 1 cm, with its square root.

    Matson & Huggins, J. Atmos. Sci. 37 (1980) 1107.
    """
    count = int(random.integers(200, 1500))
    sizes = np.minimum(0.005 + random.exponential(0.003, count), 0.025)
    speeds = 12.4 * np.sqrt(sizes / 0.01) * random.uniform(0.9, 1.1, count)
    return [_falling(random, duration_s, sizes, speeds, 30.0 if stage.infrared else 24.0)]
