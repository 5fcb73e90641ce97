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


SHORT: Final = 0.25
"""Of what makes a camera lost: less than a read takes that gives up, more than lies between two frames of a
stream in which falls can be seen."""


@dataclass(frozen=True, slots=True)
class Camera:
    """since: UTC of the state's beginning. heard_at: when a frame was last seen, or waiting began.

    reason: what was last wrong with the stream, for people. lone_at: when a frame came after a silence and no
    other has followed yet.
    """

    state: State
    since: datetime
    heard_at: datetime
    reason: str = ""
    lone_at: datetime | None = None


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
            return _seen(camera, at, lost_after_s)
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


def _seen(camera: Camera, at: datetime, lost_after_s: float) -> tuple[Camera, tuple[Announce, ...]]:
    """A frame after a silence counts once another follows it.

    A read that gives up after its time hands out the last packet, which had waited for the next one to end it
    (FFmpeg's parsers do): one frame, seconds late, from a camera that is gone.
    """
    near = timedelta(seconds=lost_after_s * SHORT)
    came_back = camera.state != "starting" and (camera.state == "lost" or at - camera.heard_at > near)
    if came_back and (camera.lone_at is None or not timedelta() <= at - camera.lone_at <= near):
        return replace(camera, lone_at=at), ()
    if camera.state == "streaming":
        return replace(camera, heard_at=at, lone_at=None), ()
    state = cast("State", TRANSITIONS[camera.state, "frame"])
    since = camera.lone_at or at
    return Camera(state, since, at), (Announce("streaming", since, ""),)
