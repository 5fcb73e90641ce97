"""What a month was for a facade and for a camera, in sums that add up to estates and towns.

Days and months are those of Asia/Shanghai. A month that runs is counted until now. Every figure of the bureau
is one sum over another; both are kept, so that whoever has the rows can count again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Self

import numpy as np

from cloud.core.cell_history import F64, Flags, History, Loss
from cloud.core.cells import FacadeCells, FacadeHistory
from cloud.core.days import ZONE, midnight
from cloud.core.ledger import CameraAccount
from cloud.core.spans import Span

BLIND_SHARE: Final = 0.5
"""A cell that was watched for less of its due time is a blind cell of the month."""
CAUSES: Final = 5
"""So many causes are kept of a facade, those that cost most."""
SETTLED: Final = timedelta(days=7)
"""So long after its end a month may still change: boxes that were away send what they had kept."""
EVERY: Final = timedelta(minutes=10)
YOUNG_EVERY: Final = timedelta(minutes=1)
"""For an estate that began less than `EVERY` ago: its first numbers would else be those of seconds."""
ENDED_EVERY: Final = timedelta(hours=1)
"""A month that was counted after its end changes by what comes late only."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What cells lost by one camera for one reason; since: when first in the month."""

    camera: str
    why: str
    cell_s: float
    since: datetime


@dataclass(frozen=True, eq=False, slots=True)
class Lasting:
    """For how long each cell (R, C) had not been watched when a month ended, from before it if need be."""

    floors: tuple[int, ...]
    bays: tuple[int, ...]
    seconds: F64


@dataclass(frozen=True, eq=False, slots=True)
class FacadeMonth:
    """A facade in a month. due_cell_s: cells times seconds in which they should have been watched.

    blind_cells: watched for less than half of their due time. oldest_blind_s: age of the oldest blind spot at
    the end; 0: none. lasting: of each cell.
    """

    facade: str
    begin: datetime
    end: datetime
    cells: int
    due_cell_s: float
    watched_cell_s: float
    excused_cell_s: float
    blind_cells: int
    oldest_blind_s: float
    lasting: Lasting
    causes: tuple[Cause, ...] = ()

    def blind_longer_than(self, seconds: float) -> int:
        """How many cells had not been watched for longer at the end."""
        return int((self.lasting.seconds > seconds).sum())


@dataclass(frozen=True, slots=True)
class FacadeFigures:
    """What of a facade's month is added up to buildings, estates and towns.

    long_blind_cells: not watched for longer than is allowed when it ended. cause: what cost most.
    """

    facade: str
    cells: int
    due_cell_s: float
    watched_cell_s: float
    blind_cells: int
    long_blind_cells: int
    oldest_blind_s: float
    cause: Cause | None = None

    @classmethod
    def of(cls, one: FacadeMonth, long_s: float) -> Self:
        """long_s: for longer than this no cell should be blind."""
        return cls(
            one.facade,
            one.cells,
            one.due_cell_s,
            one.watched_cell_s,
            one.blind_cells,
            one.blind_longer_than(long_s),
            one.oldest_blind_s,
            next(iter(one.causes), None),
        )


@dataclass(frozen=True, slots=True)
class CameraMonth:
    """A camera in a month, in seconds; see `ledger.CameraAccount`."""

    camera: str
    due_s: float
    online_s: float
    sound_s: float
    recorded_s: float
    excluded_s: float


def span_of(month: date) -> Span:
    """[begin, end) of the month in which a day lies."""
    return midnight(month.replace(day=1)), midnight(following(month))


def following(month: date) -> date:
    """The first day of the next."""
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)


def preceding(month: date) -> date:
    """The first day of the one before."""
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


def month_of(at: datetime) -> date:
    """The first day of the month in which an instant lies."""
    return at.astimezone(ZONE).date().replace(day=1)


def due(first: datetime, counted: dict[date, datetime], at: datetime) -> list[date]:
    """Which months since `first` must be counted at `at`, oldest first. counted: month → when last.

    Each until a week after its end: every ten minutes, every minute in an estate's first ten, and every hour
    once it is over. What a later month carries on, an earlier one decides.
    """
    found, month, newest = [], month_of(first), month_of(at)
    while month <= newest:
        last = counted.get(month)
        end = span_of(month)[1]
        every = ENDED_EVERY if last is not None and last >= end else EVERY
        if at < first + EVERY:
            every = YOUNG_EVERY
        if last is None or (last < end + SETTLED and last <= at - every):
            found.append(month)
        month = following(month)
    return found


def of_facade(found: FacadeHistory, before: Lasting | None) -> FacadeMonth:
    """A facade's month from its history. before: how long its cells had been blind when the month began."""
    history, grid = found.history, found.grid
    due_s, watched_s = history.due_s, history.watched_s
    lasting = _lasting(history, grid, before)
    return FacadeMonth(
        grid.facade,
        history.cuts[0],
        history.cuts[-1],
        cells=int(watched_s.size),
        due_cell_s=float(due_s.sum()),
        watched_cell_s=float(watched_s.sum()),
        excused_cell_s=float(history.excused_s.sum()),
        blind_cells=int(((due_s > 0) & (watched_s < BLIND_SHARE * due_s)).sum()),
        oldest_blind_s=float(lasting.seconds.max(initial=0.0)),
        lasting=lasting,
        causes=_causes(history.losses),
    )


def of_cameras(accounts: Iterable[CameraAccount]) -> tuple[CameraMonth, ...]:
    """Cameras' months from their accounts."""
    return tuple(
        CameraMonth(one.camera, one.due_s, one.online_s, one.sound_s, one.recorded_s, one.excluded_s)
        for one in accounts
    )


def _lasting(history: History, grid: FacadeCells, before: Lasting | None) -> Lasting:
    blind_s = history.blind_s.copy()
    if before is not None:
        whole_s = (history.cuts[-1] - history.cuts[0]).total_seconds()
        through: Flags = np.asarray(blind_s >= whole_s)
        blind_s += np.where(through, _fitted(before, grid), 0.0)
    return Lasting(grid.floors, grid.bays, blind_s)


def _fitted(before: Lasting, grid: FacadeCells) -> F64:
    """In the cells of another plan: those of the same floor and bay, the longest where there are more."""
    if (before.floors, before.bays) == (grid.floors, grid.bays):
        return before.seconds
    known: dict[tuple[int, int], float] = {}
    for (row, column), seconds in np.ndenumerate(before.seconds):
        place = before.floors[row], before.bays[column]
        known[place] = max(known.get(place, 0.0), float(seconds))
    return np.array([[known.get((floor, bay), 0.0) for bay in grid.bays] for floor in grid.floors])


def _causes(losses: Sequence[Loss]) -> tuple[Cause, ...]:
    """What a loss costs is told to each of its causes whole: without one of them it would be the other's."""
    found: dict[tuple[str, str], Cause] = {}
    for loss in losses:
        if loss.excused:
            continue
        cell_s = float(loss.cells.sum()) * (loss.end - loss.begin).total_seconds()
        for camera, why in loss.causes:
            known = found.get((camera, why), Cause(camera, why, 0.0, loss.begin))
            found[camera, why] = Cause(camera, why, known.cell_s + cell_s, known.since)
    return tuple(sorted(found.values(), key=lambda one: (-one.cell_s, one.camera, one.why))[:CAUSES])
