"""Hours of watching: the plan, the loops' seams, and going on where a run stopped."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.measure import soaking
from bench.measure.records import Clip, Thing
from bench.measure.soaking import Soaked, Watch, false_alarms, planned, soaked

LOOP_S = 10.0


def clip(number: int = 0, *things: Thing) -> Clip:
    return Clip(f"c{number}", Path(f"set/c{number}.mp4"), 25.0, 1280, 720, LOOP_S, tuple(things))


def line(start_s, end_s, x=300.0):
    track = [[t, x, 100.0 + 200 * (t - start_s)] for t in np.linspace(start_s, end_s, 20)]
    return {"track": track, "decided_s": end_s}


@given(st.integers(1, 60), st.floats(0.1, 48), st.floats(1, 60))
def test_a_plan_comes_to_the_hours_and_keeps_the_least_time(count, hours, minutes):
    watches = planned([clip(number) for number in range(count)], hours, minutes)
    assert sum(watch.seconds for watch in watches) == pytest.approx(3600 * hours)
    assert len({watch.clip.name for watch in watches}) == len(watches)
    assert all(watch.seconds >= min(60 * minutes, 3600 * hours) * 0.66 for watch in watches)


def test_an_event_at_a_seam_is_told_apart():
    lines = [line(3.0, 4.0), line(9.5, 10.4), line(20.4, 21.5), line(25.0, 26.0)]
    false, seams = false_alarms(clip(), lines, LOOP_S)
    assert false == [3.0, 25.0]
    assert seams == [9.5, pytest.approx(20.4)]


def test_a_fall_in_the_clip_may_be_told_once_each_loop():
    way = np.array(line(3.0, 4.0)["track"])
    fall = Thing("object", "positive", way)
    lines = [line(3.0, 4.0), line(13.0, 14.0), line(13.02, 14.0), line(23.0, 24.0, x=700.0)]
    false, seams = false_alarms(clip(0, fall), lines, LOOP_S)
    assert (false, seams) == ([pytest.approx(13.02), 23.0], []) or false == [13.0, 23.0]
    assert len(false) == 2


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path):
    log = tmp_path / "soak.jsonl"
    watches = [Watch(clip(number), 600.0) for number in range(4)]
    asked: list[str] = []

    def watch(one: Watch) -> Soaked:
        asked.append(one.key)
        return Soaked(one.key, one.seconds, 1, 0, (4.2,), ("rain",))

    first = list(soaked(watches[:2], log, 1, watch))
    with log.open("a") as kept:
        kept.write('{"key": "set/c2.mp4 600 s", "watch')  # the machine went down here
        kept.write("\n")
    again = list(soaked(watches, log, 2, watch))
    assert again[:2] == first
    assert sorted(asked) == sorted(one.key for one in watches)
    assert soaking.read(log).keys() == {one.key for one in watches}
    longer = [replace(watches[0], seconds=900.0)]
    assert next(iter(soaked(longer, log, 1, watch))).watched_s == 900.0
