"""How much of a time span a facade was really watched, from what its cameras reported minute by minute."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

MINUTE: Final = timedelta(minutes=1)
QUARTER: Final = timedelta(minutes=15)
QUARTERS: Final = 96
DAY: Final = timedelta(days=1)
SETTLE: Final = timedelta(seconds=15)
"""A minute's report needs a moment to arrive; younger minutes would look unwatched."""

CameraNow = Literal["streaming", "lost", "unknown"]
FacadeNow = Literal["watched", "blind", "unknown"]


@dataclass(frozen=True, slots=True)
class Minute:
    """A camera watched `watched_s` seconds of the minute that begins at `at`."""

    camera: str
    at: datetime
    watched_s: float


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of an hour; watched_share is None before the facade was commissioned."""

    at: datetime
    watched_share: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """watched_share and unknown_share are of the commissioned part of the window, `counted_s` long."""

    watched_share: float | None
    unknown_share: float
    counted_s: float
    strip: tuple[Quarter, ...]


def camera_now(state: str | None, agent_state: str | None, *, told_before: bool = False) -> CameraNow:
    """A camera's state as far as it can be known: an agent that is away says nothing about its cameras.

    told_before: an earlier start of the agent said so; this one has not looked yet.
    """
    if agent_state == "offline" or state is None or told_before:
        return "unknown"
    return "streaming" if state == "streaming" else "lost"


def facade_now(cameras: Iterable[CameraNow]) -> FacadeNow:
    """Watched when one camera streams, blind when all are known to be lost or there are none."""
    states = set(cameras)
    if "streaming" in states:
        return "watched"
    return "unknown" if "unknown" in states else "blind"


def window(now: datetime) -> tuple[datetime, datetime]:
    """The last day, to the last whole minute whose report can have arrived."""
    end = (now - SETTLE).replace(second=0, microsecond=0)
    return end - DAY, end


def strip_begin(end: datetime) -> datetime:
    """The first of the 96 quarter hours of which the last holds the minute before `end`."""
    last = end - MINUTE
    return (
        last.replace(minute=last.minute - last.minute % 15, second=0, microsecond=0)
        - (QUARTERS - 1) * QUARTER
    )


def by_camera(minutes: Iterable[Minute]) -> dict[str, dict[datetime, float]]:
    """Watched seconds by camera and minute."""
    found: dict[str, dict[datetime, float]] = {}
    for minute in minutes:
        found.setdefault(minute.camera, {})[minute.at] = minute.watched_s
    return found


def share(
    cameras: Sequence[str],
    watched: Mapping[str, Mapping[datetime, float]],
    commissioned: datetime | None,
    span: tuple[datetime, datetime],
) -> Share:
    """What share of `span` a facade was watched.

    Args:
        cameras: Those that see the facade.
        watched: Watched seconds by camera and minute (`by_camera`).
        commissioned: Since when the facade is watched at all; None: it never was.
        span: Whole minutes [begin, end).

    In each minute the best camera counts: two cameras may have watched the same seconds, so their sum would
    promise too much. A minute that no camera reported is not watched, and is counted as unknown besides.
    """
    begin, end = span
    first = strip_begin(end)
    starts = [first + number * QUARTER for number in range(QUARTERS)]
    if commissioned is None or commissioned >= end:
        return Share(None, 0.0, 0.0, tuple(Quarter(at, None) for at in starts))
    begin = max(begin, commissioned)
    best: dict[datetime, float] = {}
    for camera in cameras:
        for at, seconds in watched.get(camera, {}).items():
            best[at] = max(seconds, best.get(at, 0.0))
    total_s, watched_s, unknown_s = 0.0, 0.0, 0.0
    quarters: dict[datetime, tuple[float, float]] = {}
    minute = begin.replace(second=0, microsecond=0)
    while minute < end:
        length_s = (min(minute + MINUTE, end) - max(minute, begin)).total_seconds()
        seen_s = min(best.get(minute, 0.0), length_s)
        total_s += length_s
        watched_s += seen_s
        unknown_s += length_s if minute not in best else 0.0
        quarter = minute.replace(minute=minute.minute - minute.minute % 15)
        before = quarters.get(quarter, (0.0, 0.0))
        quarters[quarter] = (before[0] + length_s, before[1] + seen_s)
        minute += MINUTE
    strip = tuple(Quarter(at, _ratio(*quarters.get(at, (0.0, 0.0)))) for at in starts)
    return Share(_ratio(total_s, watched_s), unknown_s / total_s if total_s else 0.0, total_s, strip)


def _ratio(whole_s: float, part_s: float) -> float | None:
    return part_s / whole_s if whole_s > 0 else None
