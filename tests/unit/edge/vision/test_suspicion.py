"""What may be a fall is said while it falls, with how sure that is; what lies still or glides is not."""

import pytest

from edge.core.vision import pipeline
from edge.core.vision.frame import Suspicion
from edge.core.vision.preprocess import Verification
from edge.core.vision.settings import DetectorSettings

SURE = 0.5


def told(scene, verifier=None):
    """All suspicions of a scene, and the time of its first decision."""
    settings = DetectorSettings()
    state = pipeline.start(scene.height, scene.width, settings)
    suspicions, decided_s = [], None
    for frame in scene.frames():
        state, said = pipeline.step(state, frame, settings, verifier)
        suspicions += said.suspected
        if said.decided and decided_s is None:
            decided_s = frame.pts_s
    return suspicions, decided_s


def test_a_fall_is_suspected_before_it_is_decided_and_by_the_track_that_falls(kit):
    scene = kit.scene(seconds=3, things=[kit.thing(kit.drop(gravity=120))])
    suspicions, decided_s = told(scene, lambda _: Verification(0.95))
    first = next(one for one in suspicions if one.reaches(0.9))
    assert first.at_s < decided_s
    assert first.first_s == pytest.approx(1.0, abs=0.6)


def test_a_suspicion_is_told_again_only_when_it_is_surer_than_ever(kit):
    scene = kit.scene(seconds=3, things=[kit.thing(kit.drop())])
    suspicions, _ = told(scene)
    assert suspicions
    for track in {one.track for one in suspicions}:
        rising = [one for one in suspicions if one.track == track]
        assert all(one.before < one.sure for one in rising)
        assert [one.before for one in rising[1:]] == [one.sure for one in rising[:-1]]


def test_a_limit_is_reached_once_by_a_track(kit):
    scene = kit.scene(seconds=3, things=[kit.thing(kit.drop())])
    suspicions, _ = told(scene)
    falling = max(suspicions, key=lambda one: one.sure).track
    assert sum(one.reaches(SURE) for one in suspicions if one.track == falling) == 1


def test_what_crosses_the_picture_evenly_is_not_suspected_with_confidence(kit):
    scene = kit.scene(seconds=3, things=[kit.thing(lambda t: (20 + 180 * t, 120 + 12 * t))])
    suspicions, _ = told(scene)
    assert not any(one.reaches(SURE) for one in suspicions)


def test_a_verifier_that_sees_no_fall_keeps_what_falls_from_being_suspected(kit):
    scene = kit.scene(seconds=3, things=[kit.thing(kit.drop())])
    suspicions, _ = told(scene, lambda _: Verification(0.03))
    assert not any(one.reaches(SURE) for one in suspicions)


def test_a_suspicion_reaches_each_limit_between_what_it_was_and_what_it_is():
    one = Suspicion(track=1, first_s=0.0, at_s=1.0, sure=0.7, before=0.4, seen=(0.9, 5.0, 5.0))
    assert one.reaches(0.5)
    assert one.reaches(0.7)
    assert not one.reaches(0.4)
    assert not one.reaches(0.8)
