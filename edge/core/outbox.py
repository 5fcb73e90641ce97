"""What of the outbox is sent next: alarms first, a bounded number unconfirmed, again when unanswered.

Only the cloud's receipt takes a message out; the broker's acknowledgement says nothing about the database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

PRIORITY: Final[Mapping[str, int]] = {
    "falling_object": 0,
    "fall_ended": 1,
    "clip_sealed": 1,
    "clip_failed": 1,
    "camera_state": 1,
    "device_fault": 1,
    "device_record": 1,
    "desired_report": 1,
    "warning_given": 1,
    "clock_set": 1,
    "loss": 1,
    "camera_minute": 2,
    "sensor_reading": 3,
}
"""Kind → how urgent, 0 first. Within a priority the order is that of the outbox."""
URGENT: Final = 1
"""Priorities up to this may use the reserve, so that a flood of telemetry never holds an alarm back."""
TELEMETRY: Final = 2
"""Priorities from this on are refused when the outbox is full."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A message: its boot and its sequence number there."""

    boot: UUID
    seq: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message in the outbox."""

    key: Key
    priority: int


@dataclass(frozen=True, slots=True)
class Policy:
    """window: messages that may be unconfirmed at once; reserve: further ones, for urgent messages only.

    A message without a receipt is sent again after resend_after_s, then after twice that, up to resend_cap_s.
    """

    window: int = 200
    reserve: int = 50
    resend_after_s: float = 10.0
    resend_cap_s: float = 120.0

    @property
    def limit(self) -> int:
        """The most messages that can be unconfirmed at once: as many need to be looked at."""
        return self.window + self.reserve


@dataclass(frozen=True, slots=True)
class Sent:
    """A message on its way. times: how often it was sent."""

    again_at: datetime
    times: int
    urgent: bool


@dataclass(frozen=True, slots=True)
class Sending:
    """What is on its way. Empty after each connection: what was sent on an old one is sent again."""

    in_flight: Mapping[Key, Sent] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offered:
    """What waits in the outbox, most urgent first, oldest first: its first `Policy.limit` messages."""

    waiting: Sequence[Waiting]


@dataclass(frozen=True, slots=True)
class Settled:
    """These have left the outbox."""

    keys: Iterable[Key]


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The connection is gone, and with it whatever was on its way."""


@dataclass(frozen=True, slots=True)
class Send:
    """Effect: publish this. again: it was sent before on this connection."""

    key: Key
    again: bool


def due(sending: Sending) -> datetime | None:
    """When the first message on its way must be sent again; offer the outbox then."""
    return min((sent.again_at for sent in sending.in_flight.values()), default=None)


def step(
    policy: Policy, sending: Sending, given: Offered | Settled | Disconnected, at: datetime
) -> tuple[Sending, tuple[Send, ...]]:
    """The state after `given`, and what to publish, in order."""
    match given:
        case Disconnected():
            return Sending(), ()
        case Settled(keys):
            gone = set(keys)
            return Sending({key: sent for key, sent in sending.in_flight.items() if key not in gone}), ()
        case Offered(waiting):
            return _offered(policy, sending, waiting, at)


def _offered(
    policy: Policy, sending: Sending, waiting: Sequence[Waiting], at: datetime
) -> tuple[Sending, tuple[Send, ...]]:
    in_flight = dict(sending.in_flight)
    ordinary = sum(not sent.urgent for sent in in_flight.values())
    effects: list[Send] = []
    for message in waiting:
        urgent = message.priority <= URGENT
        sent = in_flight.get(message.key)
        if sent is None:
            if len(in_flight) >= policy.limit or (not urgent and ordinary >= policy.window):
                continue
            ordinary += not urgent
            in_flight[message.key] = Sent(_again_at(policy, 1, at), 1, urgent)
            effects.append(Send(message.key, again=False))
        elif sent.again_at <= at:
            times = sent.times + 1
            in_flight[message.key] = replace(sent, again_at=_again_at(policy, times, at), times=times)
            effects.append(Send(message.key, again=True))
    return Sending(in_flight), tuple(effects)


def _again_at(policy: Policy, times: int, at: datetime) -> datetime:
    wait_s = min(policy.resend_cap_s, policy.resend_after_s * 2.0 ** min(times - 1, 30))
    return at + timedelta(seconds=wait_s)
