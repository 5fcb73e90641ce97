"""What the cloud wants of a box: taken, on probation, confirmed or rolled back, by plain values."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from contracts.devices import DesiredCamera, DesiredState
from edge.config.base import SettingsError
from edge.config.camera import CameraSettings
from edge.config.desired import objection, own, with_desired
from edge.config.profiles import Library
from edge.config.sensor import ModbusSettings
from edge.core import desired as machine
from edge.core.desired import Apply, Began, Desired, Effect, Look, Looked, Policy, Report, Unreadable, Wanted
from edge.core.picture_health.faults import FAULTS
from edge.outbox.desired import DesiredFile, DesiredFileError, Kept
from edge.steering import read

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
POLICY = Policy(probation_s=60, dark_s=10, pace_after_s=20)
WELL = Look(state="streaming", frames_per_s=25.0)
DARK = Look(state="lost")


def wanted(version: int, **cameras: dict[str, Any]) -> DesiredState:
    return DesiredState(
        version=version,
        issued_at=NOW,
        issued_by="op",
        cameras=tuple(DesiredCamera(camera=name, **content) for name, content in cameras.items()),
    )


class Box:
    """The machine with a clock."""

    def __init__(self, desired: Desired | None = None) -> None:
        self.desired = desired or Desired()
        self.at = NOW
        self.effects: list[Effect] = []

    def give(self, given: machine.Input) -> list[Effect]:
        self.desired, effects = machine.step(POLICY, self.desired, given, self.at)
        self.effects += effects
        return list(effects)

    def watch(self, seconds: int, **cameras: Look) -> list[Effect]:
        """Looks once a second until something follows."""
        for _ in range(seconds):
            self.at += timedelta(seconds=1)
            if effects := self.give(Looked(cameras)):
                return effects
        return []

    def restarted(self) -> None:
        """The agent ends and starts again; only what it kept is left."""
        self.desired = Kept.model_validate_json(Kept(desired=self.desired).model_dump_json()).desired
        self.give(Began())


@pytest.fixture
def box() -> Box:
    """Two cameras that have streamed for five minutes."""
    box = Box()
    box.watch(300, east=WELL, west=WELL)
    return box


def reported(effects: list[Effect]) -> list[tuple[int, str, int]]:
    return [(found.version, found.outcome, found.now) for found in effects if isinstance(found, Report)]


def reason(effects: list[Effect]) -> str:
    (report,) = (found for found in effects if isinstance(found, Report))
    return report.reason


def test_what_is_wanted_is_applied_to_the_camera_that_it_changes_and_confirmed_after_its_probation(
    box: Box,
) -> None:
    effects = box.give(Wanted(wanted(3, east={"sensitivity": 0.6}, west={})))
    assert effects == [Apply(frozenset({"east"})), Report(version=3, outcome="applied", now=3)]
    assert not box.watch(59, east=WELL, west=WELL)
    assert reported(box.watch(2, east=WELL, west=WELL)) == [(3, "confirmed", 3)]
    assert box.desired.state == "confirmed"


@pytest.mark.parametrize("version", [1, 3])
def test_an_older_or_equal_version_changes_nothing(box: Box, version: int) -> None:
    box.give(Wanted(wanted(3, east={"sensitivity": 0.6})))
    before = box.desired
    assert box.give(Wanted(wanted(version, east={"sensitivity": 0.9}))) == []
    assert box.give(Unreadable(version, "no")) == []
    assert box.desired == before


def test_what_the_box_cannot_do_is_refused_once_with_the_reason_and_changes_no_camera(box: Box) -> None:
    effects = box.give(Wanted(wanted(3, north={}), "there is no camera north"))
    assert effects == [Report(version=3, outcome="refused", now=0, reason="there is no camera north")]
    assert box.give(Wanted(wanted(3, north={}), "there is no camera north")) == []
    assert box.desired.counting is None


@pytest.mark.parametrize(
    ("look", "seconds", "why"),
    [
        (DARK, 10, "no picture for 10 s"),
        (WELL.model_copy(update={"frames_per_s": 8.0}), 20, "8.0 frames/s are searched, before 25.0"),
        (WELL.model_copy(update={"searched_share": 0.05}), 1, "5% of the picture is searched, before 100%"),
        (WELL.model_copy(update={"trouble": "another shape"}), 1, "another shape"),
    ],
)
def test_a_camera_that_does_worse_than_before_takes_the_box_back(
    box: Box, look: Look, seconds: int, why: str
) -> None:
    box.give(Wanted(wanted(3, east={"sensitivity": 0.6})))
    assert not box.watch(seconds - 1, east=look, west=WELL)
    effects = box.watch(3, east=look, west=WELL)
    assert Apply(frozenset({"east"})) in effects
    assert reported(effects) == [(3, "rolled_back", 0)]
    assert why in reason(effects)
    assert box.desired.counting is None
    assert box.give(Wanted(wanted(3, east={"sensitivity": 0.6}))) == [], "it is not tried again"


def test_two_crashes_of_its_worker_take_the_box_back_and_one_does_not(box: Box) -> None:
    box.give(Wanted(wanted(3, east={"sensitivity": 0.6})))
    crashed = [WELL.model_copy(update={"crashes": count}) for count in (4, 5, 6)]
    assert not box.watch(3, east=crashed[0])
    assert not box.watch(3, east=crashed[1])
    assert "crashed 2 times" in reason(box.watch(1, east=crashed[2]))


def test_a_flood_of_falls_takes_the_box_back_but_not_where_falls_are_usual() -> None:
    for usual, expected in ((0, [(3, "rolled_back", 0)]), (1, [])):
        box = Box()
        for second in range(600):
            box.watch(1, east=WELL.model_copy(update={"falls": usual * second}))
        box.give(Wanted(wanted(3, east={"sensitivity": 0.9})))
        effects = [
            effect
            for second in range(30)
            for effect in box.watch(1, east=WELL.model_copy(update={"falls": second}))
        ]
        assert reported(effects) == expected


def test_a_camera_that_was_dark_before_is_no_reason_and_no_proof_either(box: Box) -> None:
    box.watch(20, east=DARK, west=WELL)
    box.give(Wanted(wanted(3, east={"sensitivity": 0.6})))
    assert not box.watch(500, east=DARK, west=WELL)
    assert box.desired.state == "probation"
    assert reported(box.watch(61, east=WELL, west=WELL)) == [(3, "confirmed", 3)]


def test_the_cameras_that_nothing_was_changed_of_are_not_judged(box: Box) -> None:
    box.give(Wanted(wanted(3, east={"sensitivity": 0.6})))
    assert reported(box.watch(61, east=WELL, west=DARK)) == [(3, "confirmed", 3)]


def test_a_newer_version_in_the_probation_falls_back_to_what_was_confirmed_and_is_held_against_it(
    box: Box,
) -> None:
    box.give(Wanted(wanted(3, east={"sensitivity": 0.6})))
    box.watch(61, east=WELL)
    box.give(Wanted(wanted(4, east={"sensitivity": 0.7})))
    box.watch(5, east=DARK)
    effects = box.give(Wanted(wanted(5, east={"sensitivity": 0.8})))
    assert Apply(frozenset({"east"})) in effects
    effects = box.watch(11, east=DARK)
    assert reported(effects) == [(5, "rolled_back", 3)]
    assert box.desired.counting == wanted(3, east={"sensitivity": 0.6})


def test_a_probation_goes_on_where_it_was_when_the_agent_starts_again(box: Box) -> None:
    box.give(Wanted(wanted(3, east={"sensitivity": 0.6})))
    box.watch(40, east=WELL)
    box.restarted()
    assert not box.watch(19, east=WELL)
    assert reported(box.watch(5, east=WELL)) == [(3, "confirmed", 3)]


def test_after_a_restart_it_is_still_known_that_the_camera_had_a_picture(box: Box) -> None:
    box.give(Wanted(wanted(3, east={"sensitivity": 0.6})))
    box.restarted()
    assert reported(box.watch(12, east=DARK)) == [(3, "rolled_back", 0)]


def test_a_state_that_kills_the_agent_is_rolled_back_at_its_third_start(box: Box) -> None:
    box.give(Wanted(wanted(3, east={"sensitivity": 0.6})))
    box.restarted()
    box.restarted()
    assert box.desired.state == "probation"
    box.restarted()
    assert reported(box.effects)[-1] == (3, "rolled_back", 0)


def test_a_wish_that_finds_the_agent_just_started_is_held_against_a_camera_that_streams() -> None:
    box = Box()
    box.watch(3, east=Look(state="starting"))
    box.give(Wanted(wanted(1, east={"sensitivity": 0.6})))
    assert reported(box.watch(15, east=DARK)) == [(1, "rolled_back", 0)]


def test_a_camera_that_is_switched_off_is_not_held_to_stream(box: Box) -> None:
    box.give(Wanted(wanted(3, east={"enabled": False})))
    assert reported(box.watch(70, west=WELL)) == [(3, "confirmed", 3)]


def test_a_clock_that_is_set_ends_no_probation_and_lengthens_none(box: Box) -> None:
    box.give(Wanted(wanted(3, east={"sensitivity": 0.6})))
    box.watch(10, east=WELL)
    box.at += timedelta(hours=1)
    assert not box.watch(20, east=WELL)
    box.at -= timedelta(hours=2)
    assert reported(box.watch(60, east=WELL)) == [(3, "confirmed", 3)]


states = st.builds(
    lambda version, level: Wanted(wanted(version, east={"sensitivity": level})),
    st.integers(1, 6),
    st.sampled_from((0.3, 0.6)),
)
looks = st.builds(
    lambda state, crashes: Looked({"east": Look(state=state, frames_per_s=20, crashes=crashes)}),
    st.sampled_from(("starting", "streaming", "lost")),
    st.integers(0, 3),
)


@given(st.lists(states | looks | st.just(Began()), max_size=60))
def test_whatever_happens_versions_only_grow_and_each_is_reported_to_an_end(
    given: list[machine.Input],
) -> None:
    box = Box()
    for each in given:
        seen, counting = box.desired.seen, box.desired.counting
        box.at += timedelta(seconds=4)
        effects = box.give(each)
        assert box.desired.seen >= seen
        if box.desired.counting != counting:
            assert any(isinstance(effect, Apply) for effect in effects)
            assert reported(effects)
        assert (box.desired.trial is not None) == (box.desired.state == "probation")
        if box.desired.state in {"confirmed", "rolled_back"}:
            assert box.desired.counting == box.desired.good
    told = reported(box.effects)
    assert len(told) == len(set(told)), "nothing is reported twice"


def test_what_is_kept_survives_a_kill_and_a_damaged_file_is_told(tmp_path: Path, box: Box) -> None:
    file = DesiredFile(tmp_path / "box" / "desired.json")
    assert file.load() == Kept()
    box.give(Wanted(wanted(3, east={"ignore": (((0, 0), (9, 0), (9, 9)),), "picture": (100, 100)})))
    file.save(Kept(desired=box.desired, owed=(Report(version=3, outcome="applied", now=3),)))
    kept = file.load()
    assert (kept.desired.counting, kept.desired.trial) == (box.desired.counting, box.desired.trial)
    assert kept.owed
    file.path.write_bytes(file.path.read_bytes()[:40])
    with pytest.raises(DesiredFileError, match="damaged"):
        file.load()
    assert file.set_aside().exists()
    assert file.load() == Kept()


CAMERA = CameraSettings(id="east", url=SecretStr("x"), picture=(1280, 720), sensitivity=0.4)
CLIMATE = ModbusSettings(kind="modbus", profile="xy-md02", host="10.0.0.7", points={"temperature": "cab3-t"})
OWN = own([CAMERA], [CLIMATE], Library(), FAULTS)


def test_what_is_wanted_lies_over_the_settings_and_what_is_not_named_stays() -> None:
    assert with_desired(CAMERA, None) == CAMERA
    assert with_desired(CAMERA, DesiredCamera(camera="east", sensitivity=0.7)).sensitivity == 0.7
    drawn = DesiredCamera(camera="east", picture=(640, 360), ignore=(((0, 0), (320, 0), (320, 180)),))
    found = with_desired(CAMERA, drawn)
    assert found.ignore == (((0.5, 0.5), (640.5, 0.5), (640.5, 360.5)),)
    assert (found.picture, found.sensitivity) == ((1280, 720), 0.4)
    bare = CameraSettings(id="east", url=SecretStr("x"))
    assert with_desired(bare, drawn).picture == (640, 360)


def test_a_polygon_drawn_in_another_shape_of_picture_is_refused() -> None:
    drawn = DesiredCamera(camera="east", picture=(640, 480), ignore=(((0, 0), (9, 0), (9, 9)),))
    with pytest.raises(SettingsError, match="640 x 480 has another shape"):
        with_desired(CAMERA, drawn)
    state = DesiredState(version=1, issued_at=NOW, issued_by="op", cameras=(drawn,))
    assert "another shape" in objection(OWN, state)


def test_the_box_says_why_it_cannot() -> None:
    assert objection(OWN, wanted(1, east={})) == ""
    assert objection(OWN, wanted(1, north={})) == "there is no camera north on this box; known: east"
    twice = wanted(1).model_copy(update={"cameras": (DesiredCamera(camera="east"),) * 2})
    assert "more than once" in objection(OWN, twice)


def test_a_threshold_that_no_rule_here_has_is_refused_rather_than_ignored() -> None:
    known = {"moved": 2.0, "cabinet_hot": 50.0}
    assert objection(OWN, wanted(1).model_copy(update={"thresholds": known})) == ""
    reason = objection(OWN, wanted(1).model_copy(update={"thresholds": {"cabinet_hott": 50.0}}))
    assert reason.startswith("thresholds of no rule on this box: cabinet_hott; known: ")
    assert "cabinet_hot" in reason


def test_another_version_of_a_profile_than_the_wanted_is_refused_by_both_numbers() -> None:
    here = OWN.library.profile("onvif-generic").version
    assert objection(OWN, wanted(1).model_copy(update={"profiles": {"onvif-generic": here}})) == ""
    assert objection(OWN, wanted(1).model_copy(update={"profiles": {"onvif-generic": "99.1"}})) == (
        f"profile onvif-generic is of version {here} on this box, 99.1 is wanted: update its profiles"
    )
    assert "no profile 'nothing'" in objection(
        OWN, wanted(1).model_copy(update={"profiles": {"nothing": "1"}})
    )


def test_a_wish_that_cannot_be_read_is_refused_by_its_version_and_rubbish_is_nothing() -> None:
    state = wanted(7, east={"sensitivity": 0.6})
    assert read(state.model_dump_json().encode()) == state
    bad = state.model_dump_json().replace("0.6", "6").encode()
    found = read(bad)
    assert isinstance(found, Unreadable)
    assert (found.version, "sensitivity" in found.reason) == (7, True)
    newer = state.model_dump_json()[:-1] + ', "zoom": 2}'
    assert read(newer.encode()) == Unreadable(7, "zoom: Extra inputs are not permitted")
    assert read(b"{") is None
    assert read(b"\xff\xfe") is None
