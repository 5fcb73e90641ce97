"""How many pictures come and how many are new is told from where each was in its stream."""

import numpy as np
import pytest

from edge.core.picture_health import flow
from edge.core.picture_health.flow import Flow, Rate
from edge.core.vision.frame import Frame
from tests.unit.edge.picture_scene import HEIGHT, WIDTH, Picture, facade


def crossed(second: int, part: int) -> Picture:
    """A lorry that has come so far across the facade."""
    picture = facade()
    left = (second * 25 + part) * 9 % WIDTH
    picture[100:220, left : left + 120] = 30 if second % 2 else 220
    return picture


def rates(seconds: int, every: int, *, repeated: bool) -> list[Rate]:
    counts: Flow | None = None
    told, index = [], 0
    shown = facade()
    for second in range(seconds):
        for part in range(25):
            new = part % every == 0
            shown = crossed(second, part) if new else shown
            if new or repeated:
                counts = flow.seen(counts, Frame(shown, second + part / 25, index))
                index += 1
        assert counts is not None
        counts, rate = flow.looked(counts)
        assert rate is not None
        told.append(rate)
    return told


@pytest.mark.parametrize(
    ("every", "between", "arriving", "new"),
    [(1, "nothing", 25, 25), (5, "nothing", 5, 5), (5, "the same again", 25, 5)],
)
def test_pictures_that_come_and_that_are_new_are_counted(
    every: int, between: str, arriving: float, new: float
) -> None:
    last = rates(8, every, repeated=between == "the same again")[-1]
    assert last.arriving == pytest.approx(arriving, rel=0.05)
    assert last.new == pytest.approx(new, rel=0.1)


def test_where_nothing_moves_nobody_knows_how_many_are_new() -> None:
    counts: Flow | None = None
    for index in range(50):
        counts = flow.seen(counts, Frame(facade(), index / 25, index))
    assert counts is not None
    assert flow.looked(counts)[1] == Rate(25.0, None)


def test_a_gap_in_the_stream_is_no_rate() -> None:
    counts = flow.seen(flow.seen(None, Frame(facade(), 0.0, 0)), Frame(facade(), 60.0, 1))
    assert flow.looked(counts)[1] is None
    assert np.array_equal(counts.base, counts.sample)
    assert counts.sample.shape[1] <= HEIGHT
