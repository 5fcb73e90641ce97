"""What the verifier is given of a track: crops about the thing, its motion, numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core.vision.fall import judge
from edge.core.vision.foreground import Moment
from edge.core.vision.preprocess import (
    ALBUM_S,
    ALBUM_STEP_S,
    CROPS_SHAPE,
    GREYS,
    LARGEST,
    LOOK_S,
    LOOKS,
    MOTION,
    MOTION_S,
    MOTION_SHAPE,
    NUMBERS,
    NUMBERS_SHAPE,
    SIDE,
    Verification,
    remembered,
)
from edge.core.vision.preprocess import evidence as evidence_of
from edge.core.vision.settings import DetectorSettings
from edge.core.vision.surroundings import Surroundings
from edge.core.vision.tracks import Point, View
from edge.core.vision.weighing import joined

NOTHING_AROUND = Surroundings(density=1e-6, body_px=12.0)


def evidence(points, album, around, view, factor):
    """What a verifier is given of points that the rules have looked at."""
    verdict = judge(points, around, view, DetectorSettings(), thorough=True)
    return None if verdict is None else evidence_of(verdict, album, around, view, factor)


def _fall(view, count=20, *, side=10.0, period_s=0.04, contrast=40.0):
    """A thing let go at a quarter of the picture's height."""
    points = []
    for index in range(count):
        t = index * period_s
        y = 0.25 * view.short + 0.8 * view.short * t * t
        points.append(Point(3 + t, 0.4 * view.width, y, side, contrast, 0.0, side))
    return tuple(points)


