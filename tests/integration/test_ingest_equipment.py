"""What messages about equipment do to a real database: faults and their orders, records, warnings."""

import asyncio
import base64
from datetime import timedelta

import pytest

from cloud.core import fault as faults
from cloud.store import alerts, equipment, pool
from tests.fixtures.cloud import NOW, Device
from tests.fixtures.ingest import Cloud

JPEG = base64.b64encode(b"\xff\xd8\xff\xe0 a picture").decode()
FIGURES = {"value": 0.4, "baseline": 11.5, "threshold": 5.8, "unit": "1"}
WORDS = {"zh": "画面模糊", "en": "The picture is blurred"}
EAST = faults.Subject("camera", "cam-east")


async def test_a_fault_that_a_device_tells_is_raised_with_its_figures_and_ordered(
    cloud: Cloud, device: Device
) -> None:
    told = device.fault("defocused", severity="critical", **FIGURES, what=WORDS, thumbnail=JPEG)
    await cloud.commit(told)
    assert await cloud.rows("SELECT kind, subject_type, subject, state, severity, since FROM fault") == [
        ("defocused", "camera", "cam-east", "raised", "critical", NOW)
    ]
    assert await cloud.rows("SELECT value, baseline, threshold, unit, what, advice FROM fault") == [
        (0.4, 11.5, 5.8, "1", WORDS, None)
    ]
    assert await cloud.rows("SELECT thumbnail FROM fault") == [(b"\xff\xd8\xff\xe0 a picture",)]
    assert await cloud.rows("SELECT state FROM work_order") == [("open",)]
    topics = await cloud.rows("SELECT topic FROM change ORDER BY id")
    assert topics == [("camera",), ("fault",), ("work_order",)]


async def test_raised_again_it_brings_newer_figures_and_no_second_order(cloud: Cloud, device: Device) -> None:
    await cloud.commit(device.fault("dark", severity="warning", value=12.0, thumbnail=JPEG))
    await cloud.commit(device.fault("dark", severity="critical", value=3.0))
    assert await cloud.rows("SELECT severity, value, thumbnail IS NOT NULL FROM fault") == [
        ("critical", 3.0, True)
    ]
    assert await cloud.rows("SELECT count(*) FROM work_order") == [(1,)]
    await cloud.commit(device.fault("dark", severity="critical", value=2.5))
    lines = await cloud.rows("SELECT what FROM fault_history ORDER BY id")
    assert lines == [("raised",), ("announced",), ("severity:critical",)], "figures alone leave no line"


async def test_cleared_it_closes_and_so_does_its_order_and_the_next_time_is_another_fault(
    cloud: Cloud, device: Device
) -> None:
    await cloud.commit(device.fault("covered"), device.fault("covered", "cleared"))
    assert await cloud.rows("SELECT state, close_reason FROM fault") == [("closed", "recovered")]
    assert await cloud.rows("SELECT state FROM work_order") == [("closed",)]
    await cloud.commit(device.fault("covered"))
    assert await cloud.rows("SELECT state FROM fault ORDER BY state") == [("closed",), ("raised",)]


async def test_what_a_device_said_before_changes_nothing_when_it_comes_late(
    cloud: Cloud, device: Device
) -> None:
    raised, milder, cleared = (
        device.fault("moved", value=9.0),
        device.fault("moved", severity="warning", value=4.0),
        device.fault("moved", "cleared"),
    )
    await cloud.commit(milder)
    await cloud.commit(raised)
    assert await cloud.rows("SELECT severity, value FROM fault") == [("warning", 4.0)]
    await cloud.commit(cleared)
    again = [message.model_copy(update={"boot": device.boot}) for message in (raised, milder)]
    await cloud.commit(*again)
    assert await cloud.rows("SELECT state FROM fault") == [("closed",)]


async def test_a_fault_that_was_over_before_it_was_heard_of_is_not_raised(
    cloud: Cloud, device: Device
) -> None:
    raised, cleared = device.fault("frozen"), device.fault("frozen", "cleared")
    await cloud.commit(cleared)
    await cloud.commit(raised)
    assert await cloud.rows("SELECT * FROM fault") == []


async def test_between_starts_of_an_agent_time_orders(cloud: Cloud, device: Device) -> None:
    before = device.fault("noisy")
    after = Device(at=NOW + timedelta(minutes=5))
    await cloud.commit(after.fault("noisy", "cleared"))
    await cloud.commit(before)
    assert await cloud.rows("SELECT * FROM fault") == []
    later = Device(at=NOW + timedelta(minutes=9))
    await cloud.commit(later.fault("noisy"))
    assert await cloud.rows("SELECT state FROM fault") == [("raised",)]


