"""Follows a fall back to where it began, and says how well that is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.core.vision.frame import F64, Release
from edge.core.vision.settings import DetectorSettings
from edge.core.vision.tracks import Point, Sights, View, columns

HEAD = 8  # points at the beginning that tell the arc before it
MAX_GAP_S = 0.6  # near the apex a thing hardly moves, so it is not seen
ALIKE = np.log(8.0)  # largest ratio of areas of one thing in neighbouring sights
MAX_CHANCE = 0.1  # clutter expected in the gates that were looked into
MAX_RISE_S = 2.5  # way up that is looked for: 30 m
APEX_SEARCH_S = 0.6  # how far from its highest sight the apex may be
MIN_RISE_SIGHTS = 5
MAX_BACK_S = 0.8  # beyond, the arc before the first sight is a guess
UNMODELLED = 0.25  # share of the extrapolated way that perspective and drag may bend


@dataclass(frozen=True, slots=True)
class Arc:
    """Least-squares x(t) linear and y(t) quadratic about t0: coefficients, highest power first, px and s."""

    t0: float
    x: F64
    y: F64
    x_covariance: F64
    y_covariance: F64

    def at(self, t_s: float) -> tuple[float, float]:
        """Position at a time, px."""
        return float(np.polyval(self.x, t_s - self.t0)), float(np.polyval(self.y, t_s - self.t0))

    def spread(self, t_s: float) -> tuple[float, float]:
        """Standard errors of x and y at a time, px (delta method)."""
        t = t_s - self.t0
        for_x, for_y = np.array([t, 1.0]), np.array([t * t, t, 1.0])
        squares = (for_x @ self.x_covariance @ for_x, for_y @ self.y_covariance @ for_y)
        return float(np.sqrt(max(squares[0], 0.0))), float(np.sqrt(max(squares[1], 0.0)))


def head_arc(points: tuple[Point, ...]) -> Arc:
    """The arc through the first points of a track (at least 4), each weighted by the size that it shows.

    Near the apex a thing shows slivers of itself only, whose centres stray.
    """
    head = points[: max(HEAD, len(points) // 3)]
    t0 = head[0].t_s
    t = np.array([p.t_s - t0 for p in head])
    x, y = np.array([p.x for p in head]), np.array([p.y for p in head])
    weight = np.array([p.size for p in head])
    weight = np.minimum(weight / np.median(weight), 1.0)
    (of_x, x_covariance), (of_y, y_covariance) = _fitted(t, x, weight, 1), _fitted(t, y, weight, 2)
    return Arc(t0, of_x, of_y, x_covariance, y_covariance)


def _fitted(t: F64, values: F64, weight: F64, degree: int) -> tuple[F64, F64]:
    """Weighted least squares: coefficients, highest power first, and their covariance."""
    design = np.vander(t, degree + 1)
    weighted = design * weight[:, None]
    inverse = np.linalg.pinv(weighted.T @ weighted)
    coefficients = inverse @ weighted.T @ (values * weight)
    residual = (values - design @ coefficients) * weight
    variance = max(float(residual @ residual) / max(len(t) - degree - 1, 1), 0.25)
    return coefficients, np.asarray(inverse * variance, dtype=np.float64)


def extended_back(
    points: tuple[Point, ...], history: tuple[Sights, ...], view: View, settings: DetectorSettings
) -> tuple[Point, ...]:
    """The track with earlier sights that lie on the arc before its first point.

    history: earlier sights, oldest first. A track starts late because linking wants movement downwards.
    """
    if len(points) < 4:
        return points
    tries, head = 0, _Head.of(points)
    for sights in reversed(history):
        gap = points[0].t_s - sights.t_s
        if gap <= 0 or not len(sights.haunt):
            continue
        if gap > MAX_GAP_S:
            break
        tries += 1
        found = _nearest(head, sights, tries, view, settings)
        if found is not None:
            points, tries = (found, *points), 0
            head = _Head.of(points)
    return points


@dataclass(frozen=True, slots=True)
class _Head:
    """What a track's first points tell of what was before: its arc, px and s, its size, px."""

    first_s: float
    arc: Arc
    size: float

    @staticmethod
    def of(points: tuple[Point, ...]) -> "_Head":
        size = float(np.median([p.size for p in points[:HEAD]]))
        return _Head(points[0].t_s, head_arc(points), max(size, 1.0))


