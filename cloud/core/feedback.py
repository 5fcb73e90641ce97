"""What the desk said of alerts, as something to learn from: labels for training, figures for each camera."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from cloud.core.alert import is_false

REASONS: Final[Mapping[str, str]] = {
    "false_bird": "bird",
    "false_insect": "insect",
    "false_laundry": "laundry",
    "false_weather": "rain",
    "false_light": "light",
    "false_other": "other",
}
"""Why an alert was false, as the desk closes it → in a word that training knows (`models/kinds.py`)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An alert that somebody has closed with a reason. track: of its end where that has come.

    clip: the digest of its clip, None where there is none that was believed. manifest: of that clip.
    """

    alert: str
    estate: str
    camera: str
    reason: str
    closed_by: str
    closed_at: datetime
    score: float
    track: Sequence[Mapping[str, float]]
    frame: tuple[int, int]
    clip: str | None
    manifest: str | None


def label(judged: Judged, clip: str) -> dict[str, Any] | None:
    """The line that training reads (`models/desk.py`); None where its clip does not say when the track began.

    clip: the path of its clip beside the labels. Times become the clip's own. Nobody's name is in it: who
    learns from it has no need of one.
    """
    try:
        offset = float(json.loads(judged.manifest or "{}")["event_offset_s"])
    except (KeyError, TypeError, ValueError):
        return None
    points = [[round(point["t_s"] + offset, 4), point["x_px"], point["y_px"]] for point in judged.track]
    if len(points) < 2:
        return None
    line = {"clip": clip, "track": points, "label": not is_false(judged.reason)}
    return line | {"reason": REASONS[judged.reason]} if judged.reason in REASONS else line


@dataclass(frozen=True, slots=True)
class Count:
    """How many alerts of a camera were closed with a reason in the week that begins on that Monday."""

    camera: str
    week: date
    reason: str
    alerts: int


@dataclass(frozen=True, slots=True)
class Week:
    """What a camera told in a week, and how it was judged. precision: real ones of all that were judged."""

    camera: str
    week: date
    real: int
    false: Mapping[str, int]

    @property
    def precision(self) -> float:
        """0 to 1."""
        return self.real / (self.real + sum(self.false.values()))


@dataclass(frozen=True, slots=True)
class Total:
    """How a camera's alerts were judged. real: thrown; part: something fell that nobody threw."""

    camera: str
    real: int
    part: int
    false: Mapping[str, int]

    @property
    def share_false(self) -> float:
        """0 to 1."""
        false = sum(self.false.values())
        return false / (self.real + self.part + false)


def totals(counts: Iterable[Count]) -> list[Total]:
    """By camera, the one with the most false alarms first."""
    by_camera: dict[str, Counter[str]] = {}
    for count in counts:
        by_camera.setdefault(count.camera, Counter())[count.reason] += count.alerts
    found = [
        Total(
            camera,
            sum(n for reason, n in reasons.items() if not is_false(reason) and reason != "falling_part"),
            reasons["falling_part"],
            {reason: n for reason, n in reasons.most_common() if is_false(reason)},
        )
        for camera, reasons in by_camera.items()
    ]
    return sorted(found, key=lambda total: (-sum(total.false.values()), total.camera))


def weeks(counts: Iterable[Count]) -> list[Week]:
    """By camera and week, the newest week first."""
    real: Counter[tuple[date, str]] = Counter()
    false: dict[tuple[date, str], dict[str, int]] = {}
    for count in counts:
        key = (count.week, count.camera)
        if is_false(count.reason):
            reasons = false.setdefault(key, {})
            reasons[count.reason] = reasons.get(count.reason, 0) + count.alerts
        else:
            real[key] += count.alerts
    keys = sorted({*real, *false}, key=lambda key: (-key[0].toordinal(), key[1]))
    return [Week(camera, week, real[week, camera], false.get((week, camera), {})) for week, camera in keys]
