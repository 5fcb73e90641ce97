"""Decides when a siren, lamp or loudspeaker is switched: soon, seldom, for a bounded time, and off again.

Nobody knows what a device did before the agent began, so it begins by being switched off; and what could not
be switched off is tried for ever. All instants are steady ones: no clock that is set prolongs a warning or
forbids one.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, cast

State = Literal["ending", "off", "starting", "on"]

TRANSITIONS: Final = {
    ("ending", "switched_off"): "off",
    ("ending", "suspected"): "starting",
    ("off", "suspected"): "starting",
    ("starting", "switched_on"): "on",
    ("starting", "failed"): "ending",
    ("on", "held"): "ending",
}

AGAIN_S: Final = 5.0
"""Between two tries to switch off."""
LATE_S: Final = 3.0
"""A suspicion older than this warns nobody: twenty floors take 3.5 s."""
HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Policy:
    """hold_s: how long it is on. rest_s: how long it then stays off. per_hour: how often at the most."""

    hold_s: float
    rest_s: float
    per_hour: int


@dataclass(frozen=True, slots=True)
class Suspected:
    """Input: something may be falling. first_at: when it was first visible. at: when that was said."""

    camera: str
    first_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Switched:
    """Input: the device answered. failed: why it did not do what it was told; empty if it did."""

    on: bool
    failed: str = ""


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Input: look whether something is due."""


@dataclass(frozen=True, slots=True)
class Switch:
    """Effect: switch the device; its answer is the next `Switched` with the same `on`."""

    on: bool


@dataclass(frozen=True, slots=True)
class Tell:
    """Effect: what became of a suspicion."""

    outcome: Literal["on", "failed", "held_back"]
    cause: Suspected
    reason: str = ""


Input = Suspected | Switched | TimePassed
Effect = Switch | Tell


@dataclass(frozen=True, slots=True)
class Device:
    """due_at: when it is switched off, or that is tried again.

    cause: what it was switched on for. begun: when it was switched on or that was tried, in the last hour.
    held_back_at: when a suspicion was last told to be held back.
    """

    state: State
    due_at: datetime | None
    cause: Suspected | None = None
    begun: tuple[datetime, ...] = ()
    held_back_at: datetime | None = None


def start(at: datetime) -> Device:
    """A device of which nobody knows whether it is on."""
    return Device("ending", at)


def due(device: Device) -> datetime | None:
    """When TimePassed will do something; None while an answer is awaited or nothing is on."""
    return device.due_at


def step(policy: Policy, device: Device, given: Input, at: datetime) -> tuple[Device, tuple[Effect, ...]]:
    """The device after `given`, and what to do. An input that means nothing in this state changes nothing."""
    match given:
        case Suspected():
            return _suspected(policy, device, given, at)
        case Switched(on=True):
            return _answered_on(policy, device, given, at)
        case Switched() if device.state == "ending":
            if given.failed:
                return replace(device, due_at=at + timedelta(seconds=AGAIN_S)), ()
            return replace(device, state=_after("ending", "switched_off"), due_at=None), ()
        case TimePassed() if _is_due(device, at):
            if device.state == "on":
                device = replace(device, state=_after("on", "held"))
            return replace(device, due_at=None), (Switch(on=False),)
    return device, ()


def _suspected(
    policy: Policy, device: Device, cause: Suspected, at: datetime
) -> tuple[Device, tuple[Effect, ...]]:
    if device.state in {"starting", "on"}:
        return device, ()  # it warns already
    late_s = (at - cause.at).total_seconds()
    if late_s > LATE_S:
        return _held_back(policy, device, cause, f"told {late_s:.1f} s late", at)
    begun = tuple(then for then in device.begun if at - then < HOUR)
    if begun and (at - begun[-1]).total_seconds() < policy.hold_s + policy.rest_s:
        return _held_back(policy, device, cause, f"it rests for {policy.rest_s:g} s after a warning", at)
    if len(begun) >= policy.per_hour:
        return _held_back(policy, device, cause, f"{policy.per_hour} warnings an hour are the most", at)
    state = _after(device.state, "suspected")
    after = replace(device, state=state, due_at=None, cause=cause, begun=(*begun, at))
    return after, (Switch(on=True),)


def _held_back(
    policy: Policy, device: Device, cause: Suspected, reason: str, at: datetime
) -> tuple[Device, tuple[Effect, ...]]:
    """Told once a rest: rain may suspect something every second."""
    told_at = device.held_back_at
    if told_at is not None and 0 <= (at - told_at).total_seconds() < policy.rest_s:
        return device, ()
    return replace(device, held_back_at=at), (Tell("held_back", cause, reason),)


def _answered_on(
    policy: Policy, device: Device, answer: Switched, at: datetime
) -> tuple[Device, tuple[Effect, ...]]:
    if device.state != "starting" or device.cause is None:
        return device, ()
    if answer.failed:
        # It may be on all the same: an answer can be lost where the command was not.
        after = replace(device, state=_after("starting", "failed"), due_at=at)
        return after, (Tell("failed", device.cause, answer.failed),)
    until = at + timedelta(seconds=policy.hold_s)
    after = replace(device, state=_after("starting", "switched_on"), due_at=until)
    return after, (Tell("on", device.cause),)


def _is_due(device: Device, at: datetime) -> bool:
    return device.due_at is not None and at >= device.due_at


def _after(state: State, what: str) -> State:
    return cast("State", TRANSITIONS[state, what])
