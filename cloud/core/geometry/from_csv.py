"""Estates as a table of sizes: a line for each building with length, width, height or floors, and place."""

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from math import cos, radians, sin
from typing import Any, Final

from cloud.core.geometry import from_geojson
from cloud.core.geometry.from_geojson import Asked, Draft
from cloud.core.refused import At, Objection, Refused, objection

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "building": ("building", "name", "id", "楼栋", "楼号", "名称"),
    "length": ("length", "length_m", "长", "长度"),
    "width": ("width", "width_m", "depth", "宽", "宽度", "进深"),
    "height": ("height", "height_m", "高", "高度"),
    "floors": ("floors", "levels", "层数", "楼层"),
    "x": ("x", "x_m", "east", "东"),
    "y": ("y", "y_m", "north", "北"),
    "rotation": ("rotation", "rotation_deg", "direction", "朝向", "方位角"),
}
NEEDED: Final = ("building", "length", "width", "x", "y")


def read(text: str, asked: Asked) -> Draft:
    """The estate of a table with a header. x, y: each building's middle, m east and north.

    rotation: where its length runs, degrees clockwise from north; 90, west to east, where it is not said.

    Raises:
        Refused: It has no header that can be understood.
    """
    lines = text.lstrip("\ufeff").splitlines()
    header = next((line for line in lines if line.strip()), "")
    mark = max(",;\t", key=header.count)
    rows = csv.DictReader(io.StringIO("\n".join(lines)), delimiter=mark)
    known = {
        column: name
        for name in rows.fieldnames or ()
        for column, aliases in COLUMNS.items()
        if name.strip().lower() in aliases
    }
    if missing := [column for column in NEEDED if column not in known]:
        raise Refused(
            objection(
                "header_lacks",
                "the header lacks {missing}; it says {found}; needed are {needed}, and height or floors",
                missing=", ".join(missing),
                found=header.strip() or "nothing",
                needed=", ".join(NEEDED),
            ).found_at(At("line", 1))
        )
    features: list[dict[str, Any]] = []
    places: list[At] = []
    refused: list[Objection] = []
    for row in rows:
        said = {column: (row.get(name) or "").strip() for column, name in known.items()}
        if not any(said.values()):
            continue
        place = At("line", rows.line_num, said["building"])
        try:
            features.append(_feature(said))
            places.append(place)
        except Refused as error:
            refused += [each.found_at(place) for each in error.objections]
    if not features and not refused:
        raise Refused(objection("table_empty", "the table has no lines beneath its header"))
    draft = Draft({"id": asked.estate, "name": {"zh": asked.zh, "en": asked.en}})
    if features:
        collection = {"type": "FeatureCollection", "features": features}
        draft = from_geojson.read(collection, replace(asked, local=True))
    return Draft(
        draft.estate,
        [_at_line(each, places) for each in draft.notes],
        [*refused, *(_at_line(each, places) for each in draft.refused)],
    )


def _feature(said: Mapping[str, str]) -> dict[str, Any]:
    length, width, x, y = (_number(said, column) for column in ("length", "width", "x", "y"))
    if min(length, width) <= 0:
        raise Refused(
            objection(
                "sizes_not_above_zero",
                "it is {length_m} m long and {width_m} m wide: both must be above zero",
                length_m=f"{length:g}",
                width_m=f"{width:g}",
            )
        )
    along = radians(90 - (_number(said, "rotation") if said.get("rotation") else 90.0))
    corners = [
        [
            x + cos(along) * length * a - sin(along) * width * b,
            y + sin(along) * length * a + cos(along) * width * b,
        ]
        for a, b in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5), (-0.5, -0.5))
    ]
    properties = {"kind": "building", "name": said["building"]}
    properties |= {key: said[key] for key in ("height", "floors") if said.get(key)}
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [corners]},
    }


def _number(said: Mapping[str, str], column: str) -> float:
    text = said.get(column, "")
    try:
        return float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except ValueError:
        raise Refused(
            objection("cell_unread", "{column} is {found}: write a number", column=column, found=repr(text))
        ) from None


def _at_line(told: Objection, places: list[At]) -> Objection:
    """What was told of the n-th feature, told of its line."""
    return told if told.at is None else told.found_at(places[told.at.number - 1])
