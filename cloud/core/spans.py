"""Sets of time: half-open spans [begin, end), sorted and apart."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import islice

Span = tuple[datetime, datetime]
Spans = tuple[Span, ...]


def union(spans: Iterable[Span]) -> Spans:
    """All that lies in one of them. Empty spans and such as end before they begin are nothing."""
    joined: list[Span] = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return tuple(joined)


def minus(whole: Spans, away: Spans) -> Spans:
    """What lies in `whole` and not in `away`. Both as `union` makes them."""
    left: list[Span] = []
    first = 0
    for begin, end in whole:
        at = begin
        while first < len(away) and away[first][1] <= begin:
            first += 1
        for off, on in islice(away, first, None):
            if off >= end:
                break
            if off > at:
                left.append((at, off))
            at = on
        if at < end:
            left.append((at, end))
    return tuple(left)


def both(one: Spans, other: Spans) -> Spans:
    """What lies in both."""
    return minus(one, minus(one, other))


def hours(begins: time, ends: time, day: date) -> Span:
    """Hours of a day that begin on `day`; where they end at or before they begin, they pass midnight."""
    begin, end = datetime.combine(day, begins), datetime.combine(day, ends)
    return begin, end if end > begin else end + timedelta(days=1)


def seconds(spans: Iterable[Span]) -> float:
    """How long they are together."""
    return sum(((end - begin) for begin, end in spans), timedelta(0)).total_seconds()
