"""The commands of the edge: run an agent, or one camera of it."""

import asyncio
import os
import ssl
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

import click

from edge import logs
from edge.camera.run import run as run_camera
from edge.config.base import SettingsError
from edge.config.profiles import Library
from edge.config.secrets import SecretFile
from edge.config.settings import Settings, anchored, load
from edge.doctor.command import command as doctor_command
from edge.evidence import identity
from edge.evidence.seal import KeyFileError
from edge.link import enrol as enrolling
from edge.link.client import EndpointError
from edge.link.enrol import EnrolmentError
from edge.outbox.schema import OutboxError

Result = TypeVar("Result")

CONFIG = click.argument("config", type=click.Path(dir_okay=False, path_type=Path))
CONFIG_OPTION = click.option("--config", type=click.Path(dir_okay=False, path_type=Path), required=True)
CANNOT_BEGIN = (SettingsError, KeyFileError, EndpointError, OutboxError)


@click.group()
def main() -> None:
    """Run an edge agent and its cameras."""


@main.command()
@CONFIG
def agent(config: Path) -> None:
    """Run the agent that CONFIG describes, with all its cameras and sensors."""
    # Each camera is a process that begins here and needs none of the 30 MB of protocols.
    from edge.agent import run as run_agent  # noqa: PLC0415

    logs.configure()
    try:
        asyncio.run(run_agent(_load(config), config))
    except CANNOT_BEGIN as error:
        raise click.ClickException(str(error)) from error


@main.command()
@CONFIG
@click.argument("camera")
@click.option("--boot", type=click.UUID, default=None, help="The agent's boot; a new one if left out.")
def camera(config: Path, camera: str, boot: UUID | None) -> None:
    """Watch one CAMERA of CONFIG; falls go to the outbox, numbers to standard output as JSON lines."""
    logs.configure()
    try:
        run_camera(_load(config), camera, boot or uuid4())
    except CANNOT_BEGIN as error:
        raise click.ClickException(str(error)) from error


@main.command()
@CONFIG
@click.argument("device")
@click.option(
    "--for", "for_s", default=2.0, show_default=True, type=click.FloatRange(0.1, 60), help="Seconds."
)
def siren(config: Path, device: str, for_s: float) -> None:
    """Switch the siren, lamp or loudspeaker DEVICE of CONFIG on and off again, to see that it works."""
    from edge.warning.switches import SwitchError  # noqa: PLC0415 - as above
    from edge.warning.trial import tried  # noqa: PLC0415

    try:
        asyncio.run(tried(_load(config).warning.device(device), for_s))
    except (SettingsError, SwitchError) as error:
        raise click.ClickException(str(error)) from error


@main.command()
@CONFIG
@click.option(
    "--for", "for_s", default=10.0, show_default=True, type=click.FloatRange(0, 3600), help="Seconds."
)
def sensors(config: Path, for_s: float) -> None:
    """Read every sensor of CONFIG once and show what it gives; devices that publish are listened to.

    Nothing is sent. Exit status 1 if a point could not be read.
    """
    from edge.sensors.look import look  # noqa: PLC0415 - as above
    from edge.sensors.stations import Site  # noqa: PLC0415

    logs.configure()
    try:
        settings = _load(config)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    site = Site(Library(settings.profiles), settings.data_dir, settings.agent)
    rows = asyncio.run(look(settings.sensors, site, for_s))
    for row in rows:
        click.echo(row)
    if any(not row.read for row in rows):
        raise SystemExit(1)


@main.command()
@click.argument("url")
@click.argument("token")
@CONFIG_OPTION
def enrol(url: str, token: str, config: Path) -> None:
    """Make this box's key and get its certificate from the cloud at URL; TOKEN `-` is read from a line."""
    try:
        settings = anchored(config)
        key = identity.made_key(settings.device.key)
        ca = settings.evidence.ca
        tls = ssl.create_default_context(cafile=ca) if ca else None
        given = sys.stdin.readline().strip() if token == "-" else token  # noqa: S105 - means: ask
        certificate, authority = enrolling.enrol(url, given, settings.agent, key, tls)
        enrolling.keep(certificate, settings.device.certificate)
        if settings.broker.ca is not None and not settings.broker.ca.exists():
            enrolling.keep(authority, settings.broker.ca)
    except (SettingsError, KeyFileError, EnrolmentError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{settings.agent} is enrolled; its certificate lies in {settings.device.certificate}")


@main.group()
def secret() -> None:
    """Secrets of this box, encrypted on its disk; `${NAME}` in the settings names them."""


@secret.command("set")
@click.argument("name")
@CONFIG_OPTION
def set_secret(name: str, config: Path) -> None:
    """Keep a secret as NAME. It is asked for without being shown, or read from standard input."""
    asked = sys.stdin.isatty()
    value = click.prompt(name, hide_input=True) if asked else sys.stdin.readline().rstrip("\n")
    if not value:
        raise click.ClickException("it is empty: nothing was changed")
    _with_secrets(config, lambda file: file.set(name, value))
    click.echo(f"{name} is kept; the settings name it as ${{{name}}}. Restart the agent.")


@secret.command("list")
@CONFIG_OPTION
def list_secrets(config: Path) -> None:
    """Print the names of the secrets that are kept."""
    for name in _with_secrets(config, SecretFile.names):
        click.echo(name)


@secret.command("remove")
@click.argument("name")
@CONFIG_OPTION
def remove_secret(name: str, config: Path) -> None:
    """Forget the secret NAME."""
    if not _with_secrets(config, lambda file: file.remove(name)):
        raise click.ClickException(f"there is no secret {name}")


def _with_secrets(config: Path, do: Callable[[SecretFile], Result]) -> Result:
    try:
        return do(anchored(config).secret_file(os.environ))
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


main.add_command(doctor_command, "doctor")


def _load(config: Path) -> Settings:
    return load(config, os.environ)


if __name__ == "__main__":
    main(prog_name="fallwatch edge")
