"""A file that holds room on the disk: given up when the disk is full, so that alarms can still be written."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

RESERVE_BYTES: Final = 8 * 1024**2
"""Holds several hundred falls with their tracks, and the log of transactions that takes room for others."""


@dataclass(frozen=True, slots=True)
class Reserve:
    """The file beside the outbox. Any process may give it up; the agent makes it again."""

    path: Path
    size_bytes: int = RESERVE_BYTES

    @property
    def is_there(self) -> bool:
        """Whether it has not been given up."""
        return self.path.exists()

    def make(self) -> bool:
        """Takes the room; False where the disk has too little."""
        unfinished = self.path.with_name(f"{self.path.name}.part")
        try:
            with unfinished.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, self.size_bytes)
            unfinished.rename(self.path)
        except OSError:
            unfinished.unlink(missing_ok=True)
            return False
        return True

    def give_up(self) -> None:
        """Frees the room."""
        self.path.unlink(missing_ok=True)
