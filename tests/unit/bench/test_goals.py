"""A goal says what is asked, what was measured, whether it is met; an unmeasured one claims nothing."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bench.measure import goals, tables
from bench.measure.goals import Goal
from bench.measure.records import Clip
from bench.measure.scoring import judged
from bench.measure.sets import part_of
from bench.measure.summary import summary


@pytest.mark.parametrize(
    ("sense", "measured", "met"),
    [("≥", 0.98, True), ("≥", 0.97, False), ("≤", 0.98, True), ("≤", 0.99, False), ("≥", None, None)],
)
def test_a_goal_is_met_at_its_limit(sense, measured, met):
    row = Goal("recall", "recall", sense, 0.98, measured)
    assert row.met is met
    assert row.as_object()["met"] is met
    assert row.cells()[3] == {True: "yes", False: "NO", None: ""}[met]


def test_an_empty_set_claims_nothing():
    rows = goals.detection(summary([])) + goals.calibrated([])
    assert {row.key for row in rows if row.met is not None} == set()
    assert all("not measured" in row.cells()[2] for row in rows)


def test_a_share_is_told_with_its_count_and_interval():
    quiet = Clip("quiet", Path("quiet.mp4"), 25.0, 1280, 720, 1800.0)
    rows = {row.key: row for row in goals.detection(summary([judged(quiet, [])]))}
    assert rows["false_on_negatives"].met is True
    assert "0 in 30.0 min" in rows["false_on_negatives"].cells()[2]


def test_every_row_stands_in_the_table():
    rows = goals.detection(summary([]))
    shown = Console(width=tables.WIDTH, record=True, file=StringIO())
    shown.print(tables.goals("goals", rows), tables.comparison("all", [("ours", summary([]))]))
    text = shown.export_text()
    assert all(row.what in text for row in rows)


def test_a_part_of_a_set_is_spread_over_it():
    clips = tuple(Clip(str(number), Path("x"), 25.0, 1, 1, 1.0) for number in range(10))
    assert [clip.name for clip in part_of(clips, 3)] == ["0", "3", "6"]
    assert part_of(clips, None) == part_of(clips, 99) == clips
