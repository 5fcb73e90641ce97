"""What the box itself is, told once by each start of the agent: hardware, system, software."""

import platform
from pathlib import Path
from typing import Final

from contracts.devices import DeviceRecord
from edge.clock import utc_now
from edge.outbox.desk import Desk

DMI: Final = Path("/sys/devices/virtual/dmi/id")
"""Of PCs: the kernel's view of what the maker wrote into the firmware."""
TREE: Final = Path("/proc/device-tree/model")
"""Of boards: `Raspberry Pi 5 Model B Rev 1.0`."""
MAX_FIELD: Final = 64


async def tell_box(desk: Desk, software: str) -> None:
    """Puts the box's record into the outbox. software: our own version."""
    board = _read(TREE)
    maker = _read(DMI / "sys_vendor") or board.partition(" ")[0]
    model = _read(DMI / "product_name") or board
    await desk.send(
        "device_record",
        utc_now(),
        lambda head: DeviceRecord(
            **head,
            subject_type="agent",
            subject=desk.agent,
            maker=maker[:MAX_FIELD],
            model=model[:MAX_FIELD],
            firmware=f"fallwatch {software}, {_system()}"[:MAX_FIELD],
        ),
    )


def _system() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    except OSError:
        return f"{platform.system()} {platform.release()}"


def _read(path: Path) -> str:
    """What a file of the kernel says in one line; empty where it is not there or not for us."""
    try:
        return path.read_text(errors="replace").strip().strip("\x00")
    except OSError:
        return ""
