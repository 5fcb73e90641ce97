"""Drawn regions in which nothing is looked for."""

import numpy as np
import pytest

from edge.core.vision import candidates, regions
from edge.core.vision.frame import Candidates


def square(left, top, right, bottom):
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float64)


def spots(*places):
    xy = np.array(places, np.float32)
    ones = np.ones(len(xy), np.float32)
    return Candidates(np.hstack((xy - 2, xy + 2)), xy, 16 * ones, 40 * ones)


def test_without_polygons_there_are_no_regions():
    assert regions.ignored((), (720, 1280), 2, 8) is None
    assert regions.outside(spots((5, 5)), None, 2).xy_px.tolist() == [[5, 5]]


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_what_lies_in_a_polygon_is_dropped_at_any_reduction(factor):
    found = regions.ignored((square(100, 200, 400, 500),), (720, 1280), factor, 8)
    left = regions.outside(spots((90, 300), (250, 350), (410, 300), (250, 190)), found, factor)
    assert left.xy_px.tolist() == [[90, 300], [410, 300], [250, 190]]
    assert len(regions.outside(candidates.nothing(), found, factor).area_px) == 0


def test_blocks_are_ignored_only_where_the_polygon_covers_them_wholly():
    found = regions.ignored((square(0, 0, 40, 40),), (64, 96), 1, 8)
    assert found.blocks.shape == (8, 12)
    assert found.blocks[:5, :5].all()
    assert found.blocks.sum() == 25


def test_a_polygon_may_reach_beyond_the_picture():
    found = regions.ignored((square(-500, -500, 5000, 300),), (720, 1280), 2, 8)
    assert found.blocks[:18].all()
    assert not found.blocks[20:].any()


def test_a_fall_in_an_ignored_region_is_not_told(kit):
    scene = kit.scene(seconds=3, things=[kit.thing(kit.drop(x=150)), kit.thing(kit.drop(x=480))])
    (fall,) = kit.watch(scene, ignore=(square(0, 0, 320, 360),))
    assert abs(np.median(fall.track.xy_px[:, 0]) - 480) < 5
