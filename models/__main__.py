"""`python -m models train`: scenes → examples → network → file, registry, card. `make train` calls it.

What is done already (scenes, examples) is taken from the work folder; delete it after a change of renderer,
detector or `preprocess.py`. The same seed, numbers and machine give the same model.
"""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from edge.core.vision.settings import DetectorSettings
from models.ablation import compared
from models.dataset import Examples, gathered, load
from models.desk import examples_of
from models.synth import sets

PARTS = 8  # of the clips, by number: one part calibrates, one measures, the others teach
CALIBRATES, MEASURES = 0, 1
DESK = 10_000_000  # desk clips are numbered from here on


def main() -> int:
    """Train as the command line says; 0."""
    parser = argparse.ArgumentParser(prog="python -m models", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="from nothing to a released model")
    train.add_argument("--clips", type=int, default=2800, help="rendered scenes (three seconds each)")
    train.add_argument("--epochs", type=int, default=16)
    train.add_argument("--seed", type=int, default=1)
    cores = len(os.sched_getaffinity(0))
    train.add_argument("--jobs", type=int, default=cores, help="processes for scenes and examples")
    train.add_argument("--desk", type=Path, help="labels of a desk, JSON lines (models/desk.py)")
    train.add_argument("--work", type=Path, default=Path("build/train"), help="scenes and examples")
    train.add_argument("--out", type=Path, default=Path("models"), help="gets file, registry and card")
    train.add_argument("--name", default="verifier")
    ablate = commands.add_parser("ablate", help="rules, verifier and both on rendered videos")
    ablate.add_argument("folder", type=Path, help="NAME.mp4 with NAME.json beside it")
    ablate.add_argument("--model", type=Path, default=Path("models/verifier.onnx"))
    ablate.add_argument("--part", action="store_true", help="of training scenes only those that measure")
    chosen = parser.parse_args()
    if chosen.command == "ablate":
        return compare(chosen.folder, chosen.model, part=chosen.part)
    missing = [name for name in ("torch", "onnx", "onnxscript") if find_spec(name) is None]
    if missing:
        parser.error(f"training needs {', '.join(missing)}: pip install '.[train]'")
    examples = data(chosen.clips, chosen.work, chosen.jobs)
    if chosen.desk:
        examples = both(examples, examples_of(chosen.desk, DESK, DetectorSettings()))
    from models.release import Order, release  # noqa: PLC0415 - torch is needed from here on only

    recipe = f"train-{chosen.clips}" + (" and desk labels" if chosen.desk else "")
    order = Order(chosen.name, recipe, chosen.epochs, chosen.seed)
    release(order, *split(examples), chosen.out, tell)
    return 0


def compare(folder: Path, model: Path, *, part: bool) -> int:
    """Print the ablation's table; 0."""
    from models.runtime import verifier_of  # noqa: PLC0415 - its library is wanted here only

    names = sorted(path.stem for path in folder.glob("*.mp4") if path.with_suffix(".json").exists())
    if part:
        names = [name for name in names if int(name.rpartition("_")[2]) % PARTS == MEASURES]
    sys.stdout.write(compared(folder, names, verifier_of(model.read_bytes()), tell) + "\n")
    return 0


def tell(line: str) -> None:
    """Progress for whoever waits."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def data(count: int, work: Path, jobs: int) -> Examples:
    """The examples of the first `count` scenes of the training set; made where they are not there yet."""
    clips = sets.named(f"train-{count}")
    videos = work / "clips"
    sets.render(clips, videos, jobs)
    shards = work / "examples"
    shards.mkdir(parents=True, exist_ok=True)
    missing = {name: n for n, name in enumerate(clips) if not (shards / f"{name}.npz").exists()}
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        running = [pool.submit(_shard, videos / f"{name}.mp4", n, shards) for name, n in missing.items()]
        for number, done in enumerate(as_completed(running), 1):
            done.result()
            if number % 50 == 0:
                tell(f"examples of {number}/{len(missing)} clips")
    return load(shards / f"{name}.npz" for name in clips)


def _shard(video: Path, number: int, shards: Path) -> None:
    """Writes the examples of one video; where its file lies, it is whole."""
    cv2.setNumThreads(1)
    half_made = shards / f"{video.stem}.part.npz"
    gathered(video, number, DetectorSettings()).save(half_made)
    half_made.replace(shards / f"{video.stem}.npz")


def both(first: Examples, second: Examples) -> Examples:
    """The examples of two sources."""
    pairs = ((getattr(first, name), getattr(second, name)) for name in Examples.__slots__)
    return Examples(*(np.concatenate(pair) for pair in pairs))


def split(examples: Examples) -> tuple[Examples, Examples, Examples]:
    """By clip: what teaches, what calibrates, what measures. No clip is in two of them."""
    part = examples.clip % PARTS
    teaches = (part != CALIBRATES) & (part != MEASURES)
    return examples.rows(teaches), examples.rows(part == CALIBRATES), examples.rows(part == MEASURES)


if __name__ == "__main__":
    sys.exit(main())
