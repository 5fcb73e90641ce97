"""Which cells of a facade were watched when, for how long, and why not.

Time is cut where anything changes: a camera comes or goes, its pose changes, maintenance begins or ends.
Between two cuts every cell is watched or is not, so a month is as long as what happened in it, and every sum
is exact. Cells are arrays (R, C): rows from the ground up, columns from left to right, seen from outside.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cloud.core.ledger import Outage
from cloud.core.spans import Span, Spans

Flags = NDArray[np.bool_]
F64 = NDArray[np.float64]
Number = TypeVar("Number", np.float64, np.int64)
"""Of seconds, or of whole microseconds."""
UNKNOWN = "unknown"


@dataclass(frozen=True, eq=False, slots=True)
class Sight:
    """The cells (R, C) of a facade that a camera watches while it works, as long as it stands as it does."""

    camera: str
    cells: Flags
    holds: Span


@dataclass(frozen=True, slots=True)
class Duty:
    """What became of a camera. up: when its picture was watched and could be relied on; downs: why not.

    announced: maintenance that was announced before it began.
    """

    camera: str
    up: Spans
    downs: tuple[Outage, ...] = ()
    announced: Spans = ()


@dataclass(frozen=True, eq=False, slots=True)
class Loss:
    """Cells (R, C) that are watched when all works, and were not from `begin` to `end`.

    causes: (camera, why), of each camera that should have watched one of them.
    """

    begin: datetime
    end: datetime
    cells: Flags
    causes: tuple[tuple[str, str], ...]
    excused: bool


@dataclass(frozen=True, eq=False, slots=True)
class Cause:
    """Why a camera did not watch these cells (R, C), and when (n,)."""

    camera: str
    why: str
    cells: Flags
    when: Flags


@dataclass(frozen=True, eq=False)
class History:
    """A facade over a span of time.

    cuts: n + 1 instants, the span's ends among them. watched: (n, R, C). excused: (n, R, C), not watched, and
    a camera that watches it otherwise was in maintenance that had been announced. within: (n, R, C), whether
    any camera would watch it if all worked. causes: why any did not.
    """

    cuts: tuple[datetime, ...]
    watched: Flags
    excused: Flags
    within: Flags
    causes: tuple[Cause, ...]

    @cached_property
    def losses(self) -> tuple[Loss, ...]:
        """Oldest first."""
        return tuple(_losses(self.cuts, self.within & ~self.watched, self.excused, self.causes))

    @cached_property
    def lengths_s(self) -> F64:
        """(n,): how long each part is."""
        return np.array([(end - begin).total_seconds() for begin, end in pairwise(self.cuts)])

    @cached_property
    def watched_s(self) -> F64:
        """(R, C): how long each cell was watched."""
        return self._seconds(self.watched)

    @cached_property
    def excused_s(self) -> F64:
        """(R, C): how long each was not, for announced maintenance."""
        return self._seconds(self.excused)

    @cached_property
    def due_s(self) -> F64:
        """(R, C): how long each should have been watched: the whole span but what is excused."""
        return np.asarray(self.lengths_s.sum() - self.excused_s)

    @property
    def longest_blind_s(self) -> F64:
        """(R, C): the longest time in one piece in which a cell was not watched, excused or not."""
        return self._blind_s[0]

    @property
    def blind_s(self) -> F64:
        """(R, C): for how long, at the end of the span, a cell had not been watched; 0 where it was."""
        return self._blind_s[1]

    @property
    def share(self) -> float | None:
        """Watched cell-time over due cell-time; None where nothing was due."""
        due_s = float(self.due_s.sum())
        return float(self.watched_s.sum()) / due_s if due_s > 0 else None

    def shares(self, edges: Sequence[datetime]) -> list[float | None]:
        """The share in each stretch between two of `edges`; None where nothing was due."""
        watched, due_cells = self.watched.sum(axis=(1, 2)), (~self.excused).sum(axis=(1, 2))
        found: list[float | None] = []
        for parts_s in self._within_s(edges):
            due = float((parts_s * due_cells).sum())
            found.append(float((parts_s * watched).sum()) / due if due > 0 else None)
        return found

    def row_shares(self, edges: Sequence[datetime]) -> list[list[float | None]]:
        """The same for each row, from the ground up: as many shares as there are stretches, each of R."""
        watched, due_cells = self.watched.sum(axis=2), (~self.excused).sum(axis=2)
        found: list[list[float | None]] = []
        for parts_s in self._within_s(edges):
            due, seen = parts_s @ due_cells, parts_s @ watched
            found.append([float(s / d) if d > 0 else None for s, d in zip(seen, due, strict=True)])
        return found

    def _within_s(self, edges: Sequence[datetime]) -> Iterator[F64]:
        """Of each stretch between two of `edges`: how much of each part (n,) lies in it."""
        cuts_s, edges_s = (
            np.array([(at - self.cuts[0]).total_seconds() for at in each]) for each in (self.cuts, edges)
        )
        return overlaps(cuts_s, edges_s)

    @cached_property
    def _blind_s(self) -> tuple[F64, F64]:
        return blind_times(self.lengths_s, self.watched)

    def _seconds(self, flags: Flags) -> F64:
        return np.asarray(np.tensordot(self.lengths_s, flags, axes=1))


def overlaps(cuts: NDArray[Number], edges: NDArray[Number]) -> Iterator[NDArray[Number]]:
    """Of each stretch between two of `edges`: how much lies in it of each part between two cuts (n,)."""
    for begin, end in pairwise(edges):
        yield np.clip(np.minimum(cuts[1:], end) - np.maximum(cuts[:-1], begin), 0, None)


def blind_times(lengths: NDArray[Number], watched: Flags) -> tuple[NDArray[Number], NDArray[Number]]:
    """(R, C) twice: the longest time in one piece that each cell was not watched, and that at the end.

    lengths: (n,) of the parts. watched: (n, R, C).
    """
    longest, lasting = (np.zeros(watched.shape[1:], dtype=lengths.dtype) for _ in range(2))
    for length, seen in zip(lengths, watched, strict=True):
        lasting = np.where(seen, 0, lasting + length)
        longest = np.maximum(longest, lasting)
    return longest, lasting


def history(shape: tuple[int, int], sights: Iterable[Sight], duties: Iterable[Duty], span: Span) -> History:
    """What became of a facade of R rows and C columns over [begin, end), which is not empty.

    A camera of which there is no duty never watched. Duties and sights may reach beyond the span.
    """
    known = {duty.camera: duty for duty in duties}
    found = [(sight, known.get(sight.camera, Duty(sight.camera, ()))) for sight in sights]
    cuts = _cuts(found, span)
    holding, upright, announced = (np.zeros((len(cuts) - 1, len(found)), dtype=np.bool_) for _ in range(3))
    causes: list[Cause] = []
    for number, (sight, duty) in enumerate(found):
        holds = holding[:, number] = _flags(cuts, (sight.holds,))
        up = upright[:, number] = holds & _flags(cuts, duty.up)
        announced[:, number] = holds & ~up & _flags(cuts, duty.announced)
        causes += _causes(cuts, sight, duty, holds & ~up)
    seen = [sight.cells for sight, _ in found]
    within, watched, excused = (_any(when, seen, shape) for when in (holding, upright, announced))
    excused &= ~watched
    return History(cuts, watched, excused, within, tuple(causes))


def _any(when: Flags, cells: Iterable[Flags], shape: tuple[int, int]) -> Flags:
    """(n, R, C): which cells lie in one of those (k of (R, C)) whose `when` (n, k) holds."""
    count = shape[0] * shape[1]
    # As bits: a month of a facade is thousands of stretches, and all goes through memory for each camera.
    bits = np.zeros((len(when), -(-count // 8)), dtype=np.uint8)
    for flags, own in zip(when.T, cells, strict=True):
        bits[flags] |= np.packbits(own)
    return np.unpackbits(bits, axis=1, count=count).view(np.bool_).reshape(len(when), *shape)


def _cuts(found: Iterable[tuple[Sight, Duty]], span: Span) -> tuple[datetime, ...]:
    begin, end = span
    at = {begin, end}
    for sight, duty in found:
        downs = ((down.begin, down.end) for down in duty.downs)
        for part in (sight.holds, *duty.up, *duty.announced, *downs):
            at.update(instant for instant in part if begin < instant < end)
    return tuple(sorted(at))


def _flags(cuts: Sequence[datetime], parts: Iterable[Span]) -> Flags:
    """(n,): which stretches between cuts lie in one of the spans. Where these end within, there is a cut."""
    flags = np.zeros(len(cuts) - 1, dtype=np.bool_)
    for begin, end in parts:
        flags[bisect_left(cuts, begin) : bisect_left(cuts, end)] = True
    return flags


def _causes(cuts: Sequence[datetime], sight: Sight, duty: Duty, down: Flags) -> Iterator[Cause]:
    told: dict[str, list[Span]] = {}
    for each in duty.downs:
        told.setdefault(each.why or UNKNOWN, []).append((each.begin, each.end))
    untold = down.copy()
    for why, parts in told.items():
        when = down & _flags(cuts, parts)
        untold &= ~when
        yield Cause(sight.camera, why, sight.cells, when)
    yield Cause(sight.camera, UNKNOWN, sight.cells, untold)


def _losses(cuts: Sequence[datetime], lost: Flags, excused: Flags, causes: Iterable[Cause]) -> Iterator[Loss]:
    """Stretches in a row of which nothing differs are one."""
    flat = lost.reshape(len(lost), -1)
    names, whys = _whys(flat, [cause for cause in causes if cause.when.any()])
    excuses = np.logical_not((flat & ~excused.reshape(flat.shape)).any(axis=1))
    told = np.column_stack([flat, whys, excuses])
    changed = np.flatnonzero((told[1:] != told[:-1]).any(axis=1)) + 1
    for begin, end in pairwise([0, *changed.tolist(), len(lost)]):
        if flat[begin].any():
            own = tuple(names[number] for number in np.flatnonzero(whys[begin]))
            yield Loss(cuts[begin], cuts[end], lost[begin], own, bool(excuses[begin]))


def _whys(lost: Flags, causes: Sequence[Cause]) -> tuple[list[tuple[str, str]], Flags]:
    """(camera, why) in order, and (n, k): which of them cost one of the cells that were lost (n, R C)."""
    names = sorted({(cause.camera, cause.why) for cause in causes})
    whys = np.zeros((len(lost), len(names)), dtype=np.bool_)
    bits = np.packbits(lost, axis=1)
    for cause in causes:
        costs = (bits & np.packbits(cause.cells)).any(axis=1)
        whys[:, names.index((cause.camera, cause.why))] |= cause.when & costs
    return names, whys
