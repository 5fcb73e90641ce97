"""The figures of a whole set: recall, precision, false alarms by what was in the picture, times, errors."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Final

import numpy as np

from bench.measure.records import IMAGES, POSITIVE, THROWN_UP, Thing
from bench.measure.scoring import Hit, Judged

SMALL_PX: Final = 3.0
LARGE_PX: Final = 5.0
Z: Final = 1.96
"""Of 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The quotient; None of nothing."""
        return self.part / self.whole if self.whole else None

    def interval(self) -> tuple[float, float] | None:
        """95 % confidence interval after Wilson (J. Am. Stat. Assoc. 22, 1927, 209)."""
        if not self.whole:
            return None
        share, n = self.part / self.whole, self.whole
        middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z / (1 + Z * Z / n) * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
        return max(min(middle - half, share), 0.0), min(max(middle + half, share), 1.0)  # against rounding


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures of a set of clips. Times in seconds, distances in pixels; None where nothing is known.

    large: things of 5 px and more; small: 3 to 5 px. false counts duplicates too.
    by_tag: {tag: (false alarms, hours, recall of the falls in clips with it)}.
    """

    recall: Share
    large: Share
    small: Share
    precision: Share
    false: int
    duplicates: int
    hours: float
    false_on_negatives: int
    negative_hours: float
    suspected_after_first_s: float | None
    decided_after_first_s: float | None
    decided_after_last_s: float | None
    track_error_px: float | None
    start_error_s: float | None
    end_error_s: float | None
    images_alone: int
    thrown_up: Share
    cpu_per_video_s: float
    by_tag: dict[str, tuple[int, float, Share]]

    def as_object(self) -> dict[str, Any]:
        """For the JSON line."""
        shares = {
            name: {"value": _rounded(share.value), "of": share.whole, "interval_95": _pair(share.interval())}
            for name, share in (
                ("recall", self.recall),
                ("recall_5px", self.large),
                ("recall_3_5px", self.small),
                ("precision", self.precision),
                ("thrown_up_told_as_such", self.thrown_up),
            )
        }
        plain = {
            name: _rounded(getattr(self, name))
            for name in self.__slots__
            if name not in {"recall", "large", "small", "precision", "thrown_up", "by_tag"}
        }
        tags = {
            tag: {"false": false, "hours": _rounded(hours), "found": share.part, "falls": share.whole}
            for tag, (false, hours, share) in self.by_tag.items()
        }
        return {**shares, **plain, "by_tag": tags}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _pair(pair: tuple[float, float] | None) -> list[float] | None:
    return None if pair is None else [round(end, 3) for end in pair]


def summary(all_judged: Sequence[Judged]) -> Summary:
    """The figures of these clips, in whatever order they come."""
    hits = [hit for one in all_judged for hit in one.hits]
    negatives = [one for one in all_judged if one.clip.negative]
    hours = sum(one.clip.duration_s for one in all_judged) / 3600
    false = sum(one.false for one in all_judged)
    risen = [thing for one in all_judged for thing in one.clip.things if thing.kind == THROWN_UP]
    return Summary(
        recall=_recall(all_judged, lambda _: True),
        large=_recall(all_judged, lambda thing: thing.size_px >= LARGE_PX),
        small=_recall(all_judged, lambda thing: SMALL_PX <= thing.size_px < LARGE_PX),
        precision=Share(len(hits), len(hits) + false),
        false=false,
        duplicates=sum(one.count("duplicate") for one in all_judged),
        hours=hours,
        false_on_negatives=sum(one.false for one in negatives),
        negative_hours=sum(one.clip.duration_s for one in negatives) / 3600,
        suspected_after_first_s=_median(
            hit.event.suspected_s - hit.thing.first_s for hit in hits if hit.event.suspected_s is not None
        ),
        decided_after_first_s=_median(hit.event.decided_s - hit.thing.first_s for hit in hits),
        decided_after_last_s=max((hit.event.decided_s - hit.thing.last_s for hit in hits), default=None),
        track_error_px=_median(hit.error_px for hit in hits),
        start_error_s=_median(abs(hit.event.start_s - hit.thing.first_s) for hit in hits),
        end_error_s=_median(abs(hit.event.end_s - hit.thing.last_s) for hit in hits),
        images_alone=sum(one.count("ignored") for one in all_judged if _reflects(one)),
        thrown_up=Share(min(sum(one.count("thrown_up") for one in all_judged), len(risen)), len(risen)),
        cpu_per_video_s=sum(one.cpu_s for one in all_judged) / max(hours * 3600, 1e-9),
        by_tag=_by_tag(all_judged),
    )


