"""False alarms over many camera-hours of rendered and looped real footage; goes on where it stopped."""

import sys
from pathlib import Path

import click
from rich.table import Table

from bench.measure import tables
from bench.measure.goals import Goal
from bench.measure.machine import usable_cores
from bench.measure.running import DetectorFailed
from bench.measure.sets import cache_folder, clips_in, rendered
from bench.measure.soaking import Soaked, planned, soaked

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--hours", default=24.0, show_default=True, help="Camera-hours to watch.")
@click.option("--minutes", default=10.0, show_default=True, help="Least time that each clip is watched.")
@click.option("--set", "names", multiple=True, help="Sets of models.synth; default: negatives and bench.")
@click.option("--folder", type=FOLDER, help="Where rendered clips are kept. Default: below the user's cache.")
@click.option(
    "--there", type=FOLDER, multiple=True, help="Folders with clips and truth.json instead of sets."
)
@click.option("--real", type=FOLDER, help="A folder of real recordings with a truth.json, looped.")
@click.option("--log", type=click.Path(dir_okay=False, path_type=Path), help="Where results are kept.")
@click.option("--fresh", is_flag=True, help="Forget what earlier runs did.")
@click.option(
    "--jobs", default=usable_cores, type=click.IntRange(1), help="Processes at a time; default: cores."
)
def main(
    *,
    hours: float,
    minutes: float,
    names: tuple[str, ...],
    folder: Path | None,
    there: tuple[Path, ...],
    real: Path | None,
    log: Path | None,
    fresh: bool,
    jobs: int,
) -> None:
    """Count false alarms over hours. Results are kept at once: a stopped run goes on where it was."""
    folder = folder or cache_folder()
    log = log or folder / "soak.jsonl"
    if fresh:
        log.unlink(missing_ok=True)
    shown = tables.console()
    try:
        clips = clips_in(real, real=True) if real is not None else ()
        for one in there:
            clips += clips_in(one)
        for name in names or (() if there else ("negatives", "bench")):
            clips += rendered(name, folder, jobs)
        watches = planned(clips, hours, minutes)
        with click.progressbar(length=len(watches), label="soak", file=sys.stderr) as bar:
            results = []
            for result in soaked(watches, log, jobs):
                results.append(result)
                bar.update(1)
    except (DetectorFailed, ValueError) as error:
        raise click.ClickException(str(error)) from None
    done_h = sum(result.watched_s for result in results) / 3600
    real_h = sum(result.watched_s for result in results if result.real) / 3600
    false, seams = (sum(getattr(result, name) for result in results) for name in ("false", "at_seams"))
    shown.print(_wrong(results))
    note = f"(in {done_h:.2f} camera-hours of {len(results)} clips, {real_h:.2f} of them real)"
    rows = [
        Goal(
            "false_over_hours",
            f"false alarms over {hours:g} camera-hours",
            "≤",
            1,
            float(false),
            note=note,
            digits=0,
        ),
        Goal("hours", "camera-hours watched", "≥", hours, done_h, " h"),
    ]
    shown.print(tables.goals("soak", rows))
    shown.print(
        f"{seams} more within a second of a loop's seam, where the picture jumps as no camera's does."
    )
    figures = {"hours": round(done_h, 3), "real_hours": round(real_h, 3), "false": false, "at_seams": seams}
    tables.finish(shown, "soak", {**figures, "goals": {row.key: row.as_object() for row in rows}})


def _wrong(results: list[Soaked]) -> Table:
    """The clips with a false alarm, and when it was."""
    table = Table(title="clips with a false alarm", title_justify="left")
    for heading in ("clip", "false", "at seams", "at, s", "what was in it"):
        table.add_column(heading)
    for result in results:
        if result.false or result.at_seams:
            times = " ".join(f"{t:.0f}" for t in result.told[:8])
            table.add_row(result.key, str(result.false), str(result.at_seams), times, " ".join(result.tags))
    return table


if __name__ == "__main__":
    main()
