"""Things that fall through the picture, as actors that also tell the truth about themselves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.synth.bodies import Body
from models.synth.flight import Flight
from models.synth.illumination import Light
from models.synth.scenery import Scenery
from models.synth.stage import F32, Stage
from models.synth.stamps import LARGEST_PX, Stamp, drop_stamp, hull_stamp

Floats = NDArray[np.float64]

MOST_MOMENTS = 12
DEPTH_SLACK_M = 0.35
"""A thing this far behind what is drawn still counts as before it: fronts are not flat."""


@dataclass(frozen=True)
class Seen:
    """The truth of one frame."""

    x_px: float
    y_px: float
    area_px: float
    """Of the whole thing, standing still and unhidden."""
    share: float
    """Part of it that is neither hidden nor outside of the picture."""
    contrast: float
    """Mean difference in grey levels to what is behind it, were it not smeared."""
    contrast_seen: float
    """The same over the pixels that it is smeared over."""
    stamp: Stamp
    """Where it was drawn."""


@dataclass(frozen=True)
class Thrown:
    """A body, or many drops, on its way; or its mirror image or shadow on the front."""

    kind: str
    label: str
    """positive or ignore."""
    flight: Flight
    start_s: float
    albedo: float
    light: Light
    scenery: Scenery
    body: Body | None = None
    drop_m: Floats | None = None
    """float64 (n,): radii of drops, where there is no body."""
    strength: float = 1.0
    """Cover of the whole, less than 1 for mirror images and shadows."""
    sun_m: tuple[float, float, float] | None = None
    """For a shadow: direction towards the sun, z positive."""
    lands: bool = True
    """Whether it lies on the ground afterwards."""

    @property
    def image(self) -> bool:
        """Whether it is a mirror image or a shadow on the plane z = 0."""
        return self.kind in {"reflection", "shadow"}

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `stage.Actor`."""
        self.show(light, t_s, stage)

    def show(self, light: F32, t_s: float, stage: Stage) -> Seen | None:
        """Draws and says what is seen of it; None if nothing is."""
        since_s = t_s - self.start_s
        if since_s < 0:
            return None
        found = self._stamp(since_s, stage)
        if found is None:
            return None
        stamp, depth = found
        window = stamp.window
        whole = max(stamp.area_px, 1e-6)
        visible = self._unhidden(stamp, depth) * np.float32(self.strength)
        if float(visible.sum()) < 0.02 * self.strength * whole:
            return None
        level = self.level(depth, since_s)
        behind = light[window]
        change = visible * (np.float32(level) - behind)
        light[window] = behind + change
        landed = float(np.median(self.flight.landed_s)) < since_s
        if landed:
            return None
        drawn = Stamp(stamp.left, stamp.top, visible, stamp.area_px)
        x, y = drawn.middle()
        covered = float(visible.sum())
        difference = float(np.abs(change).sum())
        peak = float((np.abs(change) * visible).sum()) / covered
        share = covered / (self.strength * whole)
        return Seen(x, y, stamp.area_px, min(share, 1.0), difference / covered * self.strength, peak, drawn)

    def level(self, depth_m: float, since_s: float) -> float:
        """Grey level at this depth."""
        shine = self.body.shine(since_s) if self.body is not None else 1.0
        albedo = np.array([min(self.albedo * shine, 255.0)], np.float32)
        return float(self.light.luma(albedo, np.array([depth_m], np.float32))[0])

    def _places(self, since_s: Floats) -> Floats:
        """float64 (m, n, 3): where it, its image or its shadow is."""
        places = self.flight.at(since_s)
        if self.kind == "reflection":
            places[..., 2] *= -1
        if self.kind == "shadow" and self.sun_m is not None:
            places -= places[..., 2:] / self.sun_m[2] * np.array(self.sun_m)
        return places

    def _stamp(self, since_s: float, stage: Stage) -> tuple[Stamp, float] | None:
        """Its stamp and its depth."""
        size = (stage.camera.width, stage.camera.height)
        ends, depths = stage.camera.project(self._places(since_s + np.array([0.0, stage.exposure_s]))[:, 0])
        depth = float(depths[0])
        if not (np.isfinite(ends).all() and depth > 0.5):
            return None
        moments = int(np.clip(np.ceil(np.linalg.norm(ends[1] - ends[0])), 1, MOST_MOMENTS))
        times = since_s + stage.exposure_s * (np.arange(moments) + 0.5) / moments
        places = self._places(times)
        px_per_m = stage.camera.focal_px / depth
        if self.body is not None:
            if self.body.extent_m * px_per_m > LARGEST_PX / 2:
                return None
            middles, _ = stage.camera.project(places[:, 0])
            outlines = [
                m + self.body.outline(float(t)) * px_per_m for m, t in zip(middles, times, strict=True)
            ]
            stamp = hull_stamp(outlines, size)
            return None if stamp is None else (stamp, depth)
        assert self.drop_m is not None
        aloft = self.flight.landed_s > since_s
        if not aloft.any():
            return None
        middles, _ = stage.camera.project(places[:, aloft].reshape(-1, 3))
        areas = np.pi * (self.drop_m[aloft] * px_per_m) ** 2
        drops = drop_stamp(middles, np.tile(areas / moments, moments), size)
        return None if drops is None else (drops, depth)

    def _unhidden(self, stamp: Stamp, depth: float) -> F32:
        """Its cover where nothing nearer stands; for an image or shadow, where the front is what one sees."""
        distance = self.scenery.distance_m[stamp.window]
        if not self.image:
            return np.where(distance > depth - DEPTH_SLACK_M, stamp.cover, np.float32(0))
        # What the front shows at this place is nearer than the mirror image, farther than any balcony.
        solid = np.isfinite(distance) & (distance <= depth + 2 * DEPTH_SLACK_M)
        nearer = distance < depth * 0.5
        return np.where(solid & ~nearer, stamp.cover, np.float32(0))
