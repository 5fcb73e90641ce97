"""The drill: a server is backed up, written to, destroyed, and restored to a moment."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from cloud import backup
from cloud.store import migrate
from fallwatch.local import postgres, wait
from fallwatch.local.postgres import PostgresServer
from tests.fixtures.programs import ROOT, program

ROWS = "SELECT id, name_zh FROM estate ORDER BY id"


@pytest.fixture
def place(reachable_tmp_path: Path) -> Path:
    return reachable_tmp_path


def _write(url: str, name: str) -> datetime:
    """An estate of that name; when it was there."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO estate VALUES (%s, '花园', 'Garden')", (name,))
        row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    at = row[0]
    assert isinstance(at, datetime)
    return at


def _names(server: PostgresServer) -> list[str]:
    with psycopg.connect(server.url("postgres")) as connection:
        return [row[0] for row in connection.execute(ROWS).fetchall()]


def _cloud(*words: str) -> str:
    """What the command says, in a process of its own: it sets up logging for good."""
    done = subprocess.run(
        [sys.executable, "-m", "cloud", *words], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _give_to_nobody(folder: Path) -> None:
    """As root the server runs as `nobody`, to whom its cluster must belong."""
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, "nobody", "nogroup")


@pytest.fixture
def drilled(place: Path) -> tuple[Path, str, datetime]:
    """(backup folder, the destroyed server's password, the moment to restore to)."""
    backups, evidence = place / "backups", place / "evidence"
    (evidence / "clips/aa").mkdir(parents=True)
    (evidence / "clips/aa/aa.mp4").write_bytes(b"a clip")
    settings = place / "cloud.yaml"
    with postgres.running(place / "first", settings=postgres.THROW_AWAY) as server:
        url = server.url("postgres")
        settings.write_text(
            f"database_url: {url}\nevidence: {{url: 'file://{evidence}', staging_dir: {place}/staging}}\n"
        )
        words = ["--programs", str(server.bin_dir), "--config", str(settings)]
        _run_migrations(url)
        _write(url, "before")
        with program(
            ["cloud", "backup", "archive", str(backups), *words], place / "archive.log"
        ) as archiving:
            wait.until(lambda: any((backups / "wal").glob("0*")), 60, "the first piece of the log")
            said = _cloud("backup", "base", str(backups), *words)
            assert "evidence: 1 objects, 1 of them new" in said
            _write(url, "after the backup")
            moment = _write(url, "just before the moment")
            _write(url, "too late")
            _archived(url, backups)
            archiving.send_signal(signal.SIGTERM)
            archiving.wait(15)
    shutil.rmtree(place / "first")
    shutil.rmtree(evidence)
    return backups, server.password, moment


def _run_migrations(url: str) -> None:
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, migrate.migrate(url)).result()


def _archived(url: str, backups: Path) -> None:
    """Waits until everything that was written is in the archive."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone()
        connection.execute("SELECT pg_switch_wal()")
    assert row is not None
    wait.until((backups / "wal" / str(row[0])).exists, 30, "the last segment of the log")


def _restored(place: Path, backups: Path, password: str, words: list[str]) -> list[str]:
    folder = place / "second"
    _cloud("restore", str(backups), str(folder / "cluster"), *words)
    folder.chmod(0o755)
    (folder / "password").write_text(password)
    _give_to_nobody(folder / "cluster")
    _give_to_nobody(backups / "wal")
    with postgres.running(folder, settings=postgres.THROW_AWAY) as server:
        wait.until(lambda: _is_through(server), 30, "the end of the recovery")
        found = _names(server)
    shutil.rmtree(folder)
    return found


def _is_through(server: PostgresServer) -> bool:
    with psycopg.connect(server.url("postgres")) as connection:
        return connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,)


def test_a_destroyed_server_is_restored_to_a_moment(place: Path, drilled: tuple[Path, str, datetime]) -> None:
    backups, password, moment = drilled
    words = ["--to", moment.isoformat(), "--evidence", f"file://{place}/evidence"]
    assert _restored(place, backups, password, words) == [
        "after the backup",
        "before",
        "just before the moment",
    ]
    assert (place / "evidence/clips/aa/aa.mp4").read_bytes() == b"a clip"
    assert "too late" in _restored(place, backups, password, []), "to the end of the log"
    with pytest.raises(backup.BackupError, match="no base backup that was finished before"):
        backup.restore(backups, place / "third", moment - timedelta(days=1))
    with pytest.raises(backup.BackupError, match="is not empty"):
        backup.restore(backups, backups, moment)
