"""The box that the agent runs on, read from a tree like a Raspberry Pi's and from this machine itself."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contracts.points import BoxPoint
from edge import clock
from edge.core.rules import Answer, Unread, Value
from edge.sensors.box import MEASURES, Box

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def values(answers: Mapping[str, Answer]) -> dict[str, float]:
    return {key: answer.value for key, answer in answers.items() if isinstance(answer, Value)}


def reasons(answers: Mapping[str, Answer]) -> dict[str, str]:
    return {key: answer.reason for key, answer in answers.items() if isinstance(answer, Unread)}


def box_points(*measures: str) -> dict[str, BoxPoint]:
    return {
        name: BoxPoint.model_validate({"name": name, "quantity": name, "unit": "1", "measure": name})
        for name in measures
    }


def tree(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")
    return folder


RASPBERRY = {
    "sys/class/thermal/thermal_zone0/type": "cpu-thermal",
    "sys/class/thermal/thermal_zone0/temp": "61250",
    "sys/class/thermal/thermal_zone1/type": "rp1-thermal",
    "sys/class/thermal/thermal_zone1/temp": "99000",
    "sys/devices/platform/soc/soc:firmware/get_throttled": "50005",
    "sys/block/mmcblk0/device/life_time": "0x03 0x09",
    "sys/fs/ext4/mmcblk0p2/errors_count": "3",
    "proc/loadavg": "6.00 5.0 4.0 3/400 1234",
    "proc/meminfo": "MemTotal: 8000 kB\nMemFree: 100 kB\nMemAvailable: 2000 kB",
    "proc/mounts": "/dev/root / ext4 rw,noatime 0 0\nproc /proc proc ro 0 0",
}


async def test_a_box_tells_what_its_kernel_says(tmp_path: Path) -> None:
    root = tree(tmp_path, RASPBERRY)
    box = Box(box_points(*MEASURES), tmp_path, lambda: 0.004, root / "sys", root / "proc")
    answers = await box.read(AT)
    assert reasons(answers) == {}
    found = values(answers)
    assert {
        name: found[name] for name in found if not name.startswith(("disk_used", "disk_free", "cpu_load"))
    } == {
        "cpu_temperature": 61.25,
        "memory_used": 0.75,
        "disk_read_only": 0,
        "disk_worn": 0.9,
        "disk_errors": 3,
        "throttled": 1,
        "under_voltage": 1,
        "clock_error": 0.004,
    }
    assert 0 < found["disk_used"] < 1
    assert found["disk_free"] > 0
    assert found["cpu_load"] > 0


@pytest.mark.parametrize(
    ("name", "text", "measure", "wanted"),
    [
        ("sys/devices/platform/soc/soc:firmware/get_throttled", "0", "throttled", 0),
        ("sys/devices/platform/soc/soc:firmware/get_throttled", "f0000", "under_voltage", 0),
        ("sys/class/thermal/cooling_device0/cur_state", "2", "throttled", 1),
        ("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1", "under_voltage", 1),
        ("proc/mounts", "/dev/root / ext4 ro,noatime 0 0", "disk_read_only", 1),
        ("sys/class/thermal/thermal_zone0/type", "x86_pkg_temp", "cpu_temperature", 61.25),
    ],
)
async def test_a_box_tells_what_is_wrong_now_and_not_what_was(
    tmp_path: Path, name: str, text: str, measure: str, wanted: float
) -> None:
    quiet = {"sys/devices/platform/soc/soc:firmware/get_throttled": "0"}
    named = {
        "sys/class/thermal/cooling_device0/type": "cpufreq-cpu0",
        "sys/class/hwmon/hwmon1/name": "rpi_volt",
    }
    beside = {path: kind for path, kind in named.items() if path.rsplit("/", 1)[0] == name.rsplit("/", 1)[0]}
    root = tree(tmp_path, {**RASPBERRY, **quiet, **beside, name: text})
    box = Box(box_points(measure), tmp_path, lambda: None, root / "sys", root / "proc")
    assert values(await box.read(AT)) == {measure: wanted}


async def test_what_a_box_does_not_have_is_missing_and_never_nothing(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    box = Box(box_points(*MEASURES), tmp_path / "none", lambda: None, tmp_path / "sys", tmp_path / "proc")
    answers = await box.read(AT)
    assert set(values(answers)) == {"disk_used", "disk_free"}
    assert reasons(answers)["cpu_temperature"] == "no thermal zone of the processor"
    assert reasons(answers)["clock_error"] == "nobody has told the box the time"


async def test_the_box_that_runs_this_test_can_be_read(tmp_path: Path) -> None:
    found = values(await Box(box_points(*MEASURES), tmp_path, clock.max_error_s).read(AT))
    assert {"cpu_load", "memory_used", "disk_used", "disk_free", "disk_read_only"} <= set(found)
    assert 0 < found["memory_used"] < 1
    assert found["disk_read_only"] == 0
