"""Pictures that come, but too far apart for a fall to be seen between them."""

from collections.abc import Iterable
from datetime import timedelta

from edge.core.picture_health import gaps, watch
from edge.core.picture_health.faults import FAULTS
from tests.unit.edge.picture_scene import AT


def told(steps_s: Iterable[float]) -> list[tuple[str, int]]:
    """What is told of pictures that are so far apart, and how many seconds after the first."""
    state, _ = watch.start(FAULTS, AT)
    known, at, found = None, AT, []
    for step_s in steps_s:
        at += timedelta(seconds=step_s)
        known = gaps.searched(known, at)
        share = gaps.missed_share(known)
        if share is not None:
            state, reports = watch.searched(state, FAULTS, share, at)
            found += [(f"{each.fault} {each.state}", (at - AT).seconds) for each in reports]
    return found


def test_a_picture_a_second_is_told_within_half_a_minute_and_taken_back_when_they_flow() -> None:
    assert told([0.1] * 300) == []
    (raised,) = told([0.1] * 300 + [1.0] * 40)
    assert raised[0] == "unrecorded raised"
    assert raised[1] - 30 < 30
    assert [what for what, _ in told([1.0] * 60 + [0.1] * 400)] == ["unrecorded raised", "unrecorded cleared"]


def test_a_camera_that_was_away_once_is_not_told_and_one_that_is_away_again_and_again_is() -> None:
    assert told([0.1] * 200 + [7.5] + [0.1] * 600) == []
    assert [what for what, _ in told(([0.1] * 60 + [3.0]) * 8)] == ["unrecorded raised"]
