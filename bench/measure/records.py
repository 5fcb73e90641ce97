"""What a benchmark compares: the truth of a clip and the events that a detector told of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

POSITIVE: Final = "positive"
IGNORE: Final = "ignore"
THROWN_UP: Final = "thrown_up"
IMAGES: Final = frozenset({"reflection", "shadow"})
"""Kinds that only show another thing again."""
NEGATIVE: Final = "negative"


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    """Something that is to be found, or need not be.

    path: float64 (n, 3), rows t_s, x_px, y_px in full-resolution pixels; times increase; n ≥ 1.
    label: "positive" or "ignore". kind: "thrown_up", "reflection" and "shadow" have rules of their own,
    see `scoring`.
    floor is counted from 1, bay from 0; known: whatever else the truth says of it.
    """

    kind: str
    label: str
    path: F64
    size_px: float = 0.0
    contrast: float = 0.0
    floor: int | None = None
    bay: int | None = None
    known: Mapping[str, Any] = field(default_factory=dict)

    @property
    def first_s(self) -> float:
        """When it was first visible."""
        return float(self.path[0, 0])

    @property
    def last_s(self) -> float:
        """When it was last seen."""
        return float(self.path[-1, 0])


@dataclass(frozen=True, slots=True)
class Clip:
    """A video with its truth. width, height: pixels. tags: what is in it besides, one word each."""

    name: str
    video: Path
    fps: float
    width: int
    height: int
    duration_s: float
    things: tuple[Thing, ...] = ()
    tags: tuple[str, ...] = ()
    camera: Mapping[str, Any] = field(default_factory=dict)
    facade: Mapping[str, Any] = field(default_factory=dict)
    real: bool = False

    @property
    def negative(self) -> bool:
        """Whether nothing in it is to be found."""
        return not any(thing.label == POSITIVE for thing in self.things)


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """What a detector told: one line of `fallwatch detect --format jsonl`.

    track: float64 (n, 3) as `Thing.path`. decided_s, suspected_s: presentation time at which it was told;
    suspected_s is None where the detector tells no suspicion. thrown_up: told as thrown up from the ground.
    told: the whole line.
    """

    track: F64
    decided_s: float
    suspected_s: float | None = None
    score: float = 1.0
    thrown_up: bool = False
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def start_s(self) -> float:
        """First sight."""
        return float(self.track[0, 0])

    @property
    def end_s(self) -> float:
        """Last sight."""
        return float(self.track[-1, 0])


def event_from(line: Mapping[str, Any]) -> Event:
    """An event from the JSON object of an output line. Raises KeyError where it lacks track or decision."""
    return Event(
        track=np.asarray(line["track"], np.float64).reshape(-1, 3),
        decided_s=float(line["decided_s"]),
        suspected_s=line.get("suspected_s"),
        score=float(line.get("score", 1.0)),
        thrown_up=line.get("kind") == THROWN_UP,
        told=line,
    )


def things_from(truth: object) -> tuple[Thing, ...]:
    """The things of a truth entry: the word "negative", or a list of objects."""
    if not isinstance(truth, list):
        if truth != NEGATIVE:
            raise ValueError(f"truth is {truth!r}; it must be a list of objects or {NEGATIVE!r}")
        return ()
    return tuple(_thing(entry) for entry in truth)


def _thing(entry: Mapping[str, Any]) -> Thing:
    path = np.asarray(entry["path"], np.float64).reshape(-1, 3)
    return Thing(
        kind=str(entry.get("kind", "object")),
        label=str(entry.get("label", POSITIVE)),
        path=path,
        size_px=float(entry.get("size_px") or 0.0),
        contrast=float(entry.get("contrast") or 0.0),
        floor=entry.get("floor"),
        bay=entry.get("bay"),
        known={key: value for key, value in entry.items() if key != "path"},
    )


def clip_from(video: Path, entry: Mapping[str, Any], duration_s: float, *, real: bool = False) -> Clip:
    """A clip from its entry in a truth file; see `models/synth` for the format. Things without path go."""
    width, height = entry["size"]
    listed = entry["truth"]
    if isinstance(listed, list):
        listed = [thing for thing in listed if thing["path"]]
    return Clip(
        name=video.stem,
        video=video,
        fps=float(entry["fps"]),
        width=int(width),
        height=int(height),
        duration_s=duration_s,
        things=things_from(listed),
        tags=tuple(str(tag) for tag in entry.get("tags", ())),
        camera=entry.get("camera") or {},
        facade=entry.get("facade") or {},
        real=real,
    )


def truths(path: Path) -> dict[str, Any]:
    """A truth file as it stands: {video's name: entry}. Raises ValueError naming the file if it is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise ValueError(f"{path} cannot be read as truth: {error}") from None
    if not isinstance(found, dict):
        raise ValueError(f"{path} holds no object of clips")  # noqa: TRY004 - about a file, not a type
    return found
