"""Where more cameras may hang, and which may be bought: what advice chooses from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Annotated, Final, Self

import numpy as np
from pydantic import Field, model_validator

from cloud.core.geometry.checks import ends
from cloud.core.geometry.lens import F64
from cloud.core.geometry.outline import facing
from cloud.core.geometry.parts import Building, LensPart, PlanPoint, Resolution, Wall
from cloud.core.parts import Name, Part, PlaceId
from cloud.core.refused import Objection, Refused, objection

Height = Annotated[float, Field(gt=0, le=200)]
Cost = Annotated[float, Field(ge=0, le=1e9)]

BEFORE_M: Final = 0.2
"""So far before its wall a camera hangs."""
LEAST_EDGE_M: Final = 6.0
"""Shorter edges of a footprint are not offered where the file names none."""


class Pole(Part):
    """A pole that may carry cameras, there or to be put up."""

    id: PlaceId
    name: Name
    at: PlanPoint
    heights_m: Annotated[tuple[Height, ...], Field(min_length=1, max_length=8)] = (4.0, 6.0)
    """Above `ground_m`."""
    ground_m: float = Field(default=0, ge=-100, le=1000)
    cost: Cost = 0
    """Of each camera there, besides the camera: power, network, the pole."""


class Side(Part):
    """A building's wall on which cameras may hang."""

    building: PlaceId
    edge: int | None = Field(default=None, ge=1)
    """Edge n runs from the footprint's corner n to the next; without it, all of its long edges."""
    name: Name | None = None
    heights_m: Annotated[tuple[Height, ...], Field(max_length=8)] = ()
    """Above the building's ground; none: at a third, two thirds and the top of the wall."""
    every_m: float = Field(default=12, ge=2, le=200)
    cost: Cost = 0


class Offer(Part):
    """A camera with a lens that may be bought."""

    id: Annotated[str, Field(min_length=1, max_length=32)]
    """How people call it: 6 mm."""
    lens: LensPart
    resolution: Resolution
    cost: Cost = 1


class Allowed(Part):
    """What there is to choose from. Costs are in whatever unit the estate counts in."""

    poles: tuple[Pole, ...] = Field(default=(), max_length=500)
    sides: tuple[Side, ...] = Field(default=(), max_length=500)
    offers: Annotated[tuple[Offer, ...], Field(min_length=1, max_length=12)]

    @model_validator(mode="after")
    def _is_a_choice(self) -> Self:
        if not self.poles and not self.sides:
            raise Refused(
                objection(
                    "allowed_nowhere", "allowed names neither poles nor sides: cameras may hang nowhere"
                )
            )
        for what, ids in (("pole", [p.id for p in self.poles]), ("offer", [o.id for o in self.offers])):
            if doubled := sorted({each for each in ids if ids.count(each) > 1}):
                raise Refused(_twice(what, doubled))
        if free := [offer.id for offer in self.offers if offer.cost == 0]:
            raise Refused(
                objection(
                    "offer_for_nothing",
                    "offers {offers} cost nothing: there would be no end to them; give each a cost",
                    offers=str(free),
                )
            )
        return self


@dataclass(frozen=True, slots=True)
class Spot:
    """A place at which a camera may hang. cost: there, besides the camera."""

    zh: str
    en: str
    place_m: tuple[float, float, float]
    cost: float


# A 1/1.8" sensor of 8 megapixels behind the lenses that are sold for it.
USUAL: Final = tuple(
    Offer(
        id=f"{focal:g} mm",
        lens=LensPart(focal_mm=focal, sensor_mm=(7.68, 4.32)),
        resolution=(3840, 2160),
    )
    for focal in (4.0, 6.0, 8.0, 12.0)
)
"""Offered where the file offers nothing."""


def offered(allowed: Allowed | None) -> tuple[Offer, ...]:
    """Which cameras may be bought."""
    return USUAL if allowed is None else allowed.offers


def spots(allowed: Allowed | None, buildings: Sequence[Building]) -> list[Spot]:
    """Every place that is allowed; without a word in the file, the long walls of all buildings."""
    known = {building.id: building for building in buildings}
    if allowed is None:
        sides: Sequence[Side] = [Side(building=building.id, every_m=20) for building in buildings]
        return [spot for side in sides for spot in _on(side, known[side.building])]
    return [
        *(
            Spot(pole.name.zh, pole.name.en, (*pole.at, pole.ground_m + height), pole.cost)
            for pole in allowed.poles
            for height in pole.heights_m
        ),
        *(spot for side in allowed.sides for spot in _on(side, known[side.building])),
    ]


def misplaced(allowed: Allowed, buildings: Sequence[Building]) -> Iterator[Objection]:
    """Sides of buildings that are not there."""
    known = {building.id: building for building in buildings}
    for side in allowed.sides:
        if side.building not in known:
            yield objection(
                "allowed_no_building",
                "allowed names building {building}, which is not among the buildings",
                building=side.building,
            )
        elif side.edge is not None and side.edge > (count := len(known[side.building].footprint)):
            yield objection(
                "allowed_no_edge",
                "allowed names edge {edge} of building {building}, whose footprint has {edges}",
                edge=side.edge,
                building=side.building,
                edges=count,
            )
        else:
            building = known[side.building]
            top = building.walls_m() + building.roof.rise_m
            for height in side.heights_m:
                if height > top:
                    yield objection(
                        "allowed_too_high",
                        "allowed hangs cameras {height_m} m high on building {building}, which is {top_m} m"
                        " high",
                        height_m=f"{height:g}",
                        building=side.building,
                        top_m=f"{top:.1f}",
                    )


def _twice(what: str, ids: list[str]) -> Objection:
    return objection("named_twice", "{what} named twice: {ids}", what=what, ids=str(ids))


def _on(side: Side, building: Building) -> Iterator[Spot]:
    walls = building.walls_m()
    heights = side.heights_m or (walls / 3, walls * 2 / 3, walls)
    for edge in range(1, len(building.footprint) + 1) if side.edge is None else (side.edge,):
        start, end = np.array(ends(building, Wall(building=building.id, edge=edge)))
        way = end - start
        length = float(np.hypot(*way))
        if side.edge is None and length < LEAST_EDGE_M:
            continue
        outward = np.array([way[1], -way[0]]) / length
        count = max(ceil(length / side.every_m - 1e-9), 1)
        for share in (np.arange(count) + 0.5) / count:
            x, y = (float(each) for each in start + share * way + BEFORE_M * outward)
            zh, en = _called(side, building, way)
            for height in heights:
                yield Spot(
                    zh, en, (round(x, 2), round(y, 2), round(building.ground_m + height, 2)), side.cost
                )


def _called(side: Side, building: Building, way: F64) -> tuple[str, str]:
    if side.name is not None:
        return side.name.zh, side.name.en
    zh, en = facing(way)
    return f"{building.id} {zh}墙", f"{building.id} {en} wall"
