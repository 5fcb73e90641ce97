"""The only place of the edge that reads a clock.

Stamps come from the box's own time: an anchor (`edge.core.timekeeping`) carried on by a clock that never
steps, so that nothing that is done to the wall clock moves a stamp. Each process has one own time, as it has
one wall clock; the agent adopts what it learns, its camera workers follow by a file (`edge.known_time`).
"""

import ctypes
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from contracts.base import Clock
from edge.core import timekeeping
from edge.core.timekeeping import Anchor

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
OS_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_TIME_ERROR = 5  # adjtimex(2): the kernel's clock is not synchronised


@dataclass(frozen=True, slots=True)
class Stamp:
    """An instant in UTC, and what is known of the clock that it was taken from."""

    at: datetime
    clock: Clock


class _Timex(ctypes.Structure):
    """The beginning of `struct timex` of adjtimex(2), padded to its full size (208 bytes on 64-bit Linux)."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("rest", ctypes.c_byte * 512),
    )


def steady_now() -> datetime:
    """An instant of a clock that never steps and goes on while the box sleeps: to wait and to measure by.

    Only differences mean anything, and `utc_of`. The same in all processes of one start of the system.
    """
    return EPOCH + timedelta(microseconds=time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000)


def wall_now() -> datetime:
    """The system's wall clock, which may step; only for those who watch it."""
    return datetime.now(UTC)


def monotonic_s() -> float:
    """Seconds that only grow; use them to measure and to wait."""
    return time.monotonic()


def max_error_s() -> float | None:
    """Bound of the wall clock's error, as NTP told the kernel; None when it is not synchronised."""
    timex = _Timex()
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
    except (OSError, AttributeError):
        return None
    return None if state in (-1, _TIME_ERROR) else float(timex.maxerror) * 1e-6


def os_boot() -> str:
    """Which start of the operating system this is; steady instants of another one mean nothing here."""
    return OS_BOOT.read_text(encoding="ascii").strip()


class _Own:
    """This process's own time. Begins as what the wall clock said when the process began."""

    anchor = timekeeping.guess(steady_now(), wall_now(), EPOCH)


def adopt(anchor: Anchor) -> None:
    """From now on stamps are taken by this anchor."""
    _Own.anchor = anchor


def anchor() -> Anchor:
    """What stamps are taken by."""
    return _Own.anchor


def utc_of(at: datetime) -> datetime:
    """A steady instant in UTC, as far as is known now."""
    return timekeeping.utc_of(_Own.anchor, at)


def utc_now() -> datetime:
    """The box's own time, UTC. Moves only with the steady clock, and when better is learnt: to stamp by."""
    return utc_of(steady_now())


def known() -> Clock:
    """What is known of our own time now, for a message's `clock`; take it in the same turn as the stamp."""
    return timekeeping.knowledge(_Own.anchor, steady_now())


def stamp() -> Stamp:
    """Now, with what is known of it."""
    at, own = steady_now(), _Own.anchor
    return Stamp(timekeeping.utc_of(own, at), timekeeping.knowledge(own, at))
