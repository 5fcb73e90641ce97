"""When the facade is looked for in the picture, and which of its answers count. Pure: state in, state out."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from edge.core.vision import regions
from edge.core.vision.facade_mask import unwatched
from edge.core.vision.frame import Luma
from edge.core.vision.regions import Mask, Regions

AGAIN_S: Final = 60.0
"""Light wanders over a facade within minutes. One look costs as much as ten to twenty frames."""
SETTLED_S: Final = 5.0
"""After the whole picture changed (a bump, lightning) until the still picture shows the new view alone."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is known of the facade's place.

    drawn: regions that a person drew; they always count. found: where the last look saw that no fall can be
    seen, (h, w) bool, None if it was not sure. ignored: what counts now.
    """

    drawn: Regions | None = None
    found: Mask | None = None
    due_s: float | None = None
    fresh: bool = True
    """No look since the beginning or since the whole picture changed: the next one needs no second."""
    ignored: Regions | None = None


def begun(drawn: Regions | None) -> Watch:
    """Nothing was looked at yet: all is watched but what a person drew."""
    return Watch(drawn, ignored=drawn)


def looked(watch: Watch, still: Luma | None, t_s: float, side: int) -> Watch:
    """Looks at the still picture if it is time to.

    still: (h, w) uint8, what stands still, None while that is not known. side: of a block, reduced pixels.
    A place is ignored only if two looks in a row agree; the first look has none before it.
    """
    if still is None or (watch.due_s is not None and t_s < watch.due_s):
        return watch
    found = unwatched(still)
    agreed = found if watch.fresh else _both(watch.found, found)
    ignored = watch.drawn if agreed is None else regions.joined(watch.drawn, regions.of(agreed, side))
    return replace(watch, found=found, due_s=t_s + AGAIN_S, fresh=False, ignored=ignored)


def shaken(watch: Watch, t_s: float) -> Watch:
    """The whole picture changed at once: it may be another view, so all is watched until it was looked at."""
    return replace(watch, found=None, due_s=t_s + SETTLED_S, fresh=True, ignored=watch.drawn)


def _both(before: Mask | None, now: Mask | None) -> Mask | None:
    return None if before is None or now is None else np.logical_and(before, now)