async def test_ingests_at_once_leave_one_open_fault_that_says_the_last_word(
    cloud: Cloud, device: Device
) -> None:
    told = [device.fault("soiled", value=float(number)) for number in range(12)]
    batches = [told[start::4] for start in range(4)]
    await asyncio.gather(*(cloud.commit(*batch) for batch in [*batches, *reversed(batches)]))
    assert await cloud.rows("SELECT state, value FROM fault") == [("raised", 11.0)]
    assert await cloud.rows("SELECT count(*) FROM work_order") == [(1,)]


async def test_faults_of_two_names_and_of_devices_of_one_name_are_several(
    cloud: Cloud, device: Device
) -> None:
    await cloud.commit(
        device.fault("frozen"),
        device.fault("dark"),
        device.fault("dark", subject="cam-west"),
        device.fault("cabinet_hot", subject="cabinet", subject_type="sensor"),
        device.fault("disk_full", subject="box-a", subject_type="agent"),
    )
    assert await cloud.rows("SELECT count(*) FROM fault WHERE state = 'raised'") == [(5,)]


async def test_a_device_cannot_speak_of_what_the_cloud_decides_itself(cloud: Cloud, device: Device) -> None:
    await cloud.commit(device.camera("lost"))
    outcome = await cloud.commit(device.fault("camera_lost", "cleared"))
    assert len(outcome.stored) == 1
    assert await cloud.rows("SELECT kind, state FROM fault") == [("camera_lost", "raised")]


async def test_a_box_does_not_speak_of_devices_of_another(cloud: Cloud, device: Device) -> None:
    await cloud.commit(device.fault("frozen", subject="cam-other"), device.record("1", subject="cam-other"))
    assert await cloud.rows("SELECT reason FROM dead_letter") == [("unregistered",), ("unregistered",)]
    assert await cloud.rows("SELECT * FROM fault") == []


@pytest.mark.parametrize("broken", ["AAAA", "/9j/4AAQSkZJRgA", "PHN2Zz4="])
async def test_a_picture_that_is_none_does_not_hide_its_fault(
    cloud: Cloud, device: Device, broken: str
) -> None:
    await cloud.commit(device.fault("dark", thumbnail=broken))
    assert await cloud.rows("SELECT kind, thumbnail FROM fault") == [("dark", None)]


async def test_a_firmware_that_is_not_wanted_is_a_fault_until_it_is(cloud: Cloud, device: Device) -> None:
    await cloud.commit(device.record("5.7.1", wanted_firmware="5.7.3"))
    assert await cloud.rows("SELECT kind, severity, what ->> 'en' FROM fault") == [
        ("firmware_mismatch", "warning", "It runs firmware 5.7.1; 5.7.3 is wanted.")
    ]
    await cloud.commit(device.record("5.7.3", wanted_firmware="5.7.3"))
    assert await cloud.rows("SELECT state FROM fault") == [("closed",)]


async def test_the_firmwares_of_a_device_are_kept_whatever_the_order_they_come_in(
    cloud: Cloud, device: Device
) -> None:
    told = []
    for days, firmware in enumerate(("5.6", "5.6", "5.7", "5.6")):
        device.at = NOW + timedelta(days=days)
        told.append(device.record(firmware))
    for message in (told[2], told[0], told[3], told[1]):
        await cloud.commit(message)
    async with pool.transaction(cloud.pool) as conn:
        (known,) = await equipment.devices(conn)
        history = (await equipment.firmware_history(conn))[EAST]
    assert (known.firmware, known.model, known.seq) == ("5.6", "E-4K", 4)
    assert [(found.version, (found.since - NOW).days) for found in history] == [
        ("5.6", 0),
        ("5.7", 2),
        ("5.6", 3),
    ]


async def test_a_warning_is_told_of_with_the_fall_that_it_was_given_for(cloud: Cloud, device: Device) -> None:
    fall = device.fall()
    early, late = device.warning(fall, after_s=0.3), device.warning(fall, after_s=60)
    elsewhere = device.warning(device.fall(camera="cam-west"))
    await cloud.commit(early)
    assert await cloud.rows("SELECT * FROM change") == [], "no alert yet"
    await cloud.commit(fall, late, elsewhere)
    async with pool.transaction(cloud.pool) as conn:
        (alert,) = await alerts.open_alerts(conn)
        (found,) = await equipment.warnings(conn, alert.camera, alert.observed_at, alert.last_visible_at)
    assert (found.device, found.outcome, found.acted_at) == ("siren", "on", early.acted_at)


async def test_a_warning_that_comes_after_its_alert_changes_the_alert(cloud: Cloud, device: Device) -> None:
    fall = device.fall()
    await cloud.commit(fall)
    before = await cloud.rows("SELECT max(id) FROM change")
    await cloud.commit(device.warning(fall))
    after = await cloud.rows(f"SELECT topic FROM change WHERE id > {before[0][0]}")
    assert after == [("alert",)]
