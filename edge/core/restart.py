"""When something that ended is tried again: soon, then later and later, never all together."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, cast

State = Literal["waiting", "running"]

TRANSITIONS: Final = {
    ("waiting", "due"): "running",
    ("running", "ended"): "waiting",
}


@dataclass(frozen=True, slots=True)
class Policy:
    """How long to wait.

    The n-th failure in a row waits min(cap_s, base_s · 2ⁿ⁻¹), less up to `jitter` of it. Whoever ran for
    `healthy_s` has no failures behind it. `storm` ends within `storm_s` are told as a storm.
    """

    base_s: float = 0.5
    cap_s: float = 30.0
    jitter: float = 0.3
    healthy_s: float = 30.0
    storm: int = 5
    storm_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Restart:
    """One thing that is kept running."""

    state: State = "waiting"
    failures: int = 0
    since: datetime | None = None
    """Start of the present run, or the instant at which to start; None: at once."""
    ends: tuple[datetime, ...] = ()
    """When it ended within the last `storm_s`."""
    storming: bool = False
    """A storm was told, and not its end: a run of `healthy_s`."""


@dataclass(frozen=True, slots=True)
class Ended:
    """It ended. `luck`: uniform in 0…1, spreads many agents apart."""

    luck: float


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Look whether something is due."""


@dataclass(frozen=True, slots=True)
class Start:
    """Effect: start it now."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Effect: told so that it can be logged."""

    seconds: float
    failures: int


@dataclass(frozen=True, slots=True)
class Stormed:
    """Effect: it ended so often in so short a time that somebody must look."""

    times: int


@dataclass(frozen=True, slots=True)
class Calmed:
    """Effect: it has run for long enough again."""


Effect = Start | Wait | Stormed | Calmed


def delay_s(policy: Policy, failures: int, luck: float) -> float:
    """Seconds to wait after `failures` failures in a row (≥ 1)."""
    full = min(policy.cap_s, policy.base_s * 2.0 ** min(failures - 1, 30))
    return full * (1 - policy.jitter * luck)


def due(restart: Restart, at: datetime) -> datetime | None:
    """When TimePassed will start it; None while it runs."""
    if restart.state == "running":
        return None
    return restart.since or at


def wait_s(policy: Policy, restart: Restart, at: datetime) -> float:
    """Seconds to sleep before TimePassed is given again: until it is due, and never longer than the cap."""
    when = due(restart, at)
    return min(max((when - at).total_seconds(), 0.0), policy.cap_s) if when is not None else 0.0


def step(
    policy: Policy, restart: Restart, given: Ended | TimePassed, at: datetime
) -> tuple[Restart, tuple[Effect, ...]]:
    """The state after `given`, and what to do. An input that means nothing in this state changes nothing."""
    match given:
        case TimePassed() if restart.state == "waiting" and (restart.since is None or at >= restart.since):
            return replace(restart, state=_after("waiting", "due"), since=at), (Start(),)
        case TimePassed() if restart.storming and _ran_s(restart, at) >= policy.healthy_s:
            return replace(restart, storming=False, ends=()), (Calmed(),)
        case Ended(luck) if restart.state == "running":
            failures = 1 if _ran_s(restart, at) >= policy.healthy_s else restart.failures + 1
            pause_s = delay_s(policy, failures, luck)
            recent = (*(then for then in restart.ends if (at - then).total_seconds() < policy.storm_s), at)
            storms = len(recent) >= policy.storm and not restart.storming
            after = Restart(
                _after("running", "ended"),
                failures,
                at + timedelta(seconds=pause_s),
                recent[-policy.storm :],
                restart.storming or storms,
            )
            told: tuple[Effect, ...] = (Wait(pause_s, failures),)
            return after, (*told, Stormed(len(recent))) if storms else told
        case _:
            return restart, ()


def _ran_s(restart: Restart, at: datetime) -> float:
    running = restart.state == "running" and restart.since is not None
    return (at - restart.since).total_seconds() if running and restart.since else 0.0


def _after(state: State, what: str) -> State:
    return cast("State", TRANSITIONS[state, what])
