"""A building as somebody has drawn it, an outline with a height or floors, made into parts of a file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from shapely import Polygon, make_valid, set_precision
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient
from shapely.validation import explain_validity

from cloud.core.geometry.lens import F64
from cloud.core.geometry.parts import LEAST_FOOTPRINT_M2
from cloud.core.refused import Objection, Refused, objection

STOREY_M: Final = 3.0
STOREYS_M: Final = (2.2, 6.0)
"""Lowest and highest storey that is believed."""
BAY_M: Final = 3.6
LEAST_WALL_M: Final = 6.0
"""Shorter walls become no facade."""
SMOOTH_M: Final = 0.05
"""Corners that lie nearer to the line between their neighbours are left out."""
LONGEST_ID: Final = 59
"""Of an estate and a facade, so that a number behind it fits as well."""
GRID_M: Final = 0.01
MENDED: Final = 0.02
"""So much of its area a mended outline may differ by."""
_SLUG: Final = re.compile(r"[^a-z0-9]+")
QUARTERS: Final = (("北", "north"), ("东", "east"), ("南", "south"), ("西", "west"))


@dataclass(frozen=True, slots=True)
class Sizes:
    """As far as they are known."""

    height_m: float | None
    floors: int | None


def footprint(shape: BaseGeometry) -> tuple[Polygon, list[Objection]]:
    """The outline as one sound polygon without holes, counter-clockwise, and what was done to it.

    Raises:
        Refused: It is not one area.
    """
    notes: list[Objection] = []
    if not shape.is_valid:
        reason = explain_validity(shape)
        whole = _largest(make_valid(shape))
        area = abs(_signed_area(shape))
        if whole is None or abs(whole.area - area) > MENDED * whole.area:
            raise Refused(
                objection(
                    "outline_crosses",
                    "its outline crosses itself ({reason}): draw its corners in order, around it",
                    reason=reason,
                )
            )
        notes.append(objection("outline_mended", "its outline was mended ({reason})", reason=reason))
        shape = whole
    if not isinstance(shape, Polygon):
        raise Refused(
            objection("no_outline", "a {geometry} is no outline: draw a polygon", geometry=shape.geom_type)
        )
    if shape.interiors:
        filled = sum(Polygon(ring).area for ring in shape.interiors)
        notes.append(
            objection(
                "courtyard_filled",
                "its courtyard of {m2} m² is filled: nothing inside of it is modelled",
                m2=round(filled),
            )
        )
    # Needles vanish as well: what is thinner than the grid is no part of a house.
    # GEOS divides by zero on its way to right answers, and numpy would tell of it.
    with np.errstate(divide="ignore", invalid="ignore"):
        smooth = _largest(set_precision(Polygon(shape.exterior).simplify(SMOOTH_M), GRID_M))
    if smooth is None or smooth.area < LEAST_FOOTPRINT_M2:
        raise Refused(
            objection(
                "outline_too_small",
                "its outline has an area of {m2} m²: no building is so small",
                m2=f"{shape.area:.1f}",
            )
        )
    return orient(smooth), notes


def _largest(shape: BaseGeometry) -> Polygon | None:
    parts = [part for part in getattr(shape, "geoms", [shape]) if isinstance(part, Polygon)]
    return max(parts, key=lambda part: part.area, default=None)


def _signed_area(shape: BaseGeometry) -> float:
    if not isinstance(shape, Polygon):
        return shape.area
    x, y = np.array(shape.exterior.coords)[:, :2].T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)


def storeys(sizes: Sizes, default_floors: int | None) -> tuple[dict[str, Any], list[Objection]]:
    """Keys of a building that say how high it is, and what was assumed.

    Raises:
        Refused: Nobody has said how high it is, or what was said cannot be.
    """
    height, floors = sizes.height_m, sizes.floors
    if height is None and floors is None:
        if default_floors is None:
            raise Refused(
                objection(
                    "height_missing",
                    "neither its height nor its floors are given: add height (m) or floors, or say what to"
                    " assume with --default-floors",
                )
            )
        return {"floors": default_floors}, [
            objection("floors_assumed", "{floors} floors are assumed", floors=default_floors)
        ]
    if height is None:
        return {"floors": floors}, []
    if floors is None:
        floors = max(round(height / STOREY_M), 1)
        notes = [
            objection(
                "floors_from_height",
                "{floors} floors are taken from its height of {height_m} m",
                floors=floors,
                height_m=f"{height:g}",
            )
        ]
    else:
        notes = []
    storey = height / floors
    if not STOREYS_M[0] <= storey <= STOREYS_M[1]:
        raise Refused(
            objection(
                "storey_unbelieved",
                "{floors} floors in {height_m} m are {storey_m} m each: correct height (m) or floors; storeys"
                " of {least_m} to {most_m} m are believed",
                floors=floors,
                height_m=f"{height:g}",
                storey_m=f"{storey:.1f}",
                least_m=f"{STOREYS_M[0]:g}",
                most_m=f"{STOREYS_M[1]:g}",
            )
        )
    return {"floors": floors, "storey_height_m": round(storey, 3)}, notes


def facades(building: Mapping[str, Any], estate: str, label: str) -> list[dict[str, Any]]:
    """A facade for each long wall of a building, as an estate file has them.

    Their ids begin with the estate's: no two facades of a service, of whatever estates, may share one.
    """
    corners = np.array(building["footprint"])
    found: list[dict[str, Any]] = []
    for number in range(len(corners)):
        way = corners[(number + 1) % len(corners)] - corners[number]
        length = float(np.hypot(*way))
        if length < LEAST_WALL_M:
            continue
        zh, en = facing(way)
        side = f"{building['id']}-{en}"
        called = f"{estate[: LONGEST_ID - len(side)].rstrip('-')}-{side}"
        same = sum(each["id"].startswith(called) for each in found) + 1
        more = "" if same == 1 else f"-{same}"
        found.append(
            {
                "id": f"{called}{more}",
                "building": label,
                "name": {"zh": f"{label} {zh}立面{more}", "en": f"{label} {en}{more}"},
                "floors": building["floors"],
                "bays": max(round(length / BAY_M), 1),
                "wall": {"building": building["id"], "edge": number + 1},
            }
        )
    return found


def facing(way: F64) -> tuple[str, str]:
    """Where a wall looks, in Chinese and English. way: (2,) from its left to its right, seen from outside."""
    return QUARTERS[round(float(np.degrees(np.arctan2(way[1], -way[0]))) / 90) % 4]


def slug(name: str, fallback: str, taken: set[str]) -> str:
    """An id for what people call it so, which is then taken."""
    wanted = _SLUG.sub("-", name.lower()).strip("-")[:40].strip("-") or fallback
    found, number = wanted, 1
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    taken.add(found)
    return found
