"""A camera watched by ONVIF: what it is goes up; its clock, its firmware and its own alarms become faults."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry

from edge import logs, metrics
from edge.config.onvif import OnvifSettings
from edge.core.condition import Policy
from edge.core.onvif import Meaning
from edge.onvif.faults import Faults
from edge.onvif.watch import Wanted, Watch
from edge.outbox.desk import Desk
from edge.outbox.store import Outbox
from tests.fixtures.devices import OnvifDevice
from tests.integration.test_onvif_camera import event

CAMERA = "cam-east"
NOBODY_SAYS = Wanted()


@dataclass
class Told:
    outbox: Outbox
    desk: Desk

    def all(self, kind: str) -> list[dict[str, Any]]:
        stored = self.outbox.fetch([waiting.key for waiting in self.outbox.waiting(100)])
        return [message for message in (json.loads(one.body) for one in stored) if message["kind"] == kind]

    def faults(self) -> list[tuple[str, str]]:
        return [(one["fault"], one["state"]) for one in self.all("device_fault")]

    async def until(self, condition: Callable[[], object], what: str) -> None:
        for _ in range(400):
            if condition():
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{what} did not come; told: {self.faults()}")


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    outbox = Outbox.open(tmp_path / "outbox.db")
    delivery = metrics.delivery(CollectorRegistry())
    yield Told(outbox, Desk("box", uuid4(), outbox, lambda: None, delivery, logs.logger("test")))
    outbox.close()


@asynccontextmanager
async def watched(
    device: OnvifDevice, told: Told, wanted: Wanted = NOBODY_SAYS, **settings: object
) -> AsyncIterator[None]:
    often = {"check_s": 0.3}  # as nobody may set it
    chosen = OnvifSettings.model_validate({"url": device.url, **settings}).model_copy(update=often)
    task = asyncio.ensure_future(Watch(CAMERA, chosen, wanted, told.desk, lambda: 0.01).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_camera_says_once_what_it_is_and_again_when_that_changed(
    onvif_device: OnvifDevice, told: Told
) -> None:
    wanted = Wanted("generic-onvif", "1.2", "V5.7.3")
    async with watched(onvif_device, told, wanted, events=False):
        await told.until(lambda: told.all("device_record"), "the record")
        asked = onvif_device.state()["asked"]
        await told.until(lambda: onvif_device.state()["asked"] > asked + 6, "more looks at it")
        assert len(told.all("device_record")) == 1
        assert told.faults() == []
        onvif_device.change(firmware="V5.8.0 build 230915")
        await told.until(lambda: len(told.all("device_record")) == 2, "the new record")
    record, changed = told.all("device_record")
    assert changed["firmware"] == "V5.8.0 build 230915"
    assert (record["subject_type"], record["subject"]) == ("camera", CAMERA)
    assert (record["maker"], record["model"], record["serial"]) == ("Acme", "Dome-7", "A-42")
    assert (record["firmware"], record["wanted_firmware"]) == ("V5.7.3 build 220112", "V5.7.3")
    assert (record["profile"], record["profile_version"]) == ("generic-onvif", "1.2")


async def test_another_firmware_than_wanted_is_a_fault_until_it_is_installed(
    onvif_device: OnvifDevice, told: Told
) -> None:
    onvif_device.change(firmware="V5.5.0 build 170725")
    async with watched(onvif_device, told, wanted_firmware="V5.7.3", events=False):
        await told.until(lambda: told.faults() == [("firmware_mismatch", "raised")], "the mismatch")
    assert told.all("device_fault")[0]["what"]["en"] == (
        "its firmware is V5.5.0 build 170725, wanted is V5.7.3"
    )
    onvif_device.change(firmware="V5.7.3 build 220112")
    async with watched(onvif_device, told, wanted_firmware="V5.7.3", events=False):  # after a restart
        await told.until(lambda: told.faults()[1:] == [("firmware_mismatch", "cleared")], "the end of it")


async def test_a_clock_that_is_off_is_a_fault_with_its_offset(onvif_device: OnvifDevice, told: Told) -> None:
    onvif_device.change(clock_s=-95.0)
    async with watched(onvif_device, told, events=False):
        await told.until(lambda: told.faults() == [("camera_clock_off", "raised")], "the fault")
    (fault,) = told.all("device_fault")
    assert fault["value"] == pytest.approx(-95, abs=2)
    assert (fault["threshold"], fault["unit"]) == (5, "s")


async def test_a_clock_is_set_where_that_is_wished(onvif_device: OnvifDevice, told: Told) -> None:
    onvif_device.change(clock_s=-95.0)
    async with watched(onvif_device, told, set_clock=True, events=False):
        await told.until(lambda: abs(onvif_device.state()["clock_s"]) < 2, "the camera's right time")
    assert told.faults() == []


async def test_nobody_judges_a_cameras_clock_by_one_that_may_be_wrong_itself(
    onvif_device: OnvifDevice, told: Told
) -> None:
    onvif_device.change(clock_s=-95.0)
    settings = OnvifSettings.model_validate({"url": onvif_device.url, "set_clock": True})
    watch = Watch(CAMERA, settings, Wanted(), told.desk, lambda: None)
    task = asyncio.ensure_future(watch.run())
    await told.until(lambda: onvif_device.state()["subscriptions"], "the check's end")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert told.faults() == []
    assert onvif_device.state()["clock_s"] == -95.0


async def test_what_a_camera_reports_of_itself_becomes_a_fault_and_ends(
    onvif_device: OnvifDevice, told: Told
) -> None:
    async with watched(onvif_device, told, inputs={"V1": "cabinet_open"}):
        onvif_device.change(events=[event("tns1:RuleEngine/TamperDetector/Tamper", "IsTamper", "true")])
        await told.until(lambda: told.faults() == [("reported_tampering", "raised")], "the fault")
        more = [
            event("tns1:RuleEngine/CellMotionDetector/Motion", "IsMotion", "true"),
            event("tns1:Device/Trigger/DigitalInput", "LogicalState", "true"),
            event("tns1:RuleEngine/TamperDetector/Tamper", "IsTamper", "false"),
        ]
        onvif_device.change(events=more)
        ended = [("cabinet_open", "raised"), ("reported_tampering", "cleared")]
        await told.until(lambda: told.faults()[1:] == ended, "the end of it")


async def test_a_wrong_password_is_a_fault_at_once_and_is_not_tried_again_soon(
    onvif_device: OnvifDevice, told: Told
) -> None:
    wrong = onvif_device.url.replace("s3cret", "wrong")
    async with watched(onvif_device, told, url=wrong):
        await told.until(lambda: told.faults() == [("onvif_failed", "raised")], "the fault")
    (fault,) = told.all("device_fault")
    assert "refuses the user 'viewer'" in fault["what"]["en"]
    assert "wrong" not in json.dumps(fault)
    assert onvif_device.state()["refused"] <= 2


async def test_an_alarm_that_flaps_is_told_as_such_and_taken_back_when_it_keeps_still(told: Told) -> None:
    tampered = Meaning("reported_tampering", "serious", "有人动了摄像机", "somebody moves the camera")
    soon = Policy(on_delay_s=0, off_delay_s=0, chatters=2, chatter_s=0.3)
    faults = Faults(CAMERA, told.desk)
    for measured in ("bad", "good", "bad", "good"):
        await faults.measured(tampered, measured, policy=soon)
    states = ["raised", "cleared", "raised"]
    assert [state for _, state in told.faults()] == states
    assert told.all("device_fault")[-1]["what"]["en"] == "somebody moves the camera, on and off"
    while len(told.faults()) == len(states):
        await faults.measured(tampered, "good", policy=soon)
        await asyncio.sleep(0.01)
    assert [state for _, state in told.faults()] == [*states, "cleared"]
    assert told.outbox.faults_open(CAMERA) == frozenset()
