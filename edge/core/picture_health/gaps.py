"""How much of the last seconds nobody searched: pictures came too seldom, or faster than the box works."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from edge.core.health import MAX_GAP_S

WINDOW: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Gaps:
    """first_at, last_at: when the first and the last searched picture was taken.

    gaps: (begin, end) of the stretches between two in which something could have fallen unseen, as far as
    they lie within the window before the last.
    """

    first_at: datetime
    last_at: datetime
    gaps: tuple[tuple[datetime, datetime], ...] = ()


def searched(gaps: Gaps | None, at: datetime) -> Gaps:
    """After one more picture, which was taken at `at`. Connections may end between two."""
    if gaps is None or at < gaps.last_at:
        return Gaps(at, at)
    known = gaps.gaps
    if (at - gaps.last_at).total_seconds() > MAX_GAP_S:
        known = (*known, (gaps.last_at, at))
    return Gaps(gaps.first_at, at, tuple(gap for gap in known if gap[1] > at - WINDOW))


def missed_share(gaps: Gaps) -> float | None:
    """Of the window before the last picture; None while the camera has not been watched for so long."""
    begin = gaps.last_at - WINDOW
    if gaps.first_at > begin:
        return None
    return sum((end - max(since, begin)) / WINDOW for since, end in gaps.gaps)
