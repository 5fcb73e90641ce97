"""Marks the demo's processes, so that exactly those can be ended, and lets only one demo use a folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fallwatch.local.children import PartError

VARIABLE = "FALLWATCH_DEMO"
"""In the environment of every process of a demo: the demo's folder."""


@contextmanager
def claimed(var: Path) -> Iterator[None]:
    """Hold the folder for this process and mark what it starts.

    Raises:
        PartError: Another demo holds it.
    """
    var.mkdir(parents=True, exist_ok=True)
    with _lock_file(var).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PartError(f"a demo already runs on {var}: `make demo-down` ends it.") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        os.environ[VARIABLE] = str(var)
        yield


def launcher(var: Path) -> int | None:
    """The process that holds the folder, or None."""
    try:
        with _lock_file(var).open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read())
    except FileNotFoundError:
        return None
    return None


def marked(var: Path) -> list[int]:
    """Processes that a demo on this folder started and that still live."""
    wanted = f"{VARIABLE}={var}".encode()
    return [pid for pid in _processes() if pid != os.getpid() and wanted in _environment(pid)]


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return []


def _lock_file(var: Path) -> Path:
    return var / "demo.lock"
