"""Blind spots that stay: connected cells of a facade that nobody has watched for long."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Final

import numpy as np

from cloud.core.cell_history import Flags
from cloud.core.cells import FacadeCells, FacadeHistory
from contracts.devices import Severity

Cell = tuple[int, int]
"""Floor and bay, from 1."""
STEADY: Final = timedelta(minutes=10)
"""What was watched for so long without a gap is covered; less may be a camera that comes and goes."""

LOST: Final = "blind_spot_lost"
NEVER: Final = "blind_spot_never"
"""Kinds of orders: to mend what should watch, or to add what could."""


@dataclass(frozen=True, slots=True)
class Region:
    """Cells that lie together. lost: cameras watch them when all work; else no camera can."""

    cells: frozenset[Cell]
    lost: bool

    @property
    def kind(self) -> str:
        """What its work order is called."""
        return LOST if self.lost else NEVER

    @property
    def severity(self) -> Severity:
        """A camera that is down can be mended this week; another camera takes an order and a pole."""
        return "serious" if self.lost else "warning"

    @property
    def extent(self) -> str:
        """Floors, bays and number of cells, in no language: `F9-14 B12-14 x18`."""
        floors, bays = ({cell[part] for cell in self.cells} for part in (0, 1))
        return f"F{_ranges(floors)} B{_ranges(bays)} x{len(self.cells)}"

    @property
    def first(self) -> Cell:
        """Its lowest floor's first bay."""
        return min(self.cells)


def meant(size: tuple[int, int], floor: int | None, bay: int | None) -> frozenset[Cell]:
    """The cells that somebody means by a floor, a bay, both, or neither: all of them.

    size: how many floors and bays the facade has.
    """
    floors, bays = (
        range(1, last + 1) if one is None else (one,) for one, last in zip((floor, bay), size, strict=True)
    )
    return frozenset(product(floors, bays))


def lasting(found: FacadeHistory, least: timedelta) -> list[Region]:
    """Regions that nobody has watched for `least` now. Announced maintenance is no blind spot."""
    blind = (found.history.blind_s >= least.total_seconds()) & ~found.history.excused[-1]
    within = found.history.within[-1]
    return [
        Region(frozenset(_named(found.grid, part)), lost)
        for lost, flags in ((True, blind & within), (False, blind & ~within))
        for part in _connected(flags)
    ]


def is_news(now: FacadeHistory, orders: Collection[frozenset[Cell]]) -> bool:
    """Whether an order may begin, grow or end, so that it must be looked at what came before.

    now: of a moment. orders: the cells of each that says that they are blind.
    """
    unwatched = ~now.history.watched[-1]
    blind = frozenset(_named(now.grid, unwatched & ~now.history.excused[-1]))
    left = frozenset(_named(now.grid, unwatched))
    return not blind <= frozenset().union(*orders) or any(not cells & left for cells in orders)


def uncovered(found: FacadeHistory, cells: frozenset[Cell]) -> frozenset[Cell]:
    """Those of these cells that are not watched now, or were not throughout the last minutes.

    Cells that the facade no longer has are covered.
    """
    begin = found.history.cuts[-1] - STEADY
    ends = np.array([end > begin for end in found.history.cuts[1:]])
    steady = found.history.watched[ends].all(axis=0)
    return cells & frozenset(_named(found.grid, ~steady))


def is_lost(found: FacadeHistory, cells: frozenset[Cell]) -> bool:
    """Whether cameras watch any of these cells when all work."""
    return not cells.isdisjoint(_named(found.grid, found.history.within[-1]))


def _named(grid: FacadeCells, flags: Flags) -> Iterator[Cell]:
    for row, column in zip(*np.nonzero(flags), strict=True):
        yield grid.floors[int(row)], grid.bays[int(column)]


def _connected(flags: Flags) -> Iterator[Flags]:
    """Parts whose cells touch each other along an edge."""
    left = flags.copy()
    while left.any():
        part = np.zeros_like(left)
        part[tuple(np.argwhere(left)[0])] = True
        grown = _grown(part) & left
        while (grown != part).any():
            part, grown = grown, _grown(grown) & left
        yield part
        left &= ~part


def _grown(part: Flags) -> Flags:
    grown = part.copy()
    grown[1:] |= part[:-1]
    grown[:-1] |= part[1:]
    grown[:, 1:] |= part[:, :-1]
    grown[:, :-1] |= part[:, 1:]
    return grown


def _ranges(numbers: set[int]) -> str:
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in found)
