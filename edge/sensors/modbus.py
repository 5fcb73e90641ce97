"""Modbus TCP devices: one connection for each address, shared by all points and units behind it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException, ModbusIOException
from pymodbus.pdu import ModbusPDU

from contracts.points import ModbusPoint
from edge.core import decode
from edge.core.rules import Answer, Unread

EXCEPTIONS: Final = {
    1: "illegal function: the profile names the wrong table",
    2: "illegal address: the profile names a register that the device has not",
    3: "illegal value",
    4: "device failure",
    6: "device busy",
    10: "gateway path unavailable",
    11: "the device behind the gateway does not answer",
}
"""Modbus Application Protocol 1.1b3, section 7."""
BEHIND_GATEWAY: Final = frozenset({10, 11})


class Line:
    """A connection, made when it is needed and dropped when an answer does not come.

    A server that hangs keeps its connection, so every wait has a limit, and what comes late is never taken
    for the answer to the next question.
    """

    def __init__(self, host: str, port: int, timeout_s: float) -> None:
        logging.getLogger("pymodbus").setLevel(logging.CRITICAL)  # what goes wrong is told by answers
        self._address = (host, port)
        self._timeout_s = timeout_s
        self._lock = asyncio.Lock()
        self._client: AsyncModbusTcpClient | None = None

    async def ask(self, request: Callable[[AsyncModbusTcpClient], Awaitable[ModbusPDU]]) -> ModbusPDU:
        """One question, one answer.

        Raises:
            OSError, TimeoutError, ModbusException: Nothing that could be used came in time.
        """
        async with self._lock:
            try:
                async with asyncio.timeout(2 * self._timeout_s):
                    return await request(await self._connected())
            except BaseException:
                self.close()
                raise

    async def _connected(self) -> AsyncModbusTcpClient:
        """The client; a new one after each loss: left to itself it would wait up to 300 s to try again."""
        if self._client is None or not self._client.connected:
            host, port = self._address
            self._client = AsyncModbusTcpClient(
                host, port=port, timeout=self._timeout_s, retries=0, reconnect_delay=0
            )
            if not await self._client.connect():
                raise ConnectionError(f"no connection to {host}:{port}")
        return self._client

    def close(self) -> None:
        """Hangs up."""
        if self._client is not None:
            self._client.close()
            self._client = None


@dataclass(frozen=True, slots=True)
class ModbusDevice:
    """One unit of a line, with the points that are wanted of it."""

    line: Line
    unit: int
    points: Mapping[str, ModbusPoint]

    async def read(self, at: datetime) -> Mapping[str, Answer]:
        """Point by point; after the first silence nobody waits for the rest."""
        answers: dict[str, Answer] = {}
        for key, point in self.points.items():
            answer = await self._read_point(point, at)
            answers[key] = answer
            if isinstance(answer, Unread) and answer.silent:
                rest = {other: answer for other in self.points if other not in answers}
                return answers | rest
        return answers

    async def _read_point(self, point: ModbusPoint, at: datetime) -> Answer:
        try:
            response = await self.line.ask(lambda client: _question(client, point, self.unit))
        except (TimeoutError, ModbusIOException):
            return Unread("no answer in time", silent=True)
        except (OSError, ModbusException) as error:
            return Unread(str(error) or type(error).__name__, silent=True)
        if response.isError():
            code = getattr(response, "exception_code", 0)
            reason = EXCEPTIONS.get(code, f"exception {code}")
            return Unread(reason, silent=code in BEHIND_GATEWAY)
        found = response.registers if point.type != "bool" else response.bits[:1]
        return decode.modbus(point, [int(word) for word in found], at)


async def _question(client: AsyncModbusTcpClient, point: ModbusPoint, unit: int) -> ModbusPDU:
    ask = {
        "coil": client.read_coils,
        "discrete_input": client.read_discrete_inputs,
        "holding_register": client.read_holding_registers,
        "input_register": client.read_input_registers,
    }[point.table]
    return await ask(point.address, count=point.registers, device_id=unit)
