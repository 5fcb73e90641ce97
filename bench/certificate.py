"""How long a certificate of a month takes: gathered, counted, set as PDF, sealed; and its verification.

Its days are closed before, and held against the log by both.
"""

import asyncio
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Final

import click
from cryptography.hazmat.primitives.asymmetric import ec
from rich.table import Table

from bench.measure import certified, tables
from cloud import clock
from cloud.core.camera_duty import LEAST_S
from cloud.core.certificate.content import Certificate
from cloud.core.day_digest.facts import day_of
from cloud.core.words import BEIJING
from cloud.evidence import closing, offline, stamping
from cloud.evidence.bundle import anchors, container, members
from cloud.evidence.bundle.seen import look
from cloud.evidence.certificate.collect import Wanted
from cloud.evidence.certificate.issue import Issuer, issue
from cloud.evidence.certificate.members import DAYS, MAX_CERTIFICATE_BYTES, Days
from cloud.evidence.closing import close_due
from cloud.evidence.heads import Signer
from cloud.store import migrate, pool
from fallwatch.local import postgres
from fallwatch.local.pki import Authority
from tests.evidence.made import anchors_of
from tests.fixtures import time_stamps
from tests.fixtures.time_stamps import TimeStampAuthority

GOAL_S: Final = 30.0


@dataclass(frozen=True)
class Issued:
    """A certificate and how long it took. rows: of the database that speak of the span.

    close_s: closing one day. audit_s: holding all of them against the log.
    """

    path: Path
    anchors: Path
    rows: int
    seconds: float
    close_s: float
    audit_s: float


@click.command()
@click.option("--facades", default=40, show_default=True)
@click.option("--days", default=31, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Leaves the certificate and its anchors there.")
def main(facades: int, days: int, out: Path | None) -> None:
    """Issue one on a throw-away PostgreSQL with a real log and a real time-stamping authority; verify it."""
    shown = tables.console()
    with tempfile.TemporaryDirectory(prefix="fallwatch-certificate-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as another account
        place = out or folder / "out"
        place.mkdir(parents=True, exist_ok=True)
        with (
            postgres.running(folder / "postgres", settings=postgres.THROW_AWAY) as server,
            time_stamps.running(folder / "stamps") as stamps,
        ):
            url = server.url("postgres")
            asyncio.run(migrate.migrate(url))
            found = asyncio.run(_issued(url, place, Authority.open(folder / "pki"), stamps, facades, days))
        begin = perf_counter()
        with found.path.open("rb") as file:
            report = offline.verify(file, anchors.load(found.anchors))
        verify_s = perf_counter() - begin
        figures = _figures(found, verify_s) | {"days": days, "verified": report.ok, "goal_s": GOAL_S}
    table = Table(title=f"A certificate of {days} days, {facades} facades", title_justify="left")
    for heading in ("what", "value"):
        table.add_column(heading)
    for key, value in figures.items():
        table.add_row(key, str(value))
    shown.print(table)
    tables.finish(shown, "certificate", figures)
    if not report.ok:
        raise SystemExit(1)


async def _issued(  # noqa: PLR0917 - each is one thing
    url: str, place: Path, authority: Authority, stamps: TimeStampAuthority, facades: int, days: int
) -> Issued:
    end = clock.utc_now().astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
    span: tuple[datetime, datetime] = (end - timedelta(days=days), end)
    of = certified.estate(facades)
    signer = Signer(ec.generate_private_key(ec.SECP256R1()))
    async with pool.opened(url, max_size=2) as opened:
        rows = await certified.fill(opened, url, of, span)
        begin = perf_counter()
        closed = (await close_due(opened, clock.utc_now())).closed
        close_s = (perf_counter() - begin) / closed
        using = Issuer(opened, signer, stamping.authority(stamps.url, stamps.ca_path), LEAST_S)
        begin = perf_counter()
        path = await issue(using, Wanted(of.id, None, *span, "system", "bench"), place)
        seconds = perf_counter() - begin
        begin = perf_counter()
        await closing.audit(opened, of.id, day_of(span[0]), day_of(span[1]), clock.utc_now())
        audit_s = perf_counter() - begin
    trusted = anchors_of(place / "anchors", authority, signer, stamps)
    return Issued(path, trusted, rows, seconds, close_s, audit_s)


def _figures(found: Issued, verify_s: float) -> dict[str, object]:
    with found.path.open("rb") as file:
        seen = look(file)
        content = container.content(file, seen.listed[members.CERTIFICATE], MAX_CERTIFICATE_BYTES)
        days = Days.model_validate_json(container.content(file, seen.listed[DAYS], MAX_CERTIFICATE_BYTES))
    told = Certificate.model_validate_json(content).figures
    return {
        "facades": len(told.facades),
        "cells": told.cells,
        "cameras": len(told.cameras),
        "rows": found.rows,
        "losses": sum(len(of.losses) for of in told.facades),
        "seconds": round(found.seconds, 2),
        "verify_s": round(verify_s, 2),
        "file_bytes": found.path.stat().st_size,
        "certificate_bytes": len(content),
        "days_bytes": seen.listed[DAYS].size_bytes,
        "days_that_agree": sum(day.state == "agrees" for day in days.days),
        "close_day_s": round(found.close_s, 3),
        "audit_s": round(found.audit_s, 2),
    }


if __name__ == "__main__":
    main()
