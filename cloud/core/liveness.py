"""Whether an agent is there: told by its status, by its last will, or by its silence."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

State = Literal["unknown", "online", "offline"]

SILENCE: Final = timedelta(seconds=35)
"""An agent says something every 10 s; three lost in a row and a little patience."""

TRANSITIONS: Final = {
    ("unknown", "status"): "online",
    ("unknown", "last_will"): "offline",
    ("online", "status"): "online",
    ("online", "last_will"): "offline",
    ("online", "silence"): "offline",
    ("offline", "status"): "online",
    ("offline", "last_will"): "offline",
}


@dataclass(frozen=True, slots=True)
class Liveness:
    """What is known of one agent. `heard_at` is by the cloud's clock."""

    state: State = "unknown"
    since: datetime | None = None
    heard_at: datetime | None = None
    boot: UUID | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """The agent said that it is there.

    written_at: by the agent's clock, given only for a retained message, whose arrival says nothing about now.
    """

    boot: UUID
    written_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LastWill:
    """The broker lost the agent, or the agent said goodbye."""

    boot: UUID


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing came; only the clock moved."""


@dataclass(frozen=True, slots=True)
class WentOffline:
    """Effect: the agent is gone."""

    reason: str


@dataclass(frozen=True, slots=True)
class CameBack:
    """Effect: the agent is there (again)."""


Input = Status | LastWill | TimePassed
Effect = WentOffline | CameBack


def due(agent: Liveness) -> datetime | None:
    """When silence will speak; None when it has nothing to say."""
    if agent.state != "online" or agent.heard_at is None:
        return None
    return agent.heard_at + SILENCE


def step(agent: Liveness, given: Input, at: datetime) -> tuple[Liveness, tuple[Effect, ...]]:
    """The agent after `given` at `at`, by the cloud's clock, and what follows. Never refuses."""
    match given:
        case Status():
            return _spoken(agent, given, at)
        case LastWill(boot):
            if agent.state == "offline" or (agent.boot is not None and agent.boot != boot):
                # A will of an earlier boot can arrive after the next boot has spoken.
                return agent, ()
            return replace(agent, state="offline", since=at, boot=boot), (WentOffline("last_will"),)
        case TimePassed():
            end = due(agent)
            if end is None or at < end:
                return agent, ()
            return replace(agent, state="offline", since=at), (WentOffline("silence"),)


def _spoken(agent: Liveness, status: Status, at: datetime) -> tuple[Liveness, tuple[Effect, ...]]:
    heard_at = at if status.written_at is None else min(status.written_at, at)
    if at - heard_at > SILENCE and agent.state != "online":
        # An old retained status must not revive an agent that nobody has heard since.
        return replace(agent, boot=agent.boot or status.boot), ()
    newest = max(heard_at, agent.heard_at or heard_at)
    if agent.state == "online":
        return replace(agent, heard_at=newest, boot=status.boot), ()
    return Liveness("online", at, newest, status.boot), (CameBack(),)
