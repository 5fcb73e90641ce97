"""How surely each fault of a picture is told, how seldom a sound one is accused, and what watching costs."""

import sys
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Final

import click
import cv2
import numpy as np
from rich.table import Table

from bench.measure import tables
from bench.measure.picture import cost, days, sheets
from bench.measure.picture.harms import HARMS, SEVERITY
from bench.measure.picture.recall import Case, harmed, stalled, well
from bench.measure.picture.scenes import Scene, scene
from bench.measure.sets import cache_folder, rendered

KINDS: Final = (*HARMS, "frozen", "low_frame_rate")
SEED: Final = 20_260_301


def cases_of(video: Path, seed: int) -> list[Case]:
    """Each kind of harm done once to the scene of a clip; none where the scene is short or harmed itself."""
    cv2.setNumThreads(1)
    shown = scene(video)
    if shown is None:
        return []
    try:
        camera = well(shown)
    except ValueError as error:
        click.echo(str(error), err=True)
        return []
    found = []
    for number, kind in enumerate(KINDS):
        case = harmed(shown, camera, kind, np.random.default_rng((SEED, seed, number)))
        if case is not None:
            found.append(case)
    missed = [f"{case.kind} by {case.way}" for case in found if case.after_s is None]
    click.echo(f"{shown.name}: {len(found)} harms, missed: {', '.join(missed) or 'none'}", err=True)
    return found


def day_of(video: Path, seed: int, looks: int) -> days.Day | None:
    """A day over the scene of a clip."""
    cv2.setNumThreads(1)
    shown: Scene | None = scene(video, 24, days.HIGHEST)
    if shown is None:
        return None
    day = days.lived(shown, np.random.default_rng((SEED, seed)), looks)
    false = [f"{report.fault} at {hour:.1f} h" for hour, report, _ in day.told]
    click.echo(f"{shown.name}: a day, false: {', '.join(false) or 'none'}", err=True)
    return day


@click.command()
@click.option(
    "--real", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Recordings, too."
)
@click.option(
    "--clips", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Instead of `bench`."
)
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), help="Where rendered sets are kept."
)
@click.option("--scenes", default=24, show_default=True, help="How many rendered scenes are harmed.")
@click.option("--days", "count", default=24, show_default=True, help="Camera-days without a fault.")
@click.option("--looks", default=480, show_default=True, help="Looks that stand for a day.")
@click.option("--half", type=click.Choice(["measure", "develop"]), default="measure", show_default=True)
@click.option("--jobs", default=2, show_default=True, help="Processes.")
@click.option(
    "--sheet", type=click.Path(file_okay=False, path_type=Path), help="Pictures of what went wrong."
)
def main(  # noqa: PLR0917 - click passes options by name
    real: Path | None,
    clips: Path | None,
    folder: Path | None,
    scenes: int,
    count: int,
    looks: int,
    half: str,
    jobs: int,
    sheet: Path | None,
) -> None:
    """Harm pictures of real and rendered scenes, and live days over them in which nothing is wrong."""
    shown = tables.console()
    try:
        videos = _videos(clips, folder or cache_folder(), jobs)[half == "develop" :: 2]
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    recordings = sorted(real.glob("*.mp4")) if real is not None else []
    with ProcessPoolExecutor(jobs) as pool:
        chosen = [*recordings, *_spread(videos, scenes)]
        cases = [
            case
            for found in _bar(pool.map(cases_of, chosen, range(len(chosen))), len(chosen), "harms")
            for case in found
        ]
        lived = [
            (recordings + _spread(videos, count))[n % (len(recordings) + min(count, len(videos)))]
            for n in range(count)
        ]
        told = [
            day for day in _bar(pool.map(day_of, lived, range(count), [looks] * count), count, "days") if day
        ]
    cases += [stalled(np.random.default_rng(number)) for number in range(20)]
    share = cost.of_core()
    if sheet is not None:
        sheets.written(told, sheet)
    shown.print(_table(cases))
    for case in cases:
        if case.after_s is None:
            instead = ", ".join(case.also) or "nothing"
            shown.print(f"missed: {case.kind}, {case.way}, over {case.scene}; told instead: {instead}")
    for day in told:
        for hour, report, _ in day.told:
            shown.print(f"false: {report.fault} {report.value} at {hour:.1f} h over {day.scene}")
    figures = _figures(cases, told, share)
    shown.print(
        f"{figures['false_per_camera_day']} false reports a camera-day over {len(told)} made days of {looks}"
        f" looks; {100 * share:.2f} % of a core; frozen told after {figures['frozen_s']} s at the latest."
    )
    tables.finish(shown, "picture-health", figures)


def _videos(clips: Path | None, folder: Path, jobs: int) -> list[Path]:
    if clips is not None:
        return sorted(clips.glob("*.mp4"))
    return [clip.video for clip in rendered("bench", folder, jobs)]


def _spread(videos: list[Path], count: int) -> list[Path]:
    if count >= len(videos):
        return videos
    return [videos[number * len(videos) // count] for number in range(count)]


def _bar(results: Iterable[Any], length: int, label: str) -> list[Any]:
    with click.progressbar(results, length=length, label=label, file=sys.stderr) as bar:
        return list(bar)


def _by_kind(cases: list[Case]) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        found[case.kind].append(case)
    return found


def _table(cases: list[Case]) -> Table:
    table = Table(title="harms told by their own name (wanted: recall 0.95)", title_justify="left")
    for heading in ("kind", "strength", "cases", "recall", "told after, median", "also told"):
        table.add_column(heading, justify="left" if heading in {"kind", "strength"} else "right")
    for kind, several in _by_kind(cases).items():
        times = [case.after_s for case in several if case.after_s is not None]
        also = sum(bool(case.also) for case in several)
        median = f"{np.median(times):.0f} s" if times else "-"
        table.add_row(
            kind, SEVERITY[kind], str(len(several)), f"{len(times) / len(several):.3f}", median, str(also)
        )
    return table


def _figures(cases: list[Case], told: list[days.Day], share: float) -> dict[str, Any]:
    kinds = {
        kind: {
            "recall": round(sum(case.after_s is not None for case in several) / len(several), 4),
            "severity": SEVERITY[kind],
            "cases": len(several),
        }
        for kind, several in _by_kind(cases).items()
    }
    frozen = [case.after_s for case in cases if case.kind == "frozen" and case.after_s is not None]
    return {
        "kinds": kinds,
        "false_per_camera_day": round(sum(len(day.told) for day in told) / max(len(told), 1), 4),
        "camera_days": len(told),
        "cost_of_core": round(share, 4),
        "frozen_s": round(max(frozen), 1) if frozen else None,
    }


if __name__ == "__main__":
    main()
