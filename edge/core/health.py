"""How much of each minute a camera really watched: the time between searched frames, gaps left out."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

MINUTE: Final = timedelta(minutes=1)
MAX_GAP_S: Final = 0.5
"""Between frames further apart than this something could fall unseen (a floor takes 0.2 to 0.8 s)."""
GRACE: Final = timedelta(seconds=2)
"""A minute is closed this long after its end: frames on their way still count."""
LEAP: Final = timedelta(hours=1)
"""More than this at once: a clock was set. An hour of empty minutes would help nobody."""


@dataclass(frozen=True, slots=True)
class Watch:
    """The minute that is being counted. last_at: time of the frame searched last, UTC."""

    minute: datetime
    watched_s: float = 0.0
    frames: int = 0
    dropped: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MinuteDone:
    """Effect: one minute's record."""

    minute: datetime
    watched_s: float
    frames: int
    dropped: int


def start(at: datetime) -> Watch:
    """Counting begins in the minute of `at`."""
    return Watch(at.replace(second=0, microsecond=0))


def searched(watch: Watch, at: datetime, dropped: int = 0) -> tuple[Watch, tuple[MinuteDone, ...]]:
    """A frame of the time `at` (UTC) was searched, `dropped` before it were not.

    Time between two frames on either side of a full minute is shared between the two minutes.
    """
    watch, effects = _turned(watch, at)
    gap_s = (at - watch.last_at).total_seconds() if watch.last_at is not None else 0.0
    watched_s = 0.0
    if watch.last_at is not None and 0 < gap_s <= MAX_GAP_S:
        watched_s = min(gap_s, max((at - watch.minute).total_seconds(), 0.0))
        before_s = gap_s - watched_s
        if effects and before_s > 0:
            last = effects[-1]
            effects = (*effects[:-1], replace(last, watched_s=min(last.watched_s + before_s, 60.0)))
    after = replace(
        watch,
        watched_s=watch.watched_s + watched_s,
        frames=watch.frames + 1,
        dropped=watch.dropped + dropped,
        last_at=at,
    )
    return after, effects


def stalled(watch: Watch, at: datetime) -> bool:
    """Whether a frame of the time `at` ends a gap in which something could have fallen unseen."""
    return watch.last_at is not None and (at - watch.last_at).total_seconds() > MAX_GAP_S


def due(watch: Watch) -> datetime:
    """When `passed` will close the minute."""
    return watch.minute + MINUTE + GRACE


def passed(watch: Watch, at: datetime) -> tuple[Watch, tuple[MinuteDone, ...]]:
    """Closes what is over, with or without frames: a minute that nobody watched is a record too."""
    return _turned(watch, at - GRACE)


def finish(watch: Watch) -> tuple[MinuteDone, ...]:
    """The begun minute, when counting ends."""
    return (_close(watch)[1],) if watch.frames else ()


def _turned(watch: Watch, at: datetime) -> tuple[Watch, tuple[MinuteDone, ...]]:
    """The minute of `at`, and the records of the minutes that are over by then."""
    if at < watch.minute - MINUTE or at >= watch.minute + LEAP:
        return replace(start(at), last_at=None), (_close(watch)[1],)
    effects: list[MinuteDone] = []
    while at >= watch.minute + MINUTE:
        watch, done = _close(watch)
        effects.append(done)
    return watch, tuple(effects)


def _close(watch: Watch) -> tuple[Watch, MinuteDone]:
    done = MinuteDone(watch.minute, min(watch.watched_s, 60.0), watch.frames, watch.dropped)
    return Watch(watch.minute + MINUTE, last_at=watch.last_at), done
