"""Duplicate alarms: many writers raise, update, acknowledge and clear the same conditions of one database."""

import asyncio
import tempfile
import time
from pathlib import Path

import click
from rich.table import Table

from bench.measure import tables
from bench.measure.alarms import Run, crowd
from cloud.store import migrate
from fallwatch.local import postgres
from tests.fixtures.databases import fresh


@click.command()
@click.option("--writers", default=8, show_default=True, help="Connections that write at once.")
@click.option("--conditions", default=200, show_default=True, help="Conditions that all of them write.")
@click.option("--runs", default=10, show_default=True, help="Each on a database of its own.")
@click.option(
    "--rounds", default=4, show_default=True, help="How often each writer goes over all conditions."
)
def main(writers: int, conditions: int, runs: int, rounds: int) -> None:
    """Count pairs of one condition that were ever active at once, by SQL over what is left."""
    shown = tables.console()
    found: list[Run] = []
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fallwatch-alerts-") as folder:
        place = Path(folder)
        place.chmod(0o755)  # PostgreSQL runs as another account
        with postgres.running(place / "postgres") as server:
            for number in range(runs):
                with fresh(server) as url:
                    asyncio.run(migrate.migrate(url))
                    one = crowd(url, writers=writers, conditions=conditions, rounds=rounds, seed=number)
                    found.append(asyncio.run(one))
    shown.print(_table(found))
    figures = {
        "writers": writers,
        "conditions": conditions,
        "runs": runs,
        "rounds": rounds,
        "operations": sum(run.acts.total() for run in found),
        "raised": sum(run.raised for run in found),
        "duplicate_active": sum(run.duplicate_active for run in found),
        "out_of_turn": sum(run.out_of_turn for run in found),
        "settled_meanwhile": sum(run.settled for run in found),
        "repeated_by_database": sum(run.again for run in found),
        "seconds": round(time.monotonic() - started, 1),
    }
    tables.finish(shown, "alerts", figures)
    if figures["duplicate_active"] or figures["out_of_turn"]:
        raise SystemExit(1)


def _table(found: list[Run]) -> Table:
    table = Table(title="The same conditions, written by all at once", title_justify="left")
    headings = (
        "run",
        "operations",
        "alarms raised",
        "active twice",
        "out of turn",
        "refused",
        "repeated",
        "settled",
    )
    for heading in headings:
        table.add_column(heading, justify="right")
    for number, run in enumerate(found, start=1):
        row = (number, run.acts.total(), run.raised, run.duplicate_active, run.out_of_turn)
        table.add_row(*map(str, (*row, run.refused, run.again, run.settled)))
    return table


if __name__ == "__main__":
    main()
