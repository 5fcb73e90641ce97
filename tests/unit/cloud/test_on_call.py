"""Who is on call, by the clock on the estate's wall."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from cloud.core.on_call import Calendar, Override, Rotation, Shift, on_call, strangers, stretches

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 3, 2)
DAY = Shift(people=("li", "wang"), anchor=MONDAY, begins=time(8), ends=time(20))
NIGHT = Shift(people=("zhao",), anchor=MONDAY, begins=time(20), ends=time(8))


def _at(day: int, hour: int, minute: int = 0, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=zone)


def test_people_take_turns_by_the_week_and_hand_over_when_the_shift_begins() -> None:
    calendar = Calendar(Rotation(shifts=(DAY, NIGHT)))
    assert on_call(calendar, _at(8, 19, 59), SHANGHAI).people == ("li",)
    assert on_call(calendar, _at(9, 7, 59), SHANGHAI).people == ("zhao",)
    assert on_call(calendar, _at(9, 8), SHANGHAI).people == ("wang",)
    assert on_call(calendar, _at(16, 8), SHANGHAI).people == ("li",)


def test_a_night_belongs_to_whoever_began_it() -> None:
    night = Shift(people=("a", "b"), anchor=MONDAY, begins=time(22), ends=time(6))
    calendar = Calendar(Rotation(shifts=(night,)))
    assert on_call(calendar, _at(9, 5), SHANGHAI).people == ("a",)  # Monday's early hours: Sunday's night.
    assert on_call(calendar, _at(9, 22), SHANGHAI).people == ("b",)


def test_a_shift_begins_by_the_wall_clock_on_both_sides_of_summer_time() -> None:
    calendar = Calendar(Rotation(shifts=(Shift(people=("a",), anchor=MONDAY, begins=time(8), ends=time(9)),)))
    for day in (28, 30):  # The clocks go forward on 29 March 2026.
        assert on_call(calendar, datetime(2026, 3, day, 8, 30, tzinfo=BERLIN), BERLIN).people == ("a",)
        assert on_call(calendar, datetime(2026, 3, day, 7, 59, tzinfo=BERLIN), BERLIN).people == ()


def test_the_last_override_counts_and_can_leave_nobody() -> None:
    holiday = Override("chen", _at(3, 0), _at(5, 0))
    nobody = Override(None, _at(4, 0), _at(4, 12))
    calendar = Calendar(Rotation(shifts=(DAY,)), (holiday, nobody))
    assert on_call(calendar, _at(3, 12), SHANGHAI).source == "override"
    assert on_call(calendar, _at(4, 9), SHANGHAI).people == ()
    assert on_call(calendar, _at(4, 13), SHANGHAI).people == ("chen",)
    assert on_call(calendar, _at(5, 9), SHANGHAI).people == ("li",)


def test_gaps_are_told_with_their_hours() -> None:
    calendar = Calendar(Rotation(shifts=(DAY,)))
    found = stretches(calendar, _at(3, 0), _at(5, 0), SHANGHAI)
    assert [(each.begins_at, each.ends_at) for each in found if not each.duty.people] == [
        (_at(3, 0), _at(3, 8)),
        (_at(3, 20), _at(4, 8)),
        (_at(4, 20), _at(5, 0)),
    ]


def test_a_rotation_that_names_somebody_of_another_role_is_told() -> None:
    assert strangers(Rotation(shifts=(DAY,)), ["li"]) == ["wang"]


@given(st.integers(0, 23), st.integers(0, 23), st.integers(0, 14 * 24 * 60), st.sets(st.integers(0, 6)))
def test_stretches_cover_the_time_without_a_hole_and_say_what_each_minute_says(
    begins: int, ends: int, minute: int, weekdays: set[int]
) -> None:
    shift = Shift(
        people=("a", "b"), anchor=MONDAY, begins=time(begins), ends=time(ends), weekdays=tuple(weekdays)
    )
    calendar = Calendar(Rotation(shifts=(shift,)), (Override("c", _at(6, 3, 7), _at(6, 9, 1)),))
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    end, at = begin + timedelta(days=14), begin + timedelta(minutes=minute)
    found = stretches(calendar, begin, end, SHANGHAI)
    assert found[0].begins_at == begin
    assert found[-1].ends_at == end
    assert all(one.ends_at == other.begins_at for one, other in pairwise(found))
    (here,) = [one for one in found if one.begins_at <= at < one.ends_at] or [found[-1]]
    assert at == end or here.duty == on_call(calendar, at, SHANGHAI)
