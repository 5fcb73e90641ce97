"""Files that are replaced in one step: after a power cut there is the old one or the new one."""

import os
from pathlib import Path


def put(path: Path, content: bytes, mode: int) -> None:
    """Replaces a file's content, with these rights from the first byte on.

    Raises:
        OSError: It cannot be written; what was there is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Has the names in a folder on the disk when it returns."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
