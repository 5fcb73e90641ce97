"""From settings and profiles to devices that are read: who shares a connection, and who is told of what."""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pysnmp.hlapi.v3arch.asyncio import SnmpEngine
from structlog.typing import FilteringBoundLogger

from contracts.points import ModbusPoint, MqttPoint, PointHead, SnmpPoint
from contracts.profile import BoxProfile, Profile, SensorProfile, point_of
from edge.clock import known, max_error_s
from edge.config.profiles import Library
from edge.config.sensor import (
    ModbusSettings,
    MqttLocalSettings,
    ProfiledSettings,
    SensorSettings,
    SimulatedSettings,
    SnmpSettings,
)
from edge.core.device_watch import Plan, Subject, Watch
from edge.metrics import SensorMetrics
from edge.outbox.desk import Desk
from edge.sensors.base import Device, Make, Output, Station, Thresholds, watch
from edge.sensors.box import Box
from edge.sensors.modbus import Line, ModbusDevice
from edge.sensors.mqtt_local import Listener, MqttDevice
from edge.sensors.simulated import Simulated
from edge.sensors.snmp import SnmpDevice, oid

Kind = TypeVar("Kind", bound=PointHead)


@dataclass
class Shared:
    """Connections by address: one for each, however many devices are behind it."""

    lines: dict[tuple[str, int], Line] = field(default_factory=dict)
    topics: dict[str, set[str]] = field(default_factory=dict)
    listeners: dict[str, Listener] = field(default_factory=dict)
    engine: SnmpEngine | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """What devices are found by. disk: a folder on the disk whose health matters. agent: who we are."""

    library: Library
    disk: Path
    agent: str


@dataclass(frozen=True, slots=True)
class Opened:
    """Devices that can be read, and what must listen meanwhile."""

    stations: tuple[Station, ...]
    listeners: tuple[Listener, ...]


async def run(
    settings: Sequence[SensorSettings], site: Site, thresholds: Thresholds, counts: SensorMetrics, desk: Desk
) -> None:
    """Reads all these devices for ever. thresholds: asked each time."""
    with opened(settings, site, desk.log) as found:
        async with asyncio.TaskGroup() as group:
            for listener in found.listeners:
                group.create_task(listener.run())
            for station in found.stations:
                group.create_task(watch(station, thresholds, counts, desk))


@contextlib.contextmanager
def opened(settings: Sequence[SensorSettings], site: Site, log: FilteringBoundLogger) -> Iterator[Opened]:
    """The devices, with the connections that they share; closed at the end."""
    shared = _shared(settings, site.library, log)
    try:
        stations = tuple(_station(device, site, shared) for device in settings)
        yield Opened(stations, tuple(shared.listeners.values()))
    finally:
        for line in shared.lines.values():
            line.close()
        if shared.engine is not None:
            shared.engine.close_dispatcher()


def _shared(settings: Sequence[SensorSettings], library: Library, log: FilteringBoundLogger) -> Shared:
    shared = Shared()
    for device in settings:
        match device:
            case ModbusSettings(host=host, port=port):
                shared.lines.setdefault((host, port), Line(host, port, device.timeout_s))
            case SnmpSettings():
                shared.engine = shared.engine or SnmpEngine()
            case MqttLocalSettings(url=url):
                points = _points(device, library.profile(device.profile), MqttPoint)
                shared.topics.setdefault(url.get_secret_value(), set()).update(
                    topics(device, points).values()
                )
            case _:
                pass
    shared.listeners = {url: Listener(url, names, log) for url, names in shared.topics.items()}
    return shared


def _station(device: SensorSettings, site: Site, shared: Shared) -> Station:
    if isinstance(device, SimulatedSettings):
        outputs = {device.id: Output(device.id, device.quantity, device.unit)}
        simulated = Simulated(device.id, device.mean, device.amplitude, device.cycle_s)
        return Station(device.id, simulated, device.period_s, outputs)
    profile = site.library.profile(device.profile)
    assert isinstance(profile, SensorProfile)
    points = {key: point_of(profile, key) for key in device.points}
    outputs = {
        key: Output(sensor, points[key].quantity, points[key].unit) for key, sensor in device.points.items()
    }
    name, read = _device(device, profile, site.disk, shared)
    make = None if isinstance(profile, BoxProfile) else Make(profile.id, profile.version, profile.maker)
    return Station(name, read, device.period_s, outputs, _plan(device, profile, site.agent), make)


def _device(
    device: ProfiledSettings, profile: SensorProfile, disk: Path, shared: Shared
) -> tuple[str, Device]:
    """What the device is called in logs, and how it is read."""
    match device:
        case ModbusSettings(host=host, port=port, unit=unit):
            points = _points(device, profile, ModbusPoint)
            return f"{host}:{port}/{unit}", ModbusDevice(shared.lines[host, port], unit, points)
        case SnmpSettings(host=host, port=port):
            rows = _points(device, profile, SnmpPoint)
            oids = {key: oid(point, key) for key, point in rows.items()}
            return f"{host}:{port}", SnmpDevice(shared.engine, device, rows, oids)
        case MqttLocalSettings():
            heard = _points(device, profile, MqttPoint)
            listener = shared.listeners[device.url.get_secret_value()]
            return device.device or device.profile, MqttDevice(listener, heard, topics(device, heard))
        case _:
            assert isinstance(profile, BoxProfile)
            own = {point.name: point for point in profile.points}
            return "box", Box(own, disk, _clock_error)


def _clock_error() -> float | None:
    """Of the box's own time; where nobody has told it yet, of the kernel's."""
    own_s = known().uncertainty_s
    return own_s if own_s is not None else max_error_s()


def _plan(device: ProfiledSettings, profile: SensorProfile, agent: str) -> Plan:
    """A box tells of all that its profile knows, as the agent; any other device of what has a name."""
    if isinstance(profile, BoxProfile):
        subject = Subject("agent", agent)
        watches = {point.name: Watch(subject, point.unit, point.rules) for point in profile.points}
        return Plan(watches, None, profile.missing)
    watches = {
        key: Watch(Subject("sensor", sensor), point.unit, point.rules)
        for key, sensor in device.points.items()
        for point in (point_of(profile, key),)
    }
    return Plan(watches, profile.silent, profile.missing)


def _points(device: ProfiledSettings, profile: Profile, kind: type[Kind]) -> dict[str, Kind]:
    """The points that the settings name, by key. The settings' check has seen that they are there."""
    assert isinstance(profile, SensorProfile)
    found = {key: point_of(profile, key) for key in device.points}
    return {key: point for key, point in found.items() if isinstance(point, kind)}


def topics(device: MqttLocalSettings, points: Mapping[str, MqttPoint]) -> dict[str, str]:
    """Each point's topic, with the device's name in it."""
    return {key: point.topic.replace("{device}", device.device) for key, point in points.items()}
