"""What changed for a moment: a signed difference of three pictures, with thresholds that each place learns.

A picture is compared with the brighter and with the darker of two neighbours in time. A thing that passes is
brighter (or darker) than both; a lamp switched on, a shadow, a new exposure equals one of them and vanishes.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.core.vision.frame import F32, Luma
from edge.core.vision.settings import DetectorSettings

# What is not gone from its place after so long is taken for standing still; paper sinks a metre a second.
STILL_GAP_S = 0.6
FIRST_GAP_S = 0.2  # at the beginning some picture is better than none
KEPT_GAPS = 3  # pictures are kept for so many times the gap between neighbours
# A flash or a bump must not deafen a place for a minute; rain that goes on is learnt all the same.
FLOOD_RATE = 0.1
BUSY_S = 15.0  # the time over which a place shows that it is a tree or a screen


@dataclass(frozen=True, slots=True)
class Shot:
    """A reduced picture and the time span for which it stood (repeated pictures prolong it)."""

    first_s: float
    last_s: float
    luma: Luma


@dataclass(frozen=True, slots=True)
class Window:
    """The last pictures that differ, and how many of them have already been a middle."""

    shots: tuple[Shot, ...] = ()
    done_s: float = -1.0


@dataclass(frozen=True, slots=True)
class Moment:
    """A picture between its two neighbours, all reduced and of one shape (h, w) uint8."""

    t_s: float
    before: Luma
    middle: Luma
    after: Luma


@dataclass(frozen=True, slots=True)
class Difference:
    """How far a moment stands out. magnitude, bright: (h, w) uint8; bright is 0 where it is darker."""

    magnitude: Luma
    bright: Luma


@dataclass(frozen=True, slots=True)
class Still:
    """What stands still: the median of three pictures STILL_GAP_S apart. Oldest of `samples` first."""

    samples: tuple[Luma, ...] = ()
    sampled_s: float = -1.0
    picture: Luma | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """What each block is used to, (rows, columns) float32.

    quantile: running high quantile of the block's largest difference, grey levels.
    busy: share of recent time in which the block was active.
    """

    quantile: F32
    busy: F32
    seen_s: float = 0.0


def reduction(height: int, width: int) -> int:
    """By how much pictures of this size are reduced before they are compared.

    Averaging n² pixels divides sensor noise by n; beyond half size at 1080p small objects fade faster.
    """
    short = min(height, width)
    return 1 if short <= 480 else 2 if short <= 1200 else 3 if short <= 1800 else 4


def reduced(luma: Luma, factor: int) -> Luma:
    """The picture averaged over factor x factor squares; always a copy. (h // factor, w // factor) uint8."""
    height, width = luma.shape[0] // factor, luma.shape[1] // factor
    if factor == 1:
        return luma.copy()
    cropped = luma[: height * factor, : width * factor]
    return np.asarray(cv2.resize(cropped, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def push(
    window: Window, t_s: float, luma: Luma, settings: DetectorSettings
) -> tuple[Window, tuple[Moment, ...]]:
    """Adds a reduced picture; answers with the moments that are complete by it, oldest first.

    A picture that is the one before again only prolongs it: it is no new sight of anything.
    """
    shots = window.shots
    if shots and cv2.norm(shots[-1].luma, luma, cv2.NORM_INF) <= settings.repeat_peak:
        shots = (*shots[:-1], replace(shots[-1], last_s=t_s))
    else:
        shots = (*shots, Shot(t_s, t_s, luma))
    reach = settings.neighbour_gap_s
    moments: list[Moment] = []
    done_s = window.done_s
    for index, middle in enumerate(shots):
        if middle.first_s <= done_s or middle.first_s > t_s - reach:
            continue
        before = [s for s in shots[:index] if s.first_s <= middle.first_s - reach]
        after = next((s for s in shots[index + 1 :] if s.last_s >= middle.first_s + reach), None)
        if before and after is None:
            continue
        done_s = middle.first_s
        if before and after and middle.first_s - before[-1].last_s <= settings.neighbour_limit_s:
            moments.append(Moment(middle.first_s, before[-1].luma, middle.luma, after.luma))
    keep = [i for i, s in enumerate(shots) if s.first_s > t_s - KEPT_GAPS * reach]
    first = max(0, min(keep[0] if keep else len(shots) - 1, len(shots) - 4))
    return Window(shots[first:], done_s), tuple(moments)


def last_moments(window: Window, settings: DetectorSettings) -> tuple[Moment, ...]:
    """The moments of the pictures that will have no later neighbour: compared with two earlier ones.

    A lamp switched on then stands out, too, for the length of a neighbour's gap.
    """
    moments: list[Moment] = []
    for middle in window.shots:
        before = [s for s in window.shots if s.first_s <= middle.first_s - settings.neighbour_gap_s]
        near = before and middle.first_s - before[-1].last_s <= settings.neighbour_limit_s
        if near and middle.first_s > window.done_s:
            moments.append(Moment(middle.first_s, before[0].luma, middle.luma, before[-1].luma))
    return tuple(moments)


def difference(moment: Moment) -> Difference:
    """The middle against the brighter and the darker of its neighbours, saturating at 0."""
    bright = cv2.subtract(moment.middle, cv2.max(moment.before, moment.after))
    dark = cv2.subtract(cv2.min(moment.before, moment.after), moment.middle)
    return Difference(np.asarray(cv2.max(bright, dark)), np.asarray(bright))


def remembered(still: Still, moment: Moment) -> Still:
    """Takes the moment's picture as a sample if it is time for one.

    A thing that leaves its place within STILL_GAP_S is in one of three samples at the most, so the median
    does not have it; a lamp or a parked car is in it after twice that time.
    """
    gap_s = STILL_GAP_S if still.picture is not None else FIRST_GAP_S
    if still.samples and moment.t_s - still.sampled_s < gap_s:
        return still
    samples = (*still.samples, moment.middle)[-3:]
    picture = None
    if len(samples) == 3:
        a, b, c = samples
        picture = np.asarray(cv2.max(cv2.min(a, b), cv2.min(cv2.max(a, b), c)), np.uint8)
    return Still(samples, moment.t_s, picture)


def block_peaks(magnitude: Luma, side: int) -> Luma:
    """Largest difference in each side x side block: (h // side, w // side) uint8."""
    rows, columns = magnitude.shape[0] // side, magnitude.shape[1] // side
    tall = magnitude[: rows * side, : columns * side].reshape(rows, side, columns * side).max(axis=1)
    # Turned first: numpy's maximum along a short last axis is ten times slower.
    across = np.ascontiguousarray(tall.reshape(rows * columns, side).T).max(axis=0)
    return np.asarray(across.reshape(rows, columns))


def no_activity(shape: tuple[int, int]) -> Activity:
    """An activity map of (rows, columns) blocks that has seen nothing yet."""
    return Activity(np.zeros(shape, np.float32), np.zeros(shape, np.float32))


def thresholds(activity: Activity, settings: DetectorSettings) -> F32:
    """From which difference on each block is active, grey levels, (rows, columns) float32."""
    level: F32 = np.maximum(1.25 * activity.quantile + 1.5, settings.peak_floor).astype(np.float32)
    return level


def learn(
    activity: Activity, peaks: Luma, active: NDArray[np.bool_], period_s: float, settings: DetectorSettings
) -> Activity:
    """Moves each block's quantile towards what it saw (stochastic approximation, Robbins & Monro 1951).

    period_s: time since the last moment. The first second learns faster, so that noise is known soon.
    """
    seen_s = activity.seen_s + period_s
    level = peaks.astype(np.float32)
    if activity.seen_s == 0.0:
        start = min(float(np.median(level)), 2 * settings.peak_floor)
        return Activity(np.full_like(level, start), activity.busy, seen_s)
    rate = settings.activity_rise_per_s * period_s * (3.0 if seen_s < 1.0 else 1.0)
    if active.mean() > settings.flood_share:
        rate *= FLOOD_RATE
    above = level - activity.quantile
    # Larger steps from afar, alike both ways: what passed once must not deafen a place for minutes.
    step = rate * (1.0 + 0.1 * np.minimum(np.abs(above), 60))
    fall = step * (1.0 - settings.activity_quantile) / settings.activity_quantile
    quantile = np.where(above > 0, np.minimum(step, above), -fall) + activity.quantile
    # At first an average over all that was seen (with two idle seconds before it), then over BUSY_S.
    weight = min(1.0, max(period_s / BUSY_S, period_s / (seen_s + 2.0)))
    busy = activity.busy + weight * (active - activity.busy)
    return Activity(np.maximum(quantile, 0).astype(np.float32), busy.astype(np.float32), seen_s)
