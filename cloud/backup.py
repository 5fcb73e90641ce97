"""Backups from which any moment can be restored, made by PostgreSQL's own programs (manual, chapter 25.3).

A backup folder holds base backups (`base/`), the write-ahead log between and after them (`wal/`), and a copy
of the evidence store (`evidence/`). Keys and settings are not in it: whoever steals one reads no sealed clip.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from cloud.evidence.objects import Objects

STAMP: Final = "%Y-%m-%dT%H%M%SZ"
"""How a base backup is named: by when it was finished, so that names sort by time."""
SLOT: Final = "fallwatch_archive"
"""The server keeps log for this receiver until it has it: nothing is missing after an interruption."""
PIECE_BYTES: Final = 8 * 1024 * 1024


class BackupError(RuntimeError):
    """A backup cannot be made or used. The message is for the person who runs the service."""


@dataclass(frozen=True, slots=True)
class Programs:
    """Where PostgreSQL's programs lie, and which server they talk to."""

    folder: Path
    url: str

    def command(self, name: str, *words: str | Path) -> list[str]:
        """The program with the server's address; its password travels in `environment`."""
        parts = urlsplit(self.url)
        address = ["-h", parts.hostname or "localhost", "-p", str(parts.port or 5432), "-w"]
        return [
            str(self.folder / name),
            *address,
            "-U",
            unquote(parts.username or "postgres"),
            *map(str, words),
        ]

    @property
    def environment(self) -> Mapping[str, str]:
        """Ours, with the password."""
        return {**os.environ, "PGPASSWORD": unquote(urlsplit(self.url).password or "")}


def programs(folder: Path | None, url: str) -> Programs:
    """PostgreSQL's programs in `folder`, or on the path.

    Raises:
        BackupError: They are not there.
    """
    found = shutil.which("pg_basebackup", path=None if folder is None else str(folder))
    if found is None:
        where = "on the path: name their folder with --programs" if folder is None else f"in {folder}"
        raise BackupError(f"PostgreSQL's pg_basebackup is not {where}")
    return Programs(Path(found).parent, url)


def make_base(tools: Programs, folder: Path, now: datetime) -> Path:
    """A base backup of the whole server, checked against its own manifest; the folder in which it lies.

    Raises:
        BackupError: It failed; nothing is left of it.
    """
    (folder / "base").mkdir(parents=True, exist_ok=True)
    done = folder / "base" / now.astimezone(UTC).strftime(STAMP)
    making = done.with_name(f".{done.name}")
    shutil.rmtree(making, ignore_errors=True)
    try:
        _run(
            tools.command("pg_basebackup", "-D", making, "-X", "stream", "-c", "fast", "-l", done.name),
            tools.environment,
        )
        _run([str(tools.folder / "pg_verifybackup"), "--quiet", str(making)], tools.environment)
        making.rename(done)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return done


def receive_log(tools: Programs, folder: Path) -> "subprocess.Popen[bytes]":
    """Begin to bring the write-ahead log into `wal/` as it is written; runs until it is ended.

    Raises:
        BackupError: The server's slot cannot be made.
    """
    wal = folder / "wal"
    wal.mkdir(parents=True, exist_ok=True)
    slot = tools.command("pg_receivewal", "--slot", SLOT, "--create-slot", "--if-not-exists")
    _run(slot, tools.environment)
    receive = tools.command("pg_receivewal", "-D", wal, "--slot", SLOT, "--synchronous")
    return subprocess.Popen(receive, env=tools.environment)  # noqa: S603 - PostgreSQL's own program


def restore(folder: Path, cluster: Path, to: datetime | None) -> Path:
    """Lay out a cluster that recovers to `to`, or to the end of the log, when a server is started on it.

    Args:
        folder: The backup folder; the server reads `wal/` from it while it recovers.
        cluster: Where the cluster is to lie; not there yet, or empty.
        to: What was committed until then is there afterwards, and nothing later.

    Raises:
        BackupError: No base backup was finished before `to`, or `cluster` holds something.
    """
    if cluster.exists() and any(cluster.iterdir()):
        raise BackupError(f"{cluster} is not empty: nothing is ever restored over what is there")
    base = _newest(folder, to)
    shutil.copytree(base, cluster, symlinks=True, dirs_exist_ok=True)
    cluster.chmod(0o700)
    (cluster / "recovery.signal").touch()
    # The segment that was being written as the server died has another name until it is full.
    wal = (folder / "wal").absolute()
    lines = [f'restore_command = \'cp "{wal}/%f" "%p" || cp "{wal}/%f.partial" "%p"\'']
    if to is not None:
        lines += [f"recovery_target_time = '{to.astimezone(UTC).isoformat(sep=' ')}'"]
        lines += ["recovery_target_action = 'promote'"]
    with (cluster / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.write("\n".join(["", "# Written by the restore; of no effect once it is through.", *lines, ""]))
    return base


def _newest(folder: Path, to: datetime | None) -> Path:
    limit = "~" if to is None else to.astimezone(UTC).strftime(STAMP)
    found = sorted(path for path in (folder / "base").glob("[0-9]*") if path.name <= limit)
    if not found:
        when = "" if to is None else f" that was finished before {to.isoformat()}"
        raise BackupError(f"{folder} holds no base backup{when}")
    return found[-1]


async def copy_objects(source: Objects, target: Objects) -> tuple[int, int]:
    """Copy what the target lacks; (how many objects it holds of the source's, how many were copied).

    Objects are never changed once written, so one of the same name and length is the same.

    Raises:
        StoreDown: Of either store.
        BackupError: A copy differs from what was read.
    """
    held, copied = 0, 0
    async for path, size in source.listed(""):
        held += 1
        if await target.size(path) == size:
            continue
        await _copy(source, target, path, size)
        copied += 1
    return held, copied


async def _copy(source: Objects, target: Objects, path: str, size: int) -> None:
    with tempfile.NamedTemporaryFile() as piece:
        for begin in range(0, size, PIECE_BYTES):
            piece.write(await source.range(path, begin, min(begin + PIECE_BYTES, size)))
        piece.flush()
        await target.put(path, Path(piece.name))
    if await target.size(path) != size:
        raise BackupError(f"{path}: the copy has not the {size} bytes of the original")


def _run(command: Sequence[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{Path(command[0]).name}: {(done.stderr or done.stdout).strip()}")
