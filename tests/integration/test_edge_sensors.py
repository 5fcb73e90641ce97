"""Each kind of sensor against its simulator as a process, with what goes wrong on estates."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import aiomqtt
import pytest
import structlog
from pysnmp.hlapi.v3arch.asyncio import SnmpEngine

from contracts.points import ModbusPoint, MqttPoint, SnmpPoint
from contracts.profile import point_of
from edge.config.profiles import Library
from edge.config.sensor import SnmpSettings
from edge.core.rules import Answer, Unread, Value
from edge.sensors.modbus import Line, ModbusDevice
from edge.sensors.mqtt_local import Listener, MqttDevice
from edge.sensors.snmp import SnmpDevice, oid
from fallwatch.local import ports
from fallwatch.local.modbus import ModbusDevice as Cabinet
from tests.fixtures.estate import CABINET, SnmpAgent, estate_broker
from tests.fixtures.snmp_agent import AUTH_KEY, COMMUNITY, PRIVACY_KEY, USER

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
LIBRARY = Library()
LIMIT_S = 1.0


def values(answers: Mapping[str, Answer]) -> dict[str, float]:
    return {key: answer.value for key, answer in answers.items() if isinstance(answer, Value)}


def reasons(answers: Mapping[str, Answer]) -> dict[str, str]:
    return {key: answer.reason for key, answer in answers.items() if isinstance(answer, Unread)}


def silent(answers: Mapping[str, Answer]) -> bool:
    return all(isinstance(answer, Unread) and answer.silent for answer in answers.values())


def modbus_points(profile: str) -> dict[str, ModbusPoint]:
    found = LIBRARY.profile(profile)
    assert found.kind == "modbus"
    return {point.name: point for point in found.points}


@pytest.fixture
async def line(cabinet: Cabinet) -> AsyncIterator[Line]:
    opened = Line(cabinet.host, cabinet.port, LIMIT_S)
    yield opened
    opened.close()


async def test_points_of_several_profiles_are_read_over_one_connection(cabinet: Cabinet, line: Line) -> None:
    climate = ModbusDevice(line, 1, modbus_points("xy-md02"))
    contacts = ModbusDevice(line, 2, modbus_points("contact-inputs-8"))
    both = await asyncio.gather(climate.read(AT), contacts.read(AT))
    assert values(both[0]) == {"temperature": 30.5, "humidity": 54.6}
    assert values(both[1]) == {"door": 1, "water": 0, "breaker": 0}
    assert connections(cabinet.port) == 1


def connections(port: int) -> int:
    """Established connections to a port, from the kernel's table: state 01."""
    rows = (row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return sum(row[2].endswith(f":{port:04X}") and row[3] == "01" for row in rows)


async def test_a_wrong_register_is_told_and_the_others_are_read(line: Line) -> None:
    points = modbus_points("xy-md02")
    points["humidity"] = points["humidity"].model_copy(update={"address": 9})
    answers = await ModbusDevice(line, 1, points).read(AT)
    assert values(answers) == {"temperature": 30.5}
    assert reasons(answers) == {
        "humidity": "illegal address: the profile names a register that the device has not"
    }
    assert not silent(answers)


async def test_a_broken_probe_and_an_impossible_value_are_no_values(cabinet: Cabinet, line: Line) -> None:
    cabinet.say({"input_register": {1: 32767, 2: 1500}})
    answers = await ModbusDevice(line, 1, modbus_points("xy-md02")).read(AT)
    assert values(answers) == {}
    assert reasons(answers) == {
        "temperature": "the device says by 32767 that it has no value",
        "humidity": "150 % is not possible, 0 to 100 is",
    }


async def test_a_server_that_hangs_costs_one_wait_and_is_read_again_when_it_answers(
    cabinet: Cabinet, line: Line
) -> None:
    device = ModbusDevice(line, 1, modbus_points("xy-md02"))
    assert values(await device.read(AT)) == {"temperature": 30.5, "humidity": 54.6}
    cabinet.say(CABINET, hang=True)
    began_s = time.monotonic()
    answers = await device.read(AT)
    assert silent(answers)
    assert set(answers) == {"temperature", "humidity"}
    assert time.monotonic() - began_s < 4 * LIMIT_S
    cabinet.say({"input_register": {1: 310, 2: 546}})
    assert values(await device.read(AT)) == {"temperature": 31.0, "humidity": 54.6}


async def test_a_server_that_dies_is_silent_and_is_read_again_when_it_is_back(
    cabinet: Cabinet, line: Line
) -> None:
    device = ModbusDevice(line, 1, modbus_points("xy-md02"))
    assert values(await device.read(AT))
    cabinet.kill()
    assert silent(await device.read(AT))
    assert "no connection to" in reasons(await device.read(AT))["humidity"]
    cabinet.start()
    assert values(await device.read(AT)) == {"temperature": 30.5, "humidity": 54.6}


@pytest.mark.parametrize(
    "rubbish",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x00" * 64,
        b"\xff" * 300,
        b"\x00\x01\x00\x00\x00\x05\x01\x04\x02\x01",  # cut short
        b"\x00\x01\x00\x00\x00\x04\x01\x04\x01\x01",  # half a register
        b"\x00\x01\x00\x00\x00\x03\x01\x04\x00",  # no register
        b"",
    ],
)
async def test_a_server_that_speaks_rubbish_is_no_value_and_no_crash(rubbish: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(12)
        writer.write(rubbish)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        line = Line("127.0.0.1", server.sockets[0].getsockname()[1], LIMIT_S)
        answers = await ModbusDevice(line, 1, modbus_points("xy-md02")).read(AT)
        line.close()
    assert values(answers) == {}
    assert set(answers) == {"temperature", "humidity"}


BATTERY, ON_BATTERY = "1.3.6.1.2.1.33.1.2.1.0", "1.3.6.1.2.1.33.1.2.2.0"
VOLTAGE, LINK_3 = "1.3.6.1.2.1.33.1.2.5.0", "1.3.6.1.2.1.2.2.1.8.3"


def snmp(engine: SnmpEngine, port: int, profile: str, keys: list[str], **login: Any) -> SnmpDevice:
    settings = SnmpSettings(
        kind="snmp",
        profile=profile,
        host="127.0.0.1",
        port=port,
        timeout_s=LIMIT_S,
        points=dict.fromkeys(keys, "sensor"),
        **login or {"community": COMMUNITY},
    )
    found = LIBRARY.profile(profile)
    assert found.kind == "snmp"
    points = {key: point for key in keys if isinstance(point := point_of(found, key), SnmpPoint)}
    return SnmpDevice(engine, settings, points, {key: oid(point, key) for key, point in points.items()})


@pytest.fixture
async def engine() -> AsyncIterator[SnmpEngine]:
    opened = SnmpEngine()
    yield opened
    opened.close_dispatcher()


async def test_an_snmp_agent_is_read_at_once_with_scale_enumeration_and_rows(
    snmp_agent: SnmpAgent, engine: SnmpEngine
) -> None:
    snmp_agent.say({BATTERY: 2, ON_BATTERY: 0, VOLTAGE: 545, LINK_3: 2})
    ups = snmp(engine, snmp_agent.port, "ups-rfc1628", ["battery", "on_battery", "battery_voltage"])
    switch = snmp(engine, snmp_agent.port, "poe-switch", ["link.3"])
    assert values(await ups.read(AT)) == {"battery": 0, "on_battery": 0, "battery_voltage": 54.5}
    assert values(await switch.read(AT)) == {"link.3": 0}


async def test_what_an_agent_does_not_have_or_says_in_words_is_missing(
    snmp_agent: SnmpAgent, engine: SnmpEngine
) -> None:
    snmp_agent.say({BATTERY: 1, VOLTAGE: "high"})
    answers = await snmp(
        engine, snmp_agent.port, "ups-rfc1628", ["battery", "on_battery", "battery_voltage"]
    ).read(AT)
    assert reasons(answers) == {
        "battery": "1 is none of 2, 3, 4",
        "on_battery": f"the agent has no {ON_BATTERY}",
        "battery_voltage": f"{VOLTAGE} is no number",
    }
    assert not silent(answers)


async def test_an_snmp_agent_is_read_by_version_three_with_authentication_and_privacy(
    snmp_agent: SnmpAgent, engine: SnmpEngine
) -> None:
    snmp_agent.say({VOLTAGE: 545})
    login = {"user": USER, "auth_key": AUTH_KEY, "privacy_key": PRIVACY_KEY}
    device = snmp(engine, snmp_agent.port, "ups-rfc1628", ["battery_voltage"], **login)
    assert values(await device.read(AT)) == {"battery_voltage": 54.5}


@pytest.mark.parametrize(
    "login",
    [
        {"community": "wrong"},
        {"user": USER, "auth_key": "authenticate-you", "privacy_key": PRIVACY_KEY},
        {"user": USER, "auth_key": AUTH_KEY, "privacy_key": "keep-it-open"},
        {"user": "nobody", "auth_key": AUTH_KEY},
    ],
    ids=["community", "authentication", "privacy", "user"],
)
async def test_a_wrong_login_is_silence_with_a_hint(
    snmp_agent: SnmpAgent, engine: SnmpEngine, login: dict[str, str]
) -> None:
    answers = await snmp(engine, snmp_agent.port, "ups-rfc1628", ["battery_voltage"], **login).read(AT)
    assert silent(answers)
    assert "it is away, or refuses who asks" in reasons(answers)["battery_voltage"]


class Rubbish(asyncio.DatagramProtocol):
    """Answers each question with the beginning of one, and noise."""

    def __init__(self) -> None:
        self.answers = 0
        self.gone = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.answers += 1
        self.transport.sendto(data[:7] + b"\xff" * 40, addr)


async def test_a_dead_agent_is_silent_and_so_is_one_that_speaks_rubbish(
    snmp_agent: SnmpAgent, engine: SnmpEngine
) -> None:
    snmp_agent.kill()
    snmp_agent.say({VOLTAGE: 545})
    device = snmp(engine, snmp_agent.port, "ups-rfc1628", ["battery_voltage"])
    assert silent(await device.read(AT))
    loop = asyncio.get_running_loop()
    transport, rubbish = await loop.create_datagram_endpoint(Rubbish, ("127.0.0.1", snmp_agent.port))
    assert silent(await device.read(AT))
    assert rubbish.answers
    transport.close()
    await rubbish.gone.wait()
    snmp_agent.start()
    assert values(await device.read(AT)) == {"battery_voltage": 54.5}


@contextlib.asynccontextmanager
async def listening(port: int, *topics: str) -> AsyncIterator[Listener]:
    listener = Listener(f"mqtt://127.0.0.1:{port}", topics, structlog.get_logger())
    task = asyncio.ensure_future(listener.run())
    try:
        yield listener
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def door(heard_within_s: float = 60) -> MqttPoint:
    found = LIBRARY.profile("zigbee2mqtt")
    assert found.kind == "mqtt_local"
    (point,) = (point for point in found.points if point.name == "door")
    return point.model_copy(update={"heard_within_s": heard_within_s})


TOPIC = "zigbee2mqtt/cab-door"


async def test_an_mqtt_device_is_heard_also_after_the_broker_was_away(tmp_path: Path) -> None:
    port = ports.any_free()
    async with listening(port, TOPIC) as listener:
        device = MqttDevice(listener, {"door": door()}, {"door": TOPIC})
        for payload, wanted in ((b'{"contact": false}', 1), (b'{"contact": true}', 0)):
            with estate_broker(tmp_path, port):
                async with aiomqtt.Client("127.0.0.1", port) as publisher:
                    await _until_heard(publisher, listener, payload)
                assert values(await device.read(AT)) == {"door": wanted}


async def _until_heard(
    publisher: aiomqtt.Client, listener: Listener, payload: bytes, topic: str = TOPIC
) -> None:
    """Says it until it is heard: whoever has not subscribed yet hears nothing."""
    async with asyncio.timeout(20):
        while (heard := listener.heard(topic)) is None or heard.payload != payload:
            await publisher.publish(topic, payload)
            await asyncio.sleep(0.05)


async def test_rubbish_heard_is_missing_what_was_retained_is_not_heard_and_silence_is_told(
    tmp_path: Path,
) -> None:
    port = ports.any_free()
    with estate_broker(tmp_path, port):
        async with aiomqtt.Client("127.0.0.1", port) as publisher:
            await publisher.publish(TOPIC, b'{"contact": true}', retain=True)
            async with listening(port, TOPIC, "probe") as listener:
                device = MqttDevice(listener, {"door": door()}, {"door": TOPIC})
                await _until_heard(publisher, listener, b"1", "probe")
                assert await device.read(AT) == {}
                await _until_heard(publisher, listener, b"\xff\x00{")
                answers = await device.read(AT)
                assert "there is nothing at contact" in reasons(answers)["door"]
                assert not silent(answers)
                late = MqttDevice(listener, {"door": door(0.001)}, {"door": TOPIC})
                assert silent(await late.read(AT))
