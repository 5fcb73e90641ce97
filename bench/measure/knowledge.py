"""What the detector may know of its camera: nothing, the facade by itself, a drawn mask, a calibration.

Each state of knowledge is a set of options of `fallwatch detect`. What this checkout's detector does not
offer is left out, and told. Masks and clicked points are made from the true camera of a rendered clip, as a
careful person would draw them; real recordings and clips without a facade get none and run as they are.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import yaml
from numpy.typing import NDArray

from bench.measure.records import F64, Clip
from bench.measure.running import DETECT, Run, offered
from edge.camera.classifier import REGISTRY
from models.synth.camera import Camera

Options = Callable[[Clip], Sequence[str]]
PLAIN: Final = ("--format", "jsonl", "--explain")
CAMERA: Final = "--camera"
FIND: Final = "--find-facade"
WATCHING: Final = (sys.executable, "-m", "bench.measure.watching")

CLICK_PX_1080: Final = 1.5
"""How far off a person clicks, one standard deviation, in a picture of 1080 lines."""
POINTS: Final = 8
MARGIN_PX: Final = 4
REACH_M: Final = 8.0
"""A drawn mask leaves so much of the air before the facade, and half of it to each side."""
ABOVE_M: Final = 3.0
STEPS: Final = 25


@dataclass(frozen=True, slots=True)
class State:
    """A row of the table. needs: options that `fallwatch detect --help` must list."""

    name: str
    key: str
    needs: tuple[str, ...]
    options: Options
    command: tuple[str, ...] = (*DETECT,)

    def there(self) -> bool:
        """Whether this checkout's detector offers it."""
        return all(option in offered() for option in self.needs)

    def run(self) -> Run:
        """The detector with what it knows."""
        plain = PLAIN if self.command == DETECT else ()
        return Run(self.name, self.command, lambda clip: (*plain, *self.options(clip)))


def plain() -> State:
    """As shipped: a video and nothing else."""
    return State("nothing told", "plain", (), lambda _: ())


def ablations() -> tuple[State, ...]:
    """Rules alone, verifier alone, both; `plain` is what the registry's default makes of them."""

    def one(name: str, way: str) -> State:
        released = (REGISTRY.parent / "verifier.onnx", REGISTRY)
        needs = () if way == "rules" or all(path.is_file() for path in released) else ("a released verifier",)
        return State(name, f"ablation_{way}", needs, lambda _: (way,), WATCHING)

    return (
        one("physics alone", "rules"),
        one("verifier alone", "verifier"),
        one("both", "both"),
    )


def more(folder: Path) -> list[State]:
    """What can be known beyond the video. folder: gets a YAML file for each clip's camera."""

    def masked(clip: Clip) -> Sequence[str]:
        return _with(clip, folder, "mask", {"ignore": outside(clip)} if clip.facade else {})

    def clicked(clip: Clip) -> Sequence[str]:
        return _with(clip, folder, "calibrated", {"facade": facade(clip)} if clip.facade else {})

    return [
        State("facade found by itself", "found", (FIND,), lambda _: (FIND,)),
        State("mask drawn", "mask", (CAMERA,), masked),
        State("calibrated", "calibrated", (CAMERA,), clicked),
    ]


def _with(clip: Clip, folder: Path, suffix: str, known: dict[str, object]) -> Sequence[str]:
    if not any(known.values()):
        return ()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{clip.name}-{suffix}.yaml"
    path.write_text(yaml.safe_dump({"picture": [clip.width, clip.height], **known}), encoding="utf-8")
    return (CAMERA, str(path))


