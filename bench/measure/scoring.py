"""Compares the events of a detector with the truth of a clip. Pure: values in, values out.

An event matches a thing if the median distance between its track and the thing's path at the same times is
at most max(20 px, 2 % of the picture's height). Each thing is found by one event at most, as many things as
possible are found, nearer events first. What is left over:

- near a thing that another event found: a duplicate, which counts as false;
- near a reflection or a shadow (label "ignore"): neither rewarded nor punished while it stands alone; a
  duplicate where a fall at the same time was found by another event, since both tell of one fall;
- near a thing thrown up from the ground: right if it is told as thrown up, else false;
- near anything else that is labelled "ignore": neither rewarded nor punished;
- near nothing: false.

What is told as thrown up raises no alarm, so it finds no fall and is no false alarm either.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from bench.measure.records import F64, IGNORE, IMAGES, POSITIVE, THROWN_UP, Clip, Event, Thing

MATCH_PX: Final = 20.0
MATCH_SHARE: Final = 0.02
SPAN_SLACK_S: Final = 1e-3
"""Times are rounded to 0.1 ms in files; a shared instant must not be lost by it."""

Outcome = Literal["hit", "duplicate", "false", "ignored", "thrown_up"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing and the event that found it, with the median distance of their tracks, px."""

    thing: Thing
    event: Event
    error_px: float


@dataclass(frozen=True, slots=True, eq=False)
class Rejected:
    """A track that was judged to be no fall: both its ends as rows t_s, x_px, y_px; why; its score."""

    ends: F64
    why: str
    score: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A clip with each event's outcome, in the order in which the events were given."""

    clip: Clip
    events: tuple[Event, ...]
    outcomes: tuple[Outcome, ...]
    hits: tuple[Hit, ...]
    missed: tuple[Thing, ...]
    cpu_s: float = field(default=0.0, compare=False)
    rejected: tuple[Rejected, ...] = ()

    def why_missed(self, thing: Thing) -> Rejected | None:
        """The likeliest of the rejected tracks that lie on the thing's path; None if it was not followed."""
        limit = 2 * limit_px(self.clip.height)
        near = [
            one
            for one in self.rejected
            if (distance := distance_px(Event(one.ends, 0.0), thing)) is not None and distance <= limit
        ]
        return max(near, key=lambda one: one.score, default=None)

    def count(self, outcome: Outcome) -> int:
        """How many events had this outcome."""
        return self.outcomes.count(outcome)

    @property
    def false(self) -> int:
        """Events that a guard should not have got: false ones and duplicates."""
        return self.count("false") + self.count("duplicate")


def limit_px(height: int) -> float:
    """Largest median distance of a match in a picture of that height."""
    return max(MATCH_PX, MATCH_SHARE * height)


def distance_px(event: Event, thing: Thing) -> float | None:
    """Median distance between track and path at the track's times, px; None if they share no time."""
    t_s = event.track[:, 0]
    shared = (t_s >= thing.first_s - SPAN_SLACK_S) & (t_s <= thing.last_s + SPAN_SLACK_S)
    if not shared.any():
        return None
    at = t_s[shared]
    dx, dy = (
        np.interp(at, thing.path[:, 0], thing.path[:, axis]) - event.track[shared, axis] for axis in (1, 2)
    )
    return float(np.median(np.hypot(dx, dy)))


def judged(
    clip: Clip, events: Sequence[Event], cpu_s: float = 0.0, rejected: tuple[Rejected, ...] = ()
) -> Judged:
    """What became of each event of the clip and of each thing in it."""
    limit = limit_px(clip.height)
    near = [
        {
            index: distance
            for index, thing in enumerate(clip.things)
            if (distance := distance_px(event, thing)) is not None and distance <= limit
        }
        for event in events
    ]
    wanted = [
        {
            index: distance
            for index, distance in found.items()
            if clip.things[index].label == POSITIVE and not event.thrown_up
        }
        for event, found in zip(events, near, strict=True)
    ]
    finder = _assigned(wanted, events)
    hits = tuple(
        Hit(clip.things[index], events[event], wanted[event][index])
        for index, event in sorted(finder.items())
    )
    missed = tuple(
        thing for index, thing in enumerate(clip.things) if thing.label == POSITIVE and index not in finder
    )
    finding = set(finder.values())
    outcomes = tuple(
        "hit" if number in finding else _left_over(event, near[number], clip, set(finder))
        for number, event in enumerate(events)
    )
    return Judged(clip, tuple(events), outcomes, hits, missed, cpu_s, rejected)


def _left_over(event: Event, near: dict[int, float], clip: Clip, found: set[int]) -> Outcome:
    things = [clip.things[index] for index in sorted(near, key=lambda index: near[index])]
    if event.thrown_up:
        return "thrown_up" if any(thing.kind == THROWN_UP for thing in things) else "ignored"
    if any(thing.label == POSITIVE for thing in things):
        return "duplicate"
    for thing in things:
        if thing.label != IGNORE or thing.kind == THROWN_UP:
            continue
        if thing.kind in IMAGES and any(_together(thing, clip.things[index]) for index in found):
            return "duplicate"
        return "ignored"
    return "false"


def _together(one: Thing, other: Thing) -> bool:
    return one.first_s <= other.last_s and other.first_s <= one.last_s


def _assigned(wanted: Sequence[dict[int, float]], events: Sequence[Event]) -> dict[int, int]:
    """{thing: event}, as many as possible, near ones first (Kuhn's augmenting paths, 1955).

    The order in which events are given plays no part: they are taken by distance, then by their times.
    """
    finder: dict[int, int] = {}

    def settle(event: int, tried: set[int]) -> bool:
        for thing in sorted(wanted[event], key=lambda index: (wanted[event][index], index)):
            if thing in tried:
                continue
            tried.add(thing)
            if thing not in finder or settle(finder[thing], tried):
                finder[thing] = event
                return True
        return False

    def order(event: int) -> tuple[float, ...]:
        told = events[event]
        return (min(wanted[event].values()), told.start_s, told.end_s, float(told.track.sum()))

    for event in sorted((number for number, found in enumerate(wanted) if found), key=order):
        settle(event, set())
    return finder
