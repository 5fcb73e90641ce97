"""A switch, a cabinet, a box or a loose plug, on a real database: who is told of what, and how often."""

from datetime import datetime, timedelta

import pytest

from cloud import timers
from cloud.core import fault as faults
from cloud.core.cause import CAUSE_WAIT
from cloud.core.estate import EstateFile
from cloud.store import devices, pool, registry
from contracts.messages import AgentStatus, CameraState
from tests.fixtures.cloud import NAME, NOW, Device
from tests.fixtures.ingest import Cloud

CAMERAS = [f"cam-{number:02}" for number in range(20)]
SWITCHED = {
    "id": "terrace",
    "name": NAME,
    "nodes": [
        {"id": "cabinet", "kind": "cabinet", "name": NAME},
        {"id": "switch", "kind": "switch", "name": NAME, "hangs_on": ["cabinet"], "told_by": ["supply"]},
    ],
    "agents": [
        {
            "id": "box-s",
            "name": NAME,
            "cameras": [{"id": camera, "name": NAME, "hangs_on": ["switch"]} for camera in CAMERAS],
            "sensors": [{"id": "supply", "name": NAME, "quantity": "supply", "unit": "1"}],
        }
    ],
}
ESTATE = EstateFile.model_validate({"estates": [SWITCHED]})


@pytest.fixture
async def switched(cloud: Cloud) -> Cloud:
    async with pool.transaction(cloud.pool) as conn:
        await registry.seed(conn, ESTATE)
    return cloud


@pytest.fixture
def box() -> Device:
    return Device("box-s")


def lost(box: Device, camera: str, after_s: float, state: str = "lost") -> CameraState:
    return box.camera(state, camera=camera, at=after(after_s))


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


async def settle(cloud: Cloud, seconds: float) -> None:
    await timers.run_once(cloud.pool, timers.causes, after(seconds))


async def told(cloud: Cloud) -> list[tuple[str, int]]:
    """What people were told of, with how much lay beneath it then, in order."""
    return [
        (kind, beneath)
        for kind, beneath in await cloud.rows(
            "SELECT fault.kind, (SELECT count(*) FROM fault under WHERE under.suppressed_by = fault.id)"
            " FROM fault_history line JOIN fault ON fault.id = line.fault"
            " WHERE line.what = 'announced' ORDER BY line.id"
        )
    ]


async def test_a_switch_that_dies_is_told_once_and_its_twenty_cameras_lie_beneath_it(
    switched: Cloud, box: Device
) -> None:
    await switched.commit(*(lost(box, camera, number / 2) for number, camera in enumerate(CAMERAS)))
    await settle(switched, 12)
    assert await told(switched) == []
    silent = box.fault("switch_silent", subject="supply", subject_type="sensor", severity="critical")
    await switched.commit(silent)
    for seconds in (62, 101, 400):
        await settle(switched, seconds)
    assert await told(switched) == [("switch_silent", 21)], "the cameras, and what was inferred from them"
    orders = "SELECT kind FROM work_order ORDER BY number"
    assert await switched.rows(orders) == [("switch_silent",)]

    box.at = after(500)
    cleared = box.fault("switch_silent", "cleared", subject="supply", subject_type="sensor")
    back = [lost(box, camera, 560, "streaming") for camera in CAMERAS[1:]]
    await switched.commit(cleared, *back)
    await settle(switched, 562)
    await settle(switched, 562 + faults.RECOVERY_WAIT.total_seconds() - 1)
    assert len(await told(switched)) == 1, "what comes back after its cause has some time for it"
    await settle(switched, 562 + faults.RECOVERY_WAIT.total_seconds())
    assert (await told(switched))[1:] == [("camera_lost", 0)]
    assert await switched.rows(orders) == [
        ("switch_silent",),
        ("camera_lost",),
    ]


