"""Masks: whatever the polygons, every pixel that one touches is hidden, in luma and in colour."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.camera.sight import masks_of
from edge.config.base import SettingsError
from edge.config.sight import SightSettings
from edge.core.vision.masks import BLACK, COLOURLESS, MARGIN_PX, burnt, burnt_chroma, drawn

SIZE = (61, 47)
corner = st.tuples(st.floats(-40, 100), st.floats(-40, 100))
polygons = st.lists(corner, min_size=3, max_size=8).map(np.array)


@given(polygons, st.lists(st.floats(0, 1), min_size=2, max_size=2), st.integers(0, 7))
def test_every_place_on_a_chord_between_an_edge_and_a_corner_of_a_triangle_is_hidden(
    polygon: np.ndarray, shares: list[float], turn: int
) -> None:
    triangle = np.roll(polygon, turn, axis=0)[:3]
    one, other = shares
    place = triangle[0] * one + (triangle[1] * other + triangle[2] * (1 - other)) * (1 - one)
    x, y = np.floor(place + 0.5).astype(int)
    if 0 <= x < SIZE[0] and 0 <= y < SIZE[1]:
        assert drawn((triangle,), SIZE).luma[y, x] == 0


@given(polygons, st.integers(0, 7), st.floats(0, 1))
def test_every_pixel_under_an_edge_is_hidden(polygon: np.ndarray, edge: int, share: float) -> None:
    one, other = polygon[edge % len(polygon)], polygon[(edge + 1) % len(polygon)]
    x, y = np.floor(one * share + other * (1 - share) + 0.5).astype(int)
    if 0 <= x < SIZE[0] and 0 <= y < SIZE[1]:
        assert drawn((polygon,), SIZE).luma[y, x] == 0


def test_nothing_is_hidden_further_away_than_the_margin() -> None:
    mask = drawn((np.array([[20.0, 10.0], [30.0, 10.0], [30.0, 20.0], [20.0, 20.0]]),), SIZE)
    hidden = np.zeros(SIZE[::-1], np.bool_)
    hidden[10 - MARGIN_PX : 21 + MARGIN_PX, 20 - MARGIN_PX : 31 + MARGIN_PX] = True
    assert np.array_equal(mask.luma == 0, hidden)


def test_where_a_polygon_runs_round_twice_and_where_two_overlap_there_is_no_hole() -> None:
    square = np.array([[10.0, 10.0], [40.0, 10.0], [40.0, 40.0], [10.0, 40.0]])
    twice = np.vstack((square, square))
    assert drawn((twice,), SIZE).luma[25, 25] == 0
    assert drawn((square, square), SIZE).luma[25, 25] == 0


@given(st.lists(polygons, min_size=1, max_size=3).map(tuple))
def test_a_colour_sample_is_hidden_with_any_of_its_four_pixels(many: tuple[np.ndarray, ...]) -> None:
    mask = drawn(many, SIZE)
    for row, column in zip(*np.nonzero(mask.chroma), strict=True):
        assert mask.luma[2 * row : 2 * row + 2, 2 * column : 2 * column + 2].all()


def test_what_is_hidden_is_black_and_colourless_and_the_rest_is_as_it_was() -> None:
    mask = drawn((np.array([[0.0, 0.0], [20.0, 0.0], [20.0, 20.0]]),), SIZE)
    luma = np.full(SIZE[::-1], 77, np.uint8)
    chroma = np.full(mask.chroma.shape, 33, np.uint8)
    assert set(np.unique(burnt(luma, mask)[mask.luma == 0])) == {BLACK}
    assert set(np.unique(burnt(luma, mask)[mask.luma != 0])) == {77}
    assert set(np.unique(burnt_chroma(chroma, mask)[mask.chroma == 0])) == {COLOURLESS}
    assert set(np.unique(burnt_chroma(chroma, mask)[mask.chroma != 0])) == {33}
    assert (luma == 77).all()


def test_masks_follow_a_scaled_stream_and_refuse_one_of_another_shape() -> None:
    square = ((400.0, 200.0), (800.0, 200.0), (800.0, 600.0), (400.0, 600.0))
    masks = masks_of(SightSettings(picture=(1920, 1080), masks=(square,)))
    assert masks is not None
    rows, columns = np.nonzero(masks((960, 540)).luma == 0)
    assert (columns.min(), columns.max()) == (200 - MARGIN_PX, 400 + MARGIN_PX)
    assert (rows.min(), rows.max()) == (100 - MARGIN_PX, 300 + MARGIN_PX)
    with pytest.raises(SettingsError, match="another shape"):
        masks((640, 480))


def test_masks_need_the_picture_that_they_are_measured_in() -> None:
    with pytest.raises(ValueError, match="picture"):
        SightSettings(masks=(((0, 0), (1, 0), (1, 1)),))
    assert masks_of(SightSettings()) is None
