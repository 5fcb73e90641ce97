"""What the camera shows: a facade under a sensor's noise, and the same as each fault of it looks."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from bench.measure.picture.harms import covered_by_cloth, moved_aside
from bench.measure.picture.scenes import Picture, Plane
from bench.measure.picture.streams import Coding, filmed
from tests.unit.edge.picture_scene import colours, facade, noise

FPS: Final = 12
SECONDS: Final = 20
SIZE: Final = (640, 360)
CODING: Final = Coding(crf=20, keyframes=FPS)
NOISE: Final = 2.0
SEED: Final = 5
ELSEWHERE: Final = (90, 170)
"""Rows and columns by which another building stands elsewhere in the picture."""


@dataclass(frozen=True, slots=True)
class Films:
    """MP4s, each shown again and again. elsewhere: the camera was turned to another building."""

    well: Path
    frozen: Path
    covered: Path
    moved: Path
    elsewhere: Path
    slow: Path


def made(folder: Path) -> Films:
    """All of them, in a folder."""
    well = _lived(facade())
    other = np.roll(np.fliplr(facade(9)), ELSEWHERE, (0, 1))
    cover, move = (harm(np.random.default_rng(SEED)) for harm in (covered_by_cloth, moved_aside))
    shown: dict[str, tuple[Iterable[Picture], int]] = {
        "well": (well, FPS),
        "frozen": ([well[-1]] * len(well), FPS),
        "covered": ([cover(picture, number) for number, picture in enumerate(well)], FPS),
        "moved": ([move(picture, number) for number, picture in enumerate(well)], FPS),
        "elsewhere": (_lived(other), FPS),
        "slow": (well[:SECONDS], 1),
    }
    found = {name: folder / f"{name}.mp4" for name in shown}
    for name, (pictures, fps) in shown.items():
        found[name].write_bytes(filmed(pictures, fps, CODING))
    return Films(**found)


def _lived(still: Plane) -> list[Picture]:
    u, v = (cv2.resize(plane, (SIZE[0] // 2, SIZE[1] // 2)) for plane in colours())
    return [
        Picture(noise(still, NOISE, number), np.asarray(u, np.uint8), np.asarray(v, np.uint8))
        for number in range(SECONDS * FPS)
    ]
