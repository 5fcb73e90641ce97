"""How a thing falls through air: gravity, quadratic drag and an even wind, for many throws at once.

dv/dt = g - k |v - w| (v - w), integrated by the classical Runge-Kutta method (Kutta 1901). Timmerman & van
der Weele (Am. J. Phys. 67, 1999, 538) discuss the law and its terminal speed √(g/k).
"""

import numpy as np

from edge.core.vision.frame import F64

GRAVITY_M_S2 = 9.81
STEP_S = 0.25  # at most; with it the path errs by centimetres where drag is heaviest, as a test holds
LEAST_STEPS = 8
LONGEST_FALL_S = 24.0  # 150 m of a plastic bag
GROUND_STEPS = 96
FASTEST_M_S = 150.0  # nothing let go from a building comes near it; a wild guess must not overflow


def flown(state: F64, drag_per_m: F64, wind_m_s: F64, times_s: F64) -> F64:
    """Places and speeds (m, n, 6) at times after the release; before it, at the release.

    state: (m, 6) place in metres, y up, and velocity in m/s at the release. drag_per_m: (m,) k above.
    wind_m_s: (m, 2) w along x and z. times_s: (m, n) increasing.
    """
    length_s = np.maximum(times_s[:, -1], 1e-3)
    steps = max(int(np.ceil(min(length_s.max(), LONGEST_FALL_S) / STEP_S)), LEAST_STEPS)
    path = _path(state, drag_per_m, wind_m_s, length_s / steps, steps)
    at = np.clip(times_s / (length_s / steps)[:, None], 0.0, steps - 1e-9)
    index = at.astype(np.intp)
    rows = np.arange(len(state))[:, None]
    share = (at - index)[..., None]
    step = (length_s / steps)[:, None, None]
    before, after = path[rows, index], path[rows, index + 1]
    # Hermite's cubic between the steps for the place, the straight line for the velocity.
    s2, s3 = share**2, share**3
    place = (
        (2 * s3 - 3 * s2 + 1) * before[..., :3]
        + (s3 - 2 * s2 + share) * step * before[..., 3:]
        + (3 * s2 - 2 * s3) * after[..., :3]
        + (s3 - s2) * step * after[..., 3:]
    )
    velocity = before[..., 3:] * (1 - share) + after[..., 3:] * share
    return np.concatenate((place, velocity), axis=-1)


def impact_speed(state: F64, drag_per_m: F64, wind_m_s: F64, ground_m: float = 0.0) -> F64:
    """(m,) speed at which each thing reaches the ground, m/s; nan where it begins below or takes too long."""
    height = state[:, 1] - ground_m
    up = np.maximum(state[:, 4], 0)
    # Free fall from the apex, or terminal speed all the way, whichever takes longer, with a margin.
    terminal = np.sqrt(GRAVITY_M_S2 / drag_per_m)
    free = up / GRAVITY_M_S2 + np.sqrt(2 * np.maximum(height, 0.1) / GRAVITY_M_S2)
    length_s = np.minimum(free + np.maximum(height, 0) / terminal + 0.5, LONGEST_FALL_S)
    path = _path(state, drag_per_m, wind_m_s, length_s / GROUND_STEPS, GROUND_STEPS)
    level = path[..., 1] - ground_m
    landed = (level <= 0).argmax(axis=1)
    reached = (level <= 0).any(axis=1) & (landed > 0)
    rows, before = np.arange(len(state)), np.maximum(landed - 1, 0)
    share = level[rows, before] / np.maximum(level[rows, before] - level[rows, landed], 1e-9)
    speed = np.sqrt((path[..., 3:] ** 2).sum(axis=-1))
    found = speed[rows, before] * (1 - share) + speed[rows, landed] * share
    return np.where(reached, found, np.nan)


def _path(state: F64, drag_per_m: F64, wind_m_s: F64, step_s: F64, steps: int) -> F64:
    """(m, steps + 1, 6) states, one step of each row's own length after the other."""
    gravity = np.array([0.0, -GRAVITY_M_S2, 0.0])
    k, h = drag_per_m[:, None], step_s[:, None]
    wind = np.stack((wind_m_s[:, 0], np.zeros(len(state)), wind_m_s[:, 1]), axis=1)

    def slope(now: F64) -> F64:
        velocity = np.clip(now[:, 3:], -FASTEST_M_S, FASTEST_M_S)
        through = velocity - wind
        speed = np.sqrt((through**2).sum(axis=1, keepdims=True))
        return np.concatenate((velocity, gravity - k * speed * through), axis=1)

    path = np.empty((len(state), steps + 1, 6))
    path[:, 0] = state
    for index in range(steps):
        now = path[:, index]
        first = slope(now)
        second = slope(now + h / 2 * first)
        third = slope(now + h / 2 * second)
        fourth = slope(now + h * third)
        path[:, index + 1] = now + h / 6 * (first + 2 * second + 2 * third + fourth)
    return path
