"""Whether gravity and drag explain a path, and whether even motion would as well.

Something let go falls by y = (vt²/g) ln cosh(g t/vt): quadratic drag, terminal speed vt (G. W. Parker,
Projectile motion with air resistance quadratic in the speed, Am. J. Phys. 45, 1977, 606). On a vertical line
a pinhole in any pose shows the fallen height F at (a + b F)/(1 + c F); across, what it was thrown with adds
to it. Even motion in space is seen at (a + b t)/(1 + c t). How much better the first fits than the second
tells gravity from cars, gliding birds and running lights.
"""

from dataclasses import dataclass

import numpy as np

from edge.core.vision.frame import F64

GRAVITY_M_S2 = 9.81
SLOWEST_M_S = 1.4
"""Terminal speeds below it, as leaves and snow have them, are taken for it."""
RATES = np.array([0.0, 0.15, 0.3, 0.5, 0.75, 1.0]) * (GRAVITY_M_S2 / SLOWEST_M_S)
"""g/vt that are tried first, 1/s."""
BACK = np.array(
    [-1.5, -1.0, -0.7, -0.5, -0.35, -0.25, -0.17, -0.1, -0.05, 0, 0.05, 0.1, 0.17, 0.25, 0.35, 0.5]
)
"""Times of release that are tried first, in durations of the track from its first point."""
REFINED = 2
MAX_POINTS = 40
"""Of longer tracks every second, third … point is fitted: enough for six numbers."""
NEARER, FARTHER = 0.08, 2.5
"""Depth at the end ÷ at the release: from the roof of a tower to the camera at its foot; and away from it."""
STEADY_NEARER, STEADY_FARTHER = 0.1, 10.0
SHARE_OF_EXPECTED = 1 / 1.5
"""Standard error of a point ÷ what it is expected to stray at the most."""
OUTLIER = 3.0
MOST_GAIN = 1e3
"""Nats; where nothing that moves evenly leads down at all."""


@dataclass(frozen=True, slots=True)
class LetGo:
    """The fall that explains a path best.

    residual: root mean square distance of the points from it, in standard errors, 3 at the most each.
    gain: how much better than even motion it explains the path, nats. unseen: share of the way in the picture
    that lies before the first sight. released_s: when it was at rest. px_per_m: metres along the fall in the
    picture in the middle of the track, which foreshortening lessens. terminal_m_s: infinite without drag.
    """

    residual: float
    gain: float
    unseen: float
    released_s: float
    px_per_m: float
    terminal_m_s: float


@dataclass(frozen=True, slots=True)
class _Fit:
    """The best of several fits. cost: nats. start, slope, bend: y = (start + slope f)/(1 + bend f)."""

    index: int
    cost: float
    residual: float
    start: float
    slope: float
    bend: float

    def at(self, fallen: float) -> float:
        return (self.start + self.slope * fallen) / (1 + self.bend * fallen)


def fallen(seconds: F64, rate: F64) -> F64:
    """Height fallen ÷ g after a time from rest, s²; before it the same, as for what was thrown up.

    seconds, rate: arrays that broadcast; rate is g ÷ terminal speed, 1/s, 0 without drag.
    """
    since = np.abs(seconds)
    z = rate * since
    # ln cosh z, written so that it does not overflow.
    log_cosh = z + np.log1p(np.exp(-2 * z)) - np.log(2.0)
    slow = z < 1e-2  # the series' first term is exact enough and the quotient is not
    return np.asarray(np.where(slow, since * since / 2, log_cosh / np.where(slow, 1.0, rate) ** 2))


