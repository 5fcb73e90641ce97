"""`fallwatch verify`: checks an evidence file or a certificate offline, trusting nothing but the anchors."""

import json
from pathlib import Path

import click

from cloud.evidence import offline
from cloud.evidence.bundle import anchors


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--anchors",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Folder with device_ca*.pem, log_key*.pem, tsa_root*.pem: they must not come with FILE.",
)
@click.option("--json", "only_json", is_flag=True, help="Print nothing but the JSON object.")
def command(file: Path, folder: Path, *, only_json: bool) -> None:
    """Check an evidence file or a certificate: a sentence for each check; exit 1 where anything is wrong.

    The last line is the same as one JSON object. Neither network nor database nor clock is asked.
    """
    try:
        trusted = anchors.load(folder)
    except anchors.NoAnchors as error:
        raise click.UsageError(str(error)) from error
    with file.open("rb") as opened:
        report = offline.verify(opened, trusted)
    if not only_json:
        click.echo(report.table())
    click.echo(json.dumps(report.json(), ensure_ascii=False))
    if not report.ok:
        raise SystemExit(1)
