"""Tells the person who waits what is being done and how long it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """Lines on standard error, each with the seconds since the start; standard output stays for results."""

    def __init__(self) -> None:
        self._began_s = time.monotonic()

    @property
    def passed_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._began_s

    def say(self, text: str) -> None:
        """One line."""
        print(f"[{self.passed_s:5.1f} s] {text}", file=sys.stderr, flush=True)

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """One line when it is done, with how long it took; none if it fails."""
        began_s = time.monotonic()
        yield
        self.say(f"{what} ({time.monotonic() - began_s:.1f} s)")
