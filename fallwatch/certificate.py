"""`fallwatch certificate`: how facades were watched over a span of time, as a file that proves itself."""

import shutil
import tempfile
from datetime import datetime
from pathlib import Path

import click

from cloud.commandline import CONFIG, finished, means, settings
from cloud.core.words import BEIJING
from cloud.evidence.certificate.collect import CannotCertify, Wanted
from cloud.evidence.certificate.issue import issue, issuer
from cloud.evidence.heads import LogBroken
from cloud.evidence.stamping import AuthorityAway
from cloud.printing import NotPrinted
from cloud.store import pool

ALL = "all"
INSTANT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%z"])


@click.command()
@click.option("--estate", required=True)
@click.option("--facade", "facades", multiple=True, default=(ALL,), show_default=True, help="Of the estate.")
@click.option("--cell", type=(int, int), metavar="FLOOR BAY", help="Of these only; of one facade.")
@click.option("--begin", required=True, type=INSTANT, help="Without an offset, by China's clocks.")
@click.option("--end", required=True, type=INSTANT, help="The first instant after the span.")
@click.option("--by", default="system", show_default=True, help="Username of whoever asks for it.")
@click.option("--purpose", default="存档", show_default=True, help="For whom and why; kept in the log.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=".", help="Folder for the file."
)
@CONFIG
def command(  # noqa: PLR0917 - click calls by name
    estate: str,
    facades: tuple[str, ...],
    cell: tuple[int, int] | None,
    begin: datetime,
    end: datetime,
    by: str,
    purpose: str,
    out: Path,
    config_file: Path | None,
) -> None:
    """Certify how facades of ESTATE were watched over [begin, end). The issue is entered into the log.

    `fallwatch verify` checks the file, and counts every figure in it again.
    """
    found = settings(config_file)
    given = means(found.evidence)
    if not purpose.strip():
        raise click.ClickException("--purpose is empty: say for whom and why it is issued")
    chosen = None if ALL in facades else facades
    wanted = Wanted(estate, chosen, _aware(begin), _aware(end), by, purpose.strip(), cell)
    out.mkdir(parents=True, exist_ok=True)

    async def work(folder: Path) -> Path:
        async with pool.opened(found.database_url, max_size=2) as opened:
            made = await issue(issuer(given, found.coverage.minute_s, opened), wanted, folder)
        return Path(shutil.move(made, out / made.name))

    with tempfile.TemporaryDirectory(dir=out, prefix=".certificate-") as folder:
        try:
            click.echo(finished(work(Path(folder))))
        except (CannotCertify, AuthorityAway, LogBroken, NotPrinted, OSError) as error:
            raise click.ClickException(str(error)) from error


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=BEIJING)