def _reflects(one: Judged) -> bool:
    return any(thing.kind in IMAGES for thing in one.clip.things)


def _recall(all_judged: Iterable[Judged], wanted: Callable[[Thing], bool]) -> Share:
    found = missed = 0
    for one in all_judged:
        found += sum(wanted(hit.thing) for hit in one.hits)
        missed += sum(wanted(thing) for thing in one.missed)
    return Share(found, found + missed)


def _median(values: Iterable[float]) -> float | None:
    listed = sorted(values)  # sorted, so that the order of clips cannot change the last digit
    return float(np.median(listed)) if listed else None


def _by_tag(all_judged: Sequence[Judged]) -> dict[str, tuple[int, float, Share]]:
    kept: defaultdict[str, list[Judged]] = defaultdict(list)
    for one in all_judged:
        for tag in one.clip.tags or ("none",):
            kept[tag].append(one)
    return {
        tag: (
            sum(one.false for one in some),
            sum(one.clip.duration_s for one in some) / 3600,
            _recall(some, lambda thing: thing.label == POSITIVE),
        )
        for tag, some in sorted(kept.items())
    }


def floors_right(hits: Iterable[Hit]) -> tuple[Share, Share, Share]:
    """Of the falls whose floor is known and told: floor right ± 1, inside the told interval, bay right.

    Read from `origin.floor`, `origin.floor_low`, `origin.floor_high`, `origin.bay` of the told line. Of what
    entered from above the picture (`origin.from_above`) the floor is only bounded: the interval counts alone.
    """
    near = inside = told = bays = bays_told = spans = 0
    for hit in hits:
        origin = hit.event.told.get("origin") or {}
        if hit.thing.floor is None or origin.get("floor") is None:
            continue
        if not origin.get("from_above"):
            told += 1
            near += abs(origin["floor"] - hit.thing.floor) <= 1
        if origin.get("floor_low") is not None and origin.get("floor_high") is not None:
            spans += 1
            inside += origin["floor_low"] <= hit.thing.floor <= origin["floor_high"]
        if hit.thing.bay is not None and origin.get("bay") is not None:
            bays_told += 1
            bays += origin["bay"] == hit.thing.bay + 1  # told from 1, as people count
    return Share(near, told), Share(inside, spans), Share(bays, bays_told)


IMPACT_KEYS: Final = ("height_m", "speed_m_s", "energy_j_per_kg")


def impacts_inside(hits: Iterable[Hit]) -> dict[str, Share]:
    """Of the falls whose true value is known: how often it lies in the interval that was told.

    Read from `impact` of the told line, {key: [low, likely, high]}, and `impact` of the truth, {key: value}.
    """
    counted = {key: [0, 0] for key in IMPACT_KEYS}
    for hit in hits:
        told, true = hit.event.told.get("impact") or {}, dict(hit.thing.known.get("impact") or {})
        if true.get("speed_m_s") is not None:
            true["energy_j_per_kg"] = true["speed_m_s"] ** 2 / 2
        for key, count in counted.items():
            if told.get(key) is None or true.get(key) is None:
                continue
            low, _, high = told[key]
            count[0] += low <= true[key] <= high
            count[1] += 1
    return {key: Share(inside, whole) for key, (inside, whole) in counted.items()}
