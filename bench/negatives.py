"""False alarms on half an hour of the hardest negatives: minutes in which nothing falls and much moves."""

from pathlib import Path

import click
from rich.table import Table

from bench.measure import sheets, tables
from bench.measure.goals import Goal
from bench.measure.machine import usable_cores
from bench.measure.running import DetectorFailed, Run, reference, shipped, shown_over
from bench.measure.scoring import Judged
from bench.measure.sets import cache_folder, clips_in, part_of, rendered
from bench.measure.summary import Summary, summary

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--folder", type=FOLDER, help="Where rendered clips are kept. Default: below the user's cache.")
@click.option("--there", type=FOLDER, help="Take the clips and the truth.json of this folder instead.")
@click.option("--clips", "count", type=click.IntRange(1), help="Only so many clips, spread over the set.")
@click.option("--sheet", type=FOLDER, help="Write contact sheets of the false alarms into it.")
@click.option("--with-reference", is_flag=True, help="The MOG2 pipeline beside it.")
@click.option(
    "--jobs", default=usable_cores, type=click.IntRange(1), help="Processes at a time; default: cores."
)
def main(
    *,
    folder: Path | None,
    there: Path | None,
    count: int | None,
    sheet: Path | None,
    with_reference: bool,
    jobs: int,
) -> None:
    """Count false alarms where nothing falls."""
    folder = folder or cache_folder()
    shown = tables.console()
    runs: list[Run] = [shipped(), *([reference()] if with_reference else [])]
    try:
        whole = clips_in(there) if there is not None else rendered("negatives", folder, jobs)
        clips = part_of(tuple(clip for clip in whole if clip.negative), count)
        done: dict[str, tuple[Judged, ...]] = {}
        for run in runs:
            done[run.name] = shown_over(run, clips, jobs)
    except (DetectorFailed, ValueError) as error:
        raise click.ClickException(str(error)) from None
    found: dict[str, Summary] = {name: summary(judged) for name, judged in done.items()}
    ours = found[runs[0].name]
    shown.print(tables.by_tag(list(found.items())), _alarms(done[runs[0].name]))
    note = f"(in {60 * ours.hours:.1f} minutes of {len(clips)} clips)"
    rows = [
        Goal(
            "false_on_negatives",
            "false alarms on 30 minutes of the hardest negatives",
            "≤",
            0,
            float(ours.false),
            note=note,
            digits=0,
        )
    ]
    shown.print(tables.goals("negatives", rows))
    if sheet is not None:
        sheets.written(done[runs[0].name], sheet, "negatives")
    figures = {name: {"false": one.false, "hours": round(one.hours, 4)} for name, one in found.items()}
    tables.finish(
        shown,
        "negatives",
        {"clips": len(clips), "runs": figures, "goals": {row.key: row.as_object() for row in rows}},
    )


def _alarms(all_judged: tuple[Judged, ...]) -> Table:
    table = Table(title="false alarms", title_justify="left")
    for heading in ("clip", "from", "to", "score", "what was in it"):
        table.add_column(heading)
    for one in all_judged:
        for event in one.events:
            (t, x, y), (t1, x1, y1) = event.track[0], event.track[-1]
            if not event.thrown_up:
                ends = (f"{t:.1f} s, {x:.0f}, {y:.0f}", f"{t1:.1f} s, {x1:.0f}, {y1:.0f}")
                table.add_row(one.clip.name, *ends, f"{event.score:.2f}", " ".join(one.clip.tags))
    return table


if __name__ == "__main__":
    main()
