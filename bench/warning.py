"""Time gained over the impact by warning of what is suspected, by height; and what false suspicions cost."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import click
from rich.table import Table

from bench.measure import storeys, suspicion, tables
from bench.measure.machine import usable_cores
from bench.measure.records import Clip
from bench.measure.running import DETECT, DetectorFailed, output_of
from bench.measure.sets import cache_folder, clips_in, part_of, rendered
from bench.measure.suspicion import Outcome, Row, Suspected
from edge.config.warning import WarningSettings

FOLDER = click.Path(file_okay=False, path_type=Path)
LIMITS: Final = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
"""Of sureness; 1: only what is decided."""
COLUMNS: Final = ("falls for", "suspected", "after", "before impact", "gained", "gained, all")
Told = tuple[tuple[Clip, Sequence[Suspected]], ...]


@click.command()
@click.option("--folder", type=FOLDER, help="Where rendered clips are kept. Default: below the user's cache.")
@click.option("--there", type=FOLDER, help="Take the falls of this folder's truth.json instead of `bench`.")
@click.option("--negatives", "without", type=FOLDER, help="Take the clips without a fall from this folder.")
@click.option("--clips", "count", type=click.IntRange(1), help="Only so many clips of each set.")
@click.option(
    "--jobs", default=usable_cores, type=click.IntRange(1), help="Processes at a time; default: cores."
)
def main(
    *, folder: Path | None, there: Path | None, without: Path | None, count: int | None, jobs: int
) -> None:
    """Measure how long before the impact a fall is suspected, and how often no fall follows."""
    folder, shown = folder or cache_folder(), tables.console()
    try:
        falls = clips_in(there) if there is not None else rendered("bench", folder, jobs)
        quiet = clips_in(without) if without is not None else rendered("negatives", folder, jobs)
        _expect_impacts(falls)
        plain = _watched(storeys.rendered(folder / "storeys", count), jobs)
        told = _watched(part_of(falls, count), jobs)
        nothing = _watched(part_of(tuple(clip for clip in quiet if clip.negative), count), jobs)
    except (DetectorFailed, ValueError) as error:
        raise click.ClickException(str(error)) from None
    usual = WarningSettings().sure
    limits = {limit: (suspicion.outcome(told, limit), suspicion.outcome(nothing, limit)) for limit in LIMITS}
    chosen = suspicion.outcome(told, usual)
    bands = suspicion.by_height(chosen.warned)
    floors = {
        thing.floor: suspicion.row(suspicion.outcome([(clip, said)], usual).warned)
        for clip, said in plain
        for thing in clip.things[:1]
    }
    shown.print(_by_floor(floors, usual), _by_height(bands, usual), _by_limit(limits))
    shown.print(f"{chosen.unlanded} falls are left out: nobody knows when they reached the ground.")
    tables.finish(
        shown,
        "warning",
        {
            "sure": usual,
            "floors": {str(floor): row.as_object() for floor, row in floors.items()},
            "heights": {f"{low:g}-{high:g}": row.as_object() for (low, high), row in bands.items()},
            "limits": {str(limit): _figures(*pair) for limit, pair in limits.items()},
        },
    )


def _expect_impacts(clips: Sequence[Clip]) -> None:
    """Raises ValueError where the truth does not tell when anything lands."""
    things = [thing for clip in clips for thing in clip.things if "impact" in thing.known]
    if not any("at_s" in dict(thing.known["impact"] or {}) for thing in things):
        raise ValueError(
            "the truth of these clips does not tell when a fall reaches the ground: they were rendered by an"
            " earlier version; remove their folder to have them rendered again"
        )


def _watched(clips: Sequence[Clip], jobs: int) -> Told:
    def one(clip: Clip) -> tuple[Clip, Sequence[Suspected]]:
        command = [*DETECT, str(clip.video), "--format", "jsonl", "--suspicions"]
        lines = output_of(command, f"fallwatch on {clip.name}").lines
        bar.update(1)
        return clip, tuple(suspicion.suspected_from(line) for line in lines if "suspicion" in line)

    with click.progressbar(length=len(clips), label="clips") as bar, ThreadPoolExecutor(jobs) as pool:
        return tuple(pool.map(one, clips))


def _by_height(bands: dict[tuple[float, float], Row], usual: float) -> Table:
    table = Table(title=f"by height of release, sure {usual:g}", title_justify="left")
    for heading in ("m", "falls", *COLUMNS):
        table.add_column(heading, justify="right")
    for (low, high), row in bands.items():
        if not row.falls:
            continue
        name = f"{low:g} to {high:g}" if high < 1000 else f"from {low:g}"
        table.add_row(name, str(row.falls), *_cells(row))
    return table


def _by_floor(floors: dict[int | None, Row], usual: float) -> Table:
    table = Table(title=f"one camera, quiet light, by storey, sure {usual:g}", title_justify="left")
    for heading in ("floor", "falls", *COLUMNS):
        table.add_column(heading, justify="right")
    for floor, row in floors.items():
        table.add_row(str(floor), str(row.falls), *_cells(row))
    return table


def _cells(row: Row) -> tuple[str, ...]:
    shares = (row.suspected, row.before_impact)
    suspected, before = (f"{share.part} of {share.whole}" for share in shares)
    return (_s(row.fall_s), suspected, _s(row.late_s), before, _s(row.gained_s), _s(row.gained_all_s))


def _by_limit(limits: dict[float, tuple[Outcome, Outcome]]) -> Table:
    table = Table(title="by how sure it must be", title_justify="left")
    headings = (
        "sure",
        "suspected",
        "after",
        "before impact",
        "gained",
        "false",
        "false an hour without falls",
    )
    for heading in headings:
        table.add_column(heading, justify="right")
    for limit, (falls, nothing) in limits.items():
        row = suspicion.row(falls.warned)
        _, suspected, late, before, gained, _ = _cells(row)
        rate = f"{nothing.false} ({nothing.false / nothing.hours:.0f})" if nothing.hours else "-"
        table.add_row(f"{limit:g}", suspected, late, before, gained, str(falls.false), rate)
    return table


def _figures(falls: Outcome, nothing: Outcome) -> dict[str, object]:
    return {
        **suspicion.row(falls.warned).as_object(),
        "false_beside_falls": falls.false,
        "false_where_nothing_falls": nothing.false,
        "hours_where_nothing_falls": round(nothing.hours, 4),
    }


def _s(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f} s"


if __name__ == "__main__":
    main()
