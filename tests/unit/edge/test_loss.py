"""What is told of messages that had to go."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from edge.core.loss import MAX_RANGES, Gone, Head, complement, message, ranges, thinned
from edge.core.outbox import Key

T0 = datetime(2026, 3, 1, tzinfo=UTC)
BOOTS = [UUID(int=number) for number in (1, 2)]
NUMBERS = st.sets(st.integers(1, 60))
KEYS = st.sets(st.builds(Key, st.sampled_from(BOOTS), st.integers(1, 60)))


def gone(key: Key) -> Gone:
    return Gone(key, "sensor_reading", T0 + timedelta(seconds=key.seq))


@given(KEYS)
def test_ranges_hold_exactly_the_numbers_that_they_are_made_of(keys: set[Key]) -> None:
    found = ranges(keys)
    assert {Key(part.boot, seq) for part in found for seq in range(part.first, part.last + 1)} == keys
    assert not any(
        before.boot == after.boot and before.last + 1 >= after.first for before, after in pairwise(found)
    ), "neighbours are one range"


@given(NUMBERS, st.integers(0, 60))
def test_what_was_not_kept_and_what_was_kept_are_all_numbers(kept: set[int], last: int) -> None:
    lost = {
        seq for part in complement(BOOTS[0], sorted(kept), last) for seq in range(part.first, part.last + 1)
    }
    assert lost & kept == set()
    assert lost | {seq for seq in kept if seq <= last} >= set(range(1, last + 1))


def test_what_was_thinned_is_told_with_its_kinds_numbers_and_times() -> None:
    (told,) = thinned([gone(Key(BOOTS[0], seq)) for seq in (4, 2, 3, 9)], "too many messages wait")
    found = message(told, Head(uuid4(), "box", BOOTS[1], 1, T0))
    assert (found.what, found.count, dict(found.by_kind)) == ("telemetry_thinned", 4, {"sensor_reading": 4})
    assert [(part.first, part.last) for part in found.ranges] == [(2, 4), (9, 9)]
    assert (found.first_at, found.last_at) == (T0 + timedelta(seconds=2), T0 + timedelta(seconds=9))


def test_more_ranges_than_fit_into_a_message_are_told_in_several() -> None:
    every_other = [gone(Key(BOOTS[0], seq)) for seq in range(1, 2500, 2)]
    told = list(thinned(every_other, "why"))
    assert len(told) > 1
    assert all(len(one.ranges) <= MAX_RANGES for one in told)
    assert sum(one.count for one in told) == len(every_other)
    assert [part.first for one in told for part in one.ranges] == list(range(1, 2500, 2))


def test_nothing_gone_is_nothing_told() -> None:
    assert list(thinned([], "why")) == []
