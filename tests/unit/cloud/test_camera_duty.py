"""When a camera is taken as watching: on an hour made by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cloud.core.camera_duty import NEVER_REPORTED, POSE_DOUBTED, UNRECORDED, Doubt, duties
from cloud.core.ledger import Camera, FaultSpan, Planned, Raw, StateChange
from cloud.core.spans import Span
from cloud.core.watched import Watched

BEGIN = datetime(2026, 3, 1, 10, tzinfo=UTC)
EAST = Camera("cam-east", "东 01", "box-a", "garden", ("east",), BEGIN - timedelta(days=30))


def at(minutes: float) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


def span(begin: float, end: float) -> Span:
    return at(begin), at(end)


HOUR = Raw(
    BEGIN,
    at(60),
    at(120),
    cameras=(EAST,),
    states=(StateChange("cam-east", at(-99), "streaming", ""),),
    watched=(Watched("cam-east", BEGIN, 60, 60.0),),
)


def downs(raw: Raw, doubts: tuple[Doubt, ...] = ()) -> list[tuple[datetime, datetime, str]]:
    (duty,) = duties(raw, doubts)
    return [(down.begin, down.end, down.why) for down in duty.downs]


def test_who_streams_and_records_is_up() -> None:
    (duty,) = duties(HOUR)
    assert (duty.up, duty.downs, duty.announced) == ((span(0, 60),), (), ())


def test_every_reason_is_told_and_ends_what_counts() -> None:
    raw = replace(
        HOUR,
        states=(*HOUR.states, StateChange("cam-east", at(5), "lost", "no packet"), *_back(10)),
        faults=(
            FaultSpan("agent", "box-a", "agent_offline", "critical", at(20), at(22)),
            FaultSpan("camera", "cam-east", "covered", "serious", at(21), at(30)),
            FaultSpan("camera", "cam-east", "soiled", "warning", at(31), at(32)),
        ),
    )
    (duty,) = duties(raw)
    assert duty.up == (span(0, 5), span(10, 20), span(30, 60))
    assert downs(raw) == [
        (*span(5, 10), "no packet"),
        (*span(20, 22), "agent_offline"),
        (*span(21, 30), "covered"),
    ]


def _back(minutes: float) -> tuple[StateChange, ...]:
    return (StateChange("cam-east", at(minutes), "streaming", ""),)


def test_a_moved_camera_is_not_up_before_its_pose_is_confirmed_though_its_fault_has_cleared() -> None:
    raw = replace(HOUR, faults=(FaultSpan("camera", "cam-east", "moved", "serious", at(10), at(20)),))
    assert duties(raw, (Doubt("cam-east", at(10), at(40)),))[0].up == (span(0, 10), span(40, 60))
    assert duties(raw, (Doubt("cam-east", at(10), None),))[0].up == (span(0, 10),)
    assert (*span(10, 60), POSE_DOUBTED) in downs(raw, (Doubt("cam-east", at(10), None),))


def test_minutes_that_were_not_recorded_are_not_watched_even_if_nothing_else_says_so() -> None:
    runs = (Watched("cam-east", BEGIN, 10, 54.0), Watched("cam-east", at(10), 5, 53.9), *_runs(20, 40))
    raw = replace(HOUR, watched=runs)
    assert duties(raw)[0].up == (span(0, 10), span(20, 60))
    assert downs(raw) == [(*span(10, 20), UNRECORDED)]


def _runs(begin: float, minutes: int) -> tuple[Watched, ...]:
    return (Watched("cam-east", at(begin), minutes, 60.0),)


def test_the_last_moments_are_judged_by_what_came_before() -> None:
    """Now is 10:59:50; the minute of 10:58 may be on its way."""
    now = at(59 + 50 / 60)
    live = replace(HOUR, end=now, as_of=now)
    assert duties(replace(live, watched=_runs(0, 59)))[0].up == ((BEGIN, now),)
    assert duties(replace(live, watched=_runs(0, 30)))[0].up == (span(0, 30),)
    back = (*HOUR.states, StateChange("cam-east", at(30), "lost", ""), *_back(58))
    assert duties(replace(live, watched=_runs(0, 30), states=back))[0].up == (span(0, 30), (at(59), now))


def test_a_minute_that_holds_next_to_nothing_says_at_once_that_it_goes_on_so() -> None:
    """Now is 10:59:20; the minute of 10:58 has come, and of 10:59 what a worker said that has ended."""
    now = at(59 + 20 / 60)
    live = replace(HOUR, end=now, as_of=now)

    def up(watched_s: float) -> tuple[Span, ...]:
        told = Watched("cam-east", at(58), 1, watched_s), Watched("cam-east", at(59), 1, 5.0)
        return duties(replace(live, watched=(*_runs(0, 58), *told)))[0].up

    assert up(10.0) == (span(0, 58),)
    assert up(40.0) == (span(0, 58), (at(59), now)), "a moment's interruption may be over"
    covered = (FaultSpan("camera", "cam-east", "covered", "serious", at(58.2), at(58.9)),)
    begun = replace(live, faults=covered, watched=(*_runs(0, 58), Watched("cam-east", at(58), 1, 10.0)))
    assert duties(begun)[0].up[-1] == (at(59), now), "what was wrong in it is over"


def test_a_camera_is_down_until_its_first_report() -> None:
    raw = replace(HOUR, cameras=(replace(EAST, due_from=at(15)),), states=_back(15), watched=_runs(15, 45))
    assert duties(raw)[0].up == (span(15, 60),)
    assert downs(raw) == [(*span(0, 15), NEVER_REPORTED)]
    never = replace(HOUR, cameras=(replace(EAST, due_from=None),), states=(), watched=())
    assert downs(never) == [(*span(0, 60), NEVER_REPORTED)]


def test_announced_maintenance_is_told_and_work_within_it_still_counts_as_watched() -> None:
    planned = Planned("garden", None, at(10), at(20), "new lens", "zhang", at(-99))
    late = replace(planned, begins_at=at(30), ends_at=at(40), entered_at=at(31))
    (duty,) = duties(replace(HOUR, planned=(planned, late)))
    assert (duty.announced, duty.up) == ((span(10, 20),), (span(0, 60),))
