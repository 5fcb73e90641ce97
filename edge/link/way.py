"""Times the way to the cloud and back: each receipt that carries the cloud's clock tells the time."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from edge.clock import steady_now
from edge.core.outbox import Key

MOST: Final = 4096
Heard = Callable[[datetime, datetime, datetime], None]
"""Called with the steady instants of sending and of receipt, and with what the cloud's clock said between."""


class Way:
    """When messages were sent first. Only those of this run: an older one may be confirmed for an older copy.

    Holds an instant for each message that was sent and not confirmed, of the newest MOST: what was thinned
    out, or confirmed while it was sent anew, is never confirmed again.
    """

    def __init__(self, boot: UUID, heard: Heard) -> None:
        self._boot = boot
        self._heard = heard
        self._sent: dict[Key, datetime] = {}

    def sends(self, keys: Iterable[Key]) -> None:
        """These are about to be sent."""
        now = steady_now()
        for key in keys:
            if key.boot == self._boot:
                self._sent.setdefault(key, now)
        while len(self._sent) > MOST:
            del self._sent[next(iter(self._sent))]

    def confirmed(self, keys: Iterable[Key], said: datetime | None, received: datetime) -> None:
        """These were confirmed by a receipt of that time, written after the last of them was sent."""
        sent = [at for at in (self._sent.pop(key, None) for key in keys) if at is not None]
        if sent and said is not None:
            self._heard(max(sent), received, said)

    def rejected(self, key: Key) -> None:
        """This will not be confirmed."""
        self._sent.pop(key, None)
