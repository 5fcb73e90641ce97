"""The commands of the edge: run an agent, or one camera of it."""

import asyncio
import os
import ssl
import sys
from pathlib import Path
from uuid import UUID, uuid4

import click

from edge import logs
from edge.camera.run import run as run_camera
from edge.config.base import SettingsError
from edge.config.settings import Settings, anchored, load
from edge.doctor.command import command as doctor_command
from edge.evidence import identity
from edge.evidence.seal import KeyFileError
from edge.link import enrol as enrolling
from edge.link.client import EndpointError
from edge.link.enrol import EnrolmentError
from edge.outbox.schema import OutboxError

CONFIG = click.argument("config", type=click.Path(dir_okay=False, path_type=Path))
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
@click.argument("url")
@click.argument("token")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), required=True)
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


main.add_command(doctor_command, "doctor")


def _load(config: Path) -> Settings:
    return load(config, os.environ)


if __name__ == "__main__":
    main(prog_name="fallwatch edge")
