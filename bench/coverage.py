"""How long coverage takes for a town, and how well it agrees with closed forms and with traced rays."""

import resource
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Final

import click
import numpy as np
from rich.table import Table

from bench.measure import tables
from bench.measure.coverage import closed, estates, tracer
from bench.measure.goals import Goal
from bench.measure.machine import usable_cores
from cloud.core.estate import Estate
from cloud.core.geometry.looking import Reason
from cloud.core.geometry.site import axes
from cloud.core.geometry.survey import Survey, farthest_m, survey
from cloud.core.modelled import site
from fallwatch.surveying import surveyed

CHANGES: Final = 20
OUT: Final = "out_of_view"


@dataclass(frozen=True)
class Agreement:
    """cells: same answer, all. watched: how many are. looks: cell and camera where either has it in view.

    beyond: in the picture by the rays, but farther than cameras are asked; no part of `looks`.
    """

    cells: tuple[int, int]
    watched: int
    looks: tuple[int, int]
    beyond: int
    differences: Counter[str]


def agreement(seed: int) -> Agreement:
    """A small random estate, by the product and ray by ray."""
    estate = estates.small(seed)
    found = survey(site(Estate.model_validate(estate)))
    verdicts = {facade: found.verdict(facade) for facade in found.site.facades}
    cells = watched = same = looks = alike = beyond = 0
    asked = {
        camera.id: frozenset(found.site.planes.seen_by(camera, farthest_m(found.site, camera)))
        for camera in found.site.cameras.values()
    }
    differences: Counter[str] = Counter()
    for cell in tracer.trace(estate):
        verdict, at = verdicts[cell.facade], (cell.floor - 1, cell.bay - 1)
        cells, watched = cells + 1, watched + cell.watched
        same += bool(verdict.watched[at]) == cell.watched
        ours = {look.camera: Reason(int(look.reason[at])).name.lower() for look in verdict.looks}
        for camera, why in cell.views.items():
            mine = ours.get(camera, OUT)
            if cell.facade not in asked[camera] and why in {"hidden", "too_coarse"}:
                beyond += 1
            elif (mine, why) != (OUT, OUT):
                looks, alike = looks + 1, alike + (mine == why)
                differences[f"{mine}, traced {why}"] += mine != why
    return Agreement((same, cells), watched, (alike, looks), beyond, +differences)


def town(buildings: int, cameras: int, jobs: int) -> dict[str, Any]:
    """Seconds for everything, and for one camera that is turned, its facades' verdicts included."""
    found = site(Estate.model_validate(estates.large(buildings, cameras)))
    begun, used_s = perf_counter(), _cpu_s()
    whole = surveyed(found, jobs)
    verdicts = whole.verdicts()
    full_s, full_cpu_s = perf_counter() - begun, _cpu_s() - used_s
    changes = [_one_change(whole, name) for name in list(found.cameras)[:: max(cameras // CHANGES, 1)]]
    area = sum(verdict.area_m2 for verdict in verdicts)
    return {
        "buildings": buildings,
        "cameras": cameras,
        "cells": sum(verdict.reason.size for verdict in verdicts),
        "looks": sum(map(len, whole.looks.values())),
        "watched_share": round(sum(verdict.watched_m2 for verdict in verdicts) / area, 4),
        "jobs": jobs,
        "full_s": round(full_s, 2),
        "full_cpu_s": round(full_cpu_s, 2),
        "one_change_s": round(max(changes), 3),
        "one_change_median_s": round(float(np.median(changes)), 3),
    }


def _cpu_s() -> float:
    """Of this process and of those that it has waited for: what a busy machine does not lengthen."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in spent)


def _one_change(whole: Survey, name: str) -> float:
    camera = replace(whole.site.cameras[name], axes=axes(10, 30, 90))
    begun = perf_counter()
    after = whole.with_camera(camera)
    touched = {look.facade for each in (whole, after) for look in each.looks[name]}
    for facade in touched:
        after.verdict(facade)
    return perf_counter() - begun


def areas() -> list[tuple[str, float, float, float]]:
    """Of each closed case: its name, the formula's area, the product's, and their relative difference."""
    found = []
    for case in closed.cases():
        area = survey(site(Estate.model_validate(case.estate))).verdict("f").watched_m2
        found.append((case.name, case.watched_m2, area, area / case.watched_m2 - 1))
    return found


@click.command()
@click.option("--buildings", default=1000, show_default=True)
@click.option("--cameras", default=5000, show_default=True)
@click.option("--estates", "count", default=12, show_default=True, help="Random estates to trace rays in.")
@click.option("--jobs", default=usable_cores(), show_default=True, help="Processes.")
def main(buildings: int, cameras: int, count: int, jobs: int) -> None:
    """Measure coverage: a town's time, closed forms, random estates ray by ray."""
    shown = tables.console()
    exact = areas()
    with ProcessPoolExecutor(jobs) as pool:
        traced = list(pool.map(agreement, range(1, count + 1)))
    figures = town(buildings, cameras, jobs)
    worst = max(abs(error) for *_, error in exact)
    cells, looks = (np.sum([getattr(each, name) for each in traced], axis=0) for name in ("cells", "looks"))
    shown.print(_closed(exact))
    shown.print(
        f"Rays in {count} random estates: {cells[0]} of {cells[1]} cells alike,"
        f" {sum(each.watched for each in traced)} of them watched; of {looks[1]} cells in a camera's picture"
        f" {looks[0]} have the same reason; {sum(each.beyond for each in traced)} more lie too far for"
        " their camera to be asked."
    )
    for what, times in sum((each.differences for each in traced), Counter()).most_common():
        shown.print(f"  {times} times {what}")
    title = f"{buildings} buildings, {cameras} cameras, {figures['cells']} cells"
    shown.print(tables.goals(title, _goals(figures, worst, cells, looks)))
    figures |= {
        "area_error_max": round(worst, 5),
        "ray_agreement": round(float(cells[0] / cells[1]), 5),
        "ray_agreement_in_picture": round(float(looks[0] / looks[1]), 5),
        "ray_cells": int(cells[1]),
        "ray_beyond": sum(each.beyond for each in traced),
    }
    tables.finish(shown, "coverage", figures)


def _closed(exact: list[tuple[str, float, float, float]]) -> Table:
    table = Table(title="watched area against closed forms", title_justify="left")
    for heading in ("case", "formula, m²", "coverage, m²", "error"):
        table.add_column(heading, justify="left" if heading == "case" else "right")
    for name, formula, area, error in exact:
        table.add_row(name, f"{formula:.2f}", f"{area:.2f}", f"{100 * error:+.2f} %")
    return table


def _goals(figures: dict[str, Any], worst: float, cells: Any, looks: Any) -> list[Goal]:
    alike, in_picture = float(100 * cells[0] / cells[1]), float(100 * looks[0] / looks[1])
    return [
        Goal(
            "full_s",
            "everything",
            "≤",
            60,
            figures["full_s"],
            " s",
            f"({figures['full_cpu_s']:.0f} s of CPU in {figures['jobs']} processes)",
            digits=1,
        ),
        Goal("one_change_s", "one camera changed", "≤", 1, figures["one_change_s"], " s", digits=3),
        Goal("area_error_max", "area against closed forms, error", "≤", 0.5, 100 * worst, " %"),
        Goal("ray_agreement", "cells against traced rays, alike", "≥", 99, alike, " %"),
        Goal("ray_agreement_in_picture", "the same, in a camera's picture", "≥", 99, in_picture, " %"),
    ]


if __name__ == "__main__":
    main()
