"""How many messages a second ingest commits, beside what a subscriber that stores nothing receives."""

import os
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.table import Table

from bench.measure import tables
from bench.measure.goals import Goal
from bench.measure.ingest import place, profiled
from bench.measure.ingest.place import Measured
from tests.fixtures import fleet

LEAST_RATIO = 0.5
MOST_COMMIT_S = 0.25
BEGINNING = 0.1
"""Share of a round at an even rate that is not counted: connections and statements are new in it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Both in turn, with the same messages. load: the machine's load average afterwards."""

    bare: Measured
    ingest: Measured
    load: float

    @property
    def ratio(self) -> float:
        """Committed to received."""
        return self.ingest.per_s / self.bare.per_s


@click.command()
@click.option("--messages", default=20_000, show_default=True, help="Messages of each measurement.")
@click.option("--pairs", default=5, show_default=True, help="Times that both are measured, in turn.")
@click.option("--workers", default=1, show_default=True, help="Ingest programs that share the messages.")
@click.option("--boxes", default=50, show_default=True, help="Each has four cameras and four sensors.")
@click.option("--seconds", default=10.0, show_default=True, help="How long the even rate is kept.")
@click.option("--profile", is_flag=True, help="Measure once more under cProfile: where the time goes.")
def main(*, messages: int, pairs: int, workers: int, boxes: int, seconds: float, profile: bool) -> None:
    """Measure both in turn, several times: what other programs do meanwhile hits both alike."""
    shown = tables.console()
    folder = Path(tempfile.mkdtemp(prefix="fallwatch-ingest-"))
    folder.chmod(0o755)  # PostgreSQL runs as another account
    names = fleet.names("box", boxes)
    shares: dict[str, float] = {}
    try:
        with place.running(folder, names) as there:
            found = []
            for number in range(pairs):
                said = fleet.said(names, messages)
                bare = place.received(there, said)
                found.append(Pair(bare, place.committed(there, said, workers), os.getloadavg()[0]))
                shown.print(f"{number + 1} of {pairs}: {found[-1].ratio:.2f}")
            rate = statistics.median(pair.ingest.per_s for pair in found)
            even = fleet.said(names, round(seconds * rate / 2))
            waits = place.waits_s(there, even, rate / 2, workers)[round(BEGINNING * len(even)) :]
            if profile:
                place.committed(there, fleet.said(names, messages), 1, folder / "profile")
                shares = profiled.shares(folder / "profile")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    shown.print(_pairs(found))
    shown.print(_costs(found))
    if shares:
        shown.print(_shares(shares))
    size = statistics.mean(len(each.payload) for each in even)
    _finish(found, rate, sorted(waits), {"workers": workers, "boxes": boxes, "mean_bytes": round(size)})


def _finish(found: Sequence[Pair], rate: float, waits_s: list[float], about: dict[str, int]) -> None:
    shown = tables.console()
    ratio = statistics.median(pair.ratio for pair in found)
    p50, p95, p99 = (waits_s[round(share * (len(waits_s) - 1))] for share in (0.5, 0.95, 0.99))
    commit = f"publish to commit at {rate / 2:,.0f}/s, 95 of 100"
    rows = [
        Goal("ratio_to_bare_subscriber", "committed to received, median", "≥", LEAST_RATIO, ratio),
        Goal("p95_commit_s", commit, "≤", MOST_COMMIT_S, p95, " s", f"(50: {p50:.3f} s, 99: {p99:.3f} s)", 3),
    ]
    shown.print(tables.goals("ingest", rows))
    figures = {
        **about,
        "ratio_to_bare_subscriber": round(ratio, 3),
        "rate": round(rate),
        "bare_rate": round(statistics.median(pair.bare.per_s for pair in found)),
        "p95_commit_s": round(p95, 4),
        "ratios": [round(pair.ratio, 3) for pair in found],
        "load": [round(pair.load, 1) for pair in found],
        "cpu_us": {name: round(value, 1) for name, value in _cpu_us(found).items()},
        "goals": {row.key: row.as_object() for row in rows},
    }
    tables.finish(shown, "ingest", figures)


def _cpu_us(found: Sequence[Pair]) -> dict[str, float]:
    each = [dict(pair.bare.cpu_us) | dict(pair.ingest.cpu_us) for pair in found]
    return {name: statistics.median(one[name] for one in each) for name in each[0]}


def _pairs(found: Sequence[Pair]) -> Table:
    table = Table(title="messages a second", title_justify="left")
    for heading in ("", "received", "committed", "ratio", "load of the machine"):
        table.add_column(heading, justify="right")
    for number, pair in enumerate(found, 1):
        cells = (
            f"{pair.bare.per_s:,.0f}",
            f"{pair.ingest.per_s:,.0f}",
            f"{pair.ratio:.2f}",
            f"{pair.load:.1f}",
        )
        table.add_row(str(number), *cells)
    return table


def _costs(found: Sequence[Pair]) -> Table:
    table = Table(title="CPU time of a message", title_justify="left")
    table.add_column("")
    table.add_column("µs", justify="right")
    for name, value in _cpu_us(found).items():
        table.add_row(name, f"{value:.0f}")
    return table


def _shares(shares: dict[str, float]) -> Table:
    table = Table(title="where an ingest's time goes (cProfile)", title_justify="left")
    table.add_column("")
    table.add_column("share", justify="right")
    for name, value in shares.items():
        table.add_row(name, f"{100 * value:.0f} %")
    return table


if __name__ == "__main__":
    main()
