"""Sets of time against the same sets counted second by second."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cloud.core import spans
from cloud.core.spans import Span, Spans

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
moments = st.integers(0, 40)
some = st.lists(st.tuples(moments, moments), max_size=8).map(
    lambda pairs: [(NOW + timedelta(seconds=a), NOW + timedelta(seconds=b)) for a, b in pairs]
)


def counted(found: Spans | list[Span]) -> set[int]:
    """The seconds that lie in them."""
    return {n for n in range(41) if any(a <= NOW + timedelta(seconds=n) < b for a, b in found)}


@given(some, some)
def test_they_hold_the_seconds_that_they_should(one: list[Span], other: list[Span]) -> None:
    first, second = spans.union(one), spans.union(other)
    assert counted(first) == counted(one)
    assert counted(spans.minus(first, second)) == counted(one) - counted(other)
    assert counted(spans.both(first, second)) == counted(one) & counted(other)
    assert spans.seconds(first) == len(counted(one))


@given(some)
def test_they_are_sorted_and_apart(one: list[Span]) -> None:
    assert all(before[1] < after[0] for before, after in pairwise(spans.union(one)))
