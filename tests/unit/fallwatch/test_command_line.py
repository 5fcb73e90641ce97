"""The one way in lists everything and imports only what is called."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from fallwatch import __main__ as command_line


def test_help_lists_every_subcommand_and_imports_none() -> None:
    probe = (
        "import sys; from click.testing import CliRunner; from fallwatch.__main__ import main;"
        "result = CliRunner().invoke(main, ['--help']);"
        "assert result.exit_code == 0, result.output;"
        "print(result.output);"
        "assert not {'edge', 'cloud', 'fallwatch.demo', 'numpy', 'av'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert all(name in done.stdout for name in command_line.SUBCOMMANDS)


def test_a_missing_package_is_told_in_one_sentence_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ModuleNotFoundError(f"No module named 'av' in {name}", name="av.container")

    monkeypatch.setattr(command_line.importlib, "import_module", absent)
    result = CliRunner().invoke(command_line.main, ["detect", "--help"])
    assert result.exit_code == 1
    assert result.output == (
        "Error: `fallwatch detect` needs the package 'av': pip install 'fallwatch[edge]'\n"
    )


def test_a_fault_of_our_own_is_not_taken_for_a_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> None:
        raise ModuleNotFoundError(name, name="edge.nowhere")

    monkeypatch.setattr(command_line.importlib, "import_module", broken)
    with pytest.raises(ModuleNotFoundError):
        command_line.main.get_command(click.Context(command_line.main), "edge")


def test_an_unknown_subcommand_is_a_usage_error() -> None:
    assert CliRunner().invoke(command_line.main, ["fly"]).exit_code == 2
