"""How events are compared with the truth: properties that any fair scoring has."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bench.measure import scoring
from bench.measure.records import Clip, Event, Thing, clip_from, event_from, things_from
from bench.measure.running import rejections, thrown_up
from bench.measure.scoring import judged
from bench.measure.summary import Share, floors_right, impacts_inside, summary
from bench.measure.sweep import at

PERIOD_S = 0.04


def path(start_s=2.0, x=300.0, y=50.0, seconds=1.2, speed=40.0):
    """Free fall in the picture: float64 (n, 3)."""
    t = start_s + np.arange(0, seconds, PERIOD_S)
    since = t - start_s
    return np.stack([t, x + 5 * since, y + speed * since + 150 * since**2], axis=1)


def moved(way, later_s=0.0, right=0.0, down=0.0):
    return way + np.array([later_s, right, down])


def thing(way, **more):
    return Thing(**{"kind": "object", "label": "positive", "path": way, "size_px": 8.0, **more})


def event(way, **more):
    return Event(**{"track": way, "decided_s": float(way[-1, 0]) + 0.2, **more})


def clip(*things, name="clip", duration_s=10.0, tags=(), height=720):
    return Clip(name, Path(f"{name}.mp4"), 25.0, 1280, height, duration_s, tuple(things), tuple(tags))


@st.composite
def paths(draw, apart=200.0):
    """A few falls, far enough from each other that no track fits two of them."""
    count = draw(st.integers(0, 4))
    starts = [draw(st.floats(0.0, 6.0)) for _ in range(count)]
    speeds = [draw(st.floats(0.0, 200.0)) for _ in range(count)]
    return [
        path(start_s=start, x=100.0 + apart * number, speed=speed)
        for number, (start, speed) in enumerate(zip(starts, speeds, strict=True))
    ]


@given(paths())
def test_a_perfect_detector_finds_all_and_nothing_else(ways):
    one = judged(clip(*map(thing, ways)), [event(way) for way in ways])
    found = summary([one])
    assert (found.recall.part, found.recall.whole) == (len(ways), len(ways))
    assert found.false == 0
    assert found.precision == Share(len(ways), len(ways))
    assert all(hit.error_px == 0 and hit.event.track is hit.thing.path for hit in one.hits)


@given(paths(), st.randoms(use_true_random=False), st.floats(0, 15), st.floats(-0.02, 0.02))
def test_the_order_of_events_and_things_plays_no_part(ways, random, shift, late):
    events = [event(moved(way, late, shift, 0)) for way in ways] + [
        event(moved(way, 0, 300, 0)) for way in ways[:2]
    ]
    things = list(map(thing, ways))
    first = summary([judged(clip(*things), events)]).as_object()
    random.shuffle(events)
    random.shuffle(things)
    assert summary([judged(clip(*things), events)]).as_object() == first


@given(st.floats(0.0, 500.0), st.integers(200, 3000))
def test_a_track_counts_up_to_twenty_pixels_or_two_percent_of_the_height(shift, height):
    limit = max(20, 0.02 * height)
    assume(abs(shift - limit) > 1e-6)
    way = path()
    one = judged(clip(thing(way), height=height), [event(moved(way, 0, shift, 0))])
    assert one.outcomes == (("hit",) if shift < limit else ("false",))
    assert len(one.missed) == (shift > limit)


def test_an_event_at_another_time_is_false():
    way = path(start_s=2.0)
    assert judged(clip(thing(way)), [event(moved(way, 3.0, 0, 0))]).outcomes == ("false",)


@given(st.integers(1, 5))
def test_each_further_event_of_the_same_fall_counts_as_false_once(further):
    way = path()
    events = [event(moved(way, 0, offset, 0)) for offset in range(1 + further)]
    one = judged(clip(thing(way)), events)
    assert one.outcomes == ("hit",) + ("duplicate",) * further
    assert one.false == further
    assert one.hits[0].error_px == 0, "the nearest event is the one that counts"
    assert summary([one]).precision == Share(1, 1 + further)


def test_as_many_falls_are_found_as_can_be():
    left, right = path(x=300), path(x=315)
    near_both, near_right = event(path(x=309)), event(path(x=334))
    one = judged(clip(thing(left), thing(right)), [near_both, near_right])
    assert one.outcomes == ("hit", "hit")
    assert one.missed == ()


def test_a_reflection_is_neither_rewarded_nor_punished_alone_but_the_second_event_of_one_fall():
    fall, mirrored = path(x=300), path(x=340, y=80)
    both = clip(thing(fall), thing(mirrored, kind="reflection", label="ignore"))
    alone = judged(both, [event(mirrored)])
    assert (alone.outcomes, len(alone.missed), alone.false) == (("ignored",), 1, 0)
    twice = judged(both, [event(fall), event(mirrored)])
    assert twice.outcomes == ("hit", "duplicate")
    later = clip(thing(path(start_s=7.0)), thing(mirrored, kind="reflection", label="ignore"))
    assert judged(later, [event(path(start_s=7.0)), event(mirrored)]).outcomes == ("hit", "ignored")


def test_what_was_thrown_up_must_be_told_as_that():
    ball = clip(thing(path(), kind="thrown_up", label="ignore"))
    assert judged(ball, [event(path())]).outcomes == ("false",)
    assert judged(ball, [event(path(), thrown_up=True)]).outcomes == ("thrown_up",)
    assert judged(ball, []).false == 0
    fall = judged(clip(thing(path())), [event(path(), thrown_up=True)])
    assert (fall.outcomes, len(fall.missed)) == (("ignored",), 1), "no alarm, so the fall is missed"
    assert judged(clip(), [event(path(), thrown_up=True)]).false == 0


def test_other_things_to_ignore_are_ignored():
    drip = clip(thing(path(), kind="water", label="ignore"))
    assert judged(drip, [event(path()), event(moved(path(), 0, 5, 0))]).outcomes == ("ignored", "ignored")


def test_recall_is_told_by_size():
    sizes = (2.9, 3.0, 4.9, 5.0, 40.0)
    ways = [path(x=100 + 200 * number) for number in range(len(sizes))]
    things = [thing(way, size_px=size) for way, size in zip(ways, sizes, strict=True)]
    found = summary([judged(clip(*things), [event(ways[1]), event(ways[4])])])
    assert (found.small, found.large, found.recall) == (Share(1, 2), Share(1, 2), Share(2, 5))


@given(st.floats(0, 0.3), st.floats(0, 0.3), st.floats(0.2, 2.0))
def test_times_are_told_from_first_and_last_sight(late, early, decided):
    way = path(seconds=2.0)
    kept = way[(way[:, 0] >= way[0, 0] + late) & (way[:, 0] <= way[-1, 0] - early)]
    told = event(kept, decided_s=way[-1, 0] + decided, suspected_s=way[0, 0] + 0.4)
    found = summary([judged(clip(thing(way)), [told])])
    assert found.start_error_s == pytest.approx(kept[0, 0] - way[0, 0])
    assert found.end_error_s == pytest.approx(way[-1, 0] - kept[-1, 0])
    assert found.decided_after_last_s == pytest.approx(decided)
    assert found.decided_after_first_s == pytest.approx(decided + way[-1, 0] - way[0, 0])
    assert found.suspected_after_first_s == pytest.approx(0.4)


def test_false_alarms_are_told_by_what_was_in_the_picture():
    negative = clip(tags=("birds", "rain"), duration_s=1800)
    positive = clip(thing(path()), tags=("rain",), duration_s=1800)
    found = summary([judged(negative, [event(path())]), judged(positive, [event(path())])])
    assert found.by_tag["birds"] == (1, 0.5, Share(0, 0))
    assert found.by_tag["rain"] == (1, 1.0, Share(1, 1))
    assert (found.false_on_negatives, found.negative_hours) == (1, 0.5)


@given(st.integers(0, 50), st.integers(0, 50))
def test_the_interval_holds_the_share_and_narrows_with_more_of_it(part, rest):
    share = Share(part, part + rest)
    assume(share.whole)
    low, high = share.interval()
    assert 0 <= low <= share.value <= high <= 1
    more = Share(4 * part, 4 * (part + rest)).interval()
    assert more[1] - more[0] < high - low


def test_floors_and_impacts_are_right_within_what_was_told():
    def hit(**told):
        known = thing(path(), floor=12, bay=3, known={"impact": {"speed_m_s": 20.0}})
        return judged(clip(known), [event(path(), told=told)]).hits[0]

    near = hit(
        origin={"floor": 13, "floor_low": 11, "floor_high": 14, "bay": 4}, impact={"speed_m_s": [15, 19, 22]}
    )
    far = hit(
        origin={"floor": 15, "floor_low": 14, "floor_high": 16, "bay": 2}, impact={"speed_m_s": [21, 25, 29]}
    )
    silent = hit()
    assert floors_right([near, far, silent]) == (Share(1, 2), Share(1, 2), Share(1, 2))
    assert impacts_inside([near, far, silent])["speed_m_s"] == Share(1, 2)
    assert impacts_inside([near, far, silent])["energy_j_per_kg"] == Share(0, 0)


def test_an_output_line_becomes_an_event():
    line = {"start_s": 1, "end_s": 1.2, "track": [[1, 2, 3], [1.2, 2, 9]], "score": 0.7, "decided_s": 1.5}
    told = event_from({**line, "kind": "thrown_up"})
    assert (told.start_s, told.end_s, told.decided_s, told.thrown_up) == (1.0, 1.2, 1.5, True)
    assert told.suspected_s is None
    with pytest.raises(KeyError, match="track"):
        event_from({"decided_s": 1})


def test_truth_is_a_list_or_the_word_negative():
    assert things_from("negative") == ()
    with pytest.raises(ValueError, match="'positive'"):
        things_from("positive")
    entry = {"fps": 25, "size": [1280, 720], "truth": [{"path": [[0, 1, 2]]}, {"path": []}], "tags": ["rain"]}
    read = clip_from(Path("a.mp4"), entry, 3.0)
    assert (len(read.things), read.tags, read.negative) == (1, ("rain",), False)


def test_rounded_times_still_share_an_instant():
    way = path()
    assert scoring.distance_px(event(moved(way[-1:], 4e-4, 1, 0)), thing(way)) == pytest.approx(1.0, abs=0.2)
    assert scoring.distance_px(event(moved(way[:1], -0.1)), thing(way)) is None


def test_a_clip_without_things_keeps_every_event_as_false():
    assert judged(clip(), [event(path())]).outcomes == ("false",)
    assert replace(clip(), tags=("x",)).negative


def test_a_miss_is_told_with_the_likeliest_rejection_on_its_path():
    way = path()
    said = (
        "no fall: 2.10 to 3.00 s, from (300, 55) to (305, 245): smooth 2, limit 1, share 0.20; score 0.20\n"
        "no fall: 2.00 to 3.10 s, from (300, 50) to (305, 290): evidence 5, limit 9, share 0.30; score 0.30\n"
        "no fall: 2.00 to 3.10 s, from (900, 50) to (905, 290): evidence 5, limit 9, share 0.40; score 0.40\n"
        "thrown up from below, no fall: 5.00 to 6.50 s, from (10, 700) to (60, 690); score 0.90\n"
    )
    one = judged(clip(thing(way)), [], rejected=rejections(said))
    assert len(one.rejected) == 3
    assert one.why_missed(one.missed[0]).why == "evidence 5, limit 9, share 0.30"
    assert judged(clip(thing(way)), []).why_missed(thing(way)) is None
    (ball,) = thrown_up(said)
    assert (ball.start_s, ball.end_s, ball.thrown_up) == (5.0, 6.5, True)


@given(st.integers(0, 4), st.integers(0, 4))
def test_a_sensitivity_means_recall_and_false_alarms_a_day(found, false):
    ways = [path(x=100 + 200 * number) for number in range(4)]
    events = [event(way) for way in ways[:found]]
    events += [event(moved(path(), 5.0, 30 * number)) for number in range(false)]
    one = judged(clip(*map(thing, ways)), events)
    row = at(0.35, [one])
    assert (row.sensitivity, row.recall) == (0.35, found / 4)
    assert row.false_a_day == pytest.approx(false * 86_400 / one.clip.duration_s)
