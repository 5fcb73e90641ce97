"""Training data of the verifier: the detector's own tracks in videos, with what is known of each.

A track is cut out by the same code that runs at the edge. What it shows is known from the scene's truth
(rendered videos) or from a person at a desk (recordings, `models/desk.py`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from numpy.typing import NDArray

from edge.core.vision import pipeline
from edge.core.vision.frame import F32, Frame
from edge.core.vision.judging import crowd, examined
from edge.core.vision.preprocess import Evidence, Verification, evidence
from edge.core.vision.registry import INPUTS
from edge.core.vision.settings import DetectorSettings
from edge.core.vision.tracks import Point, Trace
from models.kinds import FALLS, KINDS, of_object, of_tags

SNAPSHOTS: Final = (6, 8, 11, 15, 21, 30, 42)
"""Counts of sights at which a track that goes on is looked at: a fall is decided before it is over."""
MIN_SIGHTS: Final = 5
PER_CLIP: Final = 64  # one night of rain would else be half of the data
FULL: Final = 160  # tracks of a clip from which on ever fewer are looked at: rain has thousands
HARDEST: Final = 32  # of them, those of which the rules think most: the rest by chance
NEAR_U: Final = 20.0  # a point this near to a path is on it, as bench scores it
DOUBT_U: Final = 90.0  # nearer than this to a path, but not on it: nobody can say what it shows
DOUBT_S: Final = 1.0  # pieces and bounces for so long after a fall are as doubtful
ON_PATH: Final = 0.6  # of a track's points are within the path's time


@dataclass(frozen=True, slots=True)
class Examples:
    """Tracks and what they show, n rows each.

    crops, motion, numbers: as `Evidence`, float32 with n in front; crops are kept as float16.
    fall: float32, 1 a fall, 0 none, nan where nobody can say (its verdict teaches nothing, its kind may).
    kinds: bool (n, len(KINDS)), which it may be; all true where nothing is known.
    clip: int64, which video; examples of one video are never split.
    """

    crops: NDArray[np.float16]
    motion: F32
    numbers: F32
    fall: F32
    kinds: NDArray[np.bool_]
    clip: NDArray[np.int64]

    def __len__(self) -> int:
        """How many."""
        return len(self.fall)

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> "Examples":
        """Some of them."""
        return Examples(*(getattr(self, name)[chosen] for name in Examples.__slots__))

    def save(self, path: Path) -> None:
        """Writes one NPZ file."""
        np.savez_compressed(path, **{name: getattr(self, name) for name in Examples.__slots__})


@dataclass(frozen=True, slots=True)
class Known:
    """What one track shows: fall as in `Examples`, kinds as names, empty where nothing is known."""

    fall: float
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sighted:
    """A track as it was found, with its evidence. score: the rules'."""

    points: tuple[Point, ...]
    seen: Evidence
    score: float = 0.0


def load(paths: Iterable[Path]) -> Examples:
    """The examples of several files, in the order of their names.

    Raises:
        ValueError: There is no file.
    """
    parts: list[Mapping[str, Any]] = [dict(np.load(path)) for path in sorted(paths)]
    if not parts:
        raise ValueError("there are no examples: no file *.npz")
    return Examples(*(np.concatenate([part[name] for part in parts]) for name in Examples.__slots__))


def joined(rows: Sequence[tuple[Sighted, Known]], clip: int) -> Examples:
    """Tracks of one video as examples; none are allowed."""
    n = len(rows)
    may_be = np.ones((n, len(KINDS)), np.bool_)
    for row, (_, known) in enumerate(rows):
        if known.kinds:
            may_be[row] = [kind in known.kinds for kind in KINDS]
        elif known.fall == 0.0:
            may_be[row] = [kind not in FALLS for kind in KINDS]
    return Examples(
        np.array([s.seen.crops for s, _ in rows], np.float16).reshape(n, *INPUTS["crops"]),
        np.array([s.seen.motion for s, _ in rows], np.float32).reshape(n, *INPUTS["motion"]),
        np.array([s.seen.numbers for s, _ in rows], np.float32).reshape(n, *INPUTS["numbers"]),
        np.array([known.fall for _, known in rows], np.float32),
        may_be,
        np.full(n, clip, np.int64),
    )


