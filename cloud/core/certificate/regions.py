"""Cells of a facade as places that people know: from which floor to which, from which bay to which."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cloud.core.cell_history import Flags


@dataclass(frozen=True, slots=True)
class Region:
    """Rows and columns of cells, both ends included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int

    @property
    def cells(self) -> int:
        """How many it has."""
        return (self.last_row - self.first_row + 1) * (self.last_column - self.first_column + 1)


def regions(cells: Flags) -> list[Region]:
    """Rectangles that hold these cells (R, C) and no others, each once; the largest first."""
    found: list[Region] = []
    standing: dict[tuple[int, int], Region] = {}
    for row, flags in enumerate(cells):
        runs = _runs(flags)
        found += [region for run, region in standing.items() if run not in runs]
        standing = {
            run: replace(standing[run], last_row=row) if run in standing else Region(row, row, *run)
            for run in runs
        }
    found += standing.values()
    return sorted(found, key=lambda region: (-region.cells, region.first_row, region.first_column))


def named(region: Region, floors: Sequence[int], bays: Sequence[int]) -> str:
    """In Chinese. floors, bays: of the rows and columns."""
    low, high = floors[region.first_row], floors[region.last_row]
    left, right = bays[region.first_column], bays[region.last_column]
    up = f"{low} 层" if low == high else f"{low}–{high} 层"
    return f"{up}第 {left} 开间" if left == right else f"{up}第 {left}–{right} 开间"


def _runs(flags: Flags) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False]))))
    return [(int(begin), int(end) - 1) for begin, end in edges.reshape(-1, 2)]
