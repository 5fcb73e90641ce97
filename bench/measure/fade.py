"""The measures of FADE, a public data set of falling objects around buildings, as its authors compute them.

FADE: Z. Tu et al., "FADE: A Dataset for Detecting Falling Objects around Buildings in Video", IEEE
Transactions on Information Forensics and Security 2025, arXiv:2408.05750. The definitions here are those of
the authors' own script (github.com/Zhengbo-Zhang/FADE, precision_recall_tro.py), restated:

- A told box and a true box of the same frame fit if their intersection over union is at least 0.3.
- Precision: fitting boxes ÷ told boxes, recall: found true boxes ÷ true boxes, each summed over all frames
  of all videos before dividing; F-measure: their harmonic mean.
- TRO, time range overlap, of a video: of the ranges from the first to the last frame with a told and with a
  true box, the frames in both ÷ the frames from the earlier first to the later last; 0 if nothing was told
  or the ranges are apart. The set's TRO is the mean over its videos.

Two things differ. Where a frame has several true boxes the script counts every pair of boxes, so that even a
perfect detector has precision 0.5 with two objects; here each true box is found by one told box at most.
`pairs` counts as the script does; with one object a frame and one box for it both are the same. And the
script forgets to empty the list of told frames between videos; here each video has its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

MIN_OVERLAP: Final = 0.3

Box = tuple[float, float, float, float]
"""xmin, ymin, xmax, ymax in pixels."""
Boxes = Mapping[int, Sequence[Box]]
"""{frame's number: its boxes}; frames without a box may be left out."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Boxes, summed over frames: told ones that fit and that do not, true ones found and not."""

    fitting: int = 0
    wrong: int = 0
    found: int = 0
    missed: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.fitting + other.fitting,
            self.wrong + other.wrong,
            self.found + other.found,
            self.missed + other.missed,
        )

    @property
    def precision(self) -> float:
        """Of the told boxes, those that fit; 0 of none."""
        return _quotient(self.fitting, self.fitting + self.wrong)

    @property
    def recall(self) -> float:
        """Of the true boxes, those that were found; 0 of none."""
        return _quotient(self.found, self.found + self.missed)

    @property
    def f_measure(self) -> float:
        """Harmonic mean of precision and recall; 0 where both are."""
        return _quotient(2 * self.precision * self.recall, self.precision + self.recall)


def _quotient(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes, corners cut to whole pixels as the authors do; 0…1."""
    a, b = [int(side) for side in one], [int(side) for side in other]
    wide = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    high = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    both = wide * high
    areas = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return _quotient(both, areas - both)


def counts(true: Boxes, told: Boxes) -> Counts:
    """Boxes of one video, each true one found by one told box at most, the best fitting first."""
    total = Counts()
    for frame in true.keys() | told.keys():
        real, said = true.get(frame, ()), told.get(frame, ())
        fits = sorted(
            (
                (-value, i, j)
                for i, a in enumerate(real)
                for j, b in enumerate(said)
                if (value := overlap(a, b)) >= MIN_OVERLAP
            )
        )
        used_real: set[int] = set()
        used_said: set[int] = set()
        for _, i, j in fits:
            if i not in used_real and j not in used_said:
                used_real.add(i)
                used_said.add(j)
        right = len(used_real)
        total += Counts(right, len(said) - right, right, len(real) - right)
    return total


def pairs(true: Boxes, told: Boxes) -> Counts:
    """Boxes of one video counted as the authors' script does: every pair of a true and a told box."""
    total = Counts()
    for frame in true.keys() | told.keys():
        real, said = true.get(frame, ()), told.get(frame, ())
        if not real:
            total += Counts(wrong=len(said))
            continue
        fitting = sum(overlap(a, b) >= MIN_OVERLAP for a in real for b in said)
        total += Counts(fitting, len(real) * len(said) - fitting, fitting, len(real) - fitting)
    return total


def time_range_overlap(true: tuple[int, int] | None, told: tuple[int, int] | None) -> float:
    """TRO of one video, 0…1. true, told: first and last frame with a box, both counted; None of none."""
    if true is None or told is None or told[0] > true[1] or told[1] < true[0]:
        return 0.0
    both = min(true[1], told[1]) - max(true[0], told[0]) + 1
    return both / (max(true[1], told[1]) - min(true[0], told[0]) + 1)


def span(boxes: Boxes) -> tuple[int, int] | None:
    """First and last frame that has a box."""
    frames = [frame for frame, found in boxes.items() if found]
    return (min(frames), max(frames)) if frames else None
