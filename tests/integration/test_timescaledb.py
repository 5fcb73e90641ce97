"""The migrations on TimescaleDB, compiled to WebAssembly: one connection, fetched from npm for the test."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = ROOT / "cloud" / "store" / "migrations"
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("timescaledb") / "node"
    shutil.copytree(ROOT / "tests" / "timescaledb", folder, ignore=shutil.ignore_patterns("node_modules"))
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    for command in (["npm", "ci", "--silent"], ["node", "migrate.mjs", str(MIGRATIONS)]):
        done = subprocess.run(
            [BIN / command[0], *command[1:]],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_every_migration_but_the_plain_ones_applies(migrated: dict[str, Any]) -> None:
    plain = {
        path.name for path in MIGRATIONS.glob("*.sql") if "-- requires: plain postgresql" in path.read_text()
    }
    assert plain
    assert set(migrated["applied"]) == {path.name for path in MIGRATIONS.glob("*.sql")} - plain


def test_the_series_are_hypertables(migrated: dict[str, Any]) -> None:
    assert set(migrated["hypertables"]) == {"event", "sensor_reading", "camera_minute"}
    assert migrated["version"].startswith("2.")


def test_a_row_makes_a_chunk_and_its_copy_does_nothing(migrated: dict[str, Any]) -> None:
    assert migrated["hypertables"]["event"] == 1
    assert migrated["copies"] == 0
