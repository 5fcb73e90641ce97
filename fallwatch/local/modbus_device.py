"""A Modbus TCP device on this machine, as a process: registers are read from a JSON file for each question.

    python -m fallwatch.local.modbus_device PORT STATE.json

The file: {"input_register": {"1": 305}, "discrete_input": {"0": 1}}, words and bits by address; in place of a
word, [mean, amplitude, seconds] is a sine. An address that is not there when it starts is an illegal one.
With "hang": true it takes questions and never answers.
"""

import asyncio
import json
import math
import sys
import time
from pathlib import Path
from typing import Any, Final

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

HOST: Final = "127.0.0.1"
TABLES: Final = ("coil", "discrete_input", "holding_register", "input_register")
BY_FUNCTION: Final = {1: "coil", 2: "discrete_input", 3: "holding_register", 4: "input_register"}
BITS: Final = 16


def _state(path: Path) -> dict[str, Any]:
    state: dict[str, Any] = json.loads(path.read_text())
    return state


async def main(port: int, path: Path) -> None:
    """Serves until it is killed."""

    async def look(  # noqa: PLR0917 - pymodbus calls it so
        function: int,
        start: int,
        address: int,  # noqa: ARG001
        count: int,  # noqa: ARG001
        registers: list[int],
        values: list[int] | list[bool] | None,  # noqa: ARG001
    ) -> ExcCodes | None:
        state = _state(path)
        if state.get("hang"):
            await asyncio.Event().wait()
        _fill(registers, start, BY_FUNCTION[function], state.get(BY_FUNCTION[function], {}))
        return None

    device = SimDevice(id=0, simdata=_blocks(_state(path)), action=look)
    await ModbusTcpServer(device, address=(HOST, port)).serve_forever()


def _blocks(state: dict[str, Any]) -> tuple[list[SimData], list[SimData], list[SimData], list[SimData]]:
    """Room for every address of the file; what lies between is illegal."""
    coils, inputs, holding, input_registers = (
        [_cell(table, int(address)) for address in state.get(table, {})] or [_cell(table, 60_000)]
        for table in TABLES
    )
    return coils[:1], inputs[:1], holding, input_registers


def _cell(table: str, address: int) -> SimData:
    if table in {"coil", "discrete_input"}:
        return SimData(address - address % BITS, values=[False] * BITS, datatype=DataType.BITS)
    return SimData(address, values=0, datatype=DataType.REGISTERS)


def _fill(registers: list[int], start: int, table: str, words: dict[str, Any]) -> None:
    for name, word in words.items():
        address = int(name)
        if table in {"coil", "discrete_input"}:
            at, bit = address // BITS - start, address % BITS
            registers[at] = registers[at] | 1 << bit if word else registers[at] & ~(1 << bit)
        else:
            registers[address - start] = _word(word)


def _word(told: int | list[int]) -> int:
    if isinstance(told, int):
        return told
    mean, amplitude, cycle_s = told
    return round(mean + amplitude * math.sin(2 * math.pi * time.monotonic() / cycle_s))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
