"""How many pictures a second come, and how many of them are new: told from where each was in its stream."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from edge.core.vision.frame import Frame, Luma

ROWS: Final = 9
COLUMNS: Final = 120
NEW: Final = 4
"""Grey levels by which a pixel of a new picture differs; a repeated one hardly does, even re-encoded."""
NEW_PIXELS: Final = 3
LIVELY: Final = 12
LIVELY_PIXELS: Final = 30
"""Of 1,080: so many must have changed so much within a second, or the second cannot tell how many pictures
were new."""
SECONDS: Final = 12
"""Lively seconds that are remembered."""
FEW_SECONDS: Final = 5
LONGEST_S: Final = 10.0
"""A gap beyond it is none of a rate: the stream was away."""


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Counts since the last look.

    sample: a few pixels of the last picture; base: of the one at the last look. lively: new pictures a
    second, of the last seconds in which something moved.
    """

    index: int
    pts_s: float
    sample: Luma
    base: Luma
    first_index: int
    first_s: float
    new: int = 0
    lively: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Rate:
    """Pictures a second. arriving: that came. new: of them, not the same again; None where little moved."""

    arriving: float
    new: float | None


def seen(flow: Flow | None, frame: Frame) -> Flow:
    """The counts after one more picture. Costs some microseconds: it is done for each."""
    height, width = frame.luma.shape
    sample = frame.luma[height // (2 * ROWS) :: max(height // ROWS, 1), :: max(width // COLUMNS, 1)].copy()
    if flow is None or flow.sample.shape != sample.shape or frame.pts_s <= flow.pts_s:
        return Flow(frame.index, frame.pts_s, sample, sample, frame.index, frame.pts_s)
    if frame.pts_s - flow.pts_s > LONGEST_S:
        lively = flow.lively
        return Flow(frame.index, frame.pts_s, sample, sample, frame.index, frame.pts_s, lively=lively)
    is_new = _differing(sample, flow.sample, NEW) >= NEW_PIXELS
    return replace(flow, index=frame.index, pts_s=frame.pts_s, sample=sample, new=flow.new + is_new)


def looked(flow: Flow, *, dropped: bool = False) -> tuple[Flow, Rate | None]:
    """The rate since the last look, and counts that begin anew. dropped: some pictures were not seen here."""
    passed_s = flow.pts_s - flow.first_s
    if passed_s <= 0:
        return flow, None
    arriving = (flow.index - flow.first_index) / passed_s
    lively = flow.lively
    if not dropped and _differing(flow.sample, flow.base, LIVELY) >= LIVELY_PIXELS:
        lively = (*lively, flow.new / passed_s)[-SECONDS:]
    new = float(np.median(lively)) if len(lively) >= FEW_SECONDS else None
    after = Flow(flow.index, flow.pts_s, flow.sample, flow.sample, flow.index, flow.pts_s, lively=lively)
    return after, Rate(arriving, new)


def _differing(one: Luma, other: Luma, by: int) -> int:
    apart = np.maximum(one, other) - np.minimum(one, other)
    return int(np.count_nonzero(apart > by))
