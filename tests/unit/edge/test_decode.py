"""What a device sends becomes the value that its profile means, or a reason why it is none."""

import struct
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.points import ModbusPoint, MqttPoint, SnmpPoint
from edge.core import decode
from edge.core.rules import Answer, Unread, Value

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
HEAD = {"name": "point", "quantity": "quantity", "unit": "1"}


def modbus(kind: str, registers: list[int], **given: Any) -> Answer:
    table = "discrete_input" if kind == "bool" else "input_register"
    point = ModbusPoint.model_validate({**HEAD, "table": table, "address": 0, "type": kind, **given})
    return decode.modbus(point, registers, AT)


def mqtt(payload: bytes, **given: Any) -> Answer:
    point = MqttPoint.model_validate({**HEAD, "topic": "t", "heard_within_s": 60, **given})
    return decode.mqtt(point, payload, AT)


@pytest.mark.parametrize(
    ("kind", "registers", "given", "wanted"),
    [
        ("int16", [0xFF33], {"scale": 0.1}, -20.5),
        ("uint16", [0xFF33], {}, 65331),
        ("int16", [0x33FF], {"byte_order": "little"}, -205),
        ("uint16", [300], {"scale": 0.1, "offset": -40}, -10),
        ("int32", [0xFFFF, 0xFFFE], {}, -2),
        ("uint32", [0x0001, 0x0002], {}, 65538),
        ("uint32", [0x0002, 0x0001], {"word_order": "little"}, 65538),
        ("float32", [0x4366, 0x6666], {}, 230.399994),
        ("float32", [0x6666, 0x4366], {"word_order": "little"}, 230.399994),
        ("float32", [0x6643, 0x6666], {"byte_order": "little"}, 230.399994),
        ("bool", [1], {}, 1),
        ("bool", [0], {}, 0),
    ],
)
def test_registers_are_read_as_the_profile_says(
    kind: str, registers: list[int], given: dict[str, Any], wanted: float
) -> None:
    assert modbus(kind, registers, **given) == Value(pytest.approx(wanted), AT)


@pytest.mark.parametrize(
    ("kind", "registers", "given", "why"),
    [
        ("int16", [32767], {"no_value": [32767]}, "the device says by 32767 that it has no value"),
        ("float32", [0x7FC0, 0], {}, "no finite number"),
        ("float32", [0x7F80, 0], {}, "no finite number"),
        ("int16", [], {}, "0 registers came instead of 1"),
        ("int32", [1], {}, "1 registers came instead of 2"),
        ("int16", [900], {"possible": [-40, 85]}, "900 1 is not possible, -40 to 85 is"),
    ],
)
def test_what_is_no_value_is_told_as_none(
    kind: str, registers: list[int], given: dict[str, Any], why: str
) -> None:
    answer = modbus(kind, registers, **given)
    assert isinstance(answer, Unread)
    assert why in answer.reason
    assert not answer.silent


@given(st.floats(width=32, allow_nan=False, allow_infinity=False), st.booleans(), st.booleans())
def test_a_float_comes_back_whatever_the_order(number: float, swap_words: bool, swap_bytes: bool) -> None:  # noqa: FBT001 - drawn
    words = list(struct.unpack(">2H", struct.pack(">f", number)))
    words = words[::-1] if swap_words else words
    words = [word >> 8 | (word & 0xFF) << 8 for word in words] if swap_bytes else words
    orders = {
        "word_order": "little" if swap_words else "big",
        "byte_order": "little" if swap_bytes else "big",
    }
    assert modbus("float32", words, **orders) == Value(pytest.approx(number, rel=1e-8), AT)


@pytest.mark.parametrize(
    ("payload", "given", "wanted"),
    [
        (b"21.5", {}, 21.5),
        (b' "21.5" ', {}, 21.5),
        (b'{"temperature": 21.5}', {"path": "temperature"}, 21.5),
        (b'{"DS18B20": {"Temperature": 20.6}}', {"path": "DS18B20.Temperature"}, 20.6),
        (b'{"list": [{"t": 1}, {"t": 2}]}', {"path": "list.1.t"}, 2),
        (b'{"water_leak": true}', {"path": "water_leak"}, 1),
        (b'{"contact": false}', {"path": "contact", "values": {"true": 0, "false": 1}}, 1),
        (b"OPEN", {"values": {"OPEN": 1, "CLOSED": 0}}, 1),
        (b"215", {"scale": 0.1}, 21.5),
    ],
)
def test_a_payload_is_read_as_the_profile_says(payload: bytes, given: dict[str, Any], wanted: float) -> None:
    assert mqtt(payload, **given) == Value(wanted, AT)


@pytest.mark.parametrize(
    ("payload", "given", "why"),
    [
        (b"", {}, "'' is no value of point"),
        (b"hot", {}, "'hot' is no value of point"),
        (b"\xff\xfe\x00", {}, "is no value of point"),
        (b"null", {}, "'None' is no value of point"),
        (b"NaN", {}, "no finite number"),
        (b"1e999", {}, "no finite number"),
        (b"{}", {"path": "temperature"}, "there is nothing at temperature in '{}'"),
        (b'{"temperature": null}', {"path": "temperature"}, "there is nothing at temperature"),
        (b'{"temperature": [1]}', {"path": "temperature"}, "'[1]' is no value"),
        (b'{"temperature": "unknown"}', {"path": "temperature"}, "'unknown' is no value"),
        (b"AJAR", {"values": {"OPEN": 1}}, "'AJAR' is no value"),
        (b"[" * 100_000, {"path": "a"}, "there is nothing at a in"),
    ],
)
def test_rubbish_is_told_as_none_with_its_beginning(payload: bytes, given: dict[str, Any], why: str) -> None:
    answer = mqtt(payload, **given)
    assert isinstance(answer, Unread)
    assert why in answer.reason
    assert len(answer.reason) < 200


@given(st.binary(max_size=200), st.sampled_from(["", "a", "a.b", "0"]))
def test_no_payload_is_an_error(payload: bytes, path: str) -> None:
    assert isinstance(mqtt(payload, path=path), Value | Unread)


def test_an_enumeration_has_the_values_of_the_profile_and_no_others() -> None:
    point = SnmpPoint.model_validate({**HEAD, "oid": "1.3.6", "values": {2: 0, 3: 1}})
    assert decode.snmp(point, 3, AT) == Value(1, AT)
    assert decode.snmp(point, 1, AT) == Unread("1 is none of 2, 3")
