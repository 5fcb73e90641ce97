"""Many boxes in one program, whose messages are sent again until they are confirmed, by one connection."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from paho.mqtt import client as paho

from contracts import topics
from contracts.messages import RECEIPT, Confirm
from edge.clock import monotonic_s
from fallwatch.local.mosquitto import Broker
from fallwatch.local.pki import Authority
from tests.fixtures.fleet import Said
from tests.fixtures.plain_client import Door, connected, turn

RESEND_S: Final = 2.0
"""And after twice that, and so on, as the agent does."""
LOOK_EVERY_S: Final = 0.1
TURN_S: Final = 0.02
Key = tuple[UUID, int]


@dataclass
class Outboxes:
    """What is not confirmed yet. first_s, confirmed_s: when each was first sent, and when confirmed."""

    client: paho.Client
    waiting: dict[Key, tuple[Said, float, float]] = field(default_factory=dict)
    """With the time at which it is sent again, and the pause after that."""
    first_s: dict[Key, float] = field(default_factory=dict)
    confirmed_s: dict[Key, float] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    again: int = 0

    @classmethod
    @contextmanager
    def connected(cls, broker: Broker, authority: Authority) -> Iterator["Outboxes"]:
        """With the cloud's certificate, which may speak for every box."""
        door = Door.of(broker, authority.ca_path, authority.issue("cloud"))
        client = connected(door, "fleet", topics.receipt("+"))
        boxes = cls(client)
        client.on_message = boxes._hear
        try:
            yield boxes
        finally:
            client.disconnect()

    def send(self, said: Sequence[Said], per_s: float, at: dict[int, Callable[[], None]]) -> float:
        """Offers all at an even rate, and ends when each is confirmed; how many a second it offered.

        at: what is to be done when so many have been offered.
        """
        begun_s = looked_s = done_s = monotonic_s()
        offered = 0
        while offered < len(said) or self.waiting:
            now_s = monotonic_s()
            while offered < min(len(said), (now_s - begun_s) * per_s):
                self._publish(said[offered], now_s, RESEND_S)
                offered, done_s = offered + 1, now_s
                if strike := at.get(offered):
                    strike()
            if now_s - looked_s > LOOK_EVERY_S:
                looked_s = now_s
                self._resend(now_s)
            turn(self.client, TURN_S)
        return len(said) / max(done_s - begun_s, TURN_S)

    def _resend(self, now_s: float) -> None:
        late = [(said, pause_s) for said, again_s, pause_s in self.waiting.values() if now_s >= again_s]
        for said, pause_s in late:
            self._publish(said, now_s, pause_s)
        self.again += len(late)

    def _publish(self, each: Said, now_s: float, pause_s: float) -> None:
        key = (each.boot, each.seq)
        self.first_s.setdefault(key, now_s)
        self.waiting[key] = (each, now_s + pause_s, 2 * pause_s)
        self.client.publish(each.topic, each.payload, qos=1)

    def _hear(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        receipt = RECEIPT.validate_json(message.payload)
        if not isinstance(receipt, Confirm):
            self.refused.append(receipt.reason)
            return
        now_s = monotonic_s()
        for part in receipt.ranges:
            for seq in range(part.first, part.last + 1):
                self.waiting.pop((part.boot, seq), None)
                self.confirmed_s.setdefault((part.boot, seq), now_s)
