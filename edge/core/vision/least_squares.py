"""Nonlinear least squares for few unknowns: Levenberg 1944, Marquardt 1963.

Several problems of one shape are solved side by side, with all differences of a round in one call: for so few
unknowns the time goes into calls, not into numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from edge.core.vision.frame import F64

Residuals = Callable[[F64], F64]
"""(s, m, p): m sets of unknowns for each of s problems → (s, m, r) residuals in their standard deviations."""

ROUNDS = 40
SETTLED = 1e-3  # a gain in cost below it moves no unknown by a twentieth of its standard error
FIRST_DAMPING, MAX_DAMPING = 1e-3, 1e7


@dataclass(frozen=True, slots=True)
class Solution:
    """values: (p,). covariance: (p, p) of them. residuals: (r,). cost: half the sum of their squares.

    Where the problem cannot be computed about the values, cost or covariance is not finite.
    """

    values: F64
    covariance: F64
    residuals: F64
    cost: float

    @property
    def found(self) -> bool:
        """Whether it is a solution at all."""
        return bool(np.isfinite(self.cost) and np.isfinite(self.covariance).all())


def solve(residuals: Residuals, starts: F64, step: F64, rounds: int = ROUNDS) -> list[Solution]:
    """The unknowns that make the residuals smallest, from `starts` (s, p), one solution for each.

    step: (p,) for the differences, about a thousandth of what matters of each unknown. Residuals of what is
    known beforehand belong among them, so that the problem always has one answer.
    """
    values = starts.astype(np.float64)
    damping = np.full(len(values), FIRST_DAMPING)
    now, jacobian = _linearised(residuals, values, step)
    cost = (now**2).sum(axis=1) / 2
    settled = np.zeros(len(values), np.bool_)
    for _ in range(rounds):
        transposed = np.swapaxes(jacobian, 1, 2)
        normal = transposed @ jacobian
        diagonal = np.diagonal(normal, axis1=1, axis2=2) + 1e-12
        damped = normal + np.einsum("s,si,ij->sij", damping, diagonal, np.eye(len(step)))
        move = -np.linalg.solve(damped, transposed @ now[..., None])[..., 0]
        # Where the differences overflowed there is no way to go yet: stay, and damp more.
        move = np.where(np.isfinite(move).all(axis=1, keepdims=True), move, 0.0)
        after = (residuals((values + move)[:, None])[:, 0] ** 2).sum(axis=1) / 2
        better = np.isfinite(after) & (after < cost) & ~settled
        settled |= (better & (cost - after < SETTLED)) | (~better & (damping >= MAX_DAMPING))
        damping = np.where(better, np.maximum(damping / 10, 1e-9), np.minimum(damping * 8, MAX_DAMPING))
        if better.any():
            values = np.where(better[:, None], values + move, values)
            now, jacobian = _linearised(residuals, values, step)
            cost = (now**2).sum(axis=1) / 2
        if settled.all():
            break
    return [
        Solution(v, _covariance(j), r, float(c))
        for v, j, r, c in zip(values, jacobian, now, cost, strict=True)
    ]


def _covariance(jacobian: F64) -> F64:
    """Of the unknowns, (p, p); nan where the solution is none."""
    normal = jacobian.T @ jacobian
    if not np.isfinite(normal).all():
        return np.full_like(normal, np.nan)
    return np.asarray(np.linalg.pinv(normal, hermitian=True), dtype=np.float64)


def _linearised(residuals: Residuals, values: F64, step: F64) -> tuple[F64, F64]:
    """Residuals (s, r) and their derivatives (s, r, p), by central differences."""
    count = len(step)
    moves = np.vstack((np.zeros((1, count)), np.diag(step), -np.diag(step)))
    around = residuals(values[:, None] + moves)
    ahead, behind = around[:, 1 : count + 1], around[:, count + 1 :]
    return around[:, 0], np.swapaxes((ahead - behind) / (2 * step[:, None]), 1, 2)
