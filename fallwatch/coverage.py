"""`fallwatch coverage`: which part of which facade of an estate is watched by which camera, and why not."""

import json
import os
from pathlib import Path
from typing import Any

import click

from cloud.core.estate import Estate, EstateFile
from cloud.core.geometry import drawing, told
from cloud.core.geometry.looking import Reason
from cloud.core.geometry.survey import Survey
from cloud.core.modelled import idle, site
from contracts import documents
from fallwatch import advising, columns
from fallwatch.surveying import surveyed

BLIND = tuple(reason for reason in Reason if reason is not Reason.WATCHED)


@click.command()
@click.argument("estate_file", metavar="ESTATE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Every cell with its numbers, as one JSON object.")
@click.option("--estate", "only", help="This estate of the file only.")
@click.option("--facade", "facades", multiple=True, help="This facade only; may be given again.")
@click.option(
    "--draw",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for drawings: a plan of each estate, and each facade with its cells.",
)
@click.option("--advise", is_flag=True, help="Which cameras, hung where, would close what is blind.")
@click.option("--cameras", "most", type=click.IntRange(min=1), help="With --advise: no more cameras.")
@click.option("--budget", type=click.FloatRange(min=0), help="With --advise: no more cost.")
def command(  # noqa: PLR0917 - each is an option
    estate_file: Path,
    only: str | None,
    facades: tuple[str, ...],
    draw: Path | None,
    most: int | None,
    budget: float | None,
    *,
    as_json: bool,
    advise: bool,
) -> None:
    """Say which cells of the facades in the estate file ESTATE are watched, and why the others are not.

    Nothing is asked but the file: method and conventions are in docs/design/coverage.md, those of advice
    in docs/design/plan.md.
    """
    if not advise and (most is not None or budget is not None):
        raise click.UsageError("--cameras and --budget limit what --advise advises")
    jobs = len(os.sched_getaffinity(0))
    surveys = [(estate, surveyed(site(estate), jobs)) for estate in _estates(estate_file, only)]
    known = {facade.id for estate, _ in surveys for facade in estate.facades}
    if unknown := sorted(set(facades) - known):
        there = ", ".join(sorted(known))
        raise click.ClickException(f"no such facade: {', '.join(unknown)}; there are {there}")
    chosen = frozenset(facades) or None
    if draw is not None:
        for estate, found in surveys:
            _draw(draw, estate, found, chosen)
    if advise:
        advising.tell(surveys, chosen, (most, budget), as_json=as_json)
        return
    if as_json:
        all_told = [
            {"estate": estate.id, **told.whole(found, chosen), "watch_nothing_of": idle(estate, found)}
            for estate, found in surveys
        ]
        click.echo(json.dumps({"estates": all_told}, ensure_ascii=False))
        return
    for estate, found in surveys:
        _show(estate, found, chosen)


def _estates(file: Path, only: str | None) -> list[Estate]:
    try:
        found = documents.parse(file.read_text(encoding="utf-8"), EstateFile, str(file)).estates
    except (documents.DocumentError, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    if only is None:
        return list(found)
    if chosen := [estate for estate in found if estate.id == only]:
        return chosen
    raise click.ClickException(f"no estate {only} in {file}: there is {', '.join(e.id for e in found)}")


def _draw(folder: Path, estate: Estate, found: Survey, chosen: frozenset[str] | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    title = f"{estate.name.zh} {estate.name.en}"
    (folder / f"{estate.id}.svg").write_text(drawing.plan(found, title), encoding="utf-8")
    for facade in estate.facades:
        if facade.id in found.site.facades and (chosen is None or facade.id in chosen):
            shown = drawing.facade(found.verdict(facade.id), f"{facade.name.zh} {facade.name.en}")
            (folder / f"{facade.id}.svg").write_text(shown, encoding="utf-8")


def _show(estate: Estate, found: Survey, chosen: frozenset[str] | None) -> None:
    facades = [facade for facade in found.site.facades if chosen is None or facade in chosen]
    verdicts = [found.verdict(facade) for facade in facades]
    needed = found.site.needed
    click.echo(
        f"{estate.name.en} {estate.name.zh}: from how much of each facade a fall of"
        f" {100 * needed.object_m:g} cm is seen, {needed.spans_px:g} px along the wall in"
        f" {needed.fall_share:.0%} of it; else why not"
    )
    rows = [["facade", "cells", "m²", "watched", *map(_words, BLIND), "smallest cm", "watched by"]]
    rows += [_row(told.facade(verdict, {})) for verdict in verdicts]
    rows += [
        [each["facade"], "", "", "not modelled", *("" for _ in BLIND), "", ""]
        for each in told.not_modelled(found.site, chosen)
    ]
    columns.show(rows, left={0, len(rows[0]) - 1})
    area, watched = sum(v.area_m2 for v in verdicts), sum(v.watched_m2 for v in verdicts)
    if area:
        click.echo(f"{watched:.0f} of {area:.0f} m² are watched: {watched / area:.1%}.")
    for camera, facade in idle(estate, found):
        if chosen is None or facade in chosen:
            click.echo(f"{camera} is said to see {facade}, and watches no cell of it.")
    if found.site.cameras_not_modelled:
        click.echo(f"Not modelled, so they watch nothing here: {', '.join(found.site.cameras_not_modelled)}.")


def _row(facade: dict[str, Any]) -> list[str]:
    blind = [facade["blind_share"][reason.name.lower()] for reason in BLIND]
    sizes = facade["smallest_cm"]
    smallest = "-" if sizes["median"] is None else f"{sizes['median']:.0f} to {sizes['worst']:.0f}"
    return [
        facade["facade"],
        str(facade["cells"]),
        f"{facade['area_m2']:.0f}",
        f"{facade['watched_share']:.0%}",
        *(f"{share:.0%}" if share else "" for share in blind),
        smallest,
        ", ".join(facade["cameras"]) or "nobody",
    ]


def _words(reason: Reason) -> str:
    return reason.name.lower().replace("_", " ")
