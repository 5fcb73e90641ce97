"""What the cloud's commands share: settings, an end that is a sentence, services that stop in order."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cloud import config, logs

if TYPE_CHECKING:
    from cloud.core.authority import Authority
    from cloud.evidence.keeper import Means

Result = TypeVar("Result")
ASK_AGAIN_S = 10.0
"""An orderly end (requests at hand, the broker's goodbye) takes less."""

CONFIG = click.option(
    "--config",
    "config_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Settings file; without it the environment alone counts.",
)


def settings(config_file: Path | None) -> config.Settings:
    """The settings of a command.

    Raises:
        ClickException: They cannot be used.
    """
    try:
        return config.load(config_file, os.environ)
    except config.SettingsError as error:
        raise click.ClickException(str(error)) from error


def means(evidence: config.EvidenceSettings | None) -> "Means":
    """With what a command keeps evidence, as the settings of it say.

    Raises:
        ClickException: Something that they name cannot be used.
    """
    from cloud.evidence import keeper  # noqa: PLC0415 - `--help` needs no library

    try:
        return keeper.means(evidence)
    except config.SettingsError as error:
        raise click.ClickException(str(error)) from error


def issuer(device_ca: Path | None, enrolment: config.EnrolmentSettings | None) -> "Authority | None":
    """The devices' authority, where this machine holds its key.

    Raises:
        ClickException: It cannot be used.
    """
    from cloud.evidence import authority  # noqa: PLC0415 - `--help` needs no library

    try:
        return authority.held(device_ca, enrolment)
    except config.SettingsError as error:
        raise click.ClickException(str(error)) from error


def finished(work: Coroutine[Any, Any, Result]) -> Result:
    """Run to the end; what the database refuses becomes a sentence."""
    from cloud.store.migrate import MigrationError  # noqa: PLC0415 - `--help` needs no database driver
    from cloud.store.pool import DatabaseDown, RowRefused  # noqa: PLC0415

    try:
        return asyncio.run(work)
    except (DatabaseDown, MigrationError, RowRefused, config.SettingsError) as error:
        raise click.ClickException(str(error)) from error


def until_terminated(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a service until SIGTERM or Ctrl-C, which cancel it in order."""
    until_told(lambda _: work(), 0.0)


def until_told(work: Callable[[asyncio.Event], Coroutine[Any, Any, None]], grace_s: float) -> None:
    """Run a service that ends by itself once it is told.

    Args:
        work: Is given what SIGTERM or Ctrl-C set.
        grace_s: So long it may take to end what it has at hand; then it is cancelled.
    """

    async def guarded() -> None:
        told = asyncio.Event()
        task = asyncio.ensure_future(work(told))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, told.set)
        telling = asyncio.ensure_future(told.wait())
        await asyncio.wait({task, telling}, return_when=asyncio.FIRST_COMPLETED)
        telling.cancel()
        if not task.done() and grace_s:
            await asyncio.wait({task}, timeout=grace_s)
        while not task.done():
            # Before Python 3.12 asyncio.wait_for, which the MQTT client uses, swallows a cancellation that
            # comes in the same turn as what it waited for: the task is asked again.
            task.cancel()
            await asyncio.wait({task}, timeout=ASK_AGAIN_S)
        if not task.cancelled():
            task.result()
        logs.logger("cloud").info("stopped")

    finished(guarded())