def _album(points, view, factor, *, wall=100, thing=160):
    """The pictures of a bright square on a plain wall."""
    shape = (view.height // factor, view.width // factor)
    album = []
    for point in points:
        middle = np.full(shape, wall, np.uint8)
        x, y, half = point.x / factor, point.y / factor, max(point.size / factor / 2, 1.0)
        middle[round(y - half) : round(y + half), round(x - half) : round(x + half)] = thing
        empty = np.full(shape, wall, np.uint8)
        album.append(Moment(point.t_s, empty, middle, empty))
    return tuple(album)


@pytest.fixture
def view():
    return View(720, 1280, 0.04)


def test_shapes_and_type_are_those_that_a_model_is_made_for(view):
    points = _fall(view)
    seen = evidence(points, _album(points, view, 2), NOTHING_AROUND, view, 2)
    assert seen.crops.shape == CROPS_SHAPE
    assert seen.motion.shape == MOTION_SHAPE
    assert seen.numbers.shape == NUMBERS_SHAPE
    assert {a.dtype for a in (seen.crops, seen.motion, seen.numbers)} == {np.dtype(np.float32)}


def test_a_thing_seen_in_every_other_picture_is_shown_where_it_was_in_those_between(view):
    points = _fall(view, 24)
    album = _album(points, view, 2)[1::2]
    seen = evidence(points[::2], album, NOTHING_AROUND, view, 2)
    difference = seen.crops[-1, 1]
    assert difference[SIDE // 2 - 2 : SIDE // 2 + 2, SIDE // 2 - 2 : SIDE // 2 + 2].min() > 1.0


def test_the_thing_stands_in_the_middle_of_every_crop(view):
    points = _fall(view)
    seen = evidence(points, _album(points, view, 2), NOTHING_AROUND, view, 2)
    rows, columns = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    for look in seen.crops:
        difference = look[1]
        assert difference.max() == pytest.approx(60 / GREYS, rel=0.05)
        assert abs((difference * rows).sum() / difference.sum()) < 1.0
        assert abs((difference * columns).sum() / difference.sum()) < 1.0


@pytest.mark.parametrize(("height", "factor"), [(360, 1), (720, 2), (1080, 2), (2160, 4)])
def test_a_dot_beside_the_thing_is_seen_around_it(height, factor):
    view = View(height, height * 16 // 9, 0.04)
    points = _fall(view)
    album = _album(points, view, factor)
    x, y = round(points[-1].x / factor), round(points[-1].y / factor)
    away = round(0.1 * height / factor)
    album[-1].middle[y - 1 : y + 2, x + away - 1 : x + away + 2] = 200
    around = evidence(points, album, NOTHING_AROUND, view, factor).crops[-1, 3]
    assert around.max() == pytest.approx(100 / GREYS)
    row, column = np.unravel_index(around.argmax(), around.shape)
    assert abs(row - SIDE / 2) <= 1
    # The crop shows 0.3 H, so a tenth of H is a third of its side.
    assert column - SIDE / 2 == pytest.approx(SIDE / 3, abs=1.5)


def test_darker_things_have_a_negative_difference(view):
    points = _fall(view)
    seen = evidence(points, _album(points, view, 2, thing=50), NOTHING_AROUND, view, 2)
    assert seen.crops[:, 1].min() == pytest.approx(-50 / GREYS, rel=0.05)
    assert seen.crops[:, 1].max() == 0.0


def test_what_lies_in_the_corner_is_seen_too(view):
    points = tuple(p._replace(x=1.0, y=2.0 + 3 * index) for index, p in enumerate(_fall(view)))
    seen = evidence(points, _album(_fall(view), view, 2), NOTHING_AROUND, view, 2)
    assert np.isfinite(seen.crops).all()


def test_fewer_sights_than_looks_leave_the_first_rows_empty(view):
    points = _fall(view, count=7)
    seen = evidence(points, _album(points, view, 2), NOTHING_AROUND, view, 2)
    filled = seen.crops.reshape(LOOKS, -1).any(axis=1)
    assert filled.tolist() == [False] + [True] * 7


def test_without_pictures_there_is_no_evidence(view):
    points = _fall(view)
    assert evidence(points, (), NOTHING_AROUND, view, 2) is None
    assert evidence(points[:3], _album(points, view, 2), NOTHING_AROUND, view, 2) is None


def test_the_album_forgets_what_is_older_than_it_keeps(view):
    album = ()
    for moment in _album(_fall(view, count=120), view, 2):
        album = remembered(album, moment)
    assert album[-1].t_s - album[0].t_s <= ALBUM_S
    assert album[-1].t_s - album[0].t_s > ALBUM_S - 0.2
    assert len(album) <= ALBUM_S / ALBUM_STEP_S
    assert ALBUM_S > LOOK_S


def test_motion_ends_at_the_origin_and_speeds_are_in_picture_heights(view):
    points = _fall(view)
    motion = evidence(points, _album(points, view, 2), NOTHING_AROUND, view, 2).motion
    column = {name: motion[:, index] for index, name in enumerate(MOTION)}
    assert column["before_end_s"][-1] == column["y_h"][-1] == 0.0
    # y = 0.8 H t², so the speed is 1.6 H t.
    assert column["vy_h_s"][8] == pytest.approx(
        1.6 * (points[-1].t_s - 3 + column["before_end_s"][8]), rel=0.05
    )


def test_the_whole_way_is_told_however_long_it_is(view):
    points = _fall(view, count=120)
    assert points[-1].t_s - points[0].t_s > 2 * MOTION_S
    motion = evidence(points, _album(points, view, 2), NOTHING_AROUND, view, 2).motion
    column = {name: motion[:, index] for index, name in enumerate(MOTION)}
    way_h = (points[-1].y - points[0].y) / view.short
    assert column["whole_y_h"][[0, -1]] == pytest.approx([-way_h, 0.0], abs=1e-5)
    assert column["y_h"][0] > column["whole_y_h"][0], "of the motion only the last part is told"
    assert column["whole_vy_h_s"][0] < 0.1 * column["whole_vy_h_s"][-1], "it begins at rest"


@settings(max_examples=40, deadline=None)
@given(
    factor=st.sampled_from([1, 2, 3]),
    count=st.integers(8, 24),
    side=st.floats(2.0, 60.0),
    contrast=st.floats(-200.0, 200.0),
)
def test_evidence_is_finite_and_bounded_for_any_track(factor, count, side, contrast):
    view = View(360, 640, 0.04)
    points = _fall(view, count, side=side, contrast=contrast)
    inside = tuple(p for p in points if p.y < view.height - side)
    seen = evidence(points, _album(inside, view, factor), NOTHING_AROUND, view, factor)
    assert np.abs(seen.crops).max() <= LARGEST
    assert np.isfinite(seen.motion).all()
    assert np.isfinite(seen.numbers).all()


@given(zoom=st.sampled_from([2, 3]))
def test_motion_and_numbers_know_no_resolution(zoom):
    small, large = View(360, 640, 0.04), View(360 * zoom, 640 * zoom, 0.04)
    first = _fall(small, side=6.0)
    second = tuple(
        p._replace(x=p.x * zoom, y=p.y * zoom, size=p.size * zoom, width=p.width * zoom) for p in first
    )
    one = evidence(first, _album(first, small, 1), NOTHING_AROUND, small, 1)
    around = Surroundings(NOTHING_AROUND.density / zoom**2, NOTHING_AROUND.body_px * zoom)
    two = evidence(second, _album(second, large, zoom), around, large, zoom)
    np.testing.assert_allclose(one.motion, two.motion, atol=1e-5)
    np.testing.assert_allclose(one.numbers, two.numbers, atol=1e-5)


def test_the_verifier_is_shown_the_thing_and_its_word_stands_among_the_rulings(kit):
    shown = []

    def doubtful(seen):
        shown.append(seen)
        return Verification(0.8, (("throw", 0.7), ("leaf", 0.2)))

    falls = kit.watch(kit.scene(seconds=3, things=[kit.thing(kit.drop())]), None, doubtful)
    assert len(falls) == 1
    assert "verifier 0.80" in falls[0].reasons
    rules = kit.watch(kit.scene(seconds=3, things=[kit.thing(kit.drop())]))[0]
    assert falls[0].score == pytest.approx(joined(rules.score, 0.8, 0.8), abs=0.05)
    assert shown[-1].crops[-1, 1].max() > 0.5
    assert len(NUMBERS) == len(set(NUMBERS))
