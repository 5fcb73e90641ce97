"""What the HTTP interface says of devices' faults, of what they are and of warnings."""

import base64
from datetime import timedelta

from cloud import clock
from tests.fixtures.world import World

JPEG = b"\xff\xd8\xff\xe0 a picture"
WORDS = {"zh": "镜头前有东西", "en": "Something is before the lens"}


async def test_a_fault_is_shown_with_its_figures_words_and_picture(world: World) -> None:
    told = world.device.fault(
        "covered",
        severity="critical",
        value=0.02,
        baseline=0.31,
        threshold=0.1,
        unit="1",
        advice=WORDS,
        thumbnail=base64.b64encode(JPEG).decode(),
    )
    await world.send(told)
    async with world.logged_in("maintenance") as client:
        (fault,) = (await client.get("/api/maintenance")).json()["faults"]
        assert (fault["kind"], fault["severity"]) == ("covered", "critical")
        assert [fault[key] for key in ("value", "baseline", "threshold", "unit")] == [0.02, 0.31, 0.1, "1"]
        assert (fault["what"], fault["advice"]) == (None, WORDS)
        assert [facade["id"] for facade in fault["facades"]] == ["east"]
        picture = await client.get(fault["thumbnail"])
        assert (picture.content, picture.headers["Content-Type"]) == (JPEG, "image/jpeg")
        assert picture.headers["Cache-Control"] == "private, max-age=86400"
        other = base64.b64encode(JPEG + b" of later").decode()
        await world.send(told.model_copy(update={"seq": told.seq + 1, "value": 0.01, "thumbnail": other}))
        (newer,) = (await client.get("/api/maintenance")).json()["faults"]
        assert newer["value"] == 0.01
        assert newer["thumbnail"] != fault["thumbnail"], (
            "a browser that keeps pictures must see the newer one"
        )
        assert (await client.get(newer["thumbnail"])).content == JPEG + b" of later"


async def test_a_fault_without_a_picture_has_no_address_for_one(world: World) -> None:
    await world.send(world.device.fault("disk_full", subject="box-a", subject_type="agent"))
    async with world.logged_in("maintenance") as client:
        (fault,) = (await client.get("/api/maintenance")).json()["faults"]
        assert (fault["thumbnail"], fault["facades"]) == (None, []), "a full disk blinds no camera"
        answer = await client.get(f"/api/faults/{fault['id']}/thumbnail")
        assert (answer.status_code, answer.json()["title"]) == (404, "Not Found")


async def test_an_order_for_a_sensor_is_named_by_the_sensor(world: World) -> None:
    await world.send(world.device.fault("cabinet_hot", subject="cabinet", subject_type="sensor"))
    async with world.logged_in("maintenance") as client:
        (order,) = (await client.get("/api/maintenance")).json()["work_orders"]
        taken = (await client.post(f"/api/work-orders/{order['id']}/take", json={})).json()
    assert taken["subject"] == {"type": "sensor", "id": "cabinet", "name": {"zh": "名字", "en": "Name"}}


async def test_a_device_is_shown_with_its_firmware_and_those_before(world: World) -> None:
    first = world.device.record("5.7.1", wanted_firmware="5.7.3")
    second = world.device.record("5.7.3", wanted_firmware="5.7.3")
    second = second.model_copy(update={"observed_at": first.observed_at + timedelta(days=2)})
    await world.send(first, second)
    async with world.logged_in("maintenance") as client:
        found = (await client.get("/api/maintenance")).json()
    records = {camera["id"]: camera["record"] for camera in found["cameras"]}
    assert records["cam-west"] is None
    record = records["cam-east"]
    assert (record["maker"], record["model"], record["firmware"]) == ("Example", "E-4K", "5.7.3")
    assert [firmware["version"] for firmware in record["firmwares"]] == ["5.7.3", "5.7.1"]
    assert [(fault["kind"], fault["state"]) for fault in found["faults"]] == [("firmware_mismatch", "closed")]


async def test_an_alert_says_what_was_switched_to_warn_of_it(world: World) -> None:
    fall = world.device.fall()
    await world.send(fall, world.device.warning(fall, after_s=0.3))
    async with world.logged_in("desk") as client:
        (alert,) = (await client.get("/api/desk")).json()["open"]
        detail = (await client.get(f"/api/alerts/{alert['id']}")).json()
    assert [(given["device"], given["outcome"]) for given in detail["warnings"]] == [("siren", "on")]


async def test_metrics_tell_open_faults_by_kind_and_forget_those_that_are_over(world: World) -> None:
    await world.send(world.device.fault("frozen", severity="critical"))
    async with world.client() as client:
        text = (await client.get("/metrics")).text
        assert 'fallwatch_open_faults{kind="frozen",severity="critical"} 1.0' in text
        world.device.at = clock.utc_now()
        await world.send(world.device.fault("frozen", "cleared"))
        assert 'kind="frozen"' not in (await client.get("/metrics")).text


async def test_a_camera_whose_picture_is_no_good_is_not_trusted_and_its_facade_is_blind(world: World) -> None:
    for camera in ("cam-east", "cam-west"):
        await world.send(world.device.camera("streaming", camera=camera))
    await world.send(world.device.fault("soiled", severity="warning", subject="cam-west"))
    await world.send(world.device.fault("frozen", severity="critical"))
    async with world.logged_in("desk") as client:
        cameras = (await client.get("/api/desk")).json()["cameras"]
    assert (cameras["trusted"], [camera["id"] for camera in cameras["faulty"]]) == (1, ["cam-east"])
    async with world.logged_in("bureau") as client:
        (estate,) = (await client.get("/api/bureau")).json()["estates"]
        assert (estate["facades_blind_now"], estate["facades_unknown_now"]) == (1, 0)
        facades = (await client.get("/api/bureau/estates/garden")).json()["facades"]
    assert {facade["id"]: facade["now"] for facade in facades} == {"east": "blind", "west": "watched"}
    async with world.logged_in("maintenance") as client:
        faults = (await client.get("/api/maintenance")).json()["faults"]
    assert {fault["kind"]: (fault["of_picture"], fault["blinding"]) for fault in faults} == {
        "soiled": (True, False),
        "frozen": (True, True),
    }
