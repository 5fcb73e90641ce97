"""Falls from each storey before one camera, in quiet light: what the time gained owes to the height alone.

The drawn sets look up at high floors, where most of a fall is seen; here even the lowest are in the picture.
"""

from pathlib import Path
from typing import Final

import numpy as np

from bench.measure.records import POSITIVE, Clip, Thing
from bench.measure.sets import part_of
from models.synth import fall
from models.synth.facade import BAY_M, FLOOR_M
from models.synth.presets import BAG, BOTTLE, BOX, BUCKET, EAST_CAMERA, EAST_FACADE, FLOWERPOT
from models.synth.scene import Scene, Throw, truth
from models.synth.video import render

FLOORS: Final = (2, 3, 4, 5, 6, 8, 10, 12, 15, 18)
THINGS: Final = (BAG, BOTTLE, BOX, BUCKET, FLOWERPOT)
EVERY_S: Final = 7.0
FIRST_S: Final = 2.0


def rendered(folder: Path, count: int | None = None) -> tuple[Clip, ...]:
    """A clip for each of FLOORS with a fall of each of THINGS, rendered where it is not there yet.

    count: only so many floors, spread over all.
    """
    return tuple(_clip(folder, floor) for floor in part_of(FLOORS, count))


def _clip(folder: Path, floor: int) -> Clip:
    throws = tuple(
        Throw(FIRST_S + number * EVERY_S, floor, 2 + number % 4, thing, outward_m_s=1.2, sideways_m_s=0.3)
        for number, thing in enumerate(THINGS)
    )
    duration_s = FIRST_S + EVERY_S * len(THINGS)
    scene = Scene(EAST_CAMERA, EAST_FACADE, duration_s=duration_s, throws=throws, seed=100 + floor)
    video = render(scene, folder, f"floor-{floor:02d}").video
    things = tuple(
        Thing(seen.thing, POSITIVE, np.array(seen.path), floor=floor, known={"impact": _impact(throw)})
        for throw, seen in zip(throws, truth(scene), strict=True)
        if seen.path
    )
    size = EAST_CAMERA.width, EAST_CAMERA.height
    return Clip(f"floor-{floor:02d}", video, scene.frame_rate, *size, duration_s, things)


def _impact(throw: Throw) -> dict[str, float]:
    """From what height it is let go, m, and when it reaches the ground, s of the clip."""
    x_m = (throw.bay + 0.5) * BAY_M - EAST_FACADE.width_m / 2
    release = np.array([x_m, (throw.floor - 1) * FLOOR_M + 1.4, 0.3])
    velocity = np.array([throw.sideways_m_s, throw.up_m_s, throw.outward_m_s])
    path = fall.trajectory(release, velocity, throw.thing.drag_per_m)
    return {"height_m": float(release[1]), "at_s": throw.at_s + (len(path) - 1) * fall.STEP_S}
