"""How urgent a falling object is: how sure, who may be below, how hard it lands, how large. Each says why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from cloud.core.alert import Severity
from contracts.messages import Place

Below = Literal["playground", "entrance", "path", "parking", "green", "closed"]
"""What lies at the foot of a facade."""

SURENESS: Final = 600
"""Points of a score of 1. All points here are ours, chosen by cases: a sure fall onto an unknown ground is
critical, onto a fenced one high; a doubtful one from high above a playground is high."""

POINTS_BELOW: Final[dict[Below | None, int]] = {
    "playground": 300,
    "entrance": 250,
    "path": 200,
    None: 200,  # nobody has said: people may walk there
    "parking": 100,
    "green": 50,
    "closed": 0,
}

DEADLY_J: Final = 79.0
"""A fragment of this energy or more is hazardous: 58 ft-lb, NATO AASTP-1 and DoD 6055.09-M, glossary."""

POINTS_DEADLY_MASS: Final[tuple[tuple[float, int], ...]] = ((0.2, 200), (1.0, 130), (5.0, 60))
"""(mass in kg, points): from that mass on it is deadly. A full can weighs 0.35 kg, a brick 2.5 kg."""
POINTS_HEIGHT_UNKNOWN: Final = 130
POINTS_LOW: Final = 20

POINTS_SIZE: Final[tuple[tuple[float, int], ...]] = ((0.5, 100), (0.25, 60), (0.1, 30))
"""(breadth in metres, points) from there on: a pane or a chair, a flower pot, a bottle. What is smaller adds
nothing and takes nothing off: a bolt kills, too. The low end of the interval counts."""

CRITICAL: Final = 800
HIGH: Final = 620
MOST: Final = 1000
"""Severity in OPC UA Part 5 goes from 1 to 1000."""

G_M_S2: Final = 9.81


@dataclass(frozen=True, slots=True)
class Reason:
    """Why so many points.

    value: the score, what is below, the floor, or the breadth in metres. mass_kg: from it on it is deadly.
    """

    because: Literal["score", "below", "height", "size"]
    points: int
    value: str | float | None
    mass_kg: float | None = None


@dataclass(frozen=True, slots=True)
class Priority:
    """value: 1 to 1000, the sum of the reasons' points within these bounds."""

    value: int
    severity: Severity
    reasons: tuple[Reason, ...]


def priority(score: float, place: Place | None, below: Below | None) -> Priority:
    """How urgent a fall is.

    Args:
        score: How sure it is one, 0 to 1.
        place: Where it came from; None where the camera is not calibrated.
        below: What lies where it lands; None where nobody has said.
    """
    reasons = (
        Reason("score", round(SURENESS * score), score),
        Reason("below", POINTS_BELOW[below], below),
        _height(place),
        *_size(place),
    )
    value = min(MOST, max(1, sum(reason.points for reason in reasons)))
    severity: Severity = "critical" if value >= CRITICAL else "high" if value >= HIGH else "notice"
    return Priority(value, severity, reasons)


def _height(place: Place | None) -> Reason:
    """Mass cannot be seen, so it is turned round: from which mass on would it kill from there?"""
    if place is None:
        return Reason("height", POINTS_HEIGHT_UNKNOWN, None)
    free_fall = G_M_S2 * max(place.height_m.value, 0.1)
    energy = free_fall if place.energy_j_per_kg is None else max(place.energy_j_per_kg.value, 0.1)
    mass_kg = round(DEADLY_J / energy, 2)
    points = next((points for most, points in POINTS_DEADLY_MASS if mass_kg <= most), POINTS_LOW)
    return Reason("height", points, place.floor, mass_kg)


def _size(place: Place | None) -> tuple[Reason, ...]:
    """Nothing where it was not measured: older devices tell no size, and must not rank below newer ones."""
    if place is None or place.size_m is None:
        return ()
    least_m = place.size_m.low
    points = next((points for least, points in POINTS_SIZE if least_m >= least), 0)
    return (Reason("size", points, place.size_m.value),)


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies below some bays of a facade; both bays included."""

    first_bay: int
    last_bay: int
    below: Below


def ground_at(grounds: Sequence[Ground], bay: int | None) -> Below | None:
    """What lies below `bay`, the gravest of several; below the whole facade where the bay is unknown."""
    here = [ground.below for ground in grounds if bay is None or ground.first_bay <= bay <= ground.last_bay]
    return max(here, key=lambda below: POINTS_BELOW[below], default=None)
