"""The bureau's page over a whole town: milliseconds of each of its queries, and of its whole answers."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Final

import click
import httpx
import psycopg
from rich.table import Table

from bench.measure import tables
from bench.measure.asking import Query, asked
from cloud import clock
from cloud.api.app import create_app
from cloud.api.auth import COOKIE
from cloud.api.passwords import hashed
from cloud.config import EvidenceSettings, Settings
from cloud.core import months as calendar
from cloud.core.coverage import strip_begin, window
from cloud.store import inspections, migrate, months, pool, records, registry, watched
from cloud.store.pool import Connection, Principal
from fallwatch.local import postgres

GOAL_MS = 50.0
NOW: Final = clock.utc_now()
MONTH: Final = calendar.month_of(NOW)
REPEATS: Final = 7
PASSWORD: Final = "correct horse battery"
LONG_S: Final = 30 * 86_400.0
MADE: Final = Path(__file__).parent / "measure" / "oversight.sql"


@click.command()
@click.option("--estates", default=100, show_default=True)
@click.option("--facades", default=20, show_default=True, help="Of each estate; two cameras each.")
def main(estates: int, facades: int) -> None:
    """Make a town in a throw-away PostgreSQL and ask as the bureau's page asks."""
    shown = tables.console()
    with tempfile.TemporaryDirectory(prefix="fallwatch-bench-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        with postgres.running(place / "postgres", settings={**postgres.THROW_AWAY}) as server:
            url = server.url("postgres")
            _fill(url, estates, facades)
            found = asyncio.run(_measured(url)) | asyncio.run(_answered(url, place))
    table = Table(title=f"The bureau: {estates} estates with {facades} facades each", title_justify="left")
    for heading in ("what", "median ms", "worst ms"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for name, times in found.items():
        style = "bold red" if name in QUERIES and statistics.median(times) > GOAL_MS else None
        table.add_row(name, f"{statistics.median(times):.1f}", f"{max(times):.1f}", style=style)
    shown.print(table)
    median = {name: round(statistics.median(times), 1) for name, times in found.items()}
    over = [name for name in QUERIES if median[name] > GOAL_MS]
    figures = {"estates": estates, "facades": estates * facades, "median_ms": median, "over_goal": over}
    tables.finish(shown, "oversight", {**figures, "goal_ms": GOAL_MS})


def _fill(url: str, estates: int, facades: int) -> None:
    asyncio.run(migrate.migrate(url))
    statements = Template(MADE.read_text(encoding="utf-8")).substitute(
        now=f"'{NOW.isoformat()}'::timestamptz",
        month=f"'{MONTH}'::date",
        before=f"'{calendar.preceding(MONTH)}'::date",
        estates=estates,
        facades=facades,
    )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # triggers would count what is made
        connection.execute(statements.encode())
        words = "INSERT INTO account VALUES ('li', '李', 'Li', 'bureau', %s, true)"
        connection.execute(words, (hashed(PASSWORD),))
        connection.execute("VACUUM (ANALYZE)")


ANSWERS: Final = (
    "/api/bureau",
    "/api/bureau/estates/estate-001",
    "/api/bureau/months",
    "/api/bureau/months?of=facade&by=availability",
    "/api/bureau/months?estate=estate-001&building=3",
    "/api/bureau/cameras/cam-1-1",
    "/api/bureau/equipment?estate=estate-001",
    "/api/bureau/draws",
    "/api/bureau/months/export?format=csv",
    "/api/bureau/months/export?format=xlsx",
)


async def _day(conn: Connection) -> object:
    begin, end = window(NOW)
    cameras = [row.id for row in await registry.cameras(conn, [f"cam-1-{n}" for n in range(1, 41)])]
    return await watched.spans(conn, min(begin, strip_begin(end)), end, cameras)


QUERIES: Final[Mapping[str, Query]] = {
    "registry.estates": registry.estates,
    "registry.facades_now": registry.facades_now,
    "registry.facades, of an estate": lambda conn: registry.facades(conn, "estate-001"),
    "registry.cameras and watched.spans, of an estate": _day,
    "months.known": months.known,
    "registry.camera_names": registry.camera_names,
    "months.places": months.places,
    "months.counted": lambda conn: months.counted(conn, MONTH, NOW, LONG_S),
    "records.items, of an estate": lambda conn: records.items(conn, "estate-001"),
    "records.item": lambda conn: records.item(conn, "camera", "cam-1-1"),
    "records.items, of all": records.items,
    "inspections.population": lambda conn: inspections.population(conn, "facade"),
    "inspections.draws": inspections.draws,
}


async def _measured(url: str) -> dict[str, list[float]]:
    estates = frozenset(f"estate-{number:03}" for number in range(1, 1001))
    who = Principal("li", estates, every_estate=True)
    found: dict[str, list[float]] = {}
    async with pool.opened(url, max_size=1) as opened:
        for name, ask in QUERIES.items():
            found[name], _ = await asked(opened, who, ask, REPEATS)
    return found


async def _answered(url: str, folder: Path) -> dict[str, list[float]]:
    """From the request to the last byte of the answer, of a service in this process."""
    app = create_app(
        Settings(database_url=url, evidence=EvidenceSettings(url=f"file://{folder}", staging_dir=folder))
    )
    found: dict[str, list[float]] = {}
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=transport, base_url="http://bench", headers={"X-Fallwatch": "1"}
        ) as client,
    ):
        entered = await client.post("/api/session", json={"username": "li", "password": PASSWORD})
        entered.raise_for_status()
        client.cookies = httpx.Cookies({COOKIE: entered.cookies[COOKIE]})
        for path in ANSWERS:
            times, size = [], 0
            for _ in range(REPEATS):
                begin_s = time.perf_counter()
                answer = await client.get(path)
                times.append((time.perf_counter() - begin_s) * 1000)
                answer.raise_for_status()
                size = len(answer.content)
            found[f"GET {path} ({size / 1000:.0f} kB)"] = times
    return found


if __name__ == "__main__":
    main()