async def test_a_switch_that_says_nothing_is_inferred_from_its_cameras(switched: Cloud, box: Device) -> None:
    await switched.commit(*(lost(box, camera, number / 2) for number, camera in enumerate(CAMERAS)))
    await settle(switched, 12)
    assert await switched.rows(
        "SELECT subject_type, subject, state FROM fault WHERE kind = 'supply_lost'"
    ) == [("node", "switch", "raised")]
    await settle(switched, 12 + CAUSE_WAIT.total_seconds())
    assert await told(switched) == [("supply_lost", 20)]
    await switched.commit(*(lost(box, camera, 300, "streaming") for camera in CAMERAS))
    await settle(switched, 302)
    assert await switched.rows("SELECT count(*) FROM fault WHERE state <> 'closed'") == [(0,)]
    assert len(await told(switched)) == 1


async def test_one_camera_of_a_switch_is_told_of_when_no_cause_has_shown(
    switched: Cloud, box: Device
) -> None:
    await switched.commit(lost(box, CAMERAS[0], 0))
    await settle(switched, CAUSE_WAIT.total_seconds() - 1)
    assert await told(switched) == []
    await settle(switched, CAUSE_WAIT.total_seconds())
    assert await told(switched) == [("camera_lost", 0)]


async def test_a_camera_that_was_lost_with_its_box_lies_beneath_it(cloud: Cloud, device: Device) -> None:
    await cloud.commit(lost(device, "cam-east", -20), lost(device, "cam-west", -600))
    async with pool.transaction(cloud.pool) as conn:
        for online in (True, False):
            status = AgentStatus(agent="box-a", boot=device.boot, online=online, at=NOW)
            await devices.hear(conn, status, retained=False, at=NOW)
    await settle(cloud, 2)
    beneath = "SELECT subject FROM fault WHERE suppressed_by IS NOT NULL"
    assert await cloud.rows(beneath) == [("cam-east",)], "the other was lost long before"


async def test_a_camera_that_comes_and_goes_is_told_three_times_in_an_hour_and_once_as_such(
    cloud: Cloud, device: Device
) -> None:
    for minutes in range(0, 100, 4):
        await cloud.commit(lost(device, "cam-east", minutes * 60))
        await settle(cloud, minutes * 60 + 2)
        await cloud.commit(lost(device, "cam-east", minutes * 60 + 60, "streaming"))
        await settle(cloud, minutes * 60 + 62)
    assert await told(cloud) == [*3 * [("camera_lost", 0)], ("chattering", 22)]
    calm = (96 + 1 + 60) * 60.0
    await settle(cloud, calm - 1)
    assert await cloud.rows("SELECT kind FROM fault WHERE state <> 'closed'") == [("chattering",)]
    await settle(cloud, calm)
    assert await cloud.rows("SELECT kind FROM fault WHERE state <> 'closed'") == []
    await cloud.commit(lost(device, "cam-east", calm + 60))
    assert (await told(cloud))[4:] == [("camera_lost", 0)]


async def test_two_timers_at_once_infer_and_tell_once(switched: Cloud, box: Device) -> None:
    await switched.commit(*(lost(box, camera, 0) for camera in CAMERAS))
    async with pool.transaction(switched.pool) as one, pool.transaction(switched.pool) as two:
        first = await timers.causes(one, after(200))
        assert await timers.causes(two, after(200)) == []
    assert first
    assert await switched.rows("SELECT count(*) FROM fault WHERE kind = 'supply_lost'") == [(1,)]


async def test_an_estate_file_says_what_is_wrong_with_its_nodes() -> None:
    circle = SWITCHED | {
        "nodes": [
            {"id": "cabinet", "kind": "cabinet", "name": NAME, "hangs_on": ["switch"]},
            {"id": "switch", "kind": "switch", "name": NAME, "hangs_on": ["cabinet"]},
        ]
    }
    with pytest.raises(ValueError, match="hang on each other in a circle"):
        EstateFile.model_validate({"estates": [circle]})
    with pytest.raises(ValueError, match="cam-00 hangs on nodes that are not here"):
        EstateFile.model_validate({"estates": [SWITCHED | {"nodes": []}]})
