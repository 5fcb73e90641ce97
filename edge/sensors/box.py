"""The box itself, from /sys, /proc and psutil. What a box does not have cannot be read; it is never 0.

Where each measure comes from: docs/design/sensors.md.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import psutil

from contracts.points import BoxPoint, Measure
from edge.core import decode
from edge.core.rules import Answer, Unread

CPU_ZONES: Final = ("cpu", "soc", "x86_pkg_temp", "acpitz")
"""Beginnings of thermal zones' types, the surest first: bcm2712 `cpu-thermal`, RK3588 `soc-thermal`."""
THROTTLED_NOW: Final = 0b1110
UNDER_VOLTAGE_NOW: Final = 0b0001
"""Bits of the Raspberry Pi's get_throttled: 0 under-voltage, 1 capped, 2 throttled, 3 soft limit."""
FIRMWARE: Final = "devices/platform/soc*/soc*:firmware/get_throttled"


class Absent(Exception):  # noqa: N818 - says what happened
    """The box does not have what was asked for."""


@dataclass(frozen=True, slots=True)
class Box:
    """sys, proc: where the kernel's trees are. disk: a folder on the disk that matters.

    clock_error: how far the box's own time may be off, seconds; None when nobody has told it.
    """

    points: Mapping[str, BoxPoint]
    disk: Path
    clock_error: Callable[[], float | None]
    sys: Path = Path("/sys")
    proc: Path = Path("/proc")

    async def read(self, at: datetime) -> Mapping[str, Answer]:
        """In a thread, since a sick disk may keep whoever asks waiting."""
        return await asyncio.to_thread(
            lambda: {key: self._answer(point, at) for key, point in self.points.items()}
        )

    def _answer(self, point: BoxPoint, at: datetime) -> Answer:
        try:
            return decode.possible(point, MEASURES[point.measure](self), at)
        except Absent as told:
            return Unread(str(told))
        except (OSError, ValueError) as error:
            return Unread(f"{type(error).__name__}: {error}")


def _cpu_temperature(box: Box) -> float:
    """The hottest zone of the surest kind, Cel."""
    zones = [(_text(zone / "type"), zone / "temp") for zone in box.sys.glob("class/thermal/thermal_zone*")]
    for kind in CPU_ZONES:
        found = [float(_text(temp)) / 1000 for name, temp in zones if name.startswith(kind)]
        if found:
            return max(found)
    raise Absent("no thermal zone of the processor")


def _cpu_load(box: Box) -> float:
    """Average over a minute of what runs or waits, for each hardware thread."""
    load, *_ = (box.proc / "loadavg").read_text().split()
    return float(load) / (psutil.cpu_count() or 1)


def _memory_used(box: Box) -> float:
    """Share of the memory that no program could get any more."""
    lines = (line.split() for line in (box.proc / "meminfo").read_text().splitlines())
    kib = {name.rstrip(":"): float(size) for name, size, *_ in lines}
    return 1 - kib["MemAvailable"] / kib["MemTotal"]


def _disk_used(box: Box) -> float:
    """Share of what we may use that is used."""
    usage = psutil.disk_usage(str(_there(box.disk)))
    return usage.used / (usage.used + usage.free)


def _disk_free(box: Box) -> float:
    return float(psutil.disk_usage(str(_there(box.disk))).free)


def _disk_read_only(box: Box) -> float:
    """1 when the kernel has mounted the disk read-only, as it does after errors."""
    mounts = [line.split() for line in (box.proc / "mounts").read_text().splitlines()]
    here = _there(box.disk).resolve()
    holding = [(where, options) for _, where, _, options, *_ in mounts if here.is_relative_to(where)]
    if not holding:
        raise Absent(f"{here} is on no disk that is mounted")
    _, options = max(holding, key=lambda mount: len(mount[0]))
    return float("ro" in options.split(","))


def _disk_worn(box: Box) -> float:
    """Share of an eMMC's life that is used, the worse of its two kinds of cells.

    JEDEC JESD84-B51, DEVICE_LIFE_TIME_EST_TYP: 1 is up to 10 %, … 10 is up to 100 %, 11 is beyond.
    """
    found = [
        int(step, 16)
        for path in box.sys.glob("block/mmcblk*/device/life_time")
        for step in _text(path).split()
    ]
    if not any(found):
        raise Absent("no disk tells how worn it is")
    return max(found) / 10


def _disk_errors(box: Box) -> float:
    """Errors that ext4 has met on all its file systems since they were checked last."""
    found = [int(_text(path)) for path in box.sys.glob("fs/ext4/*/errors_count")]
    if not found:
        raise Absent("no ext4 file system")
    return float(sum(found))


def _throttled(box: Box) -> float:
    """1 while the processor is kept slow: by the firmware's word, or by a cooling device that is at work."""
    words = list(_firmware(box))
    cooling = [
        int(_text(device / "cur_state"))
        for device in box.sys.glob("class/thermal/cooling_device*")
        if _text(device / "type").lower().startswith(("processor", "cpufreq", "thermal-cpufreq", "cpu"))
    ]
    if not words and not cooling:
        raise Absent("nothing tells whether the processor is throttled")
    return float(any(word & THROTTLED_NOW for word in words) or any(cooling))


def _under_voltage(box: Box) -> float:
    """1 while the supply is too weak, on a Raspberry Pi: firmware's word, or its rpi_volt alarm."""
    words = list(_firmware(box))
    alarms = [
        int(_text(chip / "in0_lcrit_alarm"))
        for chip in box.sys.glob("class/hwmon/hwmon*")
        if (chip / "in0_lcrit_alarm").exists() and _text(chip / "name") == "rpi_volt"
    ]
    if not words and not alarms:
        raise Absent("nothing tells whether the supply is too weak")
    return float(any(word & UNDER_VOLTAGE_NOW for word in words) or any(alarms))


def _clock_error(box: Box) -> float:
    error_s = box.clock_error()
    if error_s is None:
        raise Absent("nobody has told the box the time")
    return error_s


def _firmware(box: Box) -> Iterator[int]:
    return (int(_text(path), 16) for path in box.sys.glob(FIRMWARE))


def _there(folder: Path) -> Path:
    """The folder, or before it is made the one that it will be made in."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def _text(path: Path) -> str:
    return path.read_text(encoding="ascii", errors="replace").strip()


MEASURES: Final[Mapping[Measure, Callable[[Box], float]]] = {
    "cpu_temperature": _cpu_temperature,
    "cpu_load": _cpu_load,
    "memory_used": _memory_used,
    "disk_used": _disk_used,
    "disk_free": _disk_free,
    "disk_read_only": _disk_read_only,
    "disk_worn": _disk_worn,
    "disk_errors": _disk_errors,
    "throttled": _throttled,
    "under_voltage": _under_voltage,
    "clock_error": _clock_error,
}
