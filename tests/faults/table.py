"""The table of faults: what a row says, where rows come from, how they are printed.

A row is a `Fault` in the tuple `ROWS` of a file `rows_….py` in this folder, which is found by its name.
Tests run the short form of each, `fallwatch bench faults` the long one.
"""

import importlib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.place import Place

HEAD = ("fault", "injected", "accepted", "in the database", "lost", "duplicated", "time to recover")


@dataclass(frozen=True)
class Row:
    """What a fault did. injected: what the source offered. accepted: what the outbox had numbered.

    lost: accepted, and neither stored nor told as lost. recovered_s: until the whole way worked again.
    """

    fault: str
    injected: int
    accepted: int
    stored: int
    lost: int
    duplicated: int
    recovered_s: float


@dataclass(frozen=True)
class Size:
    """events: how many altogether. times: how often the fault strikes. per_s: how fast events come.

    undisturbed: the share of its frames that the other camera must give meanwhile. Beside other tests, on two
    cores, no share can be promised: there its program and its state are what must not change.
    """

    events: int
    times: int
    per_s: int = 100
    undisturbed: float = 0.0


@dataclass(frozen=True)
class Fault:
    """A row of the table. name: for the command line and as the test's name."""

    name: str
    run: "Callable[[Place, Size], Row]"
    short: Size | None
    """None: too slow for the tests."""
    long: Size


class CannotRunHere(Exception):  # noqa: N818 - says what is so
    """This machine does not let the fault be made. The message says why."""


def faults() -> list[Fault]:
    """Every row, in the order of the files' names."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("rows_*.py"))
    modules = [importlib.import_module(f"tests.faults.{name}") for name in names]
    return [fault for module in modules for fault in module.ROWS]


def tell(rows: Sequence[Row]) -> None:
    """Prints the table, and as the last line the same figures as JSON."""
    lines = [HEAD, *(_line(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    sys.stdout.write("\n")
    for line in lines:
        cells = [
            text.ljust(widths[0]) if column == 0 else text.rjust(widths[column])
            for column, text in enumerate(line)
        ]
        sys.stdout.write("  ".join(cells) + "\n")
    sys.stdout.write(json.dumps({"rows": [asdict(row) for row in rows]}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _line(row: Row) -> tuple[str, ...]:
    figures = (row.injected, row.accepted, row.stored, row.lost, row.duplicated)
    return (row.fault, *(f"{figure:,}" for figure in figures), f"{row.recovered_s:.2f} s")
