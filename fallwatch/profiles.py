"""The commands about device profiles: check files, list what there is, write a template's sensors out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click
import yaml

from contracts.profile import EstateDevice, EstateProfile, Profile, SensorProfile, point_of
from edge.config.base import SettingsError
from edge.config.profiles import Library, built_in, check

ADDRESSES: Final[Mapping[str, Mapping[str, object]]] = {
    "modbus": {"host": "10.0.0.20", "unit": 1},
    "snmp": {"host": "10.0.0.21", "community": "${SNMP_COMMUNITY}"},
    "mqtt_local": {"url": "mqtt://10.0.0.22:1883", "device": "DEVICE"},
    "box": {},
}
"""What a deployment must change."""

OWN = click.option(
    "--own",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=None,
    help="A folder of your own profiles, as `profiles` in the settings.",
)


@click.group()
def main() -> None:
    """Check and list the profiles of cameras, sensors, boxes and places."""


@main.command("check")
@click.argument("path", type=click.Path(exists=True, path_type=Path), required=False)
def check_command(path: Path | None) -> None:
    """Say what is wrong with the profile PATH, or all in the folder PATH, or those that come with Fallwatch.

    Names file, line, key, what was found and what is allowed, all problems at once. Exit status 1 if any.
    """
    place = path or built_in()
    files = sorted(place.glob("*.yaml")) if place.is_dir() else [place]
    found = check(files)
    for line in found.wrong:
        click.echo(line)
    click.echo(f"{len(files)} profiles, {len(found.wrong)} problems")
    if found.wrong or not files:
        raise SystemExit(1)


@main.command("list")
@OWN
def list_command(own: Path | None) -> None:
    """List the profiles that settings can name: kind, version, and how many of their sources were read."""
    library = Library(own)
    try:
        profiles = [library.profile(name) for name in library.names()]
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    for profile in sorted(profiles, key=lambda profile: (profile.kind, profile.id)):
        click.echo(_row(profile))


def _row(profile: Profile) -> str:
    read = sum(source.verified for source in profile.sources)
    sources = f"{read} of {len(profile.sources)} sources read"
    return f"{profile.kind:<11} {profile.id:<22} {profile.version:<4} {sources:<20} {profile.title.en}"


@main.command("sensors")
@click.argument("template")
@click.option("--prefix", required=True, help="What the sensors' names begin with, for example cab3.")
@OWN
def sensors_command(template: str, prefix: str, own: Path | None) -> None:
    """Write the sensors of the estate TEMPLATE: first for the box's settings, then for the estate file."""
    library = Library(own)
    try:
        profile = library.profile(template)
        devices = profile.devices if isinstance(profile, EstateProfile) else ()
        known = {device.profile: library.profile(device.profile) for device in devices}
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    if not isinstance(profile, EstateProfile):
        raise click.ClickException(f"{template} is of kind {profile.kind}, an estate's is needed")
    edge = [_device(device, known[device.profile], prefix) for device in profile.devices]
    estate = [row for device in profile.devices for row in _sensors(device, known[device.profile], prefix)]
    for where, rows in (("the box's settings; change the addresses", edge), ("the estate file", estate)):
        click.echo(f"# {where}")
        click.echo(yaml.safe_dump({"sensors": rows}, allow_unicode=True, sort_keys=False, width=110))


def _device(device: EstateDevice, profile: Profile, prefix: str) -> dict[str, object]:
    points = {key: f"{prefix}-{ending}" for key, ending in device.points.items()}
    return {"kind": profile.kind, "profile": profile.id, **ADDRESSES[profile.kind], "points": points}


def _sensors(device: EstateDevice, profile: Profile, prefix: str) -> list[dict[str, object]]:
    assert isinstance(profile, SensorProfile)
    rows: list[dict[str, object]] = []
    for key, ending in device.points.items():
        point = point_of(profile, key)
        name = {"zh": f"{prefix} {ending}", "en": f"{prefix} {ending}"}
        rows.append(
            {"id": f"{prefix}-{ending}", "name": name, "quantity": point.quantity, "unit": point.unit}
        )
    return rows
