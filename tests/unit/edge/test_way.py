"""The way to the cloud and back, timed by what was sent and confirmed."""

from datetime import UTC, datetime
from uuid import UUID

from edge.clock import steady_now
from edge.core.outbox import Key
from edge.link.way import MOST, Way

BOOT = UUID(int=1)
SAID = datetime(2026, 3, 1, tzinfo=UTC)


def test_what_is_never_confirmed_is_forgotten_once_much_more_was_sent() -> None:
    heard: list[datetime] = []
    way = Way(BOOT, lambda sent, received, said: heard.append(sent))
    way.sends([Key(BOOT, 1)])
    way.sends(Key(BOOT, seq) for seq in range(2, MOST + 2))
    way.confirmed([Key(BOOT, 1)], SAID, steady_now())
    assert heard == []
    way.confirmed([Key(BOOT, 2)], SAID, steady_now())
    assert len(heard) == 1


def test_only_messages_of_this_boot_tell_the_time() -> None:
    heard: list[datetime] = []
    way = Way(BOOT, lambda sent, received, said: heard.append(sent))
    way.sends([Key(UUID(int=2), 1)])
    way.confirmed([Key(UUID(int=2), 1)], SAID, steady_now())
    assert heard == []
