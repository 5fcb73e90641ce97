"""Bars and lines through the whole picture: interference shows in every part of a row, a scene does not."""

from typing import Final

import numpy as np

from edge.core.picture_health.look import F32

BANDS: Final = 12
"""Static stripes are narrower than a picture's side by so much; wider shades are weather."""
PARTS: Final = 8
LOUDEST: Final = 2
"""Of so many parts of the lines so many are left out: running letters and shadows are in one or two."""


def amplitude(now: F32, usual: F32, *, moving: bool) -> float:
    """How strongly stripes cross the picture, root mean square, grey levels.

    now, usual: (lines, groups) float32, mean luma of the parts of each line; usual: what is held against.
    moving: usual is the picture a second ago, so wide bars count too: light does not change so quickly.
    """
    if now.shape != usual.shape:
        return 0.0
    rest = now - _fitted(now, usual)
    rest = rest - (rest.mean(axis=0) if moving else _smooth(rest, max(len(rest) // BANDS, 3)))
    rest = np.clip(rest, -60, 60)
    common = np.median(rest, axis=1)
    apart = np.median(np.abs(rest - common[:, None]), axis=1)
    power = np.maximum(np.abs(common) - 2 * apart, 0) ** 2
    parts = sorted(float(part.mean()) for part in np.array_split(power, PARTS))
    return float(np.sqrt(np.mean(parts[: PARTS - LOUDEST])))


def _fitted(now: F32, usual: F32) -> F32:
    """The usual lines under now's light: brightness and contrast of each group by least squares."""
    centred, before = now - now.mean(axis=0), usual - usual.mean(axis=0)
    gain = (centred * before).sum(axis=0) / np.maximum((before**2).sum(axis=0), 1e-3)
    return np.asarray(now.mean(axis=0) + np.clip(gain, 0.2, 3.0) * before, np.float32)


def _smooth(values: F32, length: int) -> F32:
    padded = np.pad(values, ((length, length), (0, 0)), mode="edge")
    total = np.cumsum(np.vstack([np.zeros((1, values.shape[1]), np.float32), padded]), axis=0)
    span = 2 * length + 1
    return np.asarray((total[span:] - total[:-span]) / span, np.float32)[: len(values)]
