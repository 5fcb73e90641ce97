"""Camera 2's misfortune follows a timetable."""

from fallwatch.demo.outage import Schedule


def test_the_camera_dies_comes_back_and_much_later_dies_again() -> None:
    schedule = Schedule(first_s=45, away_s=30, period_s=600)
    assert not schedule.is_away(44.9)
    assert schedule.is_away(45)
    assert schedule.is_away(74.9)
    assert not schedule.is_away(75)
    assert not schedule.is_away(644.9)
    assert schedule.is_away(645)
