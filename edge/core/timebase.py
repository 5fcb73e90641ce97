"""From a stream's time stamps (PTS) to the clock that arrivals are read by.

A camera's clock runs evenly but is not ours; packets arrive by our clock, but late, and never early. So the
smallest difference between arrival and time stamp is the best knowledge of the offset (the idea of
moonfire-nvr's design/time.md): it is taken at once while the stream is young and afterwards followed no
faster than two quartz clocks can drift apart. What is greater is a discontinuity: the offset is found anew.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

DRIFT_LIMIT: Final = 500e-6
"""Seconds a second: the limit of an ordinary quartz, and what NTP slews at most (RFC 5905, 11.3)."""
SETTLE_S: Final = 5.0
"""While the stream is younger, a smaller offset is believed at once: the first packets come from a buffer."""
WINDOW_S: Final = 10.0
"""The offset is followed by the minimum over windows of this length, which late packets cannot raise."""
JUMP_S: Final = 2.0
"""No network delay vanishes by more than this and no quartz drifts so far: a clock was set."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Timebase:
    """offset_s: seconds since 1970 by the clock of arrivals, minus presentation time.

    window_min_s: smallest offset seen in the present window.
    discontinuities: how often the offset had to be found anew.
    """

    offset_s: float
    began_s: float
    window_began_s: float
    window_min_s: float
    discontinuities: int = 0


def observe(timebase: Timebase | None, pts_s: float, arrived_at: datetime) -> Timebase:
    """What is known after a packet with time stamp `pts_s` (seconds) arrived at `arrived_at`."""
    arrived_s = (arrived_at - EPOCH).total_seconds()
    seen_s = arrived_s - pts_s
    if timebase is None:
        return Timebase(seen_s, arrived_s, arrived_s, seen_s)
    if seen_s < timebase.offset_s - JUMP_S or arrived_s < timebase.window_began_s - JUMP_S:
        # Arrived long before it was shown: its time stamps leapt forward, or our clock was set back.
        return _anew(timebase, seen_s, arrived_s)
    window_min_s = min(timebase.window_min_s, seen_s)
    if arrived_s - timebase.began_s < SETTLE_S:
        return replace(timebase, offset_s=min(timebase.offset_s, seen_s), window_min_s=window_min_s)
    if arrived_s - timebase.window_began_s < WINDOW_S:
        return replace(timebase, window_min_s=window_min_s)
    error_s = window_min_s - timebase.offset_s
    if error_s > JUMP_S:
        # A whole window came late: its time stamps leapt back, or our clock was set forward.
        return _anew(timebase, seen_s, arrived_s)
    limit_s = DRIFT_LIMIT * (arrived_s - timebase.window_began_s)
    return replace(
        timebase,
        offset_s=timebase.offset_s + max(-limit_s, min(limit_s, error_s)),
        window_began_s=arrived_s,
        window_min_s=seen_s,
    )


def utc(timebase: Timebase, pts_s: float) -> datetime:
    """When the frame with time stamp `pts_s` was taken, as far as arrivals tell (late by the delay).

    UTC where arrivals were read by UTC, or the timebase has been `shifted` to it.
    """
    return EPOCH + timedelta(seconds=timebase.offset_s + pts_s)


def shifted(timebase: Timebase, ahead: timedelta) -> Timebase:
    """The same by another clock, which is `ahead` of the one that arrivals were read by."""
    return replace(timebase, offset_s=timebase.offset_s + ahead.total_seconds())


def _anew(timebase: Timebase, seen_s: float, arrived_s: float) -> Timebase:
    return Timebase(seen_s, arrived_s, arrived_s, seen_s, timebase.discontinuities + 1)
