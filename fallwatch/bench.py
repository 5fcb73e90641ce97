"""`fallwatch bench`: runs a benchmark of the checkout by its name; benchmarks are no part of the wheel."""

import runpy
import sys
from pathlib import Path

import click

FOLDER = Path(__file__).resolve().parent.parent / "bench"


class Benchmarks(click.Group):
    """One subcommand for each script in bench/; its options are the script's own."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names of the scripts."""
        return sorted(path.stem.replace("_", "-") for path in FOLDER.glob("[a-z]*.py"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The script as a command, or None where there is none of that name."""
        _expect_checkout()
        if cmd_name not in self.list_commands(ctx):
            return None
        script = FOLDER / f"{cmd_name.replace('-', '_')}.py"

        @click.command(
            cmd_name,
            help=_summary(script),
            add_help_option=False,
            context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
        )
        @click.pass_context
        def run(context: click.Context) -> None:
            if str(FOLDER.parent) not in sys.path:
                sys.path.insert(0, str(FOLDER.parent))  # what benchmarks share is no part of the wheel
            sys.argv = [str(script), *context.args]
            runpy.run_path(str(script), run_name="__main__")

        return run


def _expect_checkout() -> None:
    if not FOLDER.is_dir():
        raise click.ClickException("there are no benchmarks here: `fallwatch bench` needs a checkout")


def _summary(script: Path) -> str:
    return (
        script.read_text(encoding="utf-8").lstrip().removeprefix('"""').partition("\n")[0].removesuffix('"""')
    )


@click.command(cls=Benchmarks, no_args_is_help=False, invoke_without_command=True)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Measure; prints a table and, as the last line, the same figures as one JSON object."""
    _expect_checkout()
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
