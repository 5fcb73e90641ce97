"""A camera's program is told to end by a signal; more may come at any line of the handling of the first."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType

import pytest

from edge.camera.run import Told


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    before = signal.getsignal(signal.SIGUSR1)
    yield
    sys.settrace(None)
    signal.alarm(0)
    signal.signal(signal.SIGUSR1, before)


def _told_at_every_line(handler: Callable[..., object]) -> None:
    """The signal is handled, and comes again before every line of that."""
    handling = False

    def again(frame: FrameType, event: str, _: object) -> Callable[..., object]:
        if event == "line":
            signal.raise_signal(signal.SIGUSR1)
        return again

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal handling
        if handling:
            handler(number, frame)
            return
        handling = True
        sys.settrace(again)
        handler(number, frame)
        sys.settrace(None)

    signal.signal(signal.SIGUSR1, handle)
    signal.raise_signal(signal.SIGUSR1)


def test_a_second_signal_does_not_wait_for_the_first() -> None:
    told = Told()
    assert not told.is_set()
    _told_at_every_line(told)
    assert told.is_set()


def test_an_end_that_takes_too_long_is_made_by_the_kernel() -> None:
    Told()()
    assert signal.alarm(0) > 0


def test_a_flag_with_a_lock_would_be_noticed() -> None:
    lock = threading.Lock()

    def locked(*_: object) -> None:
        if not lock.acquire(blocking=False):
            raise TimeoutError("it would wait for ever")
        lock.release()

    with pytest.raises(TimeoutError):
        _told_at_every_line(locked)