def _nearest(head: _Head, sights: Sights, tries: int, view: View, settings: DetectorSettings) -> Point | None:
    arc, size, gap = head.arc, head.size, head.first_s - sights.t_s
    x, y = arc.at(sights.t_s)
    speed = float(np.hypot(arc.x[0], arc.y[1]))
    gate = 2.5 * view.u + 0.3 * size + 0.2 * speed * gap + 2.0 * arc.spread(sights.t_s)[1]
    c = sights.candidates
    by_chance = tries * len(sights.haunt) * np.pi * gate**2 / (view.height * view.width)
    if by_chance > MAX_CHANCE:
        return None
    distance: NDArray[np.float64] = np.hypot(c.xy_px[:, 0] - x, c.xy_px[:, 1] - y)
    ratio = np.abs(np.log(c.area_px / size**2))
    fits = (distance <= gate) & (ratio <= ALIKE) & (sights.haunt <= settings.haunt_share) & ~sights.again
    if not fits.any():
        return None
    return sights.points[int(np.argmin(np.where(fits, distance, np.inf)))]


def risen(points: tuple[Point, ...], history: tuple[Sights, ...], view: View) -> tuple[float, float]:
    """How far the thing was seen to come up before it fell, px, and for how long, s.

    history: sights, oldest first.

    What is thrown up from the ground rises as it comes down, in reversed order of time, whatever the camera's
    pose. Near the apex only slivers of it are seen, so the time of the apex is searched.
    """
    t, x, y = columns(points)
    top = int(np.argmin(y))
    speed_x = float(np.polyfit(t[top:], x[top:], 1)[0]) if len(t) - top >= 4 else 0.0
    size = float(np.median([p.size for p in points]))
    sights = [s for s in history if t[top] - MAX_RISE_S < s.t_s < t[top] - view.period_s / 2]
    best = 0.0, 0.0
    for apex in np.arange(t[top] - APEX_SEARCH_S, t[top] + APEX_SEARCH_S / 2, view.period_s / 2):
        mirrored = [s for s in sights if t[top] < 2 * apex - s.t_s <= t[-1]]
        hits: list[float] = []
        for s in mirrored:
            since = apex - s.t_s
            level = float(np.interp(apex + since, t, y))
            across = float(x[top]) + speed_x * (s.t_s - t[top])
            gate_x = 4 * view.u + size / 2 + 0.5 * abs(speed_x) * since
            gate_y = 4 * view.u + size / 2
            c = s.candidates.xy_px
            if ((np.abs(c[:, 0] - across) <= gate_x) & (np.abs(c[:, 1] - level) <= gate_y)).any():
                hits.append(level - float(y[top]))
        if len(hits) >= max(MIN_RISE_SIGHTS, 0.6 * len(mirrored)):
            best = max(best, (float(np.ptp(hits)), float(apex - mirrored[0].t_s)))
    return best


def release_of(points: tuple[Point, ...], view: View, *, from_above: bool) -> Release | None:
    """Where the thing was let go: the apex of the first arc, or None where it came from above the picture.

    The uncertainty joins the fit's covariance, the object's size and, along the fall, what the arc does not
    model.
    """
    if from_above or len(points) < 4:
        return None
    top = int(np.argmin([p.y for p in points[: max(4, len(points) // 2)]]))
    arc = head_arc(points[top:] if len(points) - top >= 4 else points)
    a, v = float(arc.y[0]), float(arc.y[1])
    back_s = min(max(v / (2 * a), 0.0), MAX_BACK_S) if a > 0 else 0.0
    t = arc.t0 - back_s
    x, y = arc.at(t)
    bent = UNMODELLED * abs(arc.at(arc.t0)[1] - y)
    size = points[top].size / 2
    across, along = arc.spread(t)
    ahead_x, ahead_y = arc.at(points[min(top + HEAD, len(points) - 1)].t_s)
    return Release(
        x,
        y,
        uncertainty_px=float(np.sqrt(along**2 + bent**2 + size**2 + view.u**2)),
        across_px=float(np.sqrt(across**2 + size**2 + view.u**2)),
        angle_deg=float(np.degrees(np.arctan2(ahead_y - y, ahead_x - x))),
    )
