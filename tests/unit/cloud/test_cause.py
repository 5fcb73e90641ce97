"""What follows from what, as plain values: a cabinet with two switches of cameras and an agent."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.core import cause
from cloud.core.cause import Open, Topology
from cloud.core.fault import AGENT_OFFLINE, CAMERA_LOST, CHATTERING, SUPPLY_LOST, Subject
from tests.fixtures.cloud import NOW

CABINET, ONE, TWO = (Subject("node", name) for name in ("cabinet", "switch-1", "switch-2"))
BOX = Subject("agent", "box")
CAMERAS = [Subject("camera", f"cam-{number}") for number in range(20)]
FIRST, SECOND = CAMERAS[:12], CAMERAS[12:]
TOPOLOGY = Topology(
    {
        ONE: [CABINET],
        TWO: [CABINET],
        BOX: [],
        **{camera: [BOX, ONE] for camera in FIRST},
        **{camera: [BOX, TWO] for camera in SECOND},
    },
    {"supply-1": ONE, "breaker": CABINET},
)


def alarm(subject: Subject, kind: str = CAMERA_LOST, after_s: float = 0) -> Open:
    return Open(uuid4(), kind, subject, NOW + timedelta(seconds=after_s))


def told(sensor: str, kind: str, after_s: float = 0) -> Open:
    return alarm(Subject("sensor", sensor), kind, after_s)


def test_a_switch_that_dies_is_one_alarm_with_its_cameras_beneath_it() -> None:
    lost = [alarm(camera, after_s=number / 2) for number, camera in enumerate(FIRST)]
    other = alarm(SECOND[0])
    switch = told("supply-1", "switch_silent", after_s=30)
    found = cause.causes(TOPOLOGY, [*lost, other, switch])
    assert found == {one.id: switch.id for one in lost}


def test_what_is_above_all_is_the_cause_of_all() -> None:
    lost = [alarm(camera) for camera in FIRST]
    switch, cabinet = told("supply-1", "poe_supply_faulty"), told("breaker", "breaker_tripped")
    found = cause.causes(TOPOLOGY, [*lost, switch, cabinet])
    assert found == {one.id: cabinet.id for one in [*lost, switch]}
    assert cause.causes(TOPOLOGY, [*lost, switch]) == {one.id: switch.id for one in lost}, (
        "the cabinet is back"
    )


@pytest.mark.parametrize(("older_s", "is_beneath"), [(60, True), (61, False), (-3600, True)])
def test_what_was_lost_long_before_has_a_cause_of_its_own(older_s: float, *, is_beneath: bool) -> None:
    camera, switch = alarm(FIRST[0], after_s=-older_s), told("supply-1", "switch_silent")
    assert bool(cause.causes(TOPOLOGY, [camera, switch])) == is_beneath


def test_a_dirty_lens_follows_from_nothing() -> None:
    assert cause.causes(TOPOLOGY, [alarm(FIRST[0], "soiled"), told("supply-1", "switch_silent")]) == {}


def test_the_cameras_of_an_agent_that_is_away_are_beneath_it() -> None:
    camera, box = alarm(FIRST[0]), alarm(BOX, AGENT_OFFLINE, after_s=20)
    assert cause.causes(TOPOLOGY, [camera, box]) == {camera.id: box.id}


def test_what_comes_and_goes_is_beneath_its_own_unrest_and_that_beneath_a_dead_switch() -> None:
    camera, unrest = alarm(FIRST[0]), alarm(FIRST[0], CHATTERING)
    assert cause.causes(TOPOLOGY, [camera, unrest]) == {camera.id: unrest.id}
    switch = told("supply-1", "switch_silent")
    found = cause.causes(TOPOLOGY, [camera, unrest, switch])
    assert found == {camera.id: switch.id, unrest.id: switch.id}


def test_a_switch_that_cannot_tell_is_found_dead_by_its_cameras_and_the_others_left_alone() -> None:
    lost = [alarm(camera, after_s=number) for number, camera in enumerate(FIRST)]
    (found,) = cause.dead_nodes(TOPOLOGY, [*lost, alarm(SECOND[0])]).items()
    assert found == (ONE, NOW)


@pytest.mark.parametrize(
    ("number", "apart_s", "is_found"), [(12, 2, True), (10, 10, True), (9, 1, False), (12, 20, False)]
)
def test_few_cameras_or_cameras_one_by_one_say_nothing_of_their_switch(
    number: int, apart_s: float, *, is_found: bool
) -> None:
    lost = [alarm(camera, after_s=at * apart_s) for at, camera in enumerate(FIRST[:number])]
    assert (cause.dead_nodes(TOPOLOGY, lost) != {}) == is_found


def test_when_both_switches_go_it_is_their_cabinet() -> None:
    lost = [alarm(camera) for camera in CAMERAS]
    assert cause.dead_nodes(TOPOLOGY, lost) == {CABINET: NOW}
    held = alarm(ONE, SUPPLY_LOST)
    assert cause.dead_nodes(TOPOLOGY, [*lost, held]).keys() == {ONE, CABINET}
    cabinet = alarm(CABINET, SUPPLY_LOST)
    found = cause.causes(TOPOLOGY, [*lost, held, cabinet])
    assert found == {one.id: cabinet.id for one in [*lost, held]}


def test_a_node_found_dead_stays_so_until_half_of_its_cameras_are_back() -> None:
    lost = [alarm(camera, after_s=number * 60) for number, camera in enumerate(FIRST[:6])]
    held = alarm(ONE, SUPPLY_LOST, after_s=-5)
    assert cause.dead_nodes(TOPOLOGY, [*lost, held]) == {ONE: held.since}
    assert cause.dead_nodes(TOPOLOGY, [*lost[:5], held]) == {}


def test_what_has_a_cause_says_nothing_more_of_a_node() -> None:
    lost = [alarm(camera) for camera in FIRST]
    assert cause.dead_nodes(TOPOLOGY, [*lost, told("supply-1", "switch_silent")]) == {}
    silent, inferred = told("supply-1", "switch_silent", after_s=55), alarm(ONE, SUPPLY_LOST)
    found = cause.causes(TOPOLOGY, [*lost, silent, inferred])
    assert found == {one.id: silent.id for one in [*lost, inferred]}, "who says so himself knows better"


KINDS = [CAMERA_LOST, AGENT_OFFLINE, SUPPLY_LOST, CHATTERING, "switch_silent", "breaker_tripped", "dark"]
SUBJECTS = [CABINET, ONE, TWO, BOX, *CAMERAS[:3], Subject("sensor", "supply-1"), Subject("sensor", "breaker")]
alarms = st.lists(
    st.tuples(st.sampled_from(KINDS), st.sampled_from(SUBJECTS), st.integers(0, 200)),
    unique_by=lambda drawn: drawn[:2],
)


@given(alarms)
def test_nothing_follows_from_itself_over_any_number_of_steps(
    drawn: list[tuple[str, Subject, int]],
) -> None:
    open_ = [alarm(subject, kind, after_s) for kind, subject, after_s in drawn]
    found = cause.causes(TOPOLOGY, open_)
    for start in found:
        seen: set[UUID] = set()
        at: UUID | None = start
        while at is not None:
            assert at not in seen
            seen.add(at)
            at = found.get(at)


@given(alarms)
def test_a_cause_is_open_and_what_follows_has_only_one(drawn: list[tuple[str, Subject, int]]) -> None:
    open_ = [alarm(subject, kind, after_s) for kind, subject, after_s in drawn]
    found = cause.causes(TOPOLOGY, open_)
    assert set(found) | set(found.values()) <= {one.id for one in open_}
    again = cause.causes(TOPOLOGY, list(reversed(open_)))
    assert found == again, "the order in which alarms come plays no part"
