"""The pages' queries on more than ten million rows: milliseconds, and how PostgreSQL goes about them."""

import asyncio
import tempfile
from pathlib import Path

import click
from rich.table import Table

from bench.measure import record, tables
from bench.measure.record import Measured
from fallwatch.local import postgres

GOAL_MS = 50.0


@click.command()
@click.option("--minutes", default=100_000, show_default=True, help="Watched minutes of each of 100 cameras.")
@click.option("--events", default=2_000_000, show_default=True, help="Messages as they came.")
@click.option("--readings", default=1_000_000, show_default=True, help="Values of sensors.")
@click.option(
    "--plans", type=click.Path(dir_okay=False, path_type=Path), help="Where EXPLAIN (ANALYZE, BUFFERS) goes."
)
def main(minutes: int, events: int, readings: int, plans: Path | None) -> None:
    """Make the rows in a throw-away PostgreSQL and ask as the pages ask; takes 3 GB and some minutes."""
    shown = tables.console()
    with tempfile.TemporaryDirectory(prefix="fallwatch-bench-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        settings = {**postgres.THROW_AWAY, "shared_buffers": "512MB", "max_wal_size": "8GB"}
        with postgres.running(place / "postgres", settings=settings) as server:
            url = server.url("postgres")
            counts = record.fill(url, minutes, events, readings)
            sizes = record.bytes_of_a_row(url, counts)
            found = asyncio.run(record.measure(url))
    if plans is not None:
        plans.write_text("\n\n".join(f"### {one.name}\n```\n{one.plan}\n```" for one in found) + "\n")
    shown.print(_table(found, counts))
    shown.print(
        "bytes of a row with its indexes: " + ", ".join(f"{size:,} {table}" for table, size in sizes.items())
    )
    figures = {
        "rows": counts,
        "bytes_of_a_row": sizes,
        "median_ms": {one.name: round(one.median_ms, 2) for one in found},
        "worst_median_ms": round(max(one.median_ms for one in found), 2),
        "goal_ms": GOAL_MS,
        "over_goal": [one.name for one in found if one.median_ms > GOAL_MS],
    }
    tables.finish(shown, "storage", figures)


def _table(found: list[Measured], counts: dict[str, int]) -> Table:
    rows = ", ".join(f"{count:,} {table}" for table, count in counts.items())
    table = Table(title=f"Queries of the pages, on {rows}", title_justify="left")
    for heading in ("page", "query", "rows", "median ms", "worst ms"):
        table.add_column(heading, justify="left" if heading in {"page", "query"} else "right")
    for one in sorted(found, key=lambda one: -one.median_ms):
        style = "bold red" if one.median_ms > GOAL_MS else None
        table.add_row(
            one.page, one.name, f"{one.rows:,}", f"{one.median_ms:.1f}", f"{one.worst_ms:.1f}", style=style
        )
    return table


if __name__ == "__main__":
    main()
