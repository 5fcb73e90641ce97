"""From what a device sent to the value that its profile means, or why it is none."""

import json
import math
import struct
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from contracts.points import ModbusPoint, MqttPoint, PointHead, Scaled, SnmpPoint
from edge.core.rules import Answer, Unread, Value

SHOWN: Final = 60
"""Characters of a payload that an error repeats."""
_FORMATS: Final = {"int16": ">h", "uint16": ">H", "int32": ">i", "uint32": ">I", "float32": ">f"}


def modbus(point: ModbusPoint, registers: Sequence[int], at: datetime) -> Answer:
    """registers: 16-bit words as read, or one coil or input as 0 or 1."""
    if len(registers) != point.registers:
        return Unread(f"{len(registers)} registers came instead of {point.registers}")
    if point.type == "bool":
        return _scaled(point, float(registers[0]), at)
    words = registers if point.word_order == "big" else tuple(reversed(registers))
    order = ">" if point.byte_order == "big" else "<"
    (raw,) = struct.unpack(_FORMATS[point.type], struct.pack(f"{order}{len(words)}H", *words))
    if raw in point.no_value:
        return Unread(f"the device says by {raw} that it has no value")
    return _scaled(point, raw, at)


def snmp(point: SnmpPoint, number: int, at: datetime) -> Answer:
    """number: as the agent gave it."""
    if point.values is None:
        return _scaled(point, number, at)
    if number not in point.values:
        return Unread(f"{number} is none of {', '.join(map(str, point.values))}")
    return _scaled(point, point.values[number], at)


def mqtt(point: MqttPoint, payload: bytes, at: datetime) -> Answer:
    """payload: a number, a word, or JSON with the value at `path`."""
    try:
        found: object = json.loads(payload, parse_constant=float)
    except (ValueError, RecursionError):
        found = payload.decode("utf-8", "replace").strip()
    for step in point.path.split(".") if point.path else ():
        found = _child(found, step)
        if found is None:
            return Unread(f"there is nothing at {point.path} in {_shown(payload)}")
    return _meant(point, found, at)


def _child(found: object, step: str) -> object:
    if isinstance(found, dict):
        return found.get(step)
    if isinstance(found, list) and step.isdecimal() and int(step) < len(found):
        return found[int(step)]
    return None


def _meant(point: MqttPoint, found: object, at: datetime) -> Answer:
    """A word's number, a truth as 0 or 1, a number, also one in quotes."""
    word = str(found).lower() if isinstance(found, bool) else str(found)
    if point.values is not None and word in point.values:
        return _scaled(point, point.values[word], at)
    if point.values is None and isinstance(found, bool | int | float | str):
        try:
            return _scaled(point, float(found), at)
        except (ValueError, OverflowError):
            pass  # told below, like everything else that is no number
    return Unread(f"{_shown(word.encode())} is no value of {point.name}")


def _scaled(point: Scaled, raw: float, at: datetime) -> Answer:
    return possible(point, raw * point.scale + point.offset, at)


def possible(point: PointHead, value: float, at: datetime) -> Answer:
    """The value, to nine digits, unless it cannot be."""
    if not math.isfinite(value):
        return Unread("what was read is no finite number")
    if point.possible is not None and not point.possible[0] <= value <= point.possible[1]:
        low, high = point.possible
        return Unread(f"{value:g} {point.unit} is not possible, {low:g} to {high:g} is")
    return Value(float(f"{value:.9g}"), at)


def _shown(payload: bytes) -> str:
    text = payload[: SHOWN + 1].decode("utf-8", "replace")
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")
