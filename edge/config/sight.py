"""What is known of a camera's picture: size, regions, facade."""

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from contracts.devices import Coordinate, Polygon, Side
from contracts.ids import FacadeId
from edge.config.base import Section


class PointSettings(Section):
    """A place of the facade that was recognised in the picture: where a floor line and a bay edge cross."""

    at: tuple[Coordinate, Coordinate]
    """Where it was clicked, px of `picture`."""
    floor_line: float | None = Field(default=None, ge=1, le=201)
    """Floor line n is the underside of floor n; 1 is the ground. Instead: `up_m`."""
    up_m: float | None = Field(default=None, ge=-50, le=700)
    """Metres above the ground."""
    bay_edge: float | None = Field(default=None, ge=0, le=200)
    """Counted from the left as seen from outside; 0 is the facade's left edge. Instead: `across_m`."""
    across_m: float | None = Field(default=None, ge=-500, le=500)
    """Metres to the right of the facade's left edge."""
    click_px: float = Field(default=3, gt=0, le=100)
    """How far the click may be off, one standard deviation."""

    @model_validator(mode="after")
    def _is_one_place(self) -> Self:
        for one, other in (("floor_line", "up_m"), ("bay_edge", "across_m")):
            if (getattr(self, one) is None) == (getattr(self, other) is None):
                raise ValueError(f"a point has either {one} or {other}")
        return self


def _listed(given: object) -> object:
    return (given,) if isinstance(given, dict | FacadeSettings) else given or ()


class FacadeSettings(Section):
    """A facade that a camera watches, and where points of it lie in the picture."""

    id: FacadeId | None = None
    """What the cloud calls it; told with what falls there."""
    floors: int = Field(ge=1, le=200)
    bays: int = Field(ge=1, le=200)
    floor_height_m: float = Field(default=3.0, gt=1, le=20)
    first_floor_height_m: float | None = Field(default=None, gt=1, le=50)
    """Where the ground floor is higher than the others."""
    bay_width_m: float = Field(default=3.6, gt=0.5, le=50)
    flats: tuple[Annotated[str, Field(min_length=1, max_length=16)], ...] = ()
    """The flat behind each bay, from the left; bays of one flat have the same name."""
    points: tuple[PointSettings, ...] = Field(min_length=4, max_length=100)

    @model_validator(mode="after")
    def _every_bay_has_its_flat(self) -> Self:
        if self.flats and len(self.flats) != self.bays:
            raise ValueError(f"flats must name each of the {self.bays} bays, here are {len(self.flats)}")
        return self


class SightSettings(Section):
    """What is known of a camera's picture: a part of each camera, or a file for `fallwatch detect`."""

    picture: tuple[Side, Side] | None = None
    """Width and height of the picture that all pixels below are measured in; a stream may be scaled."""
    sensitivity: float = Field(default=0.5, ge=0.05, le=0.95)
    """Falls are told from a score of 1 - sensitivity."""
    ignore: tuple[Polygon, ...] = ()
    """Regions in which nothing is looked for, as polygons."""
    masks: tuple[Polygon, ...] = ()
    """What nobody may see, as polygons: burnt in before anything is looked at, stored or sent."""
    homes: tuple[Polygon, ...] = ()
    """Facades behind whose windows people live, as polygons: blurred in what is stored and sent, except along
    the way of a fall. They are searched like the rest."""
    find_facade: bool = False
    """Also ignore what the picture itself shows to lie away from any facade: sky, roads, trees."""
    facade: Annotated[tuple[FacadeSettings, ...], BeforeValidator(_listed)] = ()
    """One, or a list of those that the camera sees."""

    @model_validator(mode="after")
    def _pixels_have_a_picture(self) -> Self:
        if self.picture is None and (self.ignore or self.masks or self.homes or self.facade):
            raise ValueError(
                "picture: [width, height] is missing: ignore, masks, homes and facade are measured in it"
            )
        return self
