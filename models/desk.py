"""What people at a desk said of events, as training data: one JSON object a line beside the clips.

    {"clip": "clips/2026-05-01/7f.mp4", "track": [[1.24, 655.0, 210.5], …], "label": true}
    {"clip": "clips/2026-05-02/0c.mp4", "track": [[0.40, 12.0, 80.0], …], "label": false, "reason": "bird"}

clip: a path relative to the file of labels. track: t_s in the clip, x and y in px of its pictures, as the
event told it, at least two points. label: whether it was a fall. reason: in a person's words, for false
ones; its words are looked up in `models/kinds.py`. Empty lines are allowed.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from edge.core.vision.settings import DetectorSettings
from models.dataset import NEAR_U, ON_PATH, Examples, Known, frames, joined, nearness, tracks_in
from models.kinds import FALLS, of_name


class DeskLabelError(ValueError):
    """A line cannot be used. The message names file and line."""


class DeskLabel(BaseModel):
    """One line."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    clip: str = Field(min_length=1)
    track: list[tuple[float, float, float]] = Field(min_length=2)
    label: bool
    reason: str = Field(default="", max_length=200)

    @model_validator(mode="after")
    def _goes_on_in_time(self) -> "DeskLabel":
        times = [t for t, _, _ in self.track]
        if any(later <= earlier for earlier, later in pairwise(times)):
            raise ValueError("the track's times must increase")
        return self

    @property
    def known(self) -> Known:
        """What the track shows."""
        if self.label:
            return Known(1.0, FALLS)
        return Known(0.0, (of_name(self.reason),) if self.reason else ())


def desk_labels(path: Path) -> list[DeskLabel]:
    """The labels of a file.

    Raises:
        DeskLabelError: A line is not as described above, or its clip is not there.
    """
    labels = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            label = DeskLabel.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise DeskLabelError(f"{path}, line {number}: {place or 'the line'}: {first['msg']}") from error
        if not (path.parent / label.clip).is_file():
            raise DeskLabelError(f"{path}, line {number}: there is no clip {label.clip}")
        labels.append(label)
    return labels


def examples_of(path: Path, first_clip: int, settings: DetectorSettings) -> Examples:
    """The labelled tracks of a file, found again in their clips by today's detector. Others teach nothing.

    first_clip: numbers of the clips begin here.
    """
    by_clip: dict[str, list[DeskLabel]] = {}
    for label in desk_labels(path):
        by_clip.setdefault(label.clip, []).append(label)
    parts = []
    for clip, (name, labels) in enumerate(sorted(by_clip.items()), first_clip):
        video = path.parent / name
        rows = []
        height = min(next(iter(frames(video))).luma.shape)
        for sighted in tracks_in(frames(video), clip, settings):
            for label in labels:
                share, away = nearness(sighted.points, np.array(label.track, np.float64))
                if share >= ON_PATH and away <= max(NEAR_U * height / 720, 4.0):
                    rows.append((sighted, label.known))
                    break
        parts.append(joined(rows, clip))
    return Examples(*(np.concatenate([getattr(p, name) for p in parts]) for name in Examples.__slots__))
