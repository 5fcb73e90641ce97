"""The bureau's live map, the blind spots' timer and the months' count by number of facades."""

import asyncio
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click
from rich.table import Table

from bench.measure import tables
from bench.measure.watched import SIZES, Took, folder_of, measured
from fallwatch.local import postgres

QUERY_MS: Final = 50.0
ANSWER_MS: Final = 500.0


@click.command()
@click.option("--sizes", default=len(SIZES), show_default=True, type=click.IntRange(1, len(SIZES)))
def main(sizes: int) -> None:
    """Make one estate of 100 and of 400 facades, and 50 with 1,000; in a throw-away PostgreSQL."""
    shown = tables.console()
    with (
        tempfile.TemporaryDirectory(prefix="fallwatch-watched-") as name,
        postgres.running(folder_of(Path(name)), settings=postgres.THROW_AWAY) as server,
    ):
        found = [asyncio.run(measured(server, number, size)) for number, size in enumerate(SIZES[:sizes])]
    shown.print(_table(found))
    load = os.getloadavg()[0]
    shown.print(f"Load {load:.1f}.")
    figures = {took.size.name: _figures(took) for took in found}
    goals = {"query_goal_ms": QUERY_MS, "answer_goal_ms": ANSWER_MS, "load": round(load, 1)}
    tables.finish(shown, "watched", {"sizes": figures, **goals})


def _figures(took: Took) -> dict[str, Any]:
    return {
        "queries_ms": {name: round(ms, 1) for name, ms in took.queries.items()},
        "answer_ms": round(took.answer_ms, 1),
        "timer_first_s": round(took.first_s, 2),
        "timer_ms": round(took.timer_ms, 1),
        "timer_changed_ms": round(took.timer_changed_ms, 1),
        "month_of_an_estate_ms": round(took.month_ms, 1),
        "all_due_months_s": round(took.months_s, 1),
    }


def _table(found: Sequence[Took]) -> Table:
    table = Table(title="milliseconds to know which cells are watched", title_justify="left")
    for heading in ("", "asked", *(took.size.name for took in found)):
        table.add_column(heading, justify="right" if heading else "left")
    for name in found[0].queries:
        table.add_row(name, f"{QUERY_MS:g}", *(f"{took.queries[name]:.1f}" for took in found))
    table.add_row("the whole answer", f"{ANSWER_MS:g}", *(f"{took.answer_ms:.0f}" for took in found))
    table.add_row("timer: first run", "", *(f"{1000 * took.first_s:.0f}" for took in found))
    table.add_row("timer: all as before", "", *(f"{took.timer_ms:.0f}" for took in found))
    table.add_row("timer: ten cameras down", "", *(f"{took.timer_changed_ms:.0f}" for took in found))
    table.add_row("a month of an estate", "", *(f"{took.month_ms:.0f}" for took in found))
    table.add_row("two months of all", "", *(f"{1000 * took.months_s:.0f}" for took in found))
    return table


if __name__ == "__main__":
    main()
