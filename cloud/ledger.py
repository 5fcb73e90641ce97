"""The ledger's commands: export it from the database; count an export again with nothing but the file."""

from datetime import UTC, datetime
from pathlib import Path

import click

from cloud import clock
from cloud.commandline import CONFIG, finished, settings
from cloud.core import ledger_file
from cloud.core.formulas import FORMULAS


@click.group("ledger")
def command() -> None:
    """Figures of availability, picture, recording and work, and their proof."""


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--estate", required=True)
@click.option("--begin", required=True, type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"]))
@click.option("--end", required=True, type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"]))
@CONFIG
def export(file: Path, estate: str, begin: datetime, end: datetime, config_file: Path | None) -> None:
    """Write the ledger of ESTATE over [begin, end) to FILE. Dates without an offset are UTC."""
    from cloud.store import ledger, pool  # noqa: PLC0415 - checking an export needs no database driver

    found = settings(config_file)

    async def work() -> bytes:
        async with (
            pool.opened(found.database_url, max_size=1) as opened,
            pool.transaction(opened, snapshot=True) as conn,
        ):
            span = (_aware(begin), _aware(end))
            raw = await ledger.raw(conn, ledger.Scope(estate), *span, clock.utc_now())
        return ledger_file.packed(raw, found.ledger.targets(), FORMULAS)

    content = finished(work())
    file.write_bytes(content)
    click.echo(f"{file}: {len(content)} bytes")


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Count the figures of FILE again from its own rows; ends with 1 where something differs."""
    content = file.read_bytes()
    try:
        wrong = ledger_file.check(content)
    except ledger_file.NotALedger as error:
        raise click.ClickException(str(error)) from error
    for line in wrong:
        click.echo(line)
    if wrong:
        raise click.exceptions.Exit(1)
    click.echo(f"{file}: every figure follows from the rows beside it")


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
