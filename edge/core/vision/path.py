"""A smooth path through a track, and what it tells: how far the points stray, how fast the thing was."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.core.vision.frame import F64, Track
from edge.core.vision.tracks import View

RATIONAL_POINTS = 16  # from so many on the path's perspective can be told
HIDDEN = 0.25  # of the part that is not seen yet: half of its half at the most, evenly spread


@dataclass(frozen=True, slots=True)
class Motion:
    """A track's robust description. Speeds in y, px/s."""

    start_speed: float
    end_speed: float
    residual: float
    """Root mean square distance of the inliers from the smooth path, in units of `expected_px`."""
    expected_px: F64
    """(n,): how far each point may stray."""
    inlier: NDArray[np.bool_]

    @property
    def tolerance_px(self) -> float:
        """Typical distance that a point may stray."""
        return float(np.median(self.expected_px))


def describe(t: F64, x: F64, y: F64, size: F64, view: View) -> Motion:
    """Robust fit of a fall's path and its speeds at both ends.

    t: (n,) s, strictly increasing; x, y: (n,) px; size: (n,) px, about the object's side.
    """
    step = np.hypot(np.gradient(x), np.gradient(y))
    # Before a thing moves by its own length in the gap of the difference only its rims are seen, whose
    # centre strays by up to half of what is hidden.
    hidden = np.maximum(np.median(size) - size, 0)
    expected = 1.2 * view.u + 0.12 * size + 0.12 * step + HIDDEN * hidden
    distance = np.hypot(*(_smooth(t, x, y, expected) - np.stack((x, y), axis=1)).T) / expected
    inlier = distance < 3.0
    residual = float(np.sqrt(np.mean(distance[inlier] ** 2))) if inlier.any() else 9.0
    start, end = _speeds(t[inlier], y[inlier])
    return Motion(start, end, residual, expected, inlier)


def fitted(track: Track, view: View) -> F64:
    """Where the smooth path through a track has the thing at its times: (n, 2) px; at least 4 points."""
    x, y = track.xy_px.astype(np.float64).T
    step = np.hypot(np.gradient(x), np.gradient(y))
    return _smooth(track.t_s, x, y, 1.2 * view.u + 0.12 * step)


def _smooth(t: F64, x: F64, y: F64, expected: F64) -> F64:
    """The better of two paths, (n, 2) px: far up or under the lens perspective rules, near by drag."""
    seen = np.stack((x, y), axis=1)
    paths = [_path(t, x, y, expected, rational=False)]
    if len(t) >= RATIONAL_POINTS:
        paths.append(_path(t, x, y, expected, rational=True))
    return min(paths, key=lambda p: float(np.mean(np.minimum(np.hypot(*(p - seen).T) / expected, 3.0) ** 2)))


def _path(t: F64, x: F64, y: F64, expected: F64, *, rational: bool) -> F64:
    """The fitted path at the times of the points, (n, 2) px.

    Iterated reweighting (Holland & Welsch 1977). y is a low polynomial of time, or the quotient of two
    quadratics: what a pinhole camera in any pose makes of free fall (fitted after Sanathanan & Koerner 1963).
    x is linear in time and in y: a vertical line in the world is a straight line in the picture.
    """
    n = len(t)
    degree = 2 if n < 9 else 3 if n < RATIONAL_POINTS else 4
    span = (t - t[0]) / (t[-1] - t[0])
    scale = float(np.ptp(y)) + 1.0
    high = (y - y[0]) / scale
    powers = np.vander(span, degree + 1)
    below_line = np.ones(n)
    weight = 1 / expected
    across, fall = x, high
    for _ in range(6 if rational else 4):
        if rational:
            design = np.stack((np.ones(n), span, span**2, -high * span, -high * span**2), axis=1)
            c = _least_squares(design, high, weight / below_line**2)
            below_line = np.maximum(1 + c[3] * span + c[4] * span**2, 0.02)
            fall = (c[0] + c[1] * span + c[2] * span**2) / below_line
        else:
            fall = powers @ _least_squares(powers, high, weight)
        line = np.stack((np.ones(n), span, fall), axis=1)
        across = line @ _least_squares(line, x, weight)
        distance = np.hypot(x - across, (high - fall) * scale) / expected
        weight = 1 / (expected * (1 + distance * distance))
    return np.stack((across, y[0] + fall * scale), axis=1)


def _least_squares(design: F64, values: F64, weight: F64) -> F64:
    root = np.sqrt(weight)
    return np.asarray(np.linalg.lstsq(design * root[:, None], values * root, rcond=None)[0], dtype=np.float64)


def _speeds(t: F64, y: F64) -> tuple[float, float]:
    """Speed downwards in the first and in the last third after the highest point, px/s."""
    if len(t) < 4:
        return 0.0, 0.0
    top = int(np.argmin(y[: max(2, 2 * len(y) // 3)]))
    t, y = t[top:], y[top:]
    if len(t) < 4:
        return 0.0, 0.0
    part = max(2, round(len(t) / 3))
    return _slope(t[:part], y[:part]), _slope(t[-part:], y[-part:])


def _slope(t: F64, y: F64) -> float:
    centred = t - t.mean()
    return float(centred @ y) / float(centred @ centred)
