"""`fallwatch onvif`: finds cameras, shows what one says of itself, sets its clock, starts it anew."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import click

from edge.core.onvif import Discovered, Offset
from edge.onvif.address import Address, OnvifError, address
from edge.onvif.camera import Camera, opened
from edge.onvif.discovery import discover as discovered
from edge.onvif.events import Events

Answer = TypeVar("Answer")
URL = click.argument("url")
ABOUT = (
    "URL is http://user:password@host:port; a password is better in ONVIF_PASSWORD than on the command line."
)


@click.group(help=f"Ask cameras by ONVIF. {ABOUT}")
def command() -> None:
    """Ask cameras by ONVIF."""


@command.command()
@click.option(
    "--wait", "wait_s", default=3.0, type=click.FloatRange(0.1, 60), help="Seconds to wait for answers."
)
@click.option("--interface", help="Address of the network card to ask by. Default: the system's choice.")
def discover(wait_s: float, interface: str | None) -> None:
    """Find the cameras of the local network."""
    try:
        found = asyncio.run(discovered(wait_s, interface))
    except OSError as error:
        raise click.ClickException(f"this network cannot be asked: {error.strerror or error}") from None
    for one in found:
        click.echo(_line(one))
    if not found:
        raise click.ClickException("no camera answered; cameras of another network are not reached this way")


def _line(one: Discovered) -> str:
    told = " ".join(filter(None, (one.name, one.hardware, one.location)))
    return f"{' '.join(one.addresses)}  {told}".rstrip()


@command.command()
@URL
def show(url: str) -> None:
    """Show who a camera is, how its clock stands, and its streams."""
    _with(url, _show)


async def _show(camera: Camera) -> None:
    who, offset = await camera.identity(), await camera.clock()
    for name, said in (
        ("maker", who.maker),
        ("model", who.model),
        ("serial", who.serial),
        ("firmware", who.firmware),
        ("clock", _offset(offset)),
    ):
        click.echo(f"{name:9} {said}")
    for stream in await camera.streams():
        size = f"{stream.width} x {stream.height}, {stream.frames_per_s:g} a second"
        click.echo(f"{'stream':9} {stream.url}  {stream.codec} {size} ({stream.profile})")


def _offset(offset: Offset) -> str:
    # A camera may read its clock a tick late: what rounds to nothing is nothing.
    if round(offset.at_least_s, 1) == 0:
        return f"right, within {offset.uncertainty_s:.1f} s"
    ahead = "ahead" if offset.offset_s > 0 else "behind"
    return f"{abs(offset.offset_s):.1f} s {ahead} (± {offset.uncertainty_s:.1f} s)"


@command.command()
@URL
@click.argument("picture", type=click.Path(dir_okay=False, path_type=Path))
def snapshot(url: str, picture: Path) -> None:
    """Write what a camera sees now into PICTURE, a JPEG."""
    picture.write_bytes(_with(url, Camera.snapshot))


@command.command("set-clock")
@URL
def set_clock(url: str) -> None:
    """Set a camera's clock to this machine's."""

    async def set_it(camera: Camera) -> None:
        if not await camera.set_clock():
            raise click.ClickException(
                "the camera follows a time server (NTP): mend that, or turn it off there"
            )
        click.echo(f"clock     {_offset(await camera.clock())}")

    _with(url, set_it)


@command.command()
@URL
@click.confirmation_option(prompt="The camera will be blind for a minute or two. Start it anew?")
def reboot(url: str) -> None:
    """Start a camera anew."""

    async def restart(camera: Camera) -> None:
        click.echo(await camera.reboot() or "the camera restarts")

    _with(url, restart)


@command.command()
@URL
@click.option("--for", "for_s", default=60.0, type=click.FloatRange(1), help="Seconds to listen.")
def events(url: str, for_s: float) -> None:
    """Show what a camera reports of itself, as it comes."""

    async def listen(camera: Camera) -> None:
        events = await Events.subscribed(camera)
        if events is None:
            raise click.ClickException(f"the camera at {camera.where} has no events")
        with suppress(TimeoutError):
            async with asyncio.timeout(for_s):
                while True:
                    for notice in await events.pull(min(for_s, 10.0)):
                        values = " ".join(f"{name}={value}" for name, value in notice.values.items())
                        click.echo(f"{notice.topic}  {notice.source}  {values}")
                        sys.stdout.flush()
        await events.close()

    _with(url, listen)


def _with(url: str, use: Callable[[Camera], Awaitable[Answer]]) -> Answer:
    async def run() -> Answer:
        async with opened(_where(url)) as camera:
            return await use(camera)

    try:
        return asyncio.run(run())
    except OnvifError as error:
        raise click.ClickException(str(error)) from None


def _where(url: str) -> Address:
    password = os.environ.get("ONVIF_PASSWORD")
    return address(url, password)
