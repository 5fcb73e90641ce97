"""Reads every device once, for whoever has just wired it: what each point gives, or why it gives nothing."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from edge import logs
from edge.clock import monotonic_s, utc_now
from edge.config.sensor import SensorSettings
from edge.core.rules import Answer, Unread, Value
from edge.sensors.base import Station
from edge.sensors.stations import Site, opened

AGAIN_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Row:
    """One point. found: its value with unit, or why there is none. sensor: its name in the cloud."""

    device: str
    point: str
    found: str
    sensor: str
    read: bool

    def __str__(self) -> str:
        mark = "ok " if self.read else "-- "
        return f"{mark} {self.device:<24} {self.point:<18} {self.found:<24} {self.sensor}".rstrip()


async def look(settings: Sequence[SensorSettings], site: Site, for_s: float) -> tuple[Row, ...]:
    """A row for each point. for_s: how long a device that only publishes is listened to."""
    with opened(settings, site, logs.logger("sensors")) as found:
        listening = [asyncio.ensure_future(listener.run()) for listener in found.listeners]
        try:
            answers = await asyncio.gather(*(_read(station, for_s) for station in found.stations))
        finally:
            for task in listening:
                task.cancel()
            await asyncio.gather(*listening, return_exceptions=True)
        return tuple(
            row
            for station, points in zip(found.stations, answers, strict=True)
            for row in _rows(station, points)
        )


async def _read(station: Station, for_s: float) -> Mapping[str, Answer]:
    until_s = monotonic_s() + for_s
    answers = await station.device.read(utc_now())
    while set(station.outputs) - set(answers) and monotonic_s() < until_s:
        await asyncio.sleep(AGAIN_S)
        answers = await station.device.read(utc_now())
    return {key: Unread(f"nothing heard within {for_s:g} s") for key in station.outputs} | dict(answers)


def _rows(station: Station, answers: Mapping[str, Answer]) -> list[Row]:
    units = {key: watch.unit for key, watch in station.plan.points.items()} if station.plan else {}
    units |= {key: output.unit for key, output in station.outputs.items()}
    rows = []
    for key, answer in answers.items():
        output = station.outputs.get(key)
        read = isinstance(answer, Value)
        unit = "" if units[key] == "1" else f" {units[key]}"
        found = f"{answer.value:g}{unit}" if isinstance(answer, Value) else answer.reason
        rows.append(Row(station.name, key, found, output.sensor if output else "", read))
    return rows
