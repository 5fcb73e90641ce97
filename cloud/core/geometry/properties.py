"""What features of a drawing are called, and how large they are: OpenStreetMap's tags, surveys' words."""

import re
from collections.abc import Mapping
from typing import Any, Final

from cloud.core.refused import Refused, objection

ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("name", "building", "addr:housenumber", "ref", "名称", "楼栋", "楼号"),
    "height": ("height", "height_m", "building:height", "高度", "建筑高度"),
    "floors": ("floors", "levels", "building:levels", "floor", "层数", "楼层", "地上层数"),
    "kind": ("kind", "type", "类型"),
    "radius": ("radius", "radius_m", "冠幅半径"),
    "diameter": ("diameter_crown", "冠幅"),
    "z": ("z", "z_m", "mount_height", "高度", "height"),
    "yaw": ("yaw", "yaw_deg", "direction", "camera:direction", "朝向"),
    "pitch": ("pitch", "pitch_deg", "仰角"),
    "roll": ("roll", "roll_deg"),
    "focal": ("focal_mm", "焦距"),
    "sensor": ("sensor_mm",),
    "fov": ("fov", "fov_deg", "camera:angle"),
    "resolution": ("resolution", "分辨率"),
    "agent": ("agent", "box"),
    "thickness": ("thickness", "thickness_m", "width"),
}
KINDS: Final[Mapping[str, str]] = {
    "building": "building",
    "楼": "building",
    "建筑": "building",
    "tree": "tree",
    "树": "tree",
    "wall": "wall",
    "fence": "wall",
    "墙": "wall",
    "围墙": "wall",
    "camera": "camera",
    "摄像机": "camera",
    "pole": "pole",
    "杆": "pole",
}
_NUMBER: Final = re.compile(r"^\s*([-+]?\d+(?:[.,]\d+)?)\s*(?:m|米|层|楼|°)?\s*$")
_PAIR: Final = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*[x\u00d7*,]\s*(\d+(?:\.\d+)?)\s*$")
_NO_NAME: Final = frozenset(
    {"yes", "residential", "apartments", "house", "dormitory", "commercial", "retail"}
)
"""What OpenStreetMap writes under building, where a table has its name."""


def _value(properties: Mapping[str, Any], key: str) -> Any:
    for name in ALIASES[key]:
        value = properties.get(name)
        if value is not None and str(value).strip() and not (key == "name" and value in _NO_NAME):
            return value
    return None


def text_of(properties: Mapping[str, Any], key: str) -> str:
    """What it says there, at most 64 characters; nothing where it says nothing."""
    value = _value(properties, key)
    return "" if value is None or isinstance(value, Mapping | list) else str(value).strip()[:64]


def number_of(properties: Mapping[str, Any], key: str) -> float | None:
    """The number of metres, floors or degrees; None where it says nothing. Raises Refused."""
    value = _value(properties, key)
    if value is None:
        return None
    found = _NUMBER.match(str(value))
    if found is None:
        raise Refused(
            objection(
                "number_unread",
                "its {key} is {found}: write a number of metres, floors or degrees",
                key=key,
                found=repr(value),
            )
        )
    return float(found[1].replace(",", "."))


def count_of(properties: Mapping[str, Any], key: str) -> int | None:
    """The number of floors; None where it says nothing. Raises Refused."""
    value = number_of(properties, key)
    if value is not None and (value < 1 or value > 200):
        raise Refused(
            objection(
                "count_unbelieved",
                "its {key} are {found}: between 1 and 200 are believed",
                key=key,
                found=f"{value:g}",
            )
        )
    return None if value is None else round(value)


def pair_of(properties: Mapping[str, Any], key: str) -> tuple[float, float] | None:
    """Width and height; None where it says nothing. Raises Refused."""
    value = _value(properties, key)
    if value is None:
        return None
    text = "x".join(str(each) for each in value) if isinstance(value, list) else str(value)
    found = _PAIR.match(text)
    if found is None:
        raise Refused(
            objection(
                "pair_unread", "its {key} is {found}: write it as width x height", key=key, found=repr(value)
            )
        )
    return float(found[1]), float(found[2])
