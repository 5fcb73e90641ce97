"""What a device is, which firmware it runs, and whether that is the one it should run."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final
from uuid import UUID

from cloud.core.fault import Finding
from contracts.devices import DeviceRecord, SubjectType, Words, firmware_differs

MISMATCH: Final = "firmware_mismatch"


@dataclass(frozen=True, slots=True)
class Device:
    """What a device said of itself at `since`; boot and seq are its place in the agent's own order."""

    subject_type: SubjectType
    subject: str
    maker: str
    model: str
    serial: str
    firmware: str
    profile: str
    profile_version: str
    wanted_firmware: str
    since: datetime
    boot: UUID
    seq: int

    @property
    def said(self) -> tuple[str, ...]:
        """The description alone: agents repeat it with each start."""
        return (
            self.maker,
            self.model,
            self.serial,
            self.firmware,
            self.profile,
            self.profile_version,
            self.wanted_firmware,
        )


@dataclass(frozen=True, slots=True)
class Firmware:
    """A firmware that a device was first known to run at `since`."""

    version: str
    since: datetime


def described(message: DeviceRecord) -> Device:
    """What a message says of a device."""
    return Device(
        message.subject_type,
        message.subject,
        message.maker,
        message.model,
        message.serial,
        message.firmware,
        message.profile,
        message.profile_version,
        message.wanted_firmware,
        message.observed_at,
        message.boot,
        message.seq,
    )


def mismatch(device: Device) -> Finding | None:
    """What is wrong with the firmware; None where it is the wanted one, or nothing is wanted or known."""
    has, wants = device.firmware, device.wanted_firmware
    if not has or not firmware_differs(wants, has):
        return None
    what = Words(zh=f"固件 {has} 应为 {wants}。", en=f"It runs firmware {has}; {wants} is wanted.")
    return Finding("warning", what=what)


def firmwares(told: Iterable[Firmware]) -> tuple[Firmware, ...]:
    """The firmwares that a device ran, oldest first, each from when it was first known; told in any order."""
    ordered = sorted(told, key=lambda firmware: firmware.since)
    return (*ordered[:1], *(after for before, after in pairwise(ordered) if after.version != before.version))
