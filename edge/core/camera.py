"""A camera's state as the desk will see it: starting → streaming → lost, decided by frames and by silence."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, cast

State = Literal["starting", "streaming", "lost"]

TRANSITIONS: Final = {
    ("starting", "frame"): "streaming",
    ("starting", "silence"): "lost",
    ("streaming", "silence"): "lost",
    ("lost", "frame"): "streaming",
}


@dataclass(frozen=True, slots=True)
class Camera:
    """since: UTC of the state's beginning. heard_at: when a frame was last seen, or waiting began.

    reason: what was last wrong with the stream, for people.
    """

    state: State
    since: datetime
    heard_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FrameSeen:
    """A frame was decoded."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """The stream ended or could not be opened. It is tried again; only silence makes a camera lost."""

    reason: str


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Look whether it has been silent for too long."""


@dataclass(frozen=True, slots=True)
class Announce:
    """Effect: the state changed; tell the cloud since when."""

    state: Literal["streaming", "lost"]
    since: datetime
    reason: str


def start(at: datetime) -> Camera:
    """A camera that nobody has heard of yet."""
    return Camera("starting", at, at)


def due(camera: Camera, lost_after_s: float) -> datetime | None:
    """When silence will make it lost; None when it is."""
    return None if camera.state == "lost" else camera.heard_at + timedelta(seconds=lost_after_s)


def step(
    camera: Camera, given: FrameSeen | Trouble | TimePassed, at: datetime, lost_after_s: float
) -> tuple[Camera, tuple[Announce, ...]]:
    """The camera after `given`, and what to tell. A clock that was set back does not count as silence."""
    match given:
        case FrameSeen():
            if camera.state == "streaming":
                return replace(camera, heard_at=at), ()
            state = cast("State", TRANSITIONS[camera.state, "frame"])
            return Camera(state, at, at), (Announce("streaming", at, ""),)
        case Trouble(reason):
            return replace(camera, reason=reason), ()
        case TimePassed():
            if at < camera.heard_at:
                return replace(camera, heard_at=at), ()
            when = due(camera, lost_after_s)
            if when is None or at < when:
                return camera, ()
            reason = camera.reason or f"no picture for {lost_after_s:g} s"
            state = cast("State", TRANSITIONS[camera.state, "silence"])
            return replace(camera, state=state, since=camera.heard_at), (
                Announce("lost", camera.heard_at, reason),
            )
