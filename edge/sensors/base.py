"""Reads a device in its rhythm, puts each value into the outbox and tells the faults that its rules find."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, Protocol

from contracts.devices import DeviceFault, DeviceRecord
from contracts.messages import SensorReading
from edge.clock import monotonic_s, steady_now, utc_now, utc_of
from edge.core import device_watch
from edge.core.device_watch import FaultTold, Plan, Subject
from edge.core.rules import Answer, Unread, Value
from edge.metrics import SensorMetrics
from edge.outbox.desk import Desk, Head

LIMIT_S: Final = 60.0
"""No device takes longer; each has narrower limits of its own."""

Thresholds = Callable[[], Mapping[str, float]]
"""What an operator wants now instead of the profiles' thresholds, by rule."""


class Device(Protocol):
    """Something with points that can be read. What goes wrong with it is an answer, never an error."""

    async def read(self, at: datetime) -> Mapping[str, Answer]:
        """The points' answers at this instant (UTC); a point that has nothing to say yet is left out."""


@dataclass(frozen=True, slots=True)
class Output:
    """A point whose values go to the cloud, as which sensor."""

    sensor: str
    quantity: str
    unit: str


@dataclass(frozen=True, slots=True)
class Make:
    """Which profile a device was taken for."""

    profile: str
    version: str
    maker: str


@dataclass(frozen=True, slots=True)
class Station:
    """A device as it is read: what it is called in logs, how often, where its values go, what is a fault."""

    name: str
    device: Device
    period_s: float
    outputs: Mapping[str, Output]
    plan: Plan | None = None
    make: Make | None = None


async def watch(station: Station, thresholds: Thresholds, counts: SensorMetrics, desk: Desk) -> None:
    """Reads for ever, every `period_s`; a reading that comes too late is left out, not made up for."""
    state = await _begun(station.plan, desk)
    await _tell_make(station, desk)
    sent: dict[str, datetime] = {}
    before: Mapping[str, Answer] = {}
    next_s = monotonic_s()
    while True:
        answers = await _read(station, utc_now())
        _count(station.name, answers, counts)
        _log_changes(station.name, before, answers, desk)
        before = answers
        await _send_readings(station.outputs, answers, sent, desk)
        if station.plan is not None:
            state, told = device_watch.step(station.plan, state, answers, steady_now(), thresholds())
            for fault in told:
                await _tell(fault, desk)
        next_s = max(next_s + station.period_s, monotonic_s())
        await asyncio.sleep(next_s - monotonic_s())


async def _read(station: Station, at: datetime) -> Mapping[str, Answer]:
    try:
        async with asyncio.timeout(LIMIT_S):
            answers = await station.device.read(at)
    except TimeoutError:
        answers = {key: Unread(f"no answer within {LIMIT_S:g} s", silent=True) for key in station.outputs}
    task = asyncio.current_task()
    if task is not None and task.cancelling():  # a library that waits by wait_for may swallow it (bpo-42130)
        raise asyncio.CancelledError
    return answers


def _count(device: str, answers: Mapping[str, Answer], counts: SensorMetrics) -> None:
    for point, answer in answers.items():
        counter = counts.values if isinstance(answer, Value) else counts.unread
        counter.labels(device, point).inc()


def _log_changes(
    device: str, before: Mapping[str, Answer], answers: Mapping[str, Answer], desk: Desk
) -> None:
    """A line when a point can no longer be read, or for another reason, and when it can again."""
    for point, answer in answers.items():
        was = before.get(point)
        if isinstance(answer, Unread) and not (isinstance(was, Unread) and was.silent == answer.silent):
            desk.log.warning("sensor_unread", device=device, point=point, reason=answer.reason)
        elif isinstance(answer, Value) and isinstance(was, Unread):
            desk.log.info("sensor_read_again", device=device, point=point)


async def _tell_make(station: Station, desk: Desk) -> None:
    """For which profile each sensor was taken."""
    if station.make is not None:
        for output in station.outputs.values():
            await desk.send("device_record", utc_now(), partial(_record, output.sensor, station.make))


def _record(sensor: str, make: Make, head: Head) -> DeviceRecord:
    return DeviceRecord(
        **head,
        subject_type="sensor",
        subject=sensor,
        maker=make.maker,
        profile=make.profile,
        profile_version=make.version,
    )


async def _begun(plan: Plan | None, desk: Desk) -> device_watch.State:
    """The rules' memories; faults of sensors that no rule of today knows are taken back."""
    if plan is None:
        return {}
    told: dict[Subject, frozenset[str]] = {}
    for subject in device_watch.subjects(plan):
        told[subject] = await asyncio.to_thread(desk.outbox.faults_open, subject.id)
    for subject, fault in device_watch.forgotten(plan, told):
        await desk.send("device_fault", utc_now(), partial(_forgotten, subject, fault))
    return device_watch.start(plan, told, steady_now())


async def _send_readings(
    outputs: Mapping[str, Output], answers: Mapping[str, Answer], sent: dict[str, datetime], desk: Desk
) -> None:
    """Each new value once; `sent` remembers when the newest of each point was measured."""
    for key, output in outputs.items():
        answer = answers.get(key)
        if isinstance(answer, Value) and sent.get(key) != answer.at:
            sent[key] = answer.at
            await desk.send("sensor_reading", answer.at, partial(_reading, output, answer.value))


async def _tell(told: FaultTold, desk: Desk) -> None:
    desk.log.info("fault_told", subject=told.subject.id, fault=told.name, state=told.state)
    await desk.send("device_fault", utc_of(told.since), partial(_fault, told))


def _reading(output: Output, value: float, head: Head) -> SensorReading:
    return SensorReading(
        **head, sensor=output.sensor, quantity=output.quantity, value=value, unit=output.unit
    )


def _fault(told: FaultTold, head: Head) -> DeviceFault:
    return DeviceFault(
        **head,
        subject_type=told.subject.type,
        subject=told.subject.id,
        fault=told.name,
        state=told.state,
        severity=told.rule.severity,
        value=told.figures.value,
        threshold=told.figures.threshold,
        unit=told.unit,
        what=told.what,
        advice=told.rule.advice,
    )


def _forgotten(subject: Subject, fault: str, head: Head) -> DeviceFault:
    return DeviceFault(**head, subject_type=subject.type, subject=subject.id, fault=fault, state="cleared")
