"""All that the detector remembers between two frames."""

from dataclasses import dataclass, field

from edge.core.vision.events import Events
from edge.core.vision.facade_watch import Watch
from edge.core.vision.fall import Verdict
from edge.core.vision.foreground import Activity, Moment, Still, Window
from edge.core.vision.frame import F64, Rejection, Suspicion
from edge.core.vision.regions import Regions
from edge.core.vision.tracks import Sights, Trace, View, no_passages


@dataclass(frozen=True, slots=True)
class Watched:
    """A living trace that was judged. suspected_s: since when it may be a fall; sure: so often in a row.

    sights: how many it had. verdict: on these; None if there was nothing to say. learned: the highest P(fall)
    that a verifier gave it. surest: the verdict with the highest score that it had. feared: the highest
    sureness of its verdicts.
    """

    id: int
    judged_s: float
    sights: int
    suspected_s: float | None = None
    sure: int = 0
    verdict: Verdict | None = None
    learned: float = 0.0
    surest: Verdict | None = None
    feared: float = 0.0


@dataclass(frozen=True, slots=True)
class State:
    """A value: `pipeline.step` answers with the next one."""

    factor: int
    view: View
    activity: Activity
    window: Window = field(default_factory=Window)
    still: Still = field(default_factory=Still)
    last_s: float | None = None
    fresh_s: float | None = None
    """Times of the last moment, and of the last whose picture did not repeat the one before."""
    traces: tuple[Trace, ...] = ()
    history: tuple[Sights, ...] = ()
    ended: tuple[Trace, ...] = ()
    passages: F64 = field(default_factory=no_passages)
    watched: tuple[Watched, ...] = ()
    events: Events = field(default_factory=Events)
    rejections: tuple[Rejection, ...] = ()
    suspicions: tuple[Suspicion, ...] = ()
    """Both of the last frame only."""
    ignored: Regions | None = None
    facade: Watch | None = None
    """What is ignored instead of `ignored` where the facade is looked for in the picture."""
    album: tuple[Moment, ...] = ()
    """The last pictures, for a verifier; empty without one."""
    next_id: int = 1

    @property
    def now_s(self) -> float:
        """Presentation time of the last frame."""
        return self.window.shots[-1].last_s if self.window.shots else 0.0
