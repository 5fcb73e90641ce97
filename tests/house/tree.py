"""What is committed: the files of the checkout, read once."""

import subprocess
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final

from tests.house.rules import Source

ROOT: Final = Path(__file__).resolve().parents[2]
NO_TEXT: Final = (".onnx",)  # without a zero at its beginning, by which all other binary files are known


@cache
def committed() -> tuple[PurePosixPath, ...]:
    """Paths that git knows and that stand in the working tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    return tuple(PurePosixPath(name) for name in listed if name and (ROOT / name).is_file())


@cache
def sources() -> tuple[Source, ...]:
    """Every committed text file."""
    found = []
    for path in committed():
        content = (ROOT / path).read_bytes()
        if path.suffix not in NO_TEXT and b"\0" not in content[:8192]:
            found.append(Source(path, content.decode()))
    return tuple(found)
