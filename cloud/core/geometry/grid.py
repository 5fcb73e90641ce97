"""A facade's cells, and the points at which it is decided whether they are watched.

All points lie in the plane in which things fall: in front of the wall by the balconies' depth and a
clearance. A cell is a floor of a bay; what is larger than asked for is divided evenly.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil

import numpy as np
from numpy.typing import NDArray

from cloud.core.geometry.lens import F64
from cloud.core.geometry.parts import Needed

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Facade:
    """left_m, right_m: the wall's ends, seen from outside. lines_m: floor lines above `ground_m`, floors + 1.

    before_m: how far in front of the wall things fall.
    """

    id: str
    building: str
    left_m: tuple[float, float]
    right_m: tuple[float, float]
    lines_m: tuple[float, ...]
    bays: int
    before_m: float
    needed: Needed
    ground_m: float = 0.0

    @cached_property
    def length_m(self) -> float:
        """From end to end."""
        return float(np.hypot(self.right_m[0] - self.left_m[0], self.right_m[1] - self.left_m[1]))

    @cached_property
    def along(self) -> F64:
        """(2,): unit vector from left to right."""
        return np.asarray((np.array(self.right_m) - np.array(self.left_m)) / self.length_m)

    @cached_property
    def outward(self) -> F64:
        """(2,): unit vector from the wall outwards."""
        return np.array([self.along[1], -self.along[0]])

    @cached_property
    def ends_m(self) -> F64:
        """(2, 2): left and right end of the plane that falls pass in."""
        return np.array([self.left_m, self.right_m]) + self.before_m * self.outward

    @cached_property
    def grid(self) -> "Grid":
        """Its cells and points."""
        return Grid.over(self)


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells: R rows from the ground up, C columns from left to right, n points across and up each.

    floors: (R,) from 1. bays: (C,) from 1. rows_m: (R + 1,) edges, frame's z. columns_m: (C + 1,) edges, from
    the wall's left end. xy_m: (C n, 2) plan of the points' columns. z_m: (R n,) their heights.
    steps_m: (S,) heights at which a fall is followed; steps: (R,) how many of them a fall from each row's
    middle passes.
    """

    floors: Counts
    bays: Counts
    rows_m: F64
    columns_m: F64
    xy_m: F64
    z_m: F64
    steps_m: F64
    steps: Counts

    @classmethod
    def over(cls, facade: Facade) -> "Grid":
        """Of a facade."""
        needed = facade.needed
        floors, rows = _divided(np.array(facade.lines_m), needed.cell_m)
        lines = np.linspace(0, facade.length_m, facade.bays + 1)
        bays, columns = _divided(lines, needed.cell_m)
        across, up = _points(columns, needed.samples), _points(rows, needed.samples)
        plan = facade.ends_m[0] + across[:, None] * facade.along
        middles = (rows[:-1] + rows[1:]) / 2
        steps_m = (
            np.arange(max(int(middles[-1] / needed.step_m + 0.5), 1)) * needed.step_m + needed.step_m / 2
        )
        steps = np.maximum((steps_m[None] <= middles[:, None] + 1e-9).sum(axis=1), 1)
        ground = facade.ground_m
        heights = np.asarray(steps_m + ground, dtype=np.float64)
        return cls(floors, bays, rows + ground, columns, plan, up + ground, heights, steps)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows, columns."""
        return len(self.floors), len(self.bays)

    @cached_property
    def heights_m(self) -> F64:
        """(R n + S,): of the cells' points, then of the falls'."""
        return np.concatenate((self.z_m, self.steps_m))

    @cached_property
    def areas_m2(self) -> F64:
        """(R, C), of the cells."""
        return np.outer(np.diff(self.rows_m), np.diff(self.columns_m))

    @cached_property
    def middles_m(self) -> tuple[F64, F64]:
        """Heights of the rows' middles (R,), and how far from the left end the columns' are (C,)."""
        return (self.rows_m[:-1] + self.rows_m[1:]) / 2, (self.columns_m[:-1] + self.columns_m[1:]) / 2


def _divided(lines: F64, largest_m: float) -> tuple[Counts, F64]:
    """The number, from 1, of what each part belongs to, and the parts' edges."""
    pieces = [max(ceil((high - low) / largest_m - 1e-9), 1) for low, high in pairwise(lines)]
    edges = [
        np.linspace(low, high, count, endpoint=False)
        for (low, high), count in zip(pairwise(lines), pieces, strict=True)
    ]
    numbers = np.repeat(np.arange(1, len(pieces) + 1), pieces)
    return numbers, np.concatenate((*edges, lines[-1:]))


def _points(edges: F64, count: int) -> F64:
    """Middles of `count` equal parts of each part, in order."""
    shares = (np.arange(count) + 0.5) / count
    return np.asarray((edges[:-1, None] + np.diff(edges)[:, None] * shares).ravel())
