"""The commands that make backups and restore them."""

import asyncio
import signal
from datetime import datetime
from pathlib import Path
from types import FrameType

import click

from cloud import clock
from cloud.commandline import CONFIG, settings

_FOLDER = click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
_PROGRAMS = click.option(
    "--programs",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where pg_basebackup and its like lie; else the path is searched.",
)


@click.group()
def backup() -> None:
    """Backups from which any moment can be restored."""


@backup.command()
@_FOLDER
@_PROGRAMS
@CONFIG
def base(folder: Path, programs: Path | None, config_file: Path | None) -> None:
    """Back up the whole database server and what is new in the evidence store into FOLDER."""
    from cloud import backup as backups  # noqa: PLC0415 - `--help` needs none of it
    from cloud.evidence.objects import Objects, StoreDown  # noqa: PLC0415

    found = settings(config_file)
    try:
        tools = backups.programs(programs, found.database_url)
        made = backups.make_base(tools, folder, clock.utc_now())
        click.echo(f"{made}: checked")
        if found.evidence is not None:
            # After the database: a row without its object would be worse than an object without its row.
            target = Objects.at((folder / "evidence").absolute().as_uri())
            held, copied = asyncio.run(backups.copy_objects(Objects.at(found.evidence.url), target))
            click.echo(f"evidence: {held} objects, {copied} of them new")
    except (backups.BackupError, StoreDown, ValueError) as error:
        raise click.ClickException(str(error)) from error


@backup.command()
@_FOLDER
@_PROGRAMS
@CONFIG
def archive(folder: Path, programs: Path | None, config_file: Path | None) -> None:
    """Bring the server's write-ahead log into FOLDER until ended; what is there can be restored to."""
    from cloud import backup as backups  # noqa: PLC0415

    try:
        tools = backups.programs(programs, settings(config_file).database_url)
        receiving = backups.receive_log(tools, folder)
    except backups.BackupError as error:
        raise click.ClickException(str(error)) from error

    def end(_number: int, _frame: FrameType | None) -> None:
        receiving.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    raise SystemExit(receiving.wait())


@click.command()
@_FOLDER
@click.argument("cluster", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--to",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z"]),
    help="With its offset, as 2026-03-05T10:07:00+0800; without it, to the end of the log.",
)
@click.option("--evidence", help="Also bring the clips back, to this file:// or s3:// address.")
def restore(folder: Path, cluster: Path, to: datetime | None, evidence: str | None) -> None:
    """Lay out in CLUSTER a database as it was, from the backups in FOLDER: a server started on it recovers.

    The server's account must own CLUSTER and be allowed to read FOLDER/wal.
    """
    from cloud import backup as backups  # noqa: PLC0415
    from cloud.evidence.objects import Objects, StoreDown  # noqa: PLC0415

    try:
        used = backups.restore(folder, cluster, to)
        click.echo(f"{cluster}: from {used.name}; start a server on it, owned by its account")
        if evidence is not None:
            source = Objects.at((folder / "evidence").absolute().as_uri())
            held, copied = asyncio.run(backups.copy_objects(source, Objects.at(evidence)))
            click.echo(f"evidence: {held} objects, {copied} of them brought back")
    except (backups.BackupError, StoreDown, ValueError) as error:
        raise click.ClickException(str(error)) from error
