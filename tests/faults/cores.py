"""A core for the box alone, as on an estate: the servers of a test must not take its time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil


@contextmanager
def servers_aside() -> Iterator[set[int]]:
    """Whatever runs for this test leaves a core free meanwhile, where there are two: that one."""
    every = os.sched_getaffinity(0)
    *others, own = sorted(every)
    _move(set(others) or every)
    try:
        yield {own}
    finally:
        _move(every)


@contextmanager
def started_on(cores: set[int]) -> Iterator[None]:
    """What is started inside, and what that starts, stays on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _move(cores: set[int]) -> None:
    """This thread, and all threads of the programs that it has started."""
    os.sched_setaffinity(0, cores)
    for program in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            for thread in program.threads():
                with suppress(ProcessLookupError):
                    os.sched_setaffinity(thread.id, cores)
