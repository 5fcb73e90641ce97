"""What the box knows of true time: an anchor between a clock that never steps and UTC. Pure.

Steady instants are those of that clock (`edge.clock.steady_now`): good for differences, for waiting, and,
with an anchor, for UTC. The wall clock is asked once, for a first guess; afterwards it may be set at will.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from contracts.base import Clock

DRIFT: Final = 500e-6
"""Seconds a second that a quartz, or NTP's slewing, is off at most (RFC 5905, 11.3): how fast doubt grows."""
CLOUD_ERROR_S: Final = 0.1
"""The cloud's servers are kept by NTP; two of them do not differ by more than twice this."""
BETTER: Final = 0.5
"""Evidence is taken when it is better by this factor: a stamp should not wander for nothing."""
STALE_S: Final = 600.0
"""An anchor is renewed after this time by evidence that is no worse than it has become."""
MATERIAL_S: Final = 1.0
"""The cloud is told of errors from this on: a smaller one cannot be seen in what people read."""
STEP_S: Final = 0.5
"""What the wall clock moves beyond this between two looks was a step: NTP slews 0.5 ms a second."""
WALL_TOLERANCE: Final = timedelta(days=1)
"""Certificates' dates are checked by the wall clock unless it is known to be off by more than this."""

Source = Literal["guess", "ntp", "cloud"]
Verdict = Literal["kept", "adopted", "learnt", "mended", "refused"]
"""What became of evidence. `learnt`: until now there was a guess. `mended`: what was believed was wrong."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """At the steady instant `at` it was `utc`. uncertainty_s: half-width of the possible; None: a guess."""

    at: datetime
    utc: datetime
    uncertainty_s: float | None
    source: Source

    @property
    def ahead(self) -> timedelta:
        """UTC less the steady clock."""
        return self.utc - self.at


def guess(at: datetime, wall: datetime, not_before: datetime) -> Anchor:
    """What the wall clock says, or the instant before which it cannot be, if that is later."""
    return Anchor(at, max(wall, not_before), None, "guess")


def of_kernel(at: datetime, wall: datetime, bound_s: float) -> Anchor:
    """The wall clock while NTP keeps it within `bound_s`."""
    return Anchor(at, wall, bound_s, "ntp")


def of_exchange(sent: datetime, received: datetime, said: datetime) -> Anchor:
    """The cloud read `said` from its clock between our sending and our receiving.

    So it is right in the middle to within half of the way there and back (F. Cristian, Probabilistic clock
    synchronization, Distributed Computing 3, 1989), and as far as the cloud's own clock is.
    """
    half = (received - sent) / 2
    return Anchor(sent + half, said, max(half.total_seconds(), 0.0) + CLOUD_ERROR_S, "cloud")


def utc_of(anchor: Anchor, at: datetime) -> datetime:
    """The steady instant `at` as UTC."""
    return at + anchor.ahead


def uncertainty_s(anchor: Anchor, at: datetime) -> float | None:
    """How far `utc_of` may be off at a steady instant: it grows with the time since the anchor."""
    if anchor.uncertainty_s is None:
        return None
    return anchor.uncertainty_s + DRIFT * abs((at - anchor.at).total_seconds())


def knowledge(anchor: Anchor, at: datetime) -> Clock:
    """What a message says of the clock that stamped it."""
    bound_s = uncertainty_s(anchor, at)
    return Clock() if bound_s is None else Clock(offset_s=0.0, uncertainty_s=round(bound_s, 4))


def weigh(anchor: Anchor, evidence: Anchor, at: datetime) -> tuple[Anchor, Verdict]:
    """The better of what is believed and what is now said.

    Where both cannot be true the cloud is believed, whose certificate was checked, and not an NTP server,
    whom anybody can play. A wall clock that was set while it calls itself kept is refused by the same rule.
    """
    old_s, new_s = uncertainty_s(anchor, at), uncertainty_s(evidence, at)
    assert new_s is not None, "evidence says how sure it is"
    if old_s is None:
        return evidence, "learnt"
    apart_s = abs((utc_of(anchor, at) - utc_of(evidence, at)).total_seconds())
    if apart_s > old_s + new_s:
        return (evidence, "mended") if evidence.source == "cloud" else (anchor, "refused")
    stale = (at - anchor.at).total_seconds() > STALE_S
    if new_s <= BETTER * old_s or (stale and new_s <= old_s):
        return evidence, "adopted"
    return anchor, "kept"


def offset_s(before: Anchor, after: Anchor) -> float:
    """How much too late everything was stamped by `before`, seconds."""
    return (before.ahead - after.ahead).total_seconds()


def is_material(before: Anchor, after: Anchor) -> bool:
    """Whether what was stamped by `before` has to be corrected: a guess, or off by something to see."""
    return before.uncertainty_s is None or abs(offset_s(before, after)) > MATERIAL_S


def stepped_s(ahead_before: timedelta, ahead_now: timedelta) -> float | None:
    """By how much the wall clock was set between two looks at it (wall less steady); None: it was not."""
    moved_s = (ahead_now - ahead_before).total_seconds()
    return moved_s if abs(moved_s) > STEP_S else None


def wall_serves(wall: datetime, anchor: Anchor, at: datetime, valid: tuple[datetime, datetime]) -> bool:
    """Whether the dates of certificates can be checked by the wall clock.

    Not when it lies outside of the validity of our own certificate, `valid`: then it is surely wrong, or we
    cannot connect anyhow. Nor when it is known to be off by more than a day.
    """
    if not valid[0] <= wall <= valid[1]:
        return False
    return anchor.uncertainty_s is None or abs(wall - utc_of(anchor, at)) <= WALL_TOLERANCE
