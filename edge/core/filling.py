"""How long a disk will last, from the rate at which it has been filling."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

EVERY_S: Final = 60.0
KEPT_S: Final = 6 * 3600.0
"""The rate is that of the last six hours: shorter ones see a clip as a flood, longer ones miss a flood."""
LEAST_S: Final = 600.0
"""With less to go by nothing is said."""
FULL_BYTES: Final = 64 * 1024**2
"""So much is left when SQLite and clips begin to fail."""


@dataclass(frozen=True, slots=True)
class Filling:
    """Samples of a file system, oldest first: (monotonic seconds, free bytes)."""

    samples: tuple[tuple[float, int], ...] = ()


def measured(filling: Filling, at_s: float, free_bytes: int) -> Filling:
    """With another sample; those older than KEPT_S are forgotten."""
    kept = tuple(sample for sample in filling.samples if sample[0] > at_s - KEPT_S)
    return Filling((*kept, (at_s, free_bytes)))


def hours_left(filling: Filling) -> float:
    """Until the disk is full if it goes on like this: least-squares rate of the samples.

    NaN while too little is known; infinity where it does not fill.
    """
    if not filling.samples or filling.samples[-1][0] - filling.samples[0][0] < LEAST_S:
        return math.nan
    at_s, free = np.array(filling.samples, dtype=np.float64).T
    at_s -= at_s.mean()
    rate = -float(at_s @ (free - free.mean()) / (at_s @ at_s))
    left = max(float(filling.samples[-1][1]) - FULL_BYTES, 0.0)
    return math.inf if rate <= 0 else left / rate / 3600
