"""Reading and confirming messages, as plain values."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.api.routes.evidence import byte_range
from cloud.core.camera import CameraReport, supersedes
from cloud.ingest.confirm import MAX_RANGES, confirmations, rejection
from cloud.ingest.follow import FOLLOWS
from cloud.ingest.reading import KINDS, REASONS, Refusal, read_event, read_status
from contracts import topics
from contracts.base import MAX_MESSAGE_BYTES, MAX_TEXT
from contracts.messages import Confirm, Reject, encode
from tests.fixtures.cloud import NOW, Device, changed, envelope

BOOTS = [UUID(int=number) for number in (1, 2)]
keys = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(BOOTS), st.integers(1, 60)), max_size=200)


@given(keys)
def test_confirmations_name_exactly_what_was_committed(committed: list[tuple[str, UUID, int]]) -> None:
    named = []
    for agent, receipt in confirmations(committed, NOW):
        assert isinstance(receipt, Confirm)
        for found in receipt.ranges:
            named += [(agent, found.boot, seq) for seq in range(found.first, found.last + 1)]
    assert sorted(named) == sorted(set(committed))


def test_neighbours_share_a_range_and_many_ranges_share_several_receipts() -> None:
    boot = BOOTS[0]
    ((_, whole),) = confirmations((("a", boot, seq) for seq in range(1, 1001)), NOW)
    assert isinstance(whole, Confirm)
    assert whole.at == NOW, "agents tell the time by it"
    assert len(whole.ranges) == 1
    scattered = confirmations((("a", boot, seq) for seq in range(1, 2 * (MAX_RANGES + 1), 2)), NOW)
    assert len(scattered) == 2


def test_a_long_reason_is_cut_to_what_the_contract_allows() -> None:
    receipt = rejection(BOOTS[0], 1, "x" * 5000)
    assert isinstance(receipt, Reject)
    assert len(receipt.reason) == MAX_TEXT


@given(st.binary(max_size=200), st.sampled_from(["fallwatch/v1/box-a/up/event", "other", ""]))
def test_any_bytes_are_read_or_refused_with_a_known_reason(payload: bytes, topic: str) -> None:
    for found in (read_event(topic, payload), read_status(topic, payload)):
        assert isinstance(found, Refusal)
        assert found.reason in REASONS


def test_a_message_of_a_newer_device_is_read_without_what_is_unknown() -> None:
    message = Device().reading()
    sent = changed(message, colour="red")
    assert read_event(sent.topic, sent.payload) == message


def test_a_refusal_names_the_message_where_that_can_be_read() -> None:
    message = Device().reading()
    sent = changed(message, protocol=2)
    found = read_event(sent.topic, sent.payload)
    assert isinstance(found, Refusal)
    assert (found.reason, found.boot, found.seq, found.kind) == (
        "wrong_version",
        message.boot,
        message.seq,
        "sensor_reading",
    )


def test_nesting_that_would_break_a_parser_is_refused() -> None:
    payload = b"[" * 30_000 + b"]" * 30_000
    assert len(payload) < MAX_MESSAGE_BYTES
    found = read_event(topics.event("box-a"), payload)
    assert isinstance(found, Refusal)
    assert found.reason == "malformed"


@pytest.mark.parametrize("key", ["protocol", "kind", "sensor", "boot", "message_id", "observed_at"])
def test_half_a_surrogate_pair_is_refused_in_words_that_can_be_stored_and_sent(key: str) -> None:
    sent = changed(Device().reading(), **{key: "\ud800\x00"})
    found = read_event(sent.topic, sent.payload)
    assert isinstance(found, Refusal)
    found.detail.encode()
    assert encode(rejection(BOOTS[0], 1, f"{found.reason}: {found.detail}"))


def test_who_speaks_as_another_is_refused() -> None:
    sent = envelope(Device(agent="box-b").reading(), agent="box-a")
    found = read_event(sent.topic, sent.payload)
    assert isinstance(found, Refusal)
    assert (found.reason, found.agent) == ("wrong_agent", "box-a")


@given(st.lists(st.tuples(st.sampled_from(BOOTS), st.integers(1, 20)), min_size=1, unique=True))
def test_the_last_report_of_a_boot_wins_in_whatever_order_they_come(order: list[tuple[UUID, int]]) -> None:
    only = [(boot, seq) for boot, seq in order if boot == order[0][0]]
    known = None
    for boot, seq in only:
        new = CameraReport("lost", NOW, "", boot, seq)
        known = new if supersedes(new, known) else known
    assert known is not None
    assert known.seq == max(seq for _, seq in only)


def test_byte_ranges_are_read_as_rfc_9110_says() -> None:
    assert byte_range(None, 100) is None
    assert byte_range("bytes=0-9", 100) == (0, 9)
    assert byte_range("bytes=90-", 100) == (90, 99)
    assert byte_range("bytes=90-500", 100) == (90, 99)
    assert byte_range("bytes=-10", 100) == (90, 99)
    assert byte_range("bytes=-500", 100) == (0, 99)
    assert byte_range("bytes=100-", 100) == (100, 99)
    assert byte_range("bytes=-0", 100) == (100, 99)
    assert byte_range("bytes=9-3", 100) is None
    assert byte_range("bytes=0-1,5-6", 100) is None
    assert byte_range("lines=1-2", 100) is None


def test_a_message_of_a_known_kind_that_is_malformed_is_not_called_unknown() -> None:
    sent = changed(Device().fault("frozen"), severity="mild")
    found = read_event(sent.topic, sent.payload)
    assert isinstance(found, Refusal)
    assert (found.reason, found.kind) == ("malformed", "device_fault")


def test_what_follows_is_said_of_kinds_that_there_are() -> None:
    assert set(FOLLOWS) <= KINDS
