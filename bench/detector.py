"""Every goal of the detector, measured on rendered and real clips, beside a plain MOG2 pipeline."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from bench.measure import cost, goals, knowledge, sheets, sweep, tables
from bench.measure.machine import usable_cores
from bench.measure.records import Thing
from bench.measure.running import DetectorFailed, reference, shipped, shown_over
from bench.measure.scoring import Judged
from bench.measure.sets import cache_folder, clips_in, part_of, rendered
from bench.measure.summary import Summary, summary

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--folder", type=FOLDER, help="Where rendered clips are kept. Default: below the user's cache.")
@click.option("--set", "name", default="bench", show_default=True, help="Which set of models.synth.")
@click.option("--there", type=FOLDER, help="Take the clips and the truth.json of this folder instead.")
@click.option("--clips", "count", type=click.IntRange(1), help="Only so many clips, spread over the set.")
@click.option(
    "--jobs", default=usable_cores, type=click.IntRange(1), help="Processes at a time; default: cores."
)
@click.option("--real", type=FOLDER, help="A folder of real recordings with a truth.json, added to the set.")
@click.option("--sheet", type=FOLDER, help="Write contact sheets of misses, false alarms and hits into it.")
@click.option("--no-reference", is_flag=True, help="Leave out the MOG2 pipeline.")
@click.option("--no-cost", is_flag=True, help="Leave out CPU and memory.")
@click.option("--no-knowledge", is_flag=True, help="Leave out the rows with masks and calibration.")
@click.option("--sweep", "swept", is_flag=True, help="Add what each value of --sensitivity means.")
@click.option("--ablation", is_flag=True, help="Add physics alone and the verifier alone.")
def main(
    *,
    folder: Path | None,
    name: str,
    there: Path | None,
    count: int | None,
    jobs: int,
    real: Path | None,
    sheet: Path | None,
    no_reference: bool,
    no_cost: bool,
    no_knowledge: bool,
    swept: bool,
    ablation: bool,
) -> None:
    """Measure recall, precision, times, errors and cost against the project's goals."""
    folder = folder or cache_folder()
    shown = tables.console()
    try:
        clips = part_of(clips_in(there) if there is not None else rendered(name, folder, jobs), count)
        if real is not None:
            clips += clips_in(real, real=True)
        states = [knowledge.plain()]
        if not no_knowledge:
            states += knowledge.more(folder / "known")
        if ablation:
            states += knowledge.ablations()
        judged = {state.key: shown_over(state.run(), clips, jobs) for state in states if state.there()}
        judged |= {} if no_reference else {"mog2": shown_over(reference(), clips, jobs)}
    except (DetectorFailed, ValueError) as error:
        raise click.ClickException(str(error)) from None
    figures = _told(shown, states, judged)
    if not no_cost:
        videos, rows = cost.measured(folder / "made", 10)
        shown.print(cost.table(videos), tables.goals("cost", rows))
        figures["cost"] = cost.as_object(videos, rows)
    if swept:
        settings = [
            sweep.at(value, shown_over(shipped("--sensitivity", str(value)), clips, jobs))
            for value in sweep.VALUES
        ]
        shown.print(sweep.table(settings))
        figures["sensitivity"] = [row.as_object() for row in settings]
    if sheet is not None:
        for key in judged:
            sheets.written(judged[key], sheet, key)
        shown.print(f"Contact sheets lie in {sheet}.")
    tables.finish(
        shown, "detector", {"clips": len(clips), "set": there.name if there is not None else name, **figures}
    )


def _told(
    shown: Console, states: list[knowledge.State], judged: dict[str, tuple[Judged, ...]]
) -> dict[str, Any]:
    """Prints the tables of detection; answers with their figures."""
    found = {key: summary(one) for key, one in judged.items()}
    first = judged["plain"]
    clips = [one.clip for one in first]
    falls = found["plain"].recall.whole
    minutes = 60 * found["plain"].hours
    shown.print(
        f"{len(clips)} clips, {minutes:.1f} minutes, {falls} falls, "
        f"{sum(clip.negative for clip in clips)} clips without one, {sum(clip.real for clip in clips)} real."
    )
    rows = goals.detection(found["plain"])
    best = next((key for key in ("calibrated",) if key in judged), None)
    rows += goals.calibrated(judged[best] if best else ())
    shown.print(tables.goals("goals, the detector as shipped", rows))
    names = {state.key: state.name for state in states} | {"mog2": "MOG2 reference"}
    columns: list[tuple[str, Summary]] = [(names[key], one) for key, one in found.items()]
    shown.print(tables.comparison("what is known, and the reference", columns))
    for state in states:
        if not state.there():
            shown.print(f"Not measured: {state.name} (`fallwatch detect` has no {state.needs[0]} here).")
    beside = [(name, one) for name, one in columns if name in {names["plain"], names["mog2"]}]
    shown.print(tables.by_tag(beside))
    _wrong(shown, first)
    return {
        "goals": {row.key: row.as_object() for row in rows},
        "runs": {key: one.as_object() for key, one in found.items()},
        "wrong": _wrong_clips(first),
    }


def _wrong_clips(all_judged: tuple[Judged, ...]) -> dict[str, dict[str, int]]:
    return {
        one.clip.name: {"missed": len(one.missed), "false": one.false}
        for one in all_judged
        if one.missed or one.false
    }


def _wrong(shown: Console, all_judged: tuple[Judged, ...]) -> None:
    for one in all_judged:
        for thing in one.missed:
            shown.print(
                f"missed    {one.clip.name}: {thing.kind}, {thing.size_px:.0f} px, "
                f"contrast {thing.contrast:.0f}, {thing.first_s:.1f} to {thing.last_s:.1f} s; "
                f"{' '.join(one.clip.tags)}; {_why(one, thing)}"
            )
        for event, outcome in zip(one.events, one.outcomes, strict=True):
            if outcome in {"false", "duplicate"}:
                (x, y), (x1, y1) = event.track[0, 1:], event.track[-1, 1:]
                shown.print(
                    f"{outcome:9} {one.clip.name}: {event.start_s:.1f} to {event.end_s:.1f} s, "
                    f"({x:.0f}, {y:.0f}) to ({x1:.0f}, {y1:.0f}), score {event.score:.2f}; "
                    f"{' '.join(one.clip.tags)}"
                )


def _why(one: Judged, thing: Thing) -> str:
    rejected = one.why_missed(thing)
    return "not followed" if rejected is None else f"{rejected.why}, score {rejected.score:.2f}"


if __name__ == "__main__":
    main()
