"""Waits for a condition with a deadline; nothing here sleeps and hopes."""

import threading
import time
from collections.abc import Callable

POLL_S = 0.02
"""Short against everything waited for here (a server's start), long against a system call."""


def until(condition: Callable[[], object], timeout_s: float, what: str) -> None:
    """Returns as soon as `condition()` is true.

    Args:
        condition: Asked every 20 ms; what it raises is not caught.
        timeout_s: How long to go on asking.
        what: What is waited for, as the beginning of a sentence.

    Raises:
        TimeoutError: It did not become true in time; says what.
    """
    pause = threading.Event()
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() >= deadline_s:
            raise TimeoutError(f"{what} did not come within {timeout_s:g} s")
        pause.wait(POLL_S)
