"""Tells the person who waits what is being done and how long it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

SILENCE_S = 10
"""Whoever waits longer without a word thinks that it hangs."""


class Progress:
    """Lines on standard error, each with the seconds since the start; standard output stays for results."""

    def __init__(self) -> None:
        self._began_s = self._said_s = time.monotonic()

    @property
    def passed_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._began_s

    def say(self, text: str) -> None:
        """One line."""
        self._said_s = time.monotonic()
        print(f"[{self.passed_s:5.1f} s] {text}", file=sys.stderr, flush=True)

    def remind(self, text: str) -> None:
        """One line, if nothing was said for a while: for whoever calls it again and again."""
        if time.monotonic() - self._said_s >= SILENCE_S:
            self.say(text)

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """One line when it is done, with how long it took; none if it fails."""
        began_s = time.monotonic()
        yield
        self.say(f"{what} ({time.monotonic() - began_s:.1f} s)")
