"""What belongs to one fall, and which of its tracks it is told by."""

import numpy as np
import pytest

from edge.core.vision import scene
from edge.core.vision.fall import Verdict
from edge.core.vision.scene import Suspect
from edge.core.vision.settings import DetectorSettings
from edge.core.vision.tracks import Point, View

VIEW = View(720, 1280, 0.04)
SETTINGS = DetectorSettings()


def fall(*, first_s=1.0, last_s=2.2, x=600.0, contrast=40.0, size=8.0, released_s=1.0):
    """A thing let go at released_s and y = 60, which is seen for a while only."""
    times = np.arange(first_s, last_s, 0.04).tolist()
    return tuple(Point(t, x, 60 + 200 * (t - released_s) ** 2, size, contrast, 0.0, size) for t in times)


def suspect(points, identity=1):
    return Suspect(
        identity, Verdict(0.9, (), points, from_above=False), points, points[-1].t_s, frozenset((identity,))
    )


def foremost(*tracks):
    return scene.foremost(tuple(suspect(points, k) for k, points in enumerate(tracks)))


def test_the_thing_is_told_and_not_what_a_glass_shows_of_it():
    thing, image = fall(contrast=60), fall(x=660, contrast=15)
    assert foremost(image, thing).points == thing


def test_the_thing_is_told_though_its_reflection_is_in_the_picture_for_longer():
    thing, image = fall(last_s=1.8, contrast=90, size=16), fall(x=660, contrast=12, size=14)
    assert foremost(image, thing).points == thing


def test_a_bright_thing_is_told_and_not_its_shadow_though_that_shows_more():
    thing, shadow = fall(contrast=20), fall(x=640, contrast=-26, size=9)
    assert foremost(shadow, thing).points == thing


def test_a_dark_thing_is_told_that_shows_more_than_its_bright_reflection():
    thing, image = fall(contrast=-60), fall(x=640, contrast=20)
    assert foremost(image, thing).points == thing


def test_the_whole_fall_is_told_and_not_the_stronger_last_piece_of_it():
    whole, piece = fall(), fall(first_s=2.0, contrast=60, size=9)
    assert foremost(piece, whole).points == whole


def test_a_fall_that_was_hidden_for_a_second_is_one_event():
    before, after = fall(last_s=1.6), fall(first_s=2.7, last_s=3.2)
    assert scene.same_event(before, after, VIEW, SETTINGS)


@pytest.mark.parametrize(
    "later",
    [
        fall(first_s=2.7, last_s=3.2, released_s=2.4),  # let go after it
        fall(first_s=2.7, last_s=3.2, x=900.0),  # elsewhere
        fall(first_s=3.9, last_s=4.4),  # too long after
    ],
)
def test_what_no_single_fall_explains_is_another_event(later):
    assert not scene.same_event(fall(last_s=1.6), later, VIEW, SETTINGS)
