"""`fallwatch estate`: estates drawn or tabled elsewhere as estate files, which `fallwatch coverage` reads."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from cloud.core.estate import EstateFile
from cloud.core.geometry import from_csv, from_file
from cloud.core.geometry.from_geojson import Asked, Draft
from cloud.core.refused import Refused
from contracts import documents

Command = Callable[..., None]


@click.group()
def main() -> None:
    """Make estate files of what others have drawn."""


def _options(command: Command) -> Command:
    for option in (
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
        click.option("--id", "estate", required=True, help="The estate's id: small letters, digits, dashes."),
        click.option("--zh", help="Its Chinese name; without it, its id."),
        click.option("--en", help="Its English name; without it, its id."),
        click.option("--default-floors", type=click.IntRange(1, 200), help="For buildings that do not say."),
        click.option(
            "--no-facades", is_flag=True, help="Buildings only; their long walls become no facades."
        ),
        click.option("--partial", is_flag=True, help="Leave out what cannot be used, instead of ending."),
        click.option(
            "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Else it is printed."
        ),
    ):
        command = option(command)
    return command


@main.command("from-geojson")
@_options
@click.option("--local", is_flag=True, help="Coordinates are metres east and north, not degrees.")
def of_geojson(file: Path, *, local: bool, **options: Any) -> None:
    """Buildings, walls, trees, poles and cameras of a GeoJSON file: docs/design/plan.md says which words."""
    text = _text(file)
    _make(file, lambda asked: from_file.read(".geojson", text, asked), local=local, **options)


@main.command("from-csv")
@_options
def of_csv(file: Path, **options: Any) -> None:
    """A table with a line for each building: building, length, width, height or floors, x, y, rotation."""
    text = _text(file)
    _make(file, lambda asked: from_csv.read(text, asked), local=True, **options)


def _text(file: Path) -> str:
    raw = file.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What spreadsheets in China write.
        try:
            return raw.decode("gb18030")
        except UnicodeDecodeError as error:
            raise click.ClickException(f"{file}: neither UTF-8 nor GB 18030: save it as UTF-8") from error


def _make(file: Path, read: Callable[[Asked], Draft], **options: Any) -> None:
    estate, output = options["estate"], options["output"]
    asked = Asked(
        estate,
        options["zh"] or estate,
        options["en"] or estate,
        local=options["local"],
        default_floors=options["default_floors"],
        with_facades=not options["no_facades"],
    )
    try:
        draft = read(asked)
    except Refused as error:
        raise click.ClickException(f"{file}: {error}") from error
    for note in draft.notes:
        click.echo(f"{file}: {note}", err=True)
    if draft.refused and not options["partial"]:
        rest = "; with --partial the rest is taken"
        raise click.ClickException("\n".join(f"{file}: {reason}" for reason in draft.refused) + rest)
    for reason in draft.refused:
        click.echo(f"{file}: left out: {reason}", err=True)
    text = documents.written({"estates": [draft.estate]})
    try:
        documents.parse(text, EstateFile, f"the estate of {file}")
    except documents.DocumentError as error:
        raise click.ClickException(str(error)) from error
    if output is None:
        click.echo(text, nl=False)
        return
    output.write_text(text, encoding="utf-8")
    made = draft.estate
    counts = ", ".join(f"{len(made.get(key, ()))} {key}" for key in ("buildings", "facades", "occluders"))
    click.echo(f"{output}: {counts}; next: fallwatch coverage {output}", err=True)
