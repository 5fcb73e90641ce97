"""The records that walk through the detector: frames, candidates, tracks, falls."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Luma = NDArray[np.uint8]
Chroma = NDArray[np.uint8]
"""(2, h, w): Cb and Cr of a small copy of the picture; 128 is grey."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded picture.

    luma: (height, width) uint8, the Y plane as decoded; a view that is valid until the next frame is taken.
    pts_s: presentation time, seconds from the beginning of the stream.
    index: counts decoded frames from 0.
    arrived_at: steady instant at which its packet was read; None for a file.
    chroma: a few samples of its colours, copied; None where the picture has none.
    """

    luma: Luma
    pts_s: float
    index: int
    arrived_at: datetime | None = None
    chroma: Chroma | None = None


@dataclass(frozen=True, slots=True)
class Candidates:
    """What moved in one frame, one row each, full-resolution pixels.

    xyxy: (n, 4) float32 boxes, left, top, right, bottom.
    xy_px: (n, 2) float32 centroids weighted by difference.
    area_px: (n,) float32.
    contrast: (n,) float32, signed: brighter than its surroundings in time > 0.
    """

    xyxy: F32
    xy_px: F32
    area_px: F32
    contrast: F32


@dataclass(frozen=True, slots=True)
class Track:
    """One thing followed over frames.

    t_s: (n,) float64, presentation times, strictly increasing.
    xy_px: (n, 2) float32, full-resolution pixels, origin top left, pixel centres at whole numbers, y down.
    """

    id: int
    t_s: F64
    xy_px: F32


@dataclass(frozen=True, slots=True)
class Release:
    """Where the fall began in the picture, with its uncertainty (one standard deviation).

    It is an ellipse: uncertainty_px along the fall, across_px across it. angle_deg: the fall's direction
    there, from x to the right towards y down.
    """

    x_px: float
    y_px: float
    uncertainty_px: float
    across_px: float = 0.0
    angle_deg: float = 90.0


class Ruling(NamedTuple):
    """What one rule said of a track.

    share: 0…1, a half where value meets limit, 1 where there is no doubt. value, limit: in the rule's own
    measure, which docs/design/detection.md names for each rule. note: what the numbers do not say.
    """

    rule: str
    share: float
    value: float
    limit: float
    note: str = ""


class Breadth(NamedTuple):
    """How broad a thing looks across its fall, px: the middle of its sights; nine in ten lie in between."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Fall:
    """A track that was judged to be something falling.

    It is told when it is decided, with the track known so far (`ended` is false unless that is all), and
    again with its whole track when that has ended, by the same `track.id`. A decision is not taken back.

    score: 0…1. suspected_s, decided_s: presentation times of the frames at which it was first suspected and
    at which it was decided. reasons: what spoke for it, for people who want to know.
    breadth_px: None where it never fell steeply enough to be measured.
    """

    track: Track
    score: float
    decided_s: float
    reasons: tuple[str, ...] = ()
    release: Release | None = None
    suspected_s: float | None = None
    ended: bool = True
    breadth_px: Breadth | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """A track that was worth a verdict and is no fall.

    ruling: the rule that said no most clearly. rejected_s: presentation time of the frame at which it was
    said. rulings: what all rules said.
    """

    track: Track
    rejected_s: float
    score: float
    ruling: Ruling
    rulings: tuple[Ruling, ...] = ()


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A living track that may be a fall, told as often as it looks more like one than ever before.

    It is no verdict: most of what is suspected weakly is none. track: its id, unique within a stream.
    first_s, at_s: presentation times of its first sight and of the frame at which it was suspected.
    sure, before: 0…1, how much it looks like a fall now, and did at the most until now; 1 once it is decided.
    seen: its last sight, t_s, x_px, y_px.
    """

    track: int
    first_s: float
    at_s: float
    sure: float
    before: float
    seen: tuple[float, float, float]

    def reaches(self, limit: float) -> bool:
        """Whether it is as sure as that now, for the first time."""
        return self.before < limit <= self.sure


@dataclass(frozen=True, slots=True)
class Told:
    """What the detector has to say after a frame.

    decided: falls of which it is certain since this frame, each once: for the alert. ended: falls that are
    over, each once, then or later: for the record. thrown_up: things that came up from below and went down
    again, when they are over; they are no falls. rejections: a few of the tracks that were judged no falls.
    suspected: what may be a fall, long before that is certain.
    """

    decided: tuple[Fall, ...] = ()
    ended: tuple[Fall, ...] = ()
    thrown_up: tuple[Fall, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    suspected: tuple[Suspicion, ...] = ()
