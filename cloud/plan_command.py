"""`fallwatch cloud plan`: an estate's plan as a file, with what was drawn of it on the page."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cloud.commandline import CONFIG, finished, settings

if TYPE_CHECKING:
    from cloud.core.estate import Estate
    from cloud.store.plans import Version


@click.group()
def plan() -> None:
    """Plans of estates."""


@plan.command()
@click.argument("estate")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Else it is printed.")
@CONFIG
def export(estate: str, output: Path | None, config_file: Path | None) -> None:
    """Write ESTATE as an estate file, as it stands now: `fallwatch coverage` and `cloud seed` read it."""
    from cloud.core import plan as plans_of  # noqa: PLC0415 - `--help` needs no library
    from cloud.store import plans, pool  # noqa: PLC0415
    from contracts import documents  # noqa: PLC0415

    found = settings(config_file)

    async def work() -> "tuple[Version | None, Estate | None]":
        async with pool.opened(found.database_url, max_size=1) as opened, pool.transaction(opened) as conn:
            return await plans.as_file(conn, estate)

    version, standing = finished(work())
    if standing is None:
        raise click.ClickException(f"there is no estate {estate}")
    text = documents.written(plans_of.file_of(standing))
    if output is None:
        click.echo(text, nl=False)
        return
    output.write_text(text, encoding="utf-8")
    if version is None:
        click.echo(f"{output}: no plan was entered yet; it says what is registered", err=True)
        return
    then = f"fallwatch cloud seed {output} --replaces {estate}={version.version}"
    click.echo(f"{output}: plan {version.version} of {estate}; once it is changed: {then}", err=True)


def undoes(file: Path, drawn: "Version") -> str:
    """Why a file may not be entered unasked."""
    return (
        f"{file}: plan {drawn.version} of {drawn.estate} was entered by {drawn.entered_by} on"
        f" {drawn.entered_at:%Y-%m-%d %H:%M} UTC, and this file would undo it. Write what stands to a file"
        f" with fallwatch cloud plan export {drawn.estate} -o FILE, change that, and enter it with --replaces"
        f" {drawn.estate}={drawn.version}"
    )
