"""How much of a time span a facade was really watched, from what its cameras reported minute by minute."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from cloud.core.watched import MINUTE, Runs

QUARTER: Final = timedelta(minutes=15)
QUARTERS: Final = 96
DAY: Final = timedelta(days=1)
SETTLE: Final = timedelta(seconds=15)
"""A minute's report needs a moment to arrive; younger minutes would look unwatched."""

CameraNow = Literal["streaming", "lost", "unknown"]
FacadeNow = Literal["watched", "blind", "unknown"]
STATES: Final[tuple[FacadeNow, ...]] = get_args(FacadeNow)


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
    end = settled(now)
    return end - DAY, end


def settled(at: datetime) -> datetime:
    """The end of the last whole minute whose report can have arrived."""
    return (at - SETTLE).replace(second=0, microsecond=0)


def strip_begin(end: datetime) -> datetime:
    """The first of the 96 quarter hours of which the last holds the minute before `end`."""
    last = end - MINUTE
    return (
        last.replace(minute=last.minute - last.minute % 15, second=0, microsecond=0)
        - (QUARTERS - 1) * QUARTER
    )


def share(
    cameras: Iterable[str],
    watched: Mapping[str, Runs],
    commissioned: datetime | None,
    span: tuple[datetime, datetime],
) -> Share:
    """What share of `span` a facade was watched.

    Args:
        cameras: Those that see the facade.
        watched: What each camera watched.
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
    minute = begin.replace(second=0, microsecond=0)
    best = _best((watched[camera] for camera in cameras if camera in watched), minute, end)
    lengths_s = [60.0] * len(best)
    lengths_s[0] -= (begin - minute).total_seconds()
    seen_s = [min(max(seconds, 0.0), length_s) for seconds, length_s in zip(best, lengths_s, strict=True)]
    total_s = sum(lengths_s)
    unknown_s = sum(length_s for seconds, length_s in zip(best, lengths_s, strict=True) if seconds < 0)
    strip = []
    for at in starts:
        of = slice(max((at - minute) // MINUTE, 0), max((at + QUARTER - minute) // MINUTE, 0))
        strip.append(Quarter(at, _ratio(sum(lengths_s[of]), sum(seen_s[of]))))
    return Share(_ratio(total_s, sum(seen_s)), unknown_s / total_s, total_s, tuple(strip))


def _best(cameras: Iterable[Runs], begin: datetime, end: datetime) -> list[float]:
    """The most that was watched of each minute of [begin, end), in seconds; -1 where nobody reported it."""
    best = [-1.0] * ((end - begin) // MINUTE)
    for runs in cameras:
        ahead = (runs.first - begin) // MINUTE
        for at, minutes, watched_s in zip(runs.at, runs.minutes, runs.watched_s, strict=True):
            of = slice(max(ahead + at, 0), max(ahead + at + minutes, 0))
            best[of] = [max(known, watched_s) for known in best[of]]
    return best


def _ratio(whole_s: float, part_s: float) -> float | None:
    return part_s / whole_s if whole_s > 0 else None
