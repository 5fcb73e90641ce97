"""Time gained by a suspicion, counted from the truth of rendered falls."""

from pathlib import Path

import numpy as np
import pytest

from bench.measure.records import Clip, Thing
from bench.measure.suspicion import Suspected, by_height, outcome, row


def fall(start_s=1.0, impact_s=3.0, height_m=20.0, label="positive"):
    """Straight down at x = 100, 200 px/s, seen until a second before the ground."""
    t = np.arange(start_s, impact_s - 1, 0.1)
    path = np.column_stack((t, np.full_like(t, 100.0), 50 + 200 * (t - start_s)))
    return Thing("box", label, path, known={"impact": {"height_m": height_m, "at_s": impact_s}})


def clip(*things):
    return Clip("c", Path("c.mp4"), 25, 640, 360, 3600.0, tuple(things))


def suspected(at_s, sure=0.95, before=0.0, seen=None, track=1):
    t_s = at_s - 0.1
    return Suspected(track, at_s, sure, before, seen or (t_s, 100.0, 50 + 200 * (t_s - 1.0)))


def test_the_time_gained_is_from_the_first_suspicion_of_the_thing_to_its_impact():
    found = outcome([(clip(fall()), [suspected(1.5, track=1), suspected(1.8, track=2)])], 0.9)
    assert found.warned[0].gained_s == pytest.approx(1.5)
    assert found.false == 0


def test_a_suspicion_counts_when_its_track_becomes_as_sure_as_wanted():
    told = [suspected(1.3, sure=0.6), suspected(1.6, sure=0.95, before=0.6)]
    assert outcome([(clip(fall()), told)], 0.5).warned[0].suspected_s == 1.3
    assert outcome([(clip(fall()), told)], 0.9).warned[0].suspected_s == 1.6
    assert outcome([(clip(fall()), told)], 0.99).warned[0].suspected_s is None


def test_a_suspicion_after_the_impact_gains_nothing():
    thing = fall(impact_s=2.5)
    found = outcome([(clip(thing), [suspected(2.45, seen=(1.4, 100.0, 130.0))])], 0.9)
    assert found.warned[0].gained_s == pytest.approx(0.05)
    late = outcome([(clip(thing), [suspected(2.6, seen=(1.4, 100.0, 130.0))])], 0.9)
    assert late.warned[0].gained_s is None
    assert row(late.warned).before_impact.part == 0


def test_what_is_nowhere_near_a_thing_is_a_false_suspicion():
    elsewhere = suspected(1.5, seen=(1.4, 500.0, 130.0))
    found = outcome([(clip(fall()), [elsewhere])], 0.9)
    assert (found.false, found.warned[0].suspected_s) == (1, None)


def test_a_reflection_is_neither_a_fall_nor_false():
    found = outcome([(clip(fall(label="ignore")), [suspected(1.5)])], 0.9)
    assert (found.false, found.warned) == (0, ())


def test_what_never_lands_is_counted_apart():
    thing = fall()
    stays = Thing(thing.kind, thing.label, thing.path, known={"impact": {"height_m": 20.0, "at_s": None}})
    found = outcome([(clip(stays), [suspected(1.5)])], 0.9)
    assert (found.unlanded, found.warned, found.false) == (1, (), 0)


def test_falls_are_told_by_the_height_of_their_release():
    told = [(clip(fall(height_m=h)), [suspected(1.5)]) for h in (3.0, 20.0, 60.0)]
    rows = by_height(outcome(told, 0.9).warned)
    assert [one.falls for one in rows.values()] == [1, 0, 1, 0, 1]
