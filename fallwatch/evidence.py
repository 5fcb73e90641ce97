"""`fallwatch evidence`: takes an alert's evidence out, and the trust anchors that others check it with."""

import shutil
import tempfile
from pathlib import Path
from uuid import UUID

import click
from cryptography.hazmat.primitives import serialization

from cloud.commandline import CONFIG, finished, issuer, means, settings
from cloud.core.signature import public_pem
from cloud.evidence.blobs import KeyLost, OtherBytes
from cloud.evidence.bundle import anchors as trust
from cloud.evidence.bundle.collect import CannotExport
from cloud.evidence.bundle.export import Order, export, exporter
from cloud.evidence.heads import LogBroken
from cloud.evidence.stamping import AuthorityAway
from cloud.store import pool


@click.group()
def main() -> None:
    """Take evidence out."""


@main.command("export")
@click.argument("alert", type=click.UUID)
@click.option("--by", required=True, help="Username of whoever takes it out.")
@click.option("--purpose", required=True, help="For whom and why; kept in the log and in the file.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=".", help="Folder for the file."
)
@CONFIG
def export_command(alert: UUID, by: str, purpose: str, out: Path, config_file: Path | None) -> None:
    """Make the evidence file of ALERT, for the police or a court. The export is entered into the log."""
    found = settings(config_file)
    given = means(found.evidence)
    if not purpose.strip():
        raise click.ClickException("--purpose is empty: say for whom and why it is taken out")
    signs_list = issuer(found.device_ca, found.enrolment)
    out.mkdir(parents=True, exist_ok=True)

    async def work(folder: Path) -> Path:
        async with pool.opened(found.database_url, max_size=2) as opened:
            using = exporter(given, found.device_ca, opened, signs_list)
            made = await export(using, Order(alert, by, purpose.strip()), folder)
        return Path(shutil.move(made, out / made.name))

    with tempfile.TemporaryDirectory(dir=out, prefix=".evidence-") as folder:
        try:
            click.echo(finished(work(Path(folder))))
        except (CannotExport, AuthorityAway, LogBroken, KeyLost, OtherBytes, OSError) as error:
            raise click.ClickException(str(error)) from error


@main.command("anchors")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@CONFIG
def anchors_command(folder: Path, config_file: Path | None) -> None:
    """Write the trust anchors into FOLDER: hand them to courts and police before they are needed."""
    found = settings(config_file)
    given = means(found.evidence)
    if found.device_ca is None or given.signer is None or given.authority is None:
        raise click.ClickException("set device_ca, evidence.keys and evidence.time_stamp in the settings")
    folder.mkdir(parents=True, exist_ok=True)
    files = {trust.DEVICE_CA: [found.device_ca.read_bytes()]}
    files[trust.LOG_KEY] = [public_pem(key) for key in given.signer.trusted]
    files[trust.TSA_ROOT] = [root.public_bytes(serialization.Encoding.PEM) for root in given.authority.roots]
    for kind, contents in files.items():
        for number, content in enumerate(contents, 1):
            path = folder / (f"{kind}.pem" if number == 1 else f"{kind}-{number}.pem")
            path.write_bytes(content)
            click.echo(path)