def facade(clip: Clip) -> dict[str, object]:
    """The facade's division and clicked points, as `SightSettings` wants them; {} of too few."""
    plan = clip.facade
    floors, bays = int(plan["floors"]), int(plan["bays"])
    floor_m, bay_m = float(plan["floor_m"]), float(plan["bay_m"])
    grid = np.array([(line, edge) for line in range(1, floors + 2) for edge in range(bays + 1)], np.float64)
    across_m = (grid[:, 1] - bays / 2) * bay_m
    world = np.stack([across_m, (grid[:, 0] - 1) * floor_m, np.zeros(len(grid))], axis=1)
    pixels = projected(clip, world)
    inside = _inside(clip, pixels)
    if inside.sum() < 4:
        return {}
    chance = np.random.default_rng(sum(clip.name.encode()))
    kept = _spread(pixels[inside], POINTS)
    off = chance.normal(0, CLICK_PX_1080 * clip.height / 1080, (len(kept), 2))
    points = [
        {
            "at": [round(float(x), 1), round(float(y), 1)],
            "floor_line": int(line),
            "bay_edge": int(edge),
        }
        for (x, y), (line, edge) in zip(pixels[inside][kept] + off, grid[inside][kept], strict=True)
    ]
    return {
        "floors": floors,
        "bays": bays,
        "floor_height_m": floor_m,
        "bay_width_m": bay_m,
        "points": points,
    }


def outside(clip: Clip) -> list[list[list[int]]]:
    """Polygons of all that is not the facade and the air before it, px; empty if that fills the picture."""
    plan = clip.facade
    half = float(plan["bays"]) * float(plan["bay_m"]) / 2 + REACH_M / 2
    top = float(plan["floors"]) * float(plan["floor_m"]) + ABOVE_M
    box = np.stack(
        np.meshgrid(np.linspace(-half, half, STEPS), np.linspace(0, top, 2 * STEPS), [0.0, REACH_M]), axis=-1
    ).reshape(-1, 3)
    pixels = projected(clip, box)
    pixels = pixels[np.isfinite(pixels).all(axis=1)]
    reach = 4 * clip.width
    pixels = pixels[(np.abs(pixels) < reach).all(axis=1)]
    if len(pixels) < 3:
        return []
    hull = cv2.convexHull(np.rint(pixels).astype(np.int32))
    free = np.zeros((clip.height, clip.width), np.uint8)
    cv2.fillConvexPoly(free, hull, 255)
    other = np.asarray(255 - free, np.uint8)
    middle = int(np.clip(hull[:, 0, 0].mean(), 1, clip.width - 1))
    polygons = []
    # Cut at the facade's middle, so that what lies around it is no ring: a polygon has no hole.
    for left, right in ((0, middle), (middle, clip.width)):
        outlines, _ = cv2.findContours(
            np.ascontiguousarray(other[:, left:right]), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
        )
        for outline in outlines:
            simple = cv2.approxPolyDP(outline, 2.0, closed=True)[:, 0]
            if len(simple) >= 3:
                polygons.append([[int(x) + left, int(y)] for x, y in simple])
    return polygons


def projected(clip: Clip, world_m: F64) -> F64:
    """Where the true camera sees points (n, 3), metres; float64 (n, 2), not finite behind the camera."""
    pixels, depth = Camera(**clip.camera).project(world_m)
    return np.where((depth > 0.5)[:, None], pixels, np.nan)


def _inside(clip: Clip, pixels: F64) -> NDArray[np.bool_]:
    size = np.array([clip.width, clip.height])
    placed = np.nan_to_num(pixels, nan=-1.0)
    return np.asarray(((placed >= MARGIN_PX) & (placed < size - MARGIN_PX)).all(axis=1), np.bool_)


def _spread(pixels: F64, count: int) -> list[int]:
    """Rows of `count` points that lie as far from each other as can be, one after the other."""
    chosen = [int(np.argmin(pixels.sum(axis=1)))]
    while len(chosen) < min(count, len(pixels)):
        apart = np.min(np.linalg.norm(pixels[:, None] - pixels[chosen][None], axis=2), axis=1)
        chosen.append(int(np.argmax(apart)))
    return chosen
