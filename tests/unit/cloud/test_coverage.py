"""How much of a day a facade was watched."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cloud.core import coverage
from cloud.core.coverage import camera_now, facade_now, share, strip_begin, window
from cloud.core.watched import MINUTE, Runs

END = datetime(2026, 3, 5, 10, 7, tzinfo=UTC)
SPAN = (END - timedelta(days=1), END)
BEFORE = END - timedelta(days=9)


def runs(*each: tuple[int, int, float]) -> Runs:
    """(minutes before `END`, how many, seconds watched of each)."""
    begins, minutes, watched_s = zip(*each, strict=True)
    return Runs(SPAN[0], [1440 - begin for begin in begins], minutes, watched_s)


def test_a_day_without_any_report_is_unwatched_and_unknown() -> None:
    found = share(["a"], {}, BEFORE, SPAN)
    assert (found.watched_share, found.unknown_share) == (0.0, 1.0)
    assert len(found.strip) == 96
    assert {quarter.watched_share for quarter in found.strip} == {0.0}


def test_a_whole_watched_day_is_one() -> None:
    found = share(["a"], {"a": runs((1440, 1440, 60))}, BEFORE, SPAN)
    assert (found.watched_share, found.unknown_share) == (1.0, 0.0)


def test_a_facade_that_was_never_commissioned_has_no_share() -> None:
    found = share(["a"], {}, None, SPAN)
    assert found.watched_share is None
    assert {quarter.watched_share for quarter in found.strip} == {None}


def test_only_the_time_since_commissioning_counts() -> None:
    since = END - timedelta(minutes=10, seconds=30)
    found = share(["a"], {"a": runs((11, 1, 15), (10, 10, 60))}, since, SPAN)
    assert (found.watched_share, found.counted_s) == ((600 + 15) / 630, 630)
    assert found.strip[-1].watched_share == 1.0
    assert found.strip[0].watched_share is None


def test_two_cameras_count_as_the_better_one_in_each_minute() -> None:
    both = {"a": runs((1440, 1440, 20)), "b": runs((1440, 1440, 30))}
    assert share(["a", "b"], both, BEFORE, SPAN).watched_share == 0.5


def test_a_lost_hour_shows_in_its_quarters_and_nowhere_else() -> None:
    found = share(["a"], {"a": runs((1440, 22 * 60, 60), (60, 60, 60))}, BEFORE, SPAN)
    assert found.unknown_share == 60 / 1440
    dark = [
        quarter for quarter in found.strip if quarter.watched_share is not None and quarter.watched_share < 1
    ]
    assert len(dark) == 5
    assert dark[1].watched_share == 0.0


REPORTED = st.dictionaries(
    st.tuples(st.sampled_from("ab"), st.integers(-3, 1500)),
    st.sampled_from([0.0, 15.125, 59.999, 60.0]),
    max_size=60,
)


@given(REPORTED, st.integers(0, 90_000))
def test_a_share_is_what_minutes_one_by_one_add_up_to(
    reports: dict[tuple[str, int], float], age_s: int
) -> None:
    watched = {}
    for camera in {camera for camera, _ in reports}:
        watched[camera] = runs(
            *((number, 1, reports[one, number]) for one, number in reports if one == camera)
        )
    begin = END - timedelta(seconds=age_s)
    found = share(["a", "b"], watched, begin, SPAN)
    counted_s = watched_s = unknown_s = 0.0
    for number in range(1440, 0, -1):
        at = END - number * MINUTE
        length_s = (at + MINUTE - max(at, begin)).total_seconds()
        if length_s > 0:
            told = [reports[camera, number] for camera in "ab" if (camera, number) in reports]
            counted_s += length_s
            watched_s += min(max(told, default=0.0), length_s)
            unknown_s += 0.0 if told else length_s
    assert found.counted_s == counted_s
    assert found.watched_share == (watched_s / counted_s if counted_s else None)
    assert found.unknown_share == (unknown_s / counted_s if counted_s else 0.0)
    shares = [quarter.watched_share for quarter in found.strip]
    assert all(value is None or 0 <= value <= 1 for value in shares)


def test_the_strip_ends_with_the_quarter_of_the_last_minute() -> None:
    assert strip_begin(END) + 95 * coverage.QUARTER == datetime(2026, 3, 5, 10, 0, tzinfo=UTC)
    assert strip_begin(END.replace(minute=0)) + 95 * coverage.QUARTER == datetime(
        2026, 3, 5, 9, 45, tzinfo=UTC
    )


def test_the_window_leaves_reports_time_to_arrive() -> None:
    assert window(END + timedelta(seconds=10))[1] == END - MINUTE
    assert window(END + timedelta(seconds=15)) == SPAN


def test_an_agent_that_is_away_leaves_its_cameras_unknown() -> None:
    assert camera_now("streaming", "offline") == "unknown"
    assert camera_now(None, "online") == "unknown"
    assert camera_now("streaming", None) == "streaming"
    assert camera_now("lost", "online") == "lost"


def test_what_an_earlier_start_of_the_agent_said_of_a_camera_is_no_longer_known() -> None:
    assert camera_now("streaming", "online", told_before=True) == "unknown"
    assert camera_now("lost", "online", told_before=True) == "unknown"


def test_a_facade_is_blind_only_when_that_is_known() -> None:
    assert facade_now(["lost", "streaming"]) == "watched"
    assert facade_now(["lost", "unknown"]) == "unknown"
    assert facade_now(["lost"]) == facade_now([]) == "blind"
