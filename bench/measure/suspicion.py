"""What a suspicion is worth: how long before the impact it comes, and how often no fall follows. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from bench.measure.records import POSITIVE, Clip, Thing
from bench.measure.scoring import limit_px
from bench.measure.summary import Share

BANDS: Final = ((0.0, 6.0), (6.0, 12.0), (12.0, 24.0), (24.0, 45.0), (45.0, 1000.0))
"""Heights of release, m: a storey is about three."""


@dataclass(frozen=True, slots=True)
class Suspected:
    """A line of `fallwatch detect --suspicions`. seen: the last sight, t_s, x_px, y_px."""

    track: int
    at_s: float
    sure: float
    before: float
    seen: tuple[float, float, float]


def suspected_from(line: Mapping[str, Any]) -> Suspected:
    """A suspicion from the JSON object of an output line."""
    t_s, x, y = map(float, line["seen"])
    return Suspected(
        int(line["suspicion"]), float(line["at_s"]), float(line["sure"]), float(line["before"]), (t_s, x, y)
    )


@dataclass(frozen=True, slots=True)
class Warned:
    """A fall, and when it was suspected; None: never.

    first_s: when it was first visible. height_m: of its release. impact_s: when it reached the ground.
    """

    first_s: float
    height_m: float
    impact_s: float
    suspected_s: float | None

    @property
    def gained_s(self) -> float | None:
        """How long before the impact it was suspected; None where it was not, or not before it."""
        if self.suspected_s is None or self.suspected_s >= self.impact_s:
            return None
        return self.impact_s - self.suspected_s


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the suspicions of some clips with one limit.

    unlanded: falls whose impact nobody knows, as what lies on a canopy; they are left out of `warned`.
    false: suspicions of what is nothing of the truth.
    """

    warned: tuple[Warned, ...]
    unlanded: int
    false: int
    hours: float


def outcome(clips: Iterable[tuple[Clip, Sequence[Suspected]]], sure: float) -> Outcome:
    """What a limit of `sure` makes of each clip's suspicions."""
    warned: list[Warned] = []
    unlanded, false, seconds = 0, 0, 0.0
    for clip, told in clips:
        first = [one for one in told if one.before < sure <= one.sure]
        near = [(one, _nearest(one, clip)) for one in first]
        false += sum(thing is None for _, thing in near)
        seconds += clip.duration_s
        for thing in clip.things:
            if thing.label != POSITIVE:
                continue
            impact = dict(thing.known.get("impact") or {})
            if impact.get("at_s") is None:
                unlanded += 1
                continue
            at_s = min((one.at_s for one, whose in near if whose is thing), default=None)
            warned.append(Warned(thing.first_s, float(impact["height_m"]), float(impact["at_s"]), at_s))
    return Outcome(tuple(warned), unlanded, false, seconds / 3600)


def _nearest(one: Suspected, clip: Clip) -> Thing | None:
    """The thing whose path is nearest to where the track was seen last, if one is near; falls first."""
    t_s, x, y = one.seen
    near: list[tuple[bool, float, int]] = []
    for number, thing in enumerate(clip.things):
        if not thing.first_s - 0.1 <= t_s <= thing.last_s + 0.1:
            continue
        times, xs, ys = thing.path.T
        off = float(np.hypot(np.interp(t_s, times, xs) - x, np.interp(t_s, times, ys) - y))
        if off <= limit_px(clip.height):
            near.append((thing.label != POSITIVE, off, number))
    return clip.things[min(near)[2]] if near else None


@dataclass(frozen=True, slots=True)
class Row:
    """Figures of some falls; times in seconds, medians; None of nothing.

    late_s: from first visible to suspected. fall_s: from first visible to impact. gained_s: before the
    impact, of those that were warned of in time; gained_all_s: of all, 0 where there was no warning.
    """

    falls: int
    suspected: Share
    before_impact: Share
    late_s: float | None
    fall_s: float | None
    gained_s: float | None
    gained_all_s: float | None

    def as_object(self) -> dict[str, Any]:
        """For the JSON line."""
        return {
            "falls": self.falls,
            "suspected": self.suspected.value,
            "before_impact": self.before_impact.value,
            "late_s": self.late_s,
            "fall_s": self.fall_s,
            "gained_s": self.gained_s,
            "gained_all_s": self.gained_all_s,
        }


def row(warned: Sequence[Warned]) -> Row:
    """The figures of these falls."""
    gained = [one.gained_s for one in warned]
    return Row(
        len(warned),
        Share(sum(one.suspected_s is not None for one in warned), len(warned)),
        Share(sum(one is not None for one in gained), len(warned)),
        _median([one.suspected_s - one.first_s for one in warned if one.suspected_s is not None]),
        _median([one.impact_s - one.first_s for one in warned]),
        _median([one for one in gained if one is not None]),
        _median([one or 0.0 for one in gained]),
    )


def by_height(warned: Iterable[Warned]) -> dict[tuple[float, float], Row]:
    """A row for each band of heights."""
    every = tuple(warned)
    return {band: row([one for one in every if band[0] <= one.height_m < band[1]]) for band in BANDS}


def _median(values: Sequence[float]) -> float | None:
    return round(float(np.median(values)), 3) if values else None
