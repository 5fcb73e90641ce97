"""How good a verifier is: calibration, ranking, each kind; and what it adds to the rules on whole videos."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.core.vision import pipeline
from edge.core.vision.frame import F64, Fall, Frame
from edge.core.vision.preprocess import Verifier
from edge.core.vision.settings import DetectorSettings
from models.kinds import KINDS

BINS: Final = 12
PLOT_PX: Final = 480
MARGIN_PX: Final = 50


@dataclass(frozen=True, slots=True)
class Reliability:
    """Said against seen, one row for each bin of equally many examples: float64 (bins,)."""

    said: F64
    seen: F64
    count: F64

    @property
    def error(self) -> float:
        """Expected calibration error (Naeini et al. 2015; Guo et al. 2017), in equally filled bins."""
        return float((self.count * np.abs(self.said - self.seen)).sum() / self.count.sum())


def reliability(said: F64, truth: NDArray[np.bool_], bins: int = BINS) -> Reliability:
    """Probabilities (n,) against what was true (n,)."""
    order = np.argsort(said, kind="stable")
    parts = [part for part in np.array_split(order, bins) if part.size]
    return Reliability(
        np.array([said[part].mean() for part in parts]),
        np.array([truth[part].mean() for part in parts]),
        np.array([part.size for part in parts], np.float64),
    )


def ranking(said: F64, truth: NDArray[np.bool_]) -> float:
    """Area under the ROC curve: how often a fall is put above another thing; nan if one sort is absent."""
    ordered, which = np.unique(said, return_inverse=True)
    falls = np.bincount(which[truth], minlength=len(ordered)).astype(np.float64)
    others = np.bincount(which[~truth], minlength=len(ordered)).astype(np.float64)
    below = np.cumsum(others) - others
    pairs = falls.sum() * others.sum()
    return float((falls * (below + others / 2)).sum() / pairs) if pairs else float("nan")


def figures(fall: F64, kinds: F64, truth: NDArray[np.float32], may_be: NDArray[np.bool_]) -> dict[str, Any]:
    """The figures of registry and card. truth: nan where unknown. may_be: bool (n, kinds), the possible."""
    known = ~np.isnan(truth)
    said, falls = fall[known], truth[known] == 1
    one = may_be.sum(axis=1) <= 2  # the kind and `other`
    named = np.where(one, np.argmax(may_be, axis=1), -1)
    return {
        "examples": int(known.sum()),
        "falls": int(falls.sum()),
        "auc": _rounded(ranking(said, falls)),
        "ece": _rounded(reliability(said, falls).error),
        "brier": _rounded(np.mean((said - falls) ** 2)),
        "recall": _rounded(np.mean(said[falls] >= 0.5) if falls.any() else np.nan),
        "precision": _rounded(falls[said >= 0.5].mean() if (said >= 0.5).any() else np.nan),
        "kinds": {
            kind: {
                "examples": int((named == index).sum()),
                "called_a_fall": _rounded(np.mean(fall[named == index] >= 0.5)),
                "named_right": _rounded(np.mean(np.argmax(kinds[named == index], axis=1) == index)),
            }
            for index, kind in enumerate(KINDS)
            if (named == index).any()
        },
    }


def _rounded(value: float | np.floating[Any]) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)


def plot(r: Reliability) -> bytes:
    """The reliability diagram as PNG: said across, seen upwards; a dot's area is its number of examples."""
    side = PLOT_PX + 2 * MARGIN_PX
    picture = np.full((side, side, 3), 255, np.uint8)

    def place(x: float, y: float) -> tuple[int, int]:
        return round(MARGIN_PX + x * PLOT_PX), round(side - MARGIN_PX - y * PLOT_PX)

    font, grey = cv2.FONT_HERSHEY_SIMPLEX, (60, 60, 60)
    for tick in np.linspace(0, 1, 6):
        cv2.line(picture, place(tick, 0), place(tick, 1), (225, 225, 225), 1)
        cv2.line(picture, place(0, tick), place(1, tick), (225, 225, 225), 1)
        across, up = place(tick, -0.05), place(-0.09, tick)
        for at in (across, up):
            cv2.putText(
                picture, f"{tick:.1f}", at, cv2.FONT_HERSHEY_SIMPLEX, 0.45, (60, 60, 60), 1, cv2.LINE_AA
            )
    cv2.line(picture, place(0, 0), place(1, 1), (150, 150, 150), 1, cv2.LINE_AA)
    points = [place(x, y) for x, y in zip(r.said, r.seen, strict=True)]
    cv2.polylines(picture, [np.array(points, np.int32)], isClosed=False, color=(180, 90, 20), thickness=2)
    for point, count in zip(points, r.count, strict=True):
        radius = round(4 + 10 * float(np.sqrt(count / r.count.sum())))
        cv2.circle(picture, point, radius, (180, 90, 20), -1, cv2.LINE_AA)
    title = f"P(fall): said across, seen up; ECE {r.error:.3f}, {int(r.count.sum())} tracks"
    cv2.putText(picture, title, (MARGIN_PX, 30), font, 0.5, grey, 1, cv2.LINE_AA)
    return bytes(cv2.imencode(".png", picture)[1])


@dataclass(frozen=True, slots=True)
class Score:
    """What was told of videos: falls found, falls in all, events that are none (or one too many)."""

    found: int = 0
    falls: int = 0
    false: int = 0

    def __add__(self, other: "Score") -> "Score":
        """Of both."""
        return Score(self.found + other.found, self.falls + other.falls, self.false + other.false)

    @property
    def recall(self) -> float:
        """Share of the falls that was told."""
        return self.found / self.falls if self.falls else float("nan")

    @property
    def precision(self) -> float:
        """Share of the events that are falls."""
        told = self.found + self.false
        return self.found / told if told else float("nan")


def watched(frames: Iterable[Frame], settings: DetectorSettings, verifier: Verifier | None) -> list[Fall]:
    """The falls that the detector tells of a video."""
    state: pipeline.State | None = None
    falls: list[Fall] = []
    for frame in frames:
        if state is None:
            state = pipeline.start(frame.luma.shape[0], frame.luma.shape[1], settings)
        state, told = pipeline.step(state, frame, settings, verifier)
        falls.extend(told.ended)
    if state is not None:
        falls.extend(pipeline.finish(state, settings, verifier).ended)
    return falls


def scored(falls: Sequence[Fall], truth: Mapping[str, Any]) -> Score:
    """Events against a video's truth: a match lies within 20 px or 2 % of the height."""
    limit_px = max(20.0, 0.02 * truth["size"][1])
    objects = [] if truth["truth"] == "negative" else truth["truth"]
    found: set[int] = set()
    false = 0
    for fall in falls:
        matches = [i for i, thing in enumerate(objects) if _away(fall, thing["path"]) <= limit_px]
        wanted = [i for i in matches if objects[i]["label"] == "positive"]
        if any(i not in found for i in wanted):
            found.add(next(i for i in wanted if i not in found))
        elif wanted or not matches:
            false += 1
    return Score(len(found), sum(thing["label"] == "positive" for thing in objects), false)


def _away(fall: Fall, path: Sequence[Sequence[float]]) -> float:
    way = np.asarray(path, np.float64)
    t = fall.track.t_s
    together = (t >= way[0, 0]) & (t <= way[-1, 0])
    if not together.any():
        return float("inf")
    x, y = (np.interp(t[together], way[:, 0], way[:, axis]) for axis in (1, 2))
    return float(np.median(np.hypot(fall.track.xy_px[together, 0] - x, fall.track.xy_px[together, 1] - y)))
