"""Which cells were watched when: held against a look at every single minute."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.core import spans
from cloud.core.cell_history import UNKNOWN, Duty, Sight, history
from cloud.core.ledger import Outage
from cloud.core.spans import Span

BEGIN = datetime(2026, 10, 1, tzinfo=UTC)
SHAPE = (2, 3)
MINUTES = 40
END = BEGIN + timedelta(minutes=MINUTES)
ALWAYS = (BEGIN - timedelta(days=9), END + timedelta(days=9))
EVERY = np.ones(SHAPE, dtype=np.bool_)
LEFT = np.array([[1, 0, 0], [1, 0, 0]], dtype=np.bool_)


def _at(minute: float) -> datetime:
    return BEGIN + timedelta(minutes=minute)


def _span(begin: float, end: float) -> Span:
    return _at(begin), _at(end)


def test_a_cell_is_watched_while_one_of_its_cameras_is() -> None:
    one, other = Duty("one", (_span(0, 10),)), Duty("other", (_span(5, 30),))
    found = history(
        SHAPE, [Sight("one", EVERY, ALWAYS), Sight("other", LEFT, ALWAYS)], [one, other], (BEGIN, END)
    )
    assert found.watched_s.tolist() == [[1800, 600, 600]] * 2
    assert found.share == pytest.approx((2 * 1800 + 4 * 600) / (6 * 2400))


def test_what_was_not_watched_is_told_with_its_cells_and_why() -> None:
    duty = Duty("one", (_span(0, 10), _span(25, 40)), (Outage(_at(10), _at(20), "covered"),))
    found = history(SHAPE, [Sight("one", LEFT, ALWAYS)], [duty], (BEGIN, END))
    told = [(loss.begin, loss.end, int(loss.cells.sum()), loss.causes) for loss in found.losses]
    assert told == [
        (_at(10), _at(20), 2, (("one", "covered"),)),
        (_at(20), _at(25), 2, (("one", UNKNOWN),)),
    ]


def test_cells_that_no_camera_sees_are_blind_all_the_time_and_no_loss() -> None:
    found = history(SHAPE, [Sight("one", LEFT, ALWAYS)], [Duty("one", (ALWAYS,))], (BEGIN, END))
    assert found.losses == ()
    assert found.longest_blind_s.tolist() == [[0, 2400, 2400]] * 2
    assert found.share == pytest.approx(1 / 3)


def test_announced_maintenance_is_not_due_where_nobody_else_watched() -> None:
    one = Duty("one", (_span(0, 10),), (Outage(_at(10), _at(40), "lost"),), (_span(10, 30),))
    other = Duty("other", (ALWAYS,))
    found = history(
        SHAPE, [Sight("one", EVERY, ALWAYS), Sight("other", LEFT, ALWAYS)], [one, other], (BEGIN, END)
    )
    assert found.excused_s.tolist() == [[0, 1200, 1200]] * 2
    assert [(loss.excused, loss.begin, loss.end) for loss in found.losses] == [
        (True, _at(10), _at(30)),
        (False, _at(30), _at(40)),
    ]


def test_a_moved_camera_sees_what_it_is_confirmed_to_see() -> None:
    before, after = Sight("one", EVERY, (ALWAYS[0], _at(10))), Sight("one", LEFT, (_at(20), ALWAYS[1]))
    found = history(SHAPE, [before, after], [Duty("one", (ALWAYS,))], (BEGIN, END))
    assert found.watched_s.tolist() == [[1800, 600, 600]] * 2


def test_shares_of_days_and_blindness_at_the_end() -> None:
    found = history(
        SHAPE, [Sight("one", EVERY, ALWAYS)], [Duty("one", (_span(0, 10), _span(20, 30)))], (BEGIN, END)
    )
    edges = [_at(0), _at(20), _at(40), _at(60)]
    assert found.shares(edges) == [0.5, 0.5, None]
    assert found.row_shares(edges) == [[0.5, 0.5], [0.5, 0.5], [None, None]]
    assert found.blind_s.max() == found.longest_blind_s.max() == 600


CELLS = st.lists(st.booleans(), min_size=6, max_size=6).map(lambda flags: np.array(flags).reshape(SHAPE))
PARTS = st.lists(
    st.tuples(st.integers(-5, MINUTES + 5), st.integers(1, 20)).map(lambda part: _span(part[0], sum(part))),
    max_size=4,
).map(spans.union)
CAMERAS = st.lists(st.tuples(CELLS, PARTS, PARTS, PARTS), max_size=4)


@given(CAMERAS)
def test_every_minute_is_what_a_look_at_that_minute_says(
    cameras: list[tuple[np.ndarray, tuple[Span, ...], tuple[Span, ...], tuple[Span, ...]]],
) -> None:
    sights = [Sight(str(number), cells, ALWAYS) for number, (cells, *_) in enumerate(cameras)]
    duties = [
        Duty(str(number), up, tuple(Outage(*part, "lost") for part in down), announced)
        for number, (_, up, down, announced) in enumerate(cameras)
    ]
    found = history(SHAPE, sights, duties, (BEGIN, END))
    watched, excused, lost = (np.zeros(SHAPE) for _ in range(3))
    for minute in range(MINUTES):
        inside = [{name: _holds(parts, minute) for name, parts in _named(camera)} for camera in cameras]
        seen, out, could = (np.zeros(SHAPE, dtype=np.bool_) for _ in range(3))
        for (cells, *_), state in zip(cameras, inside, strict=True):
            could |= cells
            seen |= cells & state["up"]
            out |= cells & (not state["up"] and state["announced"])
        watched += 60 * seen
        excused += 60 * (out & ~seen)
        lost += 60 * (could & ~seen)
    assert np.array_equal(found.watched_s, watched)
    assert np.array_equal(found.excused_s, excused)
    told = sum(
        (loss.cells * (loss.end - loss.begin).total_seconds() for loss in found.losses), np.zeros(SHAPE)
    )
    assert np.array_equal(told, lost)


def _named(
    camera: tuple[np.ndarray, tuple[Span, ...], tuple[Span, ...], tuple[Span, ...]],
) -> list[tuple[str, tuple[Span, ...]]]:
    return [("up", camera[1]), ("announced", camera[3])]


def _holds(parts: tuple[Span, ...], minute: int) -> bool:
    return any(begin <= _at(minute) < end for begin, end in parts)
