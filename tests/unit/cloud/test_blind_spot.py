"""Which cells of a facade are one blind spot, and when it is over."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis.extra.numpy import arrays

from cloud.core.blind_spot import Region, is_lost, is_news, lasting, meant, uncovered
from cloud.core.cell_history import Duty, Flags, Sight, history
from cloud.core.cells import FacadeCells, FacadeHistory
from cloud.core.spans import Spans

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=2)
DAY = timedelta(days=1)
GRID = FacadeCells(1, "east", 1, BEGIN, None, (1, 1, 2, 3), (1, 2, 3, 4), 3.0, 0.1)
ALL = np.ones(GRID.shape, dtype=np.bool_)


def facade(cells: Flags, up: Spans, announced: Spans = ()) -> FacadeHistory:
    """Watched by one camera that sees `cells` while it is up."""
    duty = Duty("one", up, announced=announced)
    found = history(GRID.shape, [Sight("one", cells, (BEGIN, END))], [duty], (BEGIN, END))
    return FacadeHistory(GRID, (), found, {"one": duty})


def test_what_is_blind_for_long_is_one_region_each_of_what_can_be_mended_and_what_cannot() -> None:
    left = ALL.copy()
    left[:, 2:] = False
    found = lasting(facade(left, ((BEGIN, BEGIN + timedelta(hours=1)),)), DAY)
    assert [(one.lost, one.severity, one.extent) for one in found] == [
        (True, "serious", "F1-3 B1-2 x6"),
        (False, "warning", "F1-3 B3-4 x6"),
    ]


def test_what_has_not_been_blind_for_long_or_is_announced_is_none() -> None:
    up = ((BEGIN, END - timedelta(hours=23)),)
    assert lasting(facade(ALL, up), DAY) == []
    assert lasting(facade(ALL, (), announced=((BEGIN, END),)), DAY) == []


@given(arrays(np.bool_, GRID.shape))
def test_regions_are_apart_and_together_all_that_is_blind(seen: Flags) -> None:
    found = lasting(facade(seen, ((BEGIN, END),)), DAY)
    named = {(GRID.floors[row], GRID.bays[column]) for row, column in zip(*np.nonzero(~seen), strict=True)}
    assert frozenset().union(*(one.cells for one in found)) == named


def test_a_spot_is_over_when_all_its_cells_have_been_watched_for_ten_minutes() -> None:
    cells = Region(frozenset({(1, 1), (2, 1), (9, 9)}), lost=True).cells
    back = END - timedelta(minutes=11)
    assert uncovered(facade(ALL, ((back, END),)), cells) == frozenset(), "the ninth floor is gone"
    assert uncovered(facade(ALL, ((back + timedelta(minutes=2), END),)), cells) == {(1, 1), (2, 1)}


def test_the_past_is_looked_at_where_something_is_blind_without_an_order_or_an_order_has_no_blind_cell() -> (
    None
):
    left = ALL.copy()
    left[:, 2:] = False
    now = facade(left, ((BEGIN, END),))
    never = frozenset((floor, bay) for floor in (1, 2, 3) for bay in (3, 4))
    assert is_news(now, [])
    assert not is_news(now, [never])
    assert is_news(now, [never, frozenset({(1, 1)})]), "its cell is watched"
    assert is_news(facade(left, ()), [never]), "the camera is down"
    assert not is_news(facade(left, (), announced=((BEGIN, END),)), [never])


def test_who_names_a_floor_a_bay_or_neither_means_all_of_its_cells() -> None:
    assert meant((3, 2), 2, 1) == {(2, 1)}
    assert meant((3, 2), 2, None) == {(2, 1), (2, 2)}
    assert meant((3, 2), None, 1) == {(1, 1), (2, 1), (3, 1)}
    assert len(meant((3, 2), None, None)) == 6


def test_cells_are_lost_where_a_camera_would_watch_one_of_them() -> None:
    left = ALL.copy()
    left[:, 2:] = False
    down = facade(left, ())
    assert is_lost(down, frozenset({(1, 1), (1, 3)}))
    assert not is_lost(down, frozenset({(1, 3)}))
