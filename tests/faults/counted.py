"""The real agent, whose simulated sensors count what they offer where SIGKILL cannot take it back.

`python -m tests.faults.counted CONFIG TAPE`: TAPE is a file of eight bytes, mapped into memory.
"""

import mmap
import sys
from collections.abc import Mapping
from datetime import datetime

from edge.__main__ import main
from edge.core.rules import Answer
from edge.sensors.simulated import Simulated

BYTES = 8


def run() -> None:
    config, tape = sys.argv[1:]
    with open(tape, "r+b") as file:  # noqa: PTH123 - mapped, not read
        count = mmap.mmap(file.fileno(), BYTES)
    real = Simulated.read

    async def read(self: Simulated, at: datetime) -> Mapping[str, Answer]:
        value = await real(self, at)
        count[:] = (int.from_bytes(count[:], "little") + 1).to_bytes(BYTES, "little")
        return value

    Simulated.read = read  # type: ignore[method-assign]
    main(["agent", config], prog_name="fallwatch edge")


if __name__ == "__main__":
    run()
