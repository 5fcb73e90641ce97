"""Whether memory grows: samples over time, and what they say once the programs have warmed up."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

WARM_UP_SHARE = 0.25
"""Of the run: the ring of video, the allocator's arenas and the outbox's cache are full by then."""
END_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Sample:
    """rss_mb, pss_mb: of one process at one time; shared pages count fully, and by their share."""

    at_h: float
    rss_mb: float
    pss_mb: float


@dataclass(frozen=True, slots=True)
class Growth:
    """Medians of the first and last tenth after warming up, MB, and how much the last is larger."""

    begin_mb: float
    end_mb: float
    peak_mb: float

    @property
    def share(self) -> float:
        """0.05: five per cent more."""
        return self.end_mb / self.begin_mb - 1


def growth(samples: Sequence[Sample]) -> Growth | None:
    """Of one process's resident memory; None where there are too few samples."""
    warm = samples[int(len(samples) * WARM_UP_SHARE) :]
    edge = max(int(len(warm) * END_SHARE), 1)
    if len(warm) < 2 * edge:
        return None
    rss = [sample.rss_mb for sample in warm]
    return Growth(float(np.median(rss[:edge])), float(np.median(rss[-edge:])), max(rss))
