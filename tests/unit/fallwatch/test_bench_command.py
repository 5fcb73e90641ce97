"""`fallwatch bench` runs what lies in bench/, and says so when there is nothing to run."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from fallwatch import bench

SCRIPT = '''"""Counts to three."""
import sys

if __name__ == "__main__":
    print("ran with", sys.argv[1:])
'''


@pytest.fixture
def benchmarks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "count.py").write_text(SCRIPT)
    (tmp_path / "count_down.py").write_text(SCRIPT)
    (tmp_path / "_shared.py").write_text("")
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    monkeypatch.setattr("sys.argv", ["fallwatch"])
    return tmp_path


@pytest.mark.usefixtures("benchmarks")
def test_benchmarks_are_listed_with_their_first_line() -> None:
    shown = CliRunner().invoke(bench.main, [])
    assert shown.exit_code == 0
    assert "count" in shown.output
    assert "Counts to three." in shown.output
    assert "_shared" not in shown.output


@pytest.mark.usefixtures("benchmarks")
def test_a_benchmark_gets_its_own_options() -> None:
    shown = CliRunner().invoke(bench.main, ["count", "--frames", "9"])
    assert shown.exit_code == 0, shown.output
    assert "ran with ['--frames', '9']" in shown.output


@pytest.mark.usefixtures("benchmarks")
def test_a_benchmark_of_two_words_is_called_with_a_hyphen() -> None:
    assert "count-down" in CliRunner().invoke(bench.main, []).output
    assert CliRunner().invoke(bench.main, ["count-down"]).exit_code == 0


@pytest.mark.usefixtures("benchmarks")
def test_a_benchmark_that_is_not_there_is_refused() -> None:
    assert CliRunner().invoke(bench.main, ["nothing"]).exit_code == 2


def test_outside_of_a_checkout_it_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "FOLDER", tmp_path / "gone")
    for arguments in ([], ["detector"]):
        shown = CliRunner().invoke(bench.main, arguments)
        assert shown.exit_code == 1
        assert "needs a checkout" in shown.output
