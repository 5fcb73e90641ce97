"""What the rules, the verifier and both together tell of rendered videos that nobody learned from."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from edge.core.vision.preprocess import Verifier
from edge.core.vision.settings import DetectorSettings
from models.dataset import frames
from models.evaluate import Score, scored, watched

PLAIN: Final = DetectorSettings()


def ways(verifier: Verifier) -> Mapping[str, tuple[Verifier | None, DetectorSettings]]:
    """By name: the verifier if it takes part, and how."""
    return {
        "rules alone": (None, PLAIN),
        "verifier alone": (verifier, replace(PLAIN, verdict_by="verifier")),
        "both": (verifier, PLAIN),
    }


def compared(folder: Path, names: list[str], verifier: Verifier, tell: Callable[[str], None]) -> str:
    """A Markdown table over the videos NAME.mp4 with their NAME.json in a folder."""
    total = dict.fromkeys(ways(verifier), Score())
    seconds = 0.0
    for number, name in enumerate(names, 1):
        truth = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        seconds += float(truth.get("duration_s", 0.0))
        for way, (asked, settings) in ways(verifier).items():
            falls = watched(frames(folder / f"{name}.mp4"), settings, asked)
            total[way] += scored(falls, truth)
        if number % 10 == 0 or number == len(names):
            tell(f"{number}/{len(names)} videos: " + ", ".join(f"{w}: {_short(s)}" for w, s in total.items()))
    lines = ["| | recall | precision | found | falls | false |", "|---|---|---|---|---|---|"]
    for way, s in total.items():
        lines.append(f"| {way} | {s.recall:.3f} | {s.precision:.3f} | {s.found} | {s.falls} | {s.false} |")
    return "\n".join((*lines, "", f"{len(names)} videos, {seconds / 60:.1f} minutes."))


def _short(score: Score) -> str:
    return f"{score.found} of {score.falls}, {score.false} false"
