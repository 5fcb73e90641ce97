"""The listener beside ingest counts what was sent and what was confirmed."""

from datetime import UTC, datetime
from uuid import UUID

from contracts import topics
from contracts.base import SeqRange
from contracts.messages import Confirm, SensorReading, encode
from fallwatch.demo.tap import Tap

BOOT = UUID(int=7)
AT = datetime(2026, 1, 1, tzinfo=UTC)


def _reading(seq: int) -> bytes:
    reading = SensorReading(
        message_id=UUID(int=seq),
        agent="demo-box",
        boot=BOOT,
        seq=seq,
        observed_at=AT,
        sensor="cabinet-temp",
        quantity="temperature",
        value=31,
        unit="Cel",
    )
    return encode(reading)


def test_what_is_sent_twice_counts_once() -> None:
    tap = Tap()
    for seq in (1, 2, 2, 1):
        tap.take(topics.event("demo-box"), _reading(seq), AT)
    assert len(tap.sent) == 2


def test_only_what_lies_in_a_confirmed_range_is_confirmed() -> None:
    tap = Tap()
    for seq in (1, 2, 3):
        tap.take(topics.event("demo-box"), _reading(seq), AT)
    receipt = Confirm(ranges=(SeqRange(boot=BOOT, first=1, last=2),))
    tap.take(topics.receipt("demo-box"), encode(receipt), AT)
    assert tap.confirmed_count == 2


def test_what_is_no_message_of_ours_is_left_to_ingest() -> None:
    tap = Tap()
    tap.take(topics.event("demo-box"), b"noise", AT)
    tap.take(topics.receipt("demo-box"), b"noise", AT)
    assert not tap.sent
    assert not tap.confirmed_at
