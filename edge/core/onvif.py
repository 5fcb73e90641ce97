"""What a camera says of itself by ONVIF, and what follows: its clock, its firmware, its own alarms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

HALF_SECOND: Final = 0.5
"""ONVIF tells whole seconds (Core Specification, GetSystemDateAndTime): it is half a second later ± 0.5."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a camera says it is."""

    maker: str
    model: str
    serial: str
    firmware: str


@dataclass(frozen=True, slots=True)
class Stream:
    """One profile of a camera. url: RTSP, without credentials. frames_per_s, width, height: 0 if not told."""

    profile: str
    name: str
    url: str
    codec: str
    width: int
    height: int
    frames_per_s: float


@dataclass(frozen=True, slots=True)
class Offset:
    """How much a camera's clock is ahead of ours, and by how much that may be wrong, seconds."""

    offset_s: float
    uncertainty_s: float

    @property
    def at_least_s(self) -> float:
        """By so much it is off in any case."""
        return max(abs(self.offset_s) - self.uncertainty_s, 0.0)


def clock_offset(shown: datetime, asked_at: datetime, answered_at: datetime) -> Offset:
    """The offset of a clock that showed this whole second at some time between question and answer."""
    way_s = max((answered_at - asked_at).total_seconds(), 0.0)
    offset_s = (shown - asked_at).total_seconds() + HALF_SECOND - way_s / 2
    return Offset(round(offset_s, 3), round(HALF_SECOND + way_s / 2, 3))


@dataclass(frozen=True, slots=True)
class Notice:
    """One event of a camera. topic: without the prefixes of its names. values: its data's items by name."""

    topic: str
    source: str
    values: Mapping[str, str]


Severity = Literal["warning", "serious", "critical"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a topic means for the device."""

    fault: str
    severity: Severity
    zh: str
    en: str


REPORTED: Final[Mapping[str, Meaning]] = {
    "VideoSource/ImageTooDark": Meaning(
        "reported_dark", "warning", "摄像机报告画面过暗", "the camera reports that its picture is too dark"
    ),
    "VideoSource/ImageTooBright": Meaning(
        "reported_bright",
        "warning",
        "摄像机报告画面过亮",
        "the camera reports that its picture is too bright",
    ),
    "VideoSource/ImageTooBlurry": Meaning(
        "reported_blurry", "serious", "摄像机报告画面模糊", "the camera reports that its picture is blurred"
    ),
    "VideoSource/GlobalSceneChange": Meaning(
        "reported_scene_change",
        "serious",
        "摄像机报告画面被移动或遮挡",
        "the camera reports that its view was moved or covered",
    ),
    "VideoSource/SignalLoss": Meaning(
        "reported_signal_loss",
        "critical",
        "摄像机报告信号丢失",
        "the camera reports that its sensor gives no signal",
    ),
    "RuleEngine/TamperDetector": Meaning(
        "reported_tampering", "serious", "摄像机报告被破坏", "the camera reports that it is tampered with"
    ),
    "Device/HardwareFailure/StorageFailure": Meaning(
        "reported_storage_failure",
        "warning",
        "摄像机报告存储故障",
        "the camera reports that its memory card failed",
    ),
    "Device/HardwareFailure/FanFailure": Meaning(
        "reported_fan_failure", "warning", "摄像机报告风扇故障", "the camera reports that its fan failed"
    ),
    "Device/HardwareFailure/PowerSupplyFailure": Meaning(
        "reported_power_failure",
        "serious",
        "摄像机报告电源故障",
        "the camera reports that its power supply failed",
    ),
    "Device/HardwareFailure/TemperatureCritical": Meaning(
        "reported_hot", "serious", "摄像机报告温度过高", "the camera reports that it is too hot"
    ),
}
"""Beginnings of topics: names of the ONVIF topic namespace (Core, Imaging and Device I/O specifications)."""

DIGITAL_INPUT: Final = "Device/Trigger/DigitalInput"


@dataclass(frozen=True, slots=True)
class Report:
    """A notice that means a fault, or its end."""

    meaning: Meaning
    bad: bool


def meaning_of(notice: Notice, inputs: Mapping[str, str]) -> Report | None:
    """What a notice says about the device; None for motion, people, and all that is no fault.

    inputs: token of a digital input → name of the fault that it tells when it is on.
    """
    state = _state(notice)
    if state is None:
        return None
    if notice.topic.startswith(DIGITAL_INPUT):
        fault = inputs.get(notice.source)
        if fault is None:
            return None
        zh, en = f"摄像机输入 {notice.source} 接通", f"input {notice.source} of the camera is on"
        return Report(Meaning(fault, "serious", zh, en), state)
    for beginning, meaning in REPORTED.items():
        if notice.topic == beginning or notice.topic.startswith(f"{beginning}/"):
            return Report(meaning, state)
    return None


def _state(notice: Notice) -> bool | None:
    """Cameras name the one value as they like: State, IsTamper, Failed, LogicalState, Critical."""
    words = [value.strip().lower() for value in notice.values.values()]
    if any(word in {"true", "1", "on"} for word in words):
        return True
    return False if any(word in {"false", "0", "off"} for word in words) else None


def plain_topic(topic: str) -> str:
    """`tns1:VideoSource/tnsaxis:Tampering` → `VideoSource/Tampering`."""
    return "/".join(part.rpartition(":")[2] for part in topic.strip().split("/"))


@dataclass(frozen=True, slots=True)
class Discovered:
    """A camera that answered. addresses: of its device service."""

    addresses: tuple[str, ...]
    name: str
    hardware: str
    location: str


SCOPE: Final = "onvif://www.onvif.org/"


def discovered(addresses: str, scopes: str) -> Discovered:
    """A ProbeMatch's XAddrs and Scopes, both lists separated by blanks (WS-Discovery 2005/04, 5.3)."""
    found: dict[str, str] = {}
    for scope in scopes.split():
        kind, _, value = scope.removeprefix(SCOPE).partition("/")
        if scope.startswith(SCOPE) and value:
            found.setdefault(kind, unquote(value))
    http = tuple(one for one in addresses.split() if urlsplit(one).scheme in {"http", "https"})
    return Discovered(http, found.get("name", ""), found.get("hardware", ""), found.get("location", ""))
