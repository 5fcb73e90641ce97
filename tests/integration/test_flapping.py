"""A camera that flaps under a switch that flaps: the causes' rule and the limit for each person, together."""

from datetime import timedelta

from cloud import timers
from cloud.core.delivery import Taken
from cloud.core.estate import EstateFile
from cloud.store import accounts, duty, notifications, pool, registry
from tests.fixtures.cloud import NAME, NOW, Device
from tests.fixtures.ingest import Cloud

CAMERAS = ("cam-0", "cam-1")
NODES = [{"id": "switch", "kind": "switch", "name": NAME, "told_by": ["supply"]}]
BOX = {
    "id": "box-s",
    "name": NAME,
    "cameras": [{"id": camera, "name": NAME, "hangs_on": ["switch"]} for camera in CAMERAS],
    "sensors": [{"id": "supply", "name": NAME, "quantity": "supply", "unit": "1"}],
}
ESTATE = {"id": "terrace", "name": NAME, "nodes": NODES, "agents": [BOX]}
PEOPLE = ("wu", "zhao")


async def _arranged(cloud: Cloud) -> None:
    async with pool.transaction(cloud.pool) as conn:
        await registry.seed(conn, EstateFile.model_validate({"estates": [ESTATE]}))
        for name in PEOPLE:
            account = accounts.Account(name, name, name, "maintenance", "x", every_estate=True)
            await accounts.put(conn, account)
            channel = {"owner": name, "estate": None, "kind": "wecom", "name": "w", "secret": ""}
            await duty.add_channel(conn, channel | {"address": "k3y"})


async def _pass(cloud: Cloud, seconds: int) -> None:
    """The timers run, and what is due is sent and taken."""
    at = NOW + timedelta(seconds=seconds)
    for name, _, timer in timers.timers(""):
        if name in {"causes", "escalations"}:
            await timers.run_once(cloud.pool, timer, at)
    async with pool.transaction(cloud.pool) as conn:
        while (claimed := await notifications.claim(conn, at)) is not None:
            await notifications.settle(conn, claimed.id, claimed.attempts, Taken(), at)


async def test_each_person_is_told_three_times_an_hour_and_of_each_device_once_that_it_does_not_settle(
    cloud: Cloud,
) -> None:
    await _arranged(cloud)
    box = Device("box-s")
    for minute in range(0, 60, 4):
        seconds = minute * 60
        box.at = NOW + timedelta(seconds=seconds)
        await cloud.commit(
            *(box.camera("lost", camera=camera, at=box.at) for camera in CAMERAS),
            box.fault("switch_silent", subject="supply", subject_type="sensor", severity="critical"),
        )
        for passed in (2, 122):
            await _pass(cloud, seconds + passed)
        box.at += timedelta(seconds=130)
        await cloud.commit(
            box.fault("switch_silent", "cleared", subject="supply", subject_type="sensor"),
            *(box.camera("streaming", camera=camera, at=box.at) for camera in CAMERAS),
        )
        # The camera goes once more by itself, after its switch is back.
        await _pass(cloud, seconds + 140)
        await cloud.commit(box.camera("lost", camera=CAMERAS[0], at=box.at + timedelta(seconds=20)))
        await _pass(cloud, seconds + 155)
        await cloud.commit(box.camera("streaming", camera=CAMERAS[0], at=box.at + timedelta(seconds=40)))
        await _pass(cloud, seconds + 175)
    told = await cloud.rows(
        "SELECT recipient, device, unstable OR fault.kind = 'chattering' AS unsettled, count(*)"
        " FROM notification JOIN fault ON fault.id = notification.subject"
        " WHERE notification.state = 'sent' AND step = 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )
    assert told == [
        line
        for name in PEOPLE
        for line in (
            (name, "camera:cam-0", True, 1),
            (name, "sensor:supply", False, 3),
            (name, "sensor:supply", True, 1),
        )
    ], "what goes with its switch is told never, what goes by itself, too, once"
