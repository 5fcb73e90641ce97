"""The command `fallwatch`: subcommands are imported when used, so each needs its own extra only."""

import importlib
from dataclasses import dataclass
from importlib import metadata

import click

OURS = ("contracts", "edge", "cloud", "models", "fallwatch", "bench")


@dataclass(frozen=True)
class Subcommand:
    """Where a subcommand lives, and what it takes to import it."""

    target: str
    """module:attribute"""
    extra: str
    summary: str


SUBCOMMANDS = {
    "detect": Subcommand("edge.detect:command", "edge", "Find falling objects in a video file or stream."),
    "calibrate": Subcommand(
        "edge.calibration.command:command", "edge", "Find a camera's place from points of a facade."
    ),
    "edge": Subcommand("edge.__main__:main", "edge", "Run an edge agent and its cameras."),
    "onvif": Subcommand("edge.onvif.command:command", "edge", "Find cameras and ask them about themselves."),
    "cloud": Subcommand("cloud.__main__:main", "cloud", "Run and administer the cloud's services."),
    "ledger": Subcommand("cloud.ledger:command", "cloud", "Export the ledger; count an export again."),
    "coverage": Subcommand(
        "fallwatch.coverage:command", "cloud", "Say which part of which facade is watched by which camera."
    ),
    "estate": Subcommand("fallwatch.estate:main", "cloud", "Make estate files of what others have drawn."),
    "certificate": Subcommand(
        "fallwatch.certificate:command", "cloud", "Certify how facades were watched over a span of time."
    ),
    "dataset": Subcommand("cloud.dataset:main", "cloud", "Export what the desk said, to train with."),
    "evidence": Subcommand(
        "fallwatch.evidence:main", "cloud", "Export an alert's evidence for the police or a court."
    ),
    "verify": Subcommand(
        "fallwatch.verify:command", "verify", "Check an evidence file or a certificate, offline."
    ),
    "profiles": Subcommand("fallwatch.profiles:main", "edge", "Check and list profiles of devices."),
    "demo": Subcommand("fallwatch.demo.command:command", "local", "Run the whole product on this machine."),
    "bench": Subcommand("fallwatch.bench:main", "local", "Measure; needs a checkout."),
}


class LazyGroup(click.Group):
    """A group that knows its subcommands by name and summary, and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All names, without importing anything."""
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The subcommand itself, or None where there is none of that name.

        Raises:
            ClickException: A package that it needs is not installed; names the extra that brings it.
        """
        found = SUBCOMMANDS.get(cmd_name)
        if found is None:
            return None
        module, _, attribute = found.target.partition(":")
        try:
            command = getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as error:
            if error.name is None or error.name.partition(".")[0] in OURS:
                raise
            raise click.ClickException(
                f"`fallwatch {cmd_name}` needs the package {error.name.partition('.')[0]!r}: "
                f"pip install 'fallwatch[{found.extra}]'"
            ) from error
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Names and summaries for the help page, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, found.summary) for name, found in SUBCOMMANDS.items()])


@click.command(cls=LazyGroup)
@click.version_option(metadata.version("fallwatch"), prog_name="fallwatch")
def main() -> None:
    """Watches facades for objects thrown from high-rise homes."""


if __name__ == "__main__":
    main(prog_name="fallwatch")
