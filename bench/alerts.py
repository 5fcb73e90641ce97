"""Duplicate alarms: many writers raise, update, acknowledge and clear the same conditions of one database."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import psycopg
from psycopg import sql
from rich.table import Table

from bench.measure import tables
from bench.measure.alarms import Run, crowd
from cloud.store import migrate
from fallwatch.local import postgres
from fallwatch.local.postgres import PostgresServer


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
    with _server() as server:
        for number in range(runs):
            url = _fresh(server, number)
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


@contextmanager
def _server() -> Iterator[PostgresServer]:
    folder = Path(tempfile.mkdtemp(prefix="fallwatch-alerts-"))
    folder.chmod(0o755)  # PostgreSQL runs as another account
    try:
        with postgres.running(folder / "postgres") as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fresh(server: PostgresServer, number: int) -> str:
    """The address of a new, empty database."""
    name = f"alerts_{number}"
    with psycopg.connect(server.url("postgres"), autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return server.url(name)


if __name__ == "__main__":
    main()
