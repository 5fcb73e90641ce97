"""From a camera's fault to blind cells on the bureau's map in Chromium, and from its end to watched ones."""

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from bench.measure import tables
from bench.measure.blind import kinds, site
from bench.measure.blind.kinds import ASKED_S, KINDS, Time


@click.command()
@click.option("--times", default=3, show_default=True, type=click.IntRange(1, 3), help="Of each kind.")
@click.option("--only", multiple=True, type=click.Choice(sorted(KINDS)), help="May be given several times.")
@click.option("--quick", is_flag=True, help="Each kind once.")
def main(times: int, only: tuple[str, ...], *, quick: bool) -> None:
    """Make each fault of a real camera behind a real box, broker, database and page."""
    folder = Path(tempfile.mkdtemp(prefix="fallwatch-blind-"))
    folder.chmod(0o755)  # PostgreSQL runs as another account
    found: list[Time] = []
    failed: list[str] = []
    try:
        with site.running(folder) as place:
            for name in only or KINDS:
                # A fault that comes four times within an hour is told as unstable; a new start forgets it.
                place.stop()
                for _ in range(1 if quick else times):
                    try:
                        found.append(kinds.measured(place, KINDS[name]))
                    except TimeoutError as error:
                        failed.append(name)
                        sys.stderr.write(f"{name}: {error}\n")
                        break
                    sys.stderr.write(f"{found[-1]}\n")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    shown = tables.console()
    shown.print(_table(found))
    load = os.getloadavg()[0]
    shown.print(f"Load {load:.1f}.")
    tables.finish(shown, "blind", _figures(found) | {"load": round(load, 1), "failed": failed})
    if failed:
        raise SystemExit(1)


def _by_kind(found: Sequence[Time]) -> dict[str, list[Time]]:
    return {name: own for name in KINDS if (own := [time for time in found if time.kind == name])}


def _table(found: Sequence[Time]) -> Table:
    table = Table(
        title=f"cells of a camera on the page, asked: blind within {ASKED_S:g} s", title_justify="left"
    )
    for heading in (
        "fault",
        "seconds to blind",
        "asked",
        "seconds to watched",
        "told as",
        "blind till confirmed",
    ):
        table.add_column(heading)
    for name, own in _by_kind(found).items():
        blind, watched = ([time.to_blind_s for time in own], [time.to_watched_s for time in own])
        whys = ", ".join(dict.fromkeys(why for time in own for why in time.whys))
        held = {time.held for time in own}
        table.add_row(
            name,
            " ".join(f"{seconds:.1f}" for seconds in blind),
            "yes" if max(blind) < ASKED_S else "NO",
            " ".join(f"{seconds:.1f}" for seconds in watched),
            whys,
            "" if held == {None} else "yes" if held == {True} else "NO",
        )
    return table


def _figures(found: Sequence[Time]) -> dict[str, Any]:
    kinds_: dict[str, dict[str, Any]] = {
        name: {
            "n": len(own),
            "to_blind_max_s": round(max(time.to_blind_s for time in own), 2),
            "to_watched_max_s": round(max(time.to_watched_s for time in own), 2),
            "to_blind_s": [round(time.to_blind_s, 2) for time in own],
            "to_watched_s": [round(time.to_watched_s, 2) for time in own],
            "held": all(time.held in {None, True} for time in own),
        }
        for name, own in _by_kind(found).items()
    }
    slowest = max((one["to_blind_max_s"] for one in kinds_.values()), default=None)
    return {"asked_s": ASKED_S, "to_blind_max_s": slowest, "kinds": kinds_}


if __name__ == "__main__":
    main()
