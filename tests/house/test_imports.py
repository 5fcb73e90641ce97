"""The import rules hold, and they can fail."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

PACKAGES = ("contracts", "edge", "cloud", "models", "fallwatch")


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copied_tree(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("*.md", "*.json"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_import_rules_hold() -> None:
    linted = _lint(ROOT)
    assert linted.returncode == 0, linted.stdout + linted.stderr


@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        ("edge/clock.py", "import cloud.clock", "edge and cloud meet only in contracts"),
        ("edge/core/vision/frame.py", "import sqlite3", "the core does no input or output"),
        ("edge/core/hidden.py", "import edge.clock", "the core does no input or output"),
        ("cloud/api/sneaky.py", "import psycopg", "SQL is spoken in cloud.store only"),
        ("edge/utils.py", "x = 1", "edge: shell over core"),
        ("cloud/store/upward.py", "import cloud.api", "cloud: shell over core"),
    ],
)
def test_the_import_rules_can_fail(copied_tree: Path, path: str, line: str, contract: str) -> None:
    with (copied_tree / path).open("a") as file:
        file.write(f"\n{line}\n")
    linted = _lint(copied_tree)
    assert linted.returncode == 1, linted.stdout + linted.stderr
    broken = [
        row for row in linted.stdout.splitlines() if row.startswith(contract) and row.endswith("BROKEN")
    ]
    assert broken, linted.stdout
