"""When a device's fault begins and ends: bad for long enough, good for long enough, and not flapping.

The words are those of alarm practice (ISA-18.2, IEC 62682): on-delay, off-delay, deadband, chattering.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, cast

State = Literal["good", "doubtful", "bad", "recovering"]

Measured = Literal["good", "bad", "unknown"]
"""What a measurement says; `unknown`: it cannot be told now."""

TRANSITIONS: Final = {
    ("good", "bad"): "doubtful",
    ("doubtful", "good"): "good",
    ("doubtful", "held"): "bad",
    ("bad", "good"): "recovering",
    ("recovering", "bad"): "bad",
    ("recovering", "held"): "good",
}


@dataclass(frozen=True, slots=True)
class Policy:
    """on_delay_s, off_delay_s: how long it must be bad, or good, before it is told.

    Told `chatters` times within `chatter_s`, it is told no more but as unstable, until it has kept one state
    for `chatter_s`.
    """

    on_delay_s: float
    off_delay_s: float
    chatters: int = 4
    chatter_s: float = 3600.0


@dataclass(frozen=True, slots=True)
class Condition:
    """since: when the present state began. bad_since: since when it is bad, as it will be told.

    raised_at: when it was raised within the last `chatter_s`.
    """

    state: State
    since: datetime
    bad_since: datetime | None = None
    raised_at: tuple[datetime, ...] = ()
    unstable: bool = False


@dataclass(frozen=True, slots=True)
class Raised:
    """Effect: it is bad, since then."""

    since: datetime


@dataclass(frozen=True, slots=True)
class Cleared:
    """Effect: it is good, since then."""

    since: datetime


@dataclass(frozen=True, slots=True)
class Unstable:
    """Effect: it comes and goes; it was raised so often since then."""

    since: datetime
    times: int


@dataclass(frozen=True, slots=True)
class Steady:
    """Effect: it is no longer unstable. If it is bad, `Raised` follows."""

    since: datetime


Effect = Raised | Cleared | Unstable | Steady


@dataclass(frozen=True, slots=True)
class Limit:
    """A threshold with its deadband: bad from `raise_at` on, good again only from `clear_at` on.

    raise_at above clear_at: too much is bad; else too little is.
    """

    raise_at: float
    clear_at: float

    def breached(self, value: float, *, before: bool) -> bool:
        """Whether the value is bad, given whether it was bad before."""
        limit = self.clear_at if before else self.raise_at
        if self.raise_at > self.clear_at:
            return value > limit if before else value >= limit
        return value < limit if before else value <= limit


def start(at: datetime, *, bad: bool = False) -> Condition:
    """A condition that nobody has measured yet. bad: it was raised before a restart, and not cleared."""
    return Condition("bad", at, bad_since=at) if bad else Condition("good", at)


def is_bad(condition: Condition) -> bool:
    """Whether it counts as bad now, for `Limit.breached`."""
    return condition.state in {"bad", "recovering"}


def due(policy: Policy, condition: Condition) -> datetime | None:
    """When time alone will change it; None when only a measurement can."""
    if condition.state == "doubtful":
        return condition.since + timedelta(seconds=policy.on_delay_s)
    if condition.state == "recovering":
        return condition.since + timedelta(seconds=policy.off_delay_s)
    return condition.since + timedelta(seconds=policy.chatter_s) if condition.unstable else None


def step(
    policy: Policy, condition: Condition, measured: Measured, at: datetime
) -> tuple[Condition, tuple[Effect, ...]]:
    """The condition after a measurement, and what to tell.

    While it is unknown no delay runs: what is being timed begins anew.
    """
    if measured == "unknown":
        timed = condition.state in {"doubtful", "recovering"}
        return (replace(condition, since=max(at, condition.since)) if timed else condition), ()
    moved = _moved(condition, measured, at)
    delay_s = {"doubtful": policy.on_delay_s, "recovering": policy.off_delay_s}.get(moved.state)
    if delay_s is None or (at - moved.since).total_seconds() < delay_s:
        return _settled(policy, moved, at)
    held = _moved(moved, "held", at)
    if held.state == "bad":
        return _raised(policy, replace(held, bad_since=moved.since), at)
    effects = () if held.unstable else (Cleared(moved.since),)
    return replace(held, bad_since=None), effects


def _moved(condition: Condition, what: str, at: datetime) -> Condition:
    state = cast("State", TRANSITIONS.get((condition.state, what), condition.state))
    return condition if state == condition.state else replace(condition, state=state, since=at)


def _raised(policy: Policy, condition: Condition, at: datetime) -> tuple[Condition, tuple[Effect, ...]]:
    window = timedelta(seconds=policy.chatter_s)
    raised_at = (*(then for then in condition.raised_at if at - then < window), at)
    after = replace(condition, raised_at=raised_at[-policy.chatters :])
    if condition.unstable:
        return after, ()
    if len(raised_at) >= policy.chatters:
        return replace(after, unstable=True), (Unstable(raised_at[0], len(raised_at)),)
    assert condition.bad_since is not None
    return after, (Raised(condition.bad_since),)


def _settled(policy: Policy, condition: Condition, at: datetime) -> tuple[Condition, tuple[Effect, ...]]:
    """An unstable one that has kept a state for long enough is told by it again."""
    keeps = condition.state in {"good", "bad"}
    if not condition.unstable or not keeps or (at - condition.since).total_seconds() < policy.chatter_s:
        return condition, ()
    steady = replace(condition, unstable=False, raised_at=())
    if condition.state == "good":
        return steady, (Steady(condition.since),)
    return steady, (Steady(condition.since), Raised(condition.bad_since or condition.since))
