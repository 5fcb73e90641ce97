"""A real agent reads a real Modbus device: values and faults go to its outbox, also over a crash."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from edge.config.profiles import built_in
from edge.outbox.store import Outbox
from fallwatch.local import ports
from fallwatch.local.modbus import ModbusDevice
from fallwatch.local.mosquitto import Broker
from fallwatch.local.pki import Authority
from tests.fixtures.programs import ROOT, identity, program
from tests.integration.test_edge_walk import cloud_settings, write

Wait = Callable[[Callable[[], object], float, str], None]
COOL, HOT = 305, 612


def registers(temperature: int) -> dict[str, dict[int, int]]:
    return {"input_register": {1: temperature, 2: 546}}


@dataclass
class Box:
    """An agent without cameras and without a broker: everything stays in its outbox."""

    folder: Path
    settings: Path
    stack: ExitStack = field(default_factory=ExitStack)
    agent: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        log = self.folder / "agent.log"
        self.agent = self.stack.enter_context(program(["edge", "agent", str(self.settings)], log))

    def kill(self) -> None:
        assert self.agent is not None
        self.agent.kill()
        self.agent.wait()

    def messages(self, kind: str) -> list[dict[str, Any]]:
        """Everything of a kind that was accepted, in order."""
        if not (self.folder / "edge" / "outbox.db").exists():
            return []
        with closing(Outbox.open(self.folder / "edge" / "outbox.db")) as outbox:
            keys = [waiting.key for waiting in outbox.waiting(10_000)]
            found = [json.loads(stored.body) for stored in outbox.fetch(keys)]
        return [message for message in found if message["kind"] == kind]

    def faults(self) -> list[tuple[str, str, str]]:
        return [(m["subject"], m["fault"], m["state"]) for m in self.messages("device_fault")]

    def values(self, sensor: str) -> list[float]:
        return [m["value"] for m in self.messages("sensor_reading") if m["sensor"] == sensor]


def box_settings(cabinet: ModbusDevice, authority: Authority, folder: Path, broker: str) -> Path:
    """Settings of an agent without cameras, with quick rules for the cabinet."""
    quick = (built_in() / "xy-md02.yaml").read_text().replace("id: xy-md02", "id: quick")
    for delay in (60, 120, 30):
        quick = quick.replace(f"_delay_s: {delay}\n", "_delay_s: 0.2\n")
    (folder / "profiles").mkdir()
    (folder / "profiles" / "quick.yaml").write_text(quick)
    device = authority.issue("sensor-box")
    keys = identity(device)
    settings = {
        "agent": "sensor-box",
        "data_dir": "edge",
        "broker": {"url": broker, "ca": str(authority.ca_path)} | keys,
        "evidence": {"url": f"http://127.0.0.1:{ports.any_free()}"},
        "device": keys,
        "metrics": {"port": 0},
        "profiles": "profiles",
        "sensors": [
            {
                "kind": "modbus",
                "profile": "quick",
                "host": cabinet.host,
                "port": cabinet.port,
                "timeout_s": 1,
                "period_s": 0.1,
                "points": {"temperature": "cab-temp", "humidity": "cab-humidity"},
            },
            {"kind": "box", "profile": "intel-n100", "period_s": 0.2, "points": {"disk_used": "box-disk"}},
        ],
    }
    path = folder / "edge.yaml"
    path.write_text(json.dumps(settings))
    return path


@pytest.fixture
def box(cabinet: ModbusDevice, authority: Authority, tmp_path: Path) -> Iterator[Box]:
    nobody = f"mqtts://127.0.0.1:{ports.any_free()}"
    made = Box(tmp_path, box_settings(cabinet, authority, tmp_path, nobody))
    with made.stack:
        yield made


def test_a_cabinet_that_gets_hot_is_a_fault_until_it_is_cool_also_over_a_crash(
    box: Box, cabinet: ModbusDevice, wait_until: Wait
) -> None:
    cabinet.say(registers(COOL))
    box.start()
    wait_until(lambda: 30.5 in box.values("cab-temp"), 30, "a value")
    wait_until(lambda: box.values("cab-humidity") and box.values("box-disk"), 10, "the others'")
    assert box.values("cab-humidity")[0] == 54.6
    assert 0 < box.values("box-disk")[0] < 1
    cabinet.say(registers(HOT))
    wait_until(lambda: ("cab-temp", "cabinet_hot", "raised") in box.faults(), 20, "the fault")
    (fault,) = (m for m in box.messages("device_fault") if m["fault"] == "cabinet_hot")
    assert {name: fault[name] for name in ("subject_type", "severity", "value", "threshold", "unit")} == {
        "subject_type": "sensor",
        "severity": "serious",
        "value": 61.2,
        "threshold": 55,
        "unit": "Cel",
    }
    assert fault["what"]["zh"] == "机柜温度过高"
    record = next(m for m in box.messages("device_record") if m["subject"] == "cab-temp")
    assert (record["subject_type"], record["profile"], record["profile_version"]) == ("sensor", "quick", "1")
    assert fault["advice"]["en"].startswith("Check the fan")
    box.kill()
    cabinet.say(registers(COOL))
    box.start()
    wait_until(lambda: ("cab-temp", "cabinet_hot", "cleared") in box.faults(), 30, "its end")
    assert [state for _, name, state in box.faults() if name == "cabinet_hot"] == ["raised", "cleared"]


def test_a_device_that_dies_is_one_fault_and_no_value_and_the_agent_goes_on(
    box: Box, cabinet: ModbusDevice, wait_until: Wait
) -> None:
    cabinet.say(registers(COOL))
    box.start()
    wait_until(lambda: box.values("cab-temp"), 30, "a value")
    cabinet.kill()
    wait_until(lambda: ("cab-temp", "climate_silent", "raised") in box.faults(), 20, "the silence")
    before = len(box.values("box-disk"))
    wait_until(lambda: len(box.values("box-disk")) > before + 3, 20, "more of the box itself")
    assert set(box.values("cab-temp")) == {30.5}
    cabinet.start()
    wait_until(lambda: ("cab-temp", "climate_silent", "cleared") in box.faults(), 20, "its return")
    cabinet.say({"input_register": {1: 32767, 2: 546}})
    wait_until(
        lambda: ("cab-temp", "climate_value_missing", "raised") in box.faults(), 20, "the broken probe"
    )
    about = [(subject, name) for subject, name, _ in box.faults() if subject != "sensor-box"]
    assert set(about) == {("cab-temp", "climate_silent"), ("cab-temp", "climate_value_missing")}
    assert box.agent is not None
    assert box.agent.poll() is None


def test_a_hot_cabinet_is_a_fault_of_the_cloud_until_it_is_cool(
    cabinet: ModbusDevice,
    authority: Authority,
    broker: Broker,
    database_url: str,
    tmp_path: Path,
    *,
    wait_until: Wait,
) -> None:
    name = {"zh": "名", "en": "name"}
    sensors = [
        {"id": sensor, "name": name, "quantity": quantity, "unit": unit}
        for sensor, quantity, unit in (
            ("cab-temp", "temperature", "Cel"),
            ("cab-humidity", "humidity", "%"),
            ("box-disk", "disk_used", "1"),
        )
    ]
    agents = [{"id": "sensor-box", "name": name, "sensors": sensors}]
    estate = write(tmp_path / "estate.yaml", {"estates": [{"id": "hot", "name": name, "agents": agents}]})
    cloud = write(
        tmp_path / "cloud.yaml", cloud_settings(broker, authority, database_url, ports.any_free(), tmp_path)
    )
    seed = [sys.executable, "-m", "cloud", "seed", str(estate), "--config", str(cloud)]
    subprocess.run(seed, cwd=ROOT, check=True, capture_output=True)
    edge = box_settings(cabinet, authority, tmp_path, broker.url)

    def faults() -> list[tuple[Any, ...]]:
        with psycopg.connect(database_url) as connection:
            return connection.execute(
                "SELECT value, threshold, unit, what ->> 'zh', cleared_at IS NOT NULL FROM fault"
                " WHERE subject = 'cab-temp' AND kind = 'cabinet_hot'"
            ).fetchall()

    cabinet.say(registers(HOT))
    with (
        program(["cloud", "ingest", "--config", str(cloud)], tmp_path / "ingest.log"),
        program(["edge", "agent", str(edge)], tmp_path / "agent.log"),
    ):
        wait_until(lambda: faults() == [(61.2, 55, "Cel", "机柜温度过高", False)], 60, "the fault")
        cabinet.say(registers(COOL))
        wait_until(lambda: [cleared for *_, cleared in faults()] == [True], 30, "its end")


def test_the_first_look_shows_each_point_or_why_it_gives_nothing(
    box: Box, cabinet: ModbusDevice, tmp_path: Path
) -> None:
    cabinet.say({"input_register": {1: 305, 2: 1500}})
    settings = json.loads(box.settings.read_text())
    url = f"mqtt://127.0.0.1:{ports.any_free()}"
    settings["sensors"].append(
        {
            "kind": "mqtt_local",
            "profile": "zigbee2mqtt",
            "url": url,
            "device": "d",
            "points": {"door": "d-door"},
        }
    )
    box.settings.write_text(json.dumps(settings))
    command = [sys.executable, "-m", "edge", "sensors", str(box.settings), "--for", "0.5"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    shown = [line.split() for line in done.stdout.splitlines()]
    rows = {(mark, point): " ".join(words) for mark, _, point, *words in shown}
    assert done.returncode == 1
    assert rows["ok", "temperature"] == "30.5 Cel cab-temp"
    assert rows["--", "humidity"] == "150 % is not possible, 0 to 100 is cab-humidity"
    assert rows["--", "door"] == "nothing heard within 0.5 s d-door"
    assert rows["ok", "disk_used"].endswith(" box-disk")
    assert not (tmp_path / "edge").exists()


def test_a_cameras_process_loads_none_of_the_sensors_protocols() -> None:
    ask = "import edge.__main__, sys; print({'pymodbus', 'pysnmp', 'zeep'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "set()"