def tracks_in(frames: Iterable[Frame], seed: int, settings: DetectorSettings) -> list[Sighted]:
    """Every track of a video that moves down a little, whole and at SNAPSHOTS; at most PER_CLIP.

    The rules' verdicts only choose where there are more: the verifier must know what they turn away, too.
    """
    state: pipeline.State | None = None
    live: dict[int, Trace] = {}
    found: list[Sighted] = []
    chance = np.random.default_rng(seed)
    # The rules' way: a verifier would be asked here about tracks that are looked at below.
    stepping = replace(settings, verdict_by="rules")
    for frame in frames:
        if state is None:
            state = pipeline.start(frame.luma.shape[0], frame.luma.shape[1], settings)
        state, _ = pipeline.step(state, frame, stepping, _accept)
        now = {trace.id: trace for trace in state.traces}
        grown = [t for i, t in now.items() if len(t.points) in SNAPSHOTS and t is not live.get(i)]
        for trace in (*(t for i, t in live.items() if i not in now), *grown):
            if chance.random() * max(len(found), FULL) < FULL:
                found.extend(_sighted(state, trace, settings))
        live = now
    if state is not None:
        for trace in live.values():
            found.extend(_sighted(state, trace, settings))
    order = np.argsort([-sighted.score for sighted in found], kind="stable")
    rest = chance.permutation(order[HARDEST:])
    chosen = [*order[:HARDEST], *rest][:PER_CLIP]
    return [found[index] for index in sorted(chosen)]


def _accept(_: Evidence) -> Verification:
    """Only makes the detector keep its album."""
    return Verification(1.0)


def _sighted(state: pipeline.State, trace: Trace, settings: DetectorSettings) -> list[Sighted]:
    if len(trace.points) < MIN_SIGHTS:
        return []
    found = examined(replace(state, passages=crowd(state)), trace, settings)
    if found is None or found.surroundings is None:
        return []
    seen = evidence(found.verdict, state.album, found.surroundings, state.view, state.factor)
    return [] if seen is None else [Sighted(found.verdict.points, seen, found.verdict.score)]


def known_of(points: tuple[Point, ...], truth: Mapping[str, Any]) -> Known | None:
    """What a track in a rendered video shows; None where nobody can say.

    truth: as `models/synth` writes it. A reflection and a thing thrown up fall as well; whether they count
    is the rules' affair, so they teach their kind only.
    """
    unit = min(truth["size"]) / 720
    objects = [] if truth["truth"] == "negative" else truth["truth"]
    for thing in objects:
        path = np.asarray(thing["path"], np.float64)
        shared, away = nearness(points, path)
        near = max(NEAR_U * unit, 4.0) + float(thing.get("size_px", 0.0)) / 2
        if shared >= ON_PATH and away <= near:
            positive = thing["label"] == "positive"
            return Known(1.0 if positive else np.nan, of_object(thing["kind"], positive=positive))
        soon = points[0].t_s < path[-1, 0] + DOUBT_S and points[-1].t_s > path[0, 0] - DOUBT_S
        if soon and away <= near + DOUBT_U * unit:
            return None
    return Known(0.0, of_tags(truth.get("tags", ())))


def nearness(points: tuple[Point, ...], path: NDArray[np.float64]) -> tuple[float, float]:
    """Which share of a track lies within a path's time, and its median distance from the path, px.

    path: (n, 3) of t, x, y. If the share is below ON_PATH the distance counts the path's ends as lasting.
    """
    times = np.array([p.t_s for p in points])
    within = (times >= path[0, 0] - 0.05) & (times <= path[-1, 0] + 0.05)
    share = float(within.mean())
    compared = within if share >= ON_PATH else np.ones_like(within)
    x, y = (np.interp(times[compared], path[:, 0], path[:, axis]) for axis in (1, 2))
    at = np.array([(p.x, p.y) for p in points])[compared]
    return share, float(np.median(np.hypot(at[:, 0] - x, at[:, 1] - y)))


def gathered(video: Path, clip: int, settings: DetectorSettings) -> Examples:
    """The examples of a rendered video whose truth lies beside it as JSON."""
    truth = json.loads(video.with_suffix(".json").read_text(encoding="utf-8"))
    rows = [(s, known_of(s.points, truth)) for s in tracks_in(frames(video), clip, settings)]
    return joined([(s, known) for s, known in rows if known is not None], clip)


def frames(video: Path) -> Iterator[Frame]:
    """The decoded pictures of a file; presentation times from its first picture on."""
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "NONE"
        first: float | None = None
        for index, picture in enumerate(container.decode(stream)):
            if picture.pts is None:
                continue
            first = picture.time if first is None else first
            plane = picture.planes[0]
            rows = np.frombuffer(memoryview(plane), np.uint8)[: plane.line_size * picture.height]
            luma = rows.reshape(picture.height, plane.line_size)[:, : picture.width]
            yield Frame(luma, picture.time - first, index)
