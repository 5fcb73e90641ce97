"""Labels, figures and regions to ignore, from what the desk said."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.core.alert import CLOSE_REASONS, is_false
from cloud.core.feedback import REASONS, Count, Judged, label, weeks
from cloud.core.mask_proposal import LEAST, Seen, proposals
from models.desk import DeskLabel
from models.kinds import KINDS, of_name

FRAME = (1920, 1080)
TRACK = [{"t_s": 0.0, "x_px": 10.0, "y_px": 5.0}, {"t_s": 0.04, "x_px": 11.0, "y_px": 9.0}]


def _judged(reason: str, manifest: str | None = '{"event_offset_s": 6.0}') -> Judged:
    at = datetime(2026, 3, 5, tzinfo=UTC)
    return Judged("a", "garden", "cam", reason, "li", at, 0.7, TRACK, FRAME, "d" * 64, manifest)


@pytest.mark.parametrize("reason", CLOSE_REASONS)
def test_what_is_exported_is_what_training_reads(reason: str) -> None:
    line = label(_judged(reason), "clips/c.mp4")
    assert line is not None
    read = DeskLabel.model_validate(line | {"track": [tuple(point) for point in line["track"]]})
    assert read.label is not is_false(reason)
    assert read.track[0][0] == 6.0
    assert (reason in REASONS) is is_false(reason)
    assert not read.reason or of_name(read.reason) in KINDS


def test_without_the_time_at_which_the_track_begins_there_is_no_label() -> None:
    assert label(_judged("false_bird", None), "c.mp4") is None
    assert label(_judged("false_bird", "{}"), "c.mp4") is None


def test_precision_is_the_real_ones_of_all_that_were_judged() -> None:
    monday = date(2026, 3, 2)
    (week,) = weeks(
        [
            Count("cam", monday, "real_throw", 2),
            Count("cam", monday, "falling_part", 1),
            Count("cam", monday, "false_bird", 9),
        ]
    )
    assert (week.real, week.false, week.precision) == (3, {"false_bird": 9}, 0.25)


def _line(
    x: float, y: float, *, dx: float = 0, dy: float = 4, n: int = 12
) -> tuple[tuple[float, float], ...]:
    return tuple((x + dx * i, y + dy * i) for i in range(n))


LAUNDRY = [Seen(_line(300 + i, 400), "false_laundry") for i in range(6)]


def test_a_region_is_proposed_where_false_alarms_cluster_and_says_what_it_hides() -> None:
    (found,) = proposals([*LAUNDRY, Seen(_line(1500, 100, dy=40), None)], FRAME)
    assert found.hides == {"false_laundry": 6}
    assert (found.of, found.real_near) == (6, 1)
    assert 0 < found.share < 0.02
    assert found.polygon == ((300, 360), (360, 360), (360, 480), (300, 480))


def test_a_real_fall_through_it_forbids_it_however_many_it_would_hide() -> None:
    fast = Seen(((330, 0.0), (330, 1000.0)), None)  # Seen above and below, never within.
    assert proposals([*LAUNDRY * 20, fast], FRAME) == []


def test_two_alarms_are_no_cluster_and_birds_everywhere_are_none() -> None:
    assert proposals(LAUNDRY[: LEAST - 1], FRAME) == []
    birds = [Seen(_line(60.0 * i, 60.0 * i % 900, dx=30, dy=2), "false_bird") for i in range(20)]
    assert all(found.share < 0.15 for found in proposals(birds, FRAME))


Points = st.lists(st.tuples(st.floats(0, 1919.9), st.floats(0, 1079.9)), min_size=2, max_size=10)
Tracks = st.lists(st.tuples(Points, st.sampled_from(["false_bird", "false_light", None])), max_size=12)


@given(Tracks)
def test_no_proposal_ever_touches_a_real_fall_and_each_is_a_closed_outline(
    tracks: list[tuple[list[tuple[float, float]], str | None]],
) -> None:
    seen = [Seen(points, why) for points, why in tracks]
    for found in proposals([*seen, *seen, *seen], FRAME):
        xs, ys = zip(*found.polygon, strict=True)
        assert 0 <= min(xs) <= max(xs) <= FRAME[0]
        assert 0 <= min(ys) <= max(ys) <= FRAME[1]
        pairs = list(zip(found.polygon, [*found.polygon[1:], found.polygon[0]], strict=True))
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairs)
        for track in seen:
            if track.false is None:
                assert not any(_inside(point, found.polygon) for point in track.points)


def _inside(point: tuple[float, float], polygon: tuple[tuple[float, float], ...]) -> bool:
    """By even and odd crossings."""
    x, y = point
    crossings = 0
    for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            crossings += 1
    return crossings % 2 == 1
