"""Reads each device of the settings as the agent would, once, or until it has said something."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import structlog
from structlog.typing import FilteringBoundLogger

from edge.clock import monotonic_s, utc_now
from edge.config.profiles import Library
from edge.config.sensor import SensorSettings, SimulatedSettings
from edge.core.doctor import DeviceSeen
from edge.core.rules import Answer, Unread, Value
from edge.sensors import stations
from edge.sensors.base import Station

WAIT_S: Final = 12.0
"""For a device that publishes when it likes to."""
AGAIN_S: Final = 1.0


def devices(
    settings: Sequence[SensorSettings], library: Library, disk: Path, agent: str
) -> tuple[DeviceSeen, ...]:
    """What each device answers; those that are simulated are left out. Takes WAIT_S at most, all at once."""
    real = [each for each in settings if not isinstance(each, SimulatedSettings)]
    quiet: FilteringBoundLogger = structlog.get_logger().bind()
    return asyncio.run(_seen(real, stations.Site(library, disk, agent), quiet))


async def _seen(
    settings: Sequence[SensorSettings], site: stations.Site, log: FilteringBoundLogger
) -> tuple[DeviceSeen, ...]:
    with stations.opened(settings, site, log) as found:
        listening = [asyncio.ensure_future(listener.run()) for listener in found.listeners]
        try:
            return tuple(await asyncio.gather(*(_answered(station) for station in found.stations)))
        finally:
            for each in listening:
                each.cancel()
            await asyncio.gather(*listening, return_exceptions=True)


async def _answered(station: Station) -> DeviceSeen:
    """What the device says once each of its points has said something, or when the time is over."""
    began_s = monotonic_s()
    answers: Mapping[str, Answer] = {}
    while True:
        try:
            async with asyncio.timeout(max(WAIT_S - (monotonic_s() - began_s), AGAIN_S)):
                answers = await station.device.read(utc_now())
        except TimeoutError:
            answers = {}
        missing = [point for point in station.outputs if not isinstance(answers.get(point), Value)]
        if not missing or monotonic_s() - began_s > WAIT_S - AGAIN_S:
            return _summary(station, answers)
        await asyncio.sleep(AGAIN_S)


def _summary(station: Station, answers: Mapping[str, Answer]) -> DeviceSeen:
    values, unread = {}, {}
    for point, output in station.outputs.items():
        match answers.get(point):
            case Value(value):
                values[point] = f"{value:g} {output.unit}".removesuffix(" 1")
            case Unread(reason):
                unread[point] = reason
            case _:
                unread[point] = f"nothing came within {WAIT_S:g} s"
    return DeviceSeen(station.name, values, unread)
