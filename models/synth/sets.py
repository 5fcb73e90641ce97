"""Sets of clips by name, and how they are rendered into a folder."""

import json
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

import cv2

from models.synth.actors import DISTRACTORS
from models.synth.recipe import Menu, SceneRecipe, draw_recipe
from models.synth.record import film, write_truth

HD, FULL_HD, QUAD_HD, UHD = (1280, 720), (1920, 1080), (2560, 1440), (3840, 2160)
LARGE = ((HD, 0.45), (FULL_HD, 0.38), (QUAD_HD, 0.07), (UHD, 0.1))
SMALL = (((640, 360), 0.4), ((768, 432), 0.25), ((960, 540), 0.35))

ALONE = Menu(LARGE, (8.0, 11.0), (0.0, 0.85, 0.15), (0, 0))
MIXED = Menu(LARGE, (8.0, 13.0), (0.0, 0.8, 0.2), (1, 3))
HARD = Menu(LARGE, (10.0, 16.0), (1.0,), (1, 3))
MINUTE = Menu(((HD, 0.8), (FULL_HD, 0.2)), (60.0, 60.0), (1.0,), (1, 2))
SOAK = Menu(SMALL, (20.0, 30.0), (1.0,), (0, 3), h265_share=0.08)
LESSON = Menu(SMALL, (5.0, 6.5), (0.35, 0.5, 0.15), (0, 3), h265_share=0.08)

PAIRED_APART = 36
"""How far apart in the registry the two kinds of a minute stand: half of it, so that lights suit both."""

# Seeds of the sets lie apart: what is learned from is never judged by.
DEV, BENCH, NEGATIVES, HOURS, TRAIN = 1_000, 50_000, 70_000, 80_000, 1_000_000


def recipe(seed: int, menu: Menu = MIXED) -> SceneRecipe:
    """A clip drawn over everything; the same seed and menu give the same clip."""
    return draw_recipe(seed, menu)


def named(name: str) -> dict[str, SceneRecipe]:
    """The clips of a set by the name of their file without its ending.

    `dev`, `bench`, `negatives` (35 minutes without a fall), `soak` (144 small clips without one, each to be
    looped for ten minutes) or `train-N` with N clips.

    Raises:
        ValueError: there is no such set.
    """
    if name.startswith("train-") and name.removeprefix("train-").isdigit():
        count = int(name.removeprefix("train-"))
        return {f"train_{n:05d}": recipe(TRAIN + n, LESSON) for n in range(count)}
    if name not in SETS:
        raise ValueError(f"no set is called {name!r}; there are {', '.join(SETS)} and train-N")
    return {
        f"{prefix}_{n:03d}": draw_recipe(first + n, menu, _pair(n) if menu is MINUTE else ())
        for prefix, first, count, menu in SETS[name]
        for n in range(count)
    }


def _pair(number: int) -> tuple[str, str]:
    """Two kinds of distractors; by way of the numbers of all minutes every kind has its turn."""
    kinds = list(DISTRACTORS)
    return kinds[number % len(kinds)], kinds[(number + PAIRED_APART) % len(kinds)]


SETS: dict[str, tuple[tuple[str, int, int, Menu], ...]] = {
    "dev": (("alone", DEV, 14, ALONE), ("mixed", DEV + 100, 16, MIXED), ("hard", DEV + 200, 12, HARD)),
    "bench": (
        ("alone", BENCH, 16, ALONE),
        ("mixed", BENCH + 1000, 22, MIXED),
        ("hard", BENCH + 2000, 16, HARD),
    ),
    "negatives": (("minute", NEGATIVES, 35, MINUTE),),
    "soak": (("hour", HOURS, 144, SOAK),),
}
"""Name → (beginning of the files' names, first seed, how many, menu)."""


class RenderError(Exception):
    """Clips that could not be rendered, with the reasons."""


def render(clips: dict[str, SceneRecipe], folder: Path, jobs: int) -> int:
    """Renders what is not there yet.

    Args:
        clips: By name.
        folder: Gets NAME.mp4 and NAME.json for each, and `truth.json` with all of them; made if need be.
        jobs: Processes.

    Returns:
        How many clips were rendered now.

    Raises:
        RenderError: some clips could not be rendered; all others were.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = {name: clip for name, clip in clips.items() if not (folder / f"{name}.json").exists()}
    failed = {}
    # A clip that fails is told at the end: hours of others are not lost for it.
    # Spawned, not forked: a fork of a process whose decoder or model runs threads can stand still for ever.
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        running = {pool.submit(_render_one, name, clip, folder): name for name, clip in missing.items()}
        for done in as_completed(running):
            if error := done.exception():
                failed[running[done]] = error
    if failed:
        told = "; ".join(f"{name} ({error!r})" for name, error in failed.items())
        raise RenderError(f"{len(failed)} of {len(missing)} clips could not be rendered: {told}")
    truths = {f"{name}.mp4": json.loads((folder / f"{name}.json").read_text()) for name in clips}
    (folder / "truth.json").write_text(json.dumps(truths, indent=1))
    return len(missing)


def _render_one(name: str, clip: SceneRecipe, folder: Path) -> None:
    """The truth is written last: where it lies, the video is whole."""
    cv2.setNumThreads(1)
    write_truth(film(clip, folder / f"{name}.mp4"), folder / f"{name}.json")
