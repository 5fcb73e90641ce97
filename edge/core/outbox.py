"""What of the outbox is sent next: new alarms, old ones, telemetry at a bounded rate; again if unanswered.

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
"""Priorities from this on are thinned, oldest first, when there is no room."""
BURST_S: Final = 0.25
"""So much of a second's telemetry may go at once."""
BREATH: Final = timedelta(seconds=0.1)
"""Between two looks for more telemetry: looking costs about as much as sending two messages."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A message: its boot and its sequence number there."""

    boot: UUID
    seq: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message in the outbox. accepted_at: by the clock of the box, which may have stepped since."""

    key: Key
    priority: int
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class Policy:
    """How much may be unconfirmed at once, and how fast telemetry may go.

    window: messages of any kind. reserve: further ones, for urgent messages only. live: further ones, for
    urgent messages accepted within the last live_s only: so neither a backlog of telemetry nor one of old
    alarms holds a new alarm back, not even while nobody answers.

    Telemetry, new and old, is sent at drain_per_s at most: after a long outage the box must go on watching.

    A message without a receipt is sent again after resend_after_s, then after twice that, up to resend_cap_s.
    """

    window: int = 200
    reserve: int = 50
    live: int = 50
    live_s: float = 60.0
    drain_per_s: float = 500.0
    resend_after_s: float = 10.0
    resend_cap_s: float = 120.0

    @property
    def limit(self) -> int:
        """How many messages, most urgent and oldest first, need to be looked at."""
        return self.window + self.reserve


@dataclass(frozen=True, slots=True)
class Sent:
    """A message on its way. times: how often it was sent."""

    again_at: datetime
    times: int
    urgent: bool


@dataclass(frozen=True, slots=True)
class Sending:
    """What is on its way. Empty after each connection: what was sent on an old one is sent again.

    allowance: how much telemetry may go at once, as it was at counted_at. held: some waits for more of it.
    """

    in_flight: Mapping[Key, Sent] = field(default_factory=dict)
    allowance: float = 0.0
    counted_at: datetime | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    """What waits in the outbox.

    waiting: most urgent first, oldest first: its first `Policy.limit` messages. newest: the newest urgent
    ones, at least `Policy.live`, in the order in which they are to be sent.
    """

    waiting: Sequence[Waiting]
    newest: Sequence[Waiting] = ()


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
    """When the outbox must be offered again: something is to be sent again, or more telemetry may go."""
    times = [sent.again_at for sent in sending.in_flight.values()]
    if sending.held and sending.counted_at is not None:
        times.append(sending.counted_at + BREATH)
    return min(times, default=None)


def step(
    policy: Policy, sending: Sending, given: Offered | Settled | Disconnected, at: datetime
) -> tuple[Sending, tuple[Send, ...]]:
    """The state after `given`, and what to publish, in order."""
    match given:
        case Disconnected():
            return replace(sending, in_flight={}, held=False), ()
        case Settled(keys):
            gone = set(keys)
            left = {key: sent for key, sent in sending.in_flight.items() if key not in gone}
            return replace(sending, in_flight=left), ()
        case Offered(waiting, newest):
            live = [message for message in newest if _is_live(policy, message, at)]
            ordinary = sum(not sent.urgent for sent in sending.in_flight.values())
            turn = _Turn(policy, at, dict(sending.in_flight), ordinary, _allowance(policy, sending, at))
            effects = [send for message in live if (send := turn.send(message, live=True))]
            effects += [send for message in waiting if (send := turn.send(message, live=False))]
            return Sending(turn.in_flight, turn.allowance, at, turn.held), tuple(effects)


def _is_live(policy: Policy, message: Waiting, at: datetime) -> bool:
    return message.priority <= URGENT and at - message.accepted_at <= timedelta(seconds=policy.live_s)


def _allowance(policy: Policy, sending: Sending, at: datetime) -> float:
    """What has been saved up since it was last counted; a clock that stepped back saves up nothing."""
    most = max(policy.drain_per_s * BURST_S, 1.0)
    if sending.counted_at is None:
        return most
    passed_s = max((at - sending.counted_at).total_seconds(), 0.0)
    return min(sending.allowance + passed_s * policy.drain_per_s, most)


@dataclass(slots=True)
class _Turn:
    """One look into the outbox. ordinary: how many of those on their way are not urgent."""

    policy: Policy
    at: datetime
    in_flight: dict[Key, Sent]
    ordinary: int
    allowance: float
    held: bool = False

    def send(self, message: Waiting, *, live: bool) -> Send | None:
        """Whether to publish this message now."""
        urgent = message.priority <= URGENT
        sent = self.in_flight.get(message.key)
        if sent is None:
            if not self._has_room(urgent=urgent, live=live):
                return None
        elif not self._is_due(sent):
            return None
        if not urgent:
            if self.allowance < 1:
                self.held = True
                return None
            self.allowance -= 1
            self.ordinary += sent is None
        times = sent.times + 1 if sent else 1
        self.in_flight[message.key] = Sent(_again_at(self.policy, times, self.at), times, urgent)
        return Send(message.key, again=sent is not None)

    def _has_room(self, *, urgent: bool, live: bool) -> bool:
        if not urgent and self.ordinary >= self.policy.window:
            return False
        return len(self.in_flight) < self.policy.limit + (self.policy.live if live else 0)

    def _is_due(self, sent: Sent) -> bool:
        """Later than it could ever be means that the clock stepped back."""
        longest = timedelta(seconds=self.policy.resend_cap_s)
        return sent.again_at <= self.at or sent.again_at - self.at > longest


def _again_at(policy: Policy, times: int, at: datetime) -> datetime:
    wait_s = min(policy.resend_cap_s, policy.resend_after_s * 2.0 ** min(times - 1, 30))
    return at + timedelta(seconds=wait_s)
