"""Runs a Modbus device on this machine, whose registers change while it runs, and which hangs or dies."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from fallwatch.local import ports, wait
from fallwatch.local.children import Child, spawn

START_TIMEOUT_S = 20

Registers = Mapping[str, Mapping[int, int | list[int]]]
"""Table → address → word or bit, or [mean, amplitude, seconds] of a sine."""


class ModbusDevice:
    """A device's process; one instance is one address."""

    def __init__(self, folder: Path, port: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.host = ports.HOST
        self.port = port
        self._state = folder / "registers.json"
        self._log = folder / "modbus.log"
        self._child: Child | None = None

    def say(self, registers: Registers, *, hang: bool = False) -> None:
        """What it answers from now on; hang: it answers nothing."""
        text = json.dumps({**{table: dict(words) for table, words in registers.items()}, "hang": hang})
        fresh = self._state.with_suffix(".fresh")
        fresh.write_text(text)
        fresh.replace(self._state)

    def spawn(self) -> Child:
        """Starts it; it takes connections soon."""
        module, port = "fallwatch.local.modbus_device", str(self.port)
        argv: list[str | Path] = [sys.executable, "-m", module, port, self._state]
        self._child = spawn("the Modbus device", argv, self._log, parent_death="KILL")
        return self._child

    def start(self) -> None:
        """Starts it and returns when it takes connections.

        Raises:
            PartError: It ended at once; the message has its last words.
        """
        child = self.spawn()

        def listens() -> bool:
            child.expect_running()
            return ports.answers(self.port)

        wait.until(listens, START_TIMEOUT_S, "the Modbus device's first answer")

    def kill(self) -> None:
        """It loses its power."""
        if self._child is not None:
            self._child.kill()
            self._child = None


@contextmanager
def running(folder: Path, registers: Registers, port: int | None = None) -> Iterator[ModbusDevice]:
    """A device on 127.0.0.1; ends with the block.

    Args:
        folder: Where its registers and its log lie.
        registers: What it has; other addresses it refuses.
        port: Where it listens; any free port if None.

    Raises:
        PartError: It did not start.
    """
    device = ModbusDevice(folder, port if port is not None else ports.any_free())
    device.say(registers)
    try:
        device.start()
        yield device
    finally:
        device.kill()
