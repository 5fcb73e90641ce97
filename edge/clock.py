"""The only place of the edge that reads a clock."""

import ctypes
import time
from datetime import UTC, datetime

_TIME_ERROR = 5  # adjtimex(2): the kernel's clock is not synchronised


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


def utc_now() -> datetime:
    """Wall clock, aware, UTC. May step; use it to stamp, not to measure."""
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
