"""A verifier weighs what the rules measure: it is shown all of it, and its word counts."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.vision import judging, pipeline
from edge.core.vision.drag import let_go
from edge.core.vision.fall import RULES, Verdict, alone, judge
from edge.core.vision.preprocess import NUMBERS, Verification
from edge.core.vision.settings import DetectorSettings
from edge.core.vision.state import Watched
from edge.core.vision.surroundings import Surroundings
from edge.core.vision.tracks import Point, Trace, View
from edge.core.vision.weighing import came_down, joined

ALONE = Surroundings(density=1e-6, body_px=8.0)
VIEW = View(720, 1280, 0.04)


class Asked:
    """A verifier that always says the same and remembers what it was shown."""

    def __init__(self, fall):
        self.fall, self.seen = fall, []

    def __call__(self, evidence):
        self.seen.append(evidence)
        return Verification(self.fall, (("throw", 0.9), ("bird", 0.1)))


def steady(t):
    """Terminal speed from its first sight on: no rule can tell it from a light that runs down."""
    return 300.0, 40 + 110 * max(t - 1, 0)


def points(path, count=20, size=8.0):
    return tuple(Point(1 + k * 0.04, *path(1 + k * 0.04), size, 40.0, 0.0, size) for k in range(count))


def test_a_verifier_that_is_sure_lifts_what_the_rules_turn_away(kit):
    scene = kit.scene(seconds=3.5, things=[kit.thing(steady)])
    assert kit.watch(scene) == []
    falls = kit.watch(scene, DetectorSettings(verdict_by="verifier"), Asked(0.95))
    assert [fall.score for fall in falls] == [0.95]


def test_a_verifier_that_doubts_turns_away_what_the_rules_would_tell(kit):
    scene = kit.scene(seconds=3, things=[kit.thing(kit.drop())])
    assert len(kit.watch(scene)) == 1
    assert kit.watch(scene, verifier=Asked(0.05)) == []


@pytest.mark.parametrize(
    ("rules", "verifier", "surest", "told"),
    [
        (0.6, 0.6, 0.0, True),
        (0.6, 0.5, 0.0, False),
        (0.6, 0.05, 0.6, True),  # it once looked like a fall, and moves like one
        (0.85, 0.3, 0.0, True),  # it plainly moves like one, and may look like one
        (0.85, 0.1, 0.0, False),
        (0.3, 0.05, 0.99, False),  # it no longer looks like one, and does not move like one
        (0.1, 0.95, 0.95, True),
        (0.1, 0.7, 0.7, False),
        (0.001, 0.99, 0.99, False),
        (0.0, 1.0, 1.0, False),
        (1.0, 0.0, 0.0, False),
    ],
)
def test_either_tells_a_fall_unless_the_other_is_sure_of_the_contrary(rules, verifier, surest, told):
    assert (joined(rules, verifier, surest) >= 0.5) == told


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_no_score_falls_when_either_is_surer(rules, verifier, surest, surer):
    assert 0.0 <= joined(rules, verifier, surest) <= 1.0
    assert joined(max(rules, surer), verifier, surest) >= joined(rules, verifier, surest)
    assert joined(rules, max(verifier, surer), surest) >= joined(rules, verifier, surest)
    assert joined(rules, verifier, max(surest, surer)) >= joined(rules, verifier, surest)


class OnceSure:
    """A verifier that takes a track for a fall at its first look only."""

    def __init__(self, first: float) -> None:
        self.said = first

    def __call__(self, _: object) -> Verification:
        said, self.said = self.said, 0.02
        return Verification(said, (("throw", said),))


@pytest.mark.parametrize(("first", "told"), [(0.9, 1), (0.1, 0)])
def test_what_once_looked_like_a_fall_and_moves_like_one_is_told(kit, first, told):
    scene = kit.scene(seconds=3, things=[kit.thing(kit.drop())])
    assert len(kit.watch(scene, verifier=OnceSure(first))) == told


def test_what_the_verifier_turned_away_is_told_by_its_name_and_what_it_took_it_for(kit):
    settings, state, told = DetectorSettings(), None, []
    for frame in kit.scene(seconds=3, things=[kit.thing(kit.drop())]).frames():
        state = state or pipeline.start(*frame.luma.shape, settings)
        state, now = pipeline.step(state, frame, settings, Asked(0.05))
        told += now.rejections
    best = max(told, key=lambda rejection: len(rejection.track.t_s))
    assert (best.ruling.rule, best.ruling.value, best.ruling.limit) == ("verifier", 0.05, 0.5)
    assert best.ruling.note == "throw 0.90, bird 0.10"


@pytest.mark.parametrize(("seconds", "verifier"), [(4, Asked(0.7)), (4, Asked(0.99)), (3.2, Asked(0.99))])
def test_a_thing_thrown_up_from_the_ground_is_no_fall_however_sure_the_verifier_is(kit, seconds, verifier):
    path = kit.drop(x=300, top=330, at=0.6, up=420, gravity=300)
    settings, state, falls, balls = DetectorSettings(), None, [], []
    for frame in kit.scene(seconds=seconds, things=[kit.thing(path)]).frames():
        state = state or pipeline.start(*frame.luma.shape, settings)
        state, told = pipeline.step(state, frame, settings, verifier)
        falls += [*told.decided, *told.ended]
        balls += told.thrown_up
    told = pipeline.finish(state, settings, verifier)
    assert not [*falls, *told.decided, *told.ended]
    assert len([*balls, *told.thrown_up]) == 1, "it is told as what it was"


def test_the_verifier_is_shown_every_rule(kit):
    asked = Asked(0.95)
    kit.watch(kit.scene(seconds=3, things=[kit.thing(kit.drop())]), verifier=asked)
    numbers = dict(zip(NUMBERS, asked.seen[-1].numbers, strict=True))
    assert {f"rule_{rule}" for rule in RULES} <= set(numbers)
    assert numbers["rule_downward"] > 0
    assert numbers["rule_starts_at_rest"] > 0
    assert numbers["fitted"] == 1.0


def test_a_limit_that_is_just_met_measures_nothing_and_one_that_was_not_asked_neither():
    verdict = judge(points(steady), ALONE, VIEW, DetectorSettings(), thorough=True)
    measured = dict(zip(RULES, verdict.measured, strict=True))
    shares = {ruling.rule: ruling.share for ruling in verdict.rulings}
    for rule, share in shares.items():
        assert np.sign(measured[rule]) == np.sign(share - 0.5) or share == 0.5
    assert set(measured) >= set(shares)


def test_what_rises_gains_no_more_than_can_be_told():
    """Even motion that leads up explains nothing, which once made the gain infinite and a share no number."""
    t = np.arange(12) * 0.04
    y = 100 - 200 * t + 400 * t**2
    best = let_go(t, np.full(12, 50.0), y, np.full(12, 1.2))
    assert best is not None
    assert np.isfinite(best.gain)


@pytest.mark.parametrize(
    ("risen", "score"),
    [
        ((0.0, 0.0), 0.9),
        ((400.0, 1.2), 0.0),
        ((150.0, 0.2), 0.9),  # tossed out of a window
    ],
)
def test_a_way_up_before_takes_the_verifiers_word_back(risen, score):
    verdict = judge(points(lambda t: (300.0, 100 + 300 * (t - 1) ** 2)), ALONE, VIEW, DetectorSettings())
    sure = came_down(Verdict(0.9, verdict.rulings, verdict.points, from_above=False), risen)
    assert sure.score == pytest.approx(score, abs=0.09)
    assert sure.thrown_up(0.5) == (score == 0)


@pytest.mark.parametrize(("once", "told"), [(0.8, 1), (0.6, 0)])
def test_a_fall_that_was_certain_once_is_told_though_its_end_is_lost_in_what_it_broke(once, told):
    """Its last sights are splinters that fly aside."""
    settings = DetectorSettings()
    track = points(lambda t: (300 + 900 * max(t - 1.4, 0), 100 + 300 * min(t - 1, 0.4) ** 2))
    before = judge(track[:10], ALONE, VIEW, settings)
    watched = Watched(7, 1.4, 10, surest=replace(before, score=once))
    trace = Trace(7, track, (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 8.0))
    state = replace(pipeline.start(720, 1280, settings), watched=(watched,))
    assert len(judging.ended(state, (trace,), settings, None).events.suspects) == told


@pytest.mark.parametrize("limit", [0.05, 0.2, 0.5])
def test_what_was_not_asked_whether_it_came_up_is_not_told_as_thrown_up(limit):
    """A drop of rain is put aside by its peers alone, whatever the sensitivity."""
    one_of_many = Verdict(0.0, (alone(4.0),), points(steady), from_above=False)
    assert one_of_many.rulings[0].share > 0.2
    assert not one_of_many.thrown_up(limit)