def let_go(t: F64, x: F64, y: F64, expected: F64) -> LetGo | None:
    """The fall from rest that explains a path best; None where none leads down.

    t: (n,) s, strictly increasing; x, y: (n,) px, y down; expected: (n,) px, what each point may stray.
    At least 5 points.
    """
    every = slice(None, None, -(-len(t) // MAX_POINTS))
    t, x, y, weight = t[every], x[every], y[every], 1 / (SHARE_OF_EXPECTED * expected[every])
    x, y, seconds = x - x[0], y - y[0], t[-1] - t[0]
    since = (t - t[0]) / seconds
    even = np.stack((np.ones_like(since), since), axis=-1)[None]
    steady = _best(even, even, since[None], (x, y, weight), (STEADY_NEARER, STEADY_FARTHER))
    rate, back = (a.ravel() for a in np.meshgrid(RATES, BACK))
    steps = RATES[-1] * 0.12, 0.08
    found: tuple[_Fit, float, float] | None = None
    for _ in range(REFINED + 1):
        height = fallen((since - back[:, None]) * seconds, rate[:, None])
        down = np.stack((np.ones_like(height), height), axis=-1)
        across = np.concatenate((down, np.broadcast_to(since[:, None], (*height.shape, 1))), axis=-1)
        best = _best(down, across, height, (x, y, weight), (NEARER, FARTHER))
        if found is None or best.cost < found[0].cost:
            found = best, float(rate[best.index]), float(back[best.index])
        rate, back = (
            a.ravel()
            for a in np.meshgrid(
                np.clip(found[1] + steps[0] * np.array([-1, 0, 1]), 0, RATES[-1]),
                found[2] + steps[1] * np.array([-1.0, -0.5, 0, 0.5, 1.0]),
            )
        )
        steps = steps[0] / 3, steps[1] / 4
    if found is None or not np.isfinite(found[0].cost):
        return None
    fit, drag, released = found
    unseen = float(fallen(np.array(max(-released, 0.0) * seconds), np.array(drag)))
    end = float(fallen(np.array((1 - released) * seconds), np.array(drag)))
    middle = float(fallen(np.array((0.5 - released) * seconds), np.array(drag)))
    scale = (fit.slope - fit.bend * fit.start) / (1 + fit.bend * middle) ** 2 / GRAVITY_M_S2
    return LetGo(
        fit.residual,
        min(steady.cost - fit.cost, MOST_GAIN),
        (fit.at(unseen) - fit.at(0)) / max(fit.at(end) - fit.at(0), 1e-6),
        float(t[0] + released * seconds),
        scale,
        GRAVITY_M_S2 / drag if drag > 0 else float("inf"),
    )


def _best(down: F64, across: F64, bend: F64, path: tuple[F64, F64, F64], depths: tuple[float, float]) -> _Fit:
    """The best of several fits of quotients to a path, robustly.

    y is sought as down @ a / (1 + c bend), x as across @ b / (1 + c bend), with one c for both.
    down: (k, n, p), across: (k, n, q), bend: (k, n) for k fits to n points; path: x, y, weight, (n,) each;
    depths: smallest and largest denominator at the largest `bend`. Solved after Sanathanan & Koerner (IEEE
    Trans. Autom. Control 8 (1963) 56); reweighted with Cauchy's weights (Holland & Welsch 1977).
    """
    x, y, weight = path
    robust: F64 = np.broadcast_to(weight, bend.shape)
    depth = np.ones_like(bend)
    low, high = ((limit - 1) / bend.max(axis=1) for limit in depths)
    a, c, square = np.zeros((len(bend), 2)), np.zeros(len(bend)), np.zeros_like(bend)
    for _ in range(4):
        scaled = robust / depth
        y_parts, y_left = _projected(down, y * scaled, bend * scaled * y, scaled)
        x_parts, x_left = _projected(across, x * scaled, bend * scaled * x, scaled)
        left = np.concatenate((y_left, x_left), axis=1)
        quotient = -np.einsum("kn,kn->k", left[..., 0], left[..., 1])
        quotient /= np.einsum("kn,kn->k", left[..., 1], left[..., 1]) + 1e-12
        c = np.clip(quotient, low, high)
        depth = 1 + bend * c[:, None]
        a, b = (parts[..., 0] + parts[..., 1] * c[:, None] for parts in (y_parts, x_parts))
        off_y = np.einsum("knp,kp->kn", down, a) / depth - y
        off_x = np.einsum("knp,kp->kn", across, b) / depth - x
        square = (off_x**2 + off_y**2) * weight**2
        robust = weight / np.sqrt(1 + square)
    cost = np.log1p(square).sum(axis=1) + np.where(a[:, 1] > c * a[:, 0], 0.0, np.inf)
    best = int(np.argmin(cost))
    residual = float(np.sqrt(np.minimum(square[best], OUTLIER**2).mean()))
    return _Fit(best, float(cost[best]), residual, float(a[best, 0]), float(a[best, 1]), float(c[best]))


def _projected(design: F64, first: F64, second: F64, scale: F64) -> tuple[F64, F64]:
    """Least squares for two right sides: coefficients (k, p, 2) and what is left of the sides (k, n, 2)."""
    scaled = design * scale[..., None]
    sides = np.stack((first, second), axis=-1)
    turned = np.swapaxes(scaled, 1, 2)
    normal = turned @ scaled
    normal = normal + 1e-10 * np.trace(normal, axis1=1, axis2=2)[:, None, None] * np.eye(normal.shape[1])
    coefficients = np.linalg.solve(normal, turned @ sides)
    return coefficients, sides - scaled @ coefficients
