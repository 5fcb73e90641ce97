"""Where light comes from and what the camera makes of it: day, low sun, dusk, haze, a lamp at night.

Grey levels are those of the coded picture. Infrared: what comes back falls with the square of the distance,
and the camera codes it with its gamma (ITU-R BT.709, exponent 0.45).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
GAMMA = 0.45


@dataclass(frozen=True)
class Light:
    """One hour and one weather."""

    name: str
    gain: float
    """Grey level of the picture for each painted; with the lamp, of a white thing at `reach_m`, / 255."""
    pedestal: float
    """Grey level of black: veil, dark current."""
    exposure_s: float
    noise_read: float
    """Deviation in black, grey levels."""
    noise_shot: float
    """Added deviation at mid-grey."""
    glow: float = 0.0
    """How bright lamps and lit windows show, 0 to 1."""
    saturation: float = 1.0
    steadied: float = 0.0
    """How much of the frame before the camera keeps where little changes, to quieten noise."""
    haze_m: float = 5000.0
    """Distance over which a thing fades into the haze to 1/e."""
    haze_luma: float = 200.0
    reach_m: float = 0.0
    """Infrared only: distance at which the lamp lights as painted."""

    @property
    def infrared(self) -> bool:
        """Whether a lamp beside the lens lights the scene."""
        return self.reach_m > 0

    def luma(self, albedo: F32, depth_m: F32, glow: F32 | None = None) -> F32:
        """Grey levels of surfaces.

        Args:
            albedo: float32, painted grey level 0 to 255.
            depth_m: float32 of the same shape, or inf for the sky.
            glow: float32 of the same shape, light of their own, 0 to 255.

        Returns:
            float32 of the same shape, 0 to 255.
        """
        seen: NDArray[np.floating]
        if self.infrared:
            back = albedo / 255 * (self.reach_m / np.maximum(depth_m, 0.3)) ** 2
            seen = 235 * self.gain * np.clip(back, 0, 1.2) ** GAMMA + self.pedestal
        else:
            seen = albedo * self.gain + self.pedestal
        if glow is not None and self.glow > 0:
            seen = np.maximum(seen, glow * self.glow + self.pedestal)
        if self.haze_m < 4000:
            clear = np.exp(-np.minimum(depth_m, 1e5) / self.haze_m)
            seen = seen * clear + self.haze_luma * (1 - clear)
        return np.clip(seen, 0, 255).astype(np.float32)


def draw_light(name: str, distance_m: float, random: np.random.Generator) -> Light:
    """One of `LIGHTS` with what varies drawn; `distance_m` to the front decides a lamp's reach.

    Raises:
        ValueError: there is no such light.
    """
    if name not in LIGHTS:
        raise ValueError(f"no such light: {name}; known are {', '.join(LIGHTS)}")
    drawn = {field: float(random.uniform(*limits)) for field, limits in LIGHTS[name].items()}
    exposure_s = 1 / drawn.pop("shutter")
    drawn["reach_m"] = drawn.get("reach_m", 0.0) * distance_m
    drawn["steadied"] = max(0.0, drawn.get("steadied", 0.0))
    return Light(name, exposure_s=exposure_s, **drawn)


LIGHTS: dict[str, dict[str, tuple[float, float]]] = {
    "day": {
        "gain": (0.75, 1.15),
        "pedestal": (0, 14),
        "shutter": (120, 1000),
        "noise_read": (0.4, 1.2),
        "noise_shot": (0.6, 1.8),
        "steadied": (-1.0, 0.5),
    },
    "low_sun": {
        "gain": (0.7, 1.2),
        "pedestal": (8, 35),
        "shutter": (100, 600),
        "noise_read": (0.5, 1.2),
        "noise_shot": (0.8, 2.2),
    },
    "rain": {
        "gain": (0.55, 0.9),
        "pedestal": (10, 25),
        "glow": (0.15, 0.15),
        "saturation": (0.5, 0.7),
        "shutter": (50, 200),
        "noise_read": (0.8, 1.2),
        "noise_shot": (1.0, 2.6),
        "haze_m": (120, 500),
        "haze_luma": (130, 185),
    },
    "dusk": {
        "gain": (0.28, 0.55),
        "pedestal": (6, 18),
        "glow": (0.7, 1.0),
        "saturation": (0.3, 0.6),
        "shutter": (25, 60),
        "noise_read": (1.4, 3.0),
        "noise_shot": (1.5, 3.5),
        "steadied": (-0.3, 0.8),
    },
    "infrared": {
        "gain": (0.8, 1.0),
        "pedestal": (12, 26),
        "glow": (1.0, 1.0),
        "saturation": (0.0, 0.0),
        "shutter": (25, 80),
        "noise_read": (1.8, 3.6),
        "noise_shot": (1.5, 3.0),
        "steadied": (-0.3, 0.85),
        "reach_m": (0.4, 0.95),
    },
}
"""Field of `Light` → smallest and largest; "shutter" in 1/s; "reach_m" relative to the front's distance."""
