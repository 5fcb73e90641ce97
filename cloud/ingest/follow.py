"""What follows from a message, in its transaction: `FOLLOWS` has a line for each kind with consequences."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.x509 import Certificate

from cloud.evidence import verify
from cloud.store import alerts, clips, clocks, desired, devices, equipment, events, registry
from cloud.store.changes import Change
from cloud.store.pool import Connection
from contracts.devices import ClockSet, DesiredReport, DeviceFault, DeviceRecord, Loss, WarningGiven
from contracts.messages import CameraState, ClipFailed, ClipSealed, Event, FallEnded, FallingObject


@dataclass(frozen=True, slots=True)
class Within:
    """The transaction in which a message is stored. ca: the authority of the devices. at: now."""

    conn: Connection
    ca: Certificate | None
    at: datetime


async def follow(within: Within, message: Event) -> list[Change]:
    """Do what follows from `message`; what pages may show of it. Most telemetry has no consequences."""
    consequence = FOLLOWS.get(message.kind)
    return [] if consequence is None else await consequence(within, message)


async def _fall(within: Within, message: FallingObject) -> list[Change]:
    raised = await alerts.raise_alert(within.conn, message, within.at)
    return [] if raised is None else [raised]


async def _fall_ended(within: Within, message: FallEnded) -> list[Change]:
    return await alerts.end(within.conn, message, within.at)


async def _clip(within: Within, message: ClipSealed) -> list[Change]:
    judgement = (
        verify.Judgement("", "no device authority is configured")
        if within.ca is None
        else verify.judge(message, within.ca, within.at)
    )
    return await clips.announce(
        within.conn, message, signed_by=judgement.signed_by, objection=judgement.objection, at=within.at
    )


async def _no_clip(within: Within, message: ClipFailed) -> list[Change]:
    return await clips.fail(within.conn, message, within.at)


async def _camera(within: Within, message: CameraState) -> list[Change]:
    estate = await registry.estate_of_agent(within.conn, message.agent)
    return await devices.report_camera(within.conn, message, estate)


async def _loss(within: Within, message: Loss) -> list[Change]:
    await events.mark_lost(within.conn, message.agent, message.ranges, within.at)
    return [Change("agent", message.agent, message.message_id)]


async def _desired(within: Within, message: DesiredReport) -> list[Change]:
    return await desired.report(within.conn, message)


async def _fault(within: Within, message: DeviceFault) -> list[Change]:
    estate = await registry.estate_of_agent(within.conn, message.agent)
    return await equipment.report_fault(within.conn, message, estate, within.at)


async def _device(within: Within, message: DeviceRecord) -> list[Change]:
    estate = await registry.estate_of_agent(within.conn, message.agent)
    return await equipment.report_device(within.conn, message, estate, within.at)


async def _warning(within: Within, message: WarningGiven) -> list[Change]:
    return await equipment.warn(within.conn, message)


async def _clock(within: Within, message: ClockSet) -> list[Change]:
    return await clocks.learn(within.conn, message)


FOLLOWS: Final[Mapping[str, Callable[[Within, Any], Awaitable[list[Change]]]]] = {
    "falling_object": _fall,
    "fall_ended": _fall_ended,
    "clip_sealed": _clip,
    "clip_failed": _no_clip,
    "camera_state": _camera,
    "loss": _loss,
    "clock_set": _clock,
    "desired_report": _desired,
    "device_fault": _fault,
    "device_record": _device,
    "warning_given": _warning,
}
"""Kind of message → its consequence, which is given a message of that kind."""
