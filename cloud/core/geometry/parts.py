"""What an estate file says about space: buildings, walls, trees, where cameras hang and their lenses.

The frame is local: x east, y north, z up, metres, its zero wherever the estate chooses. All of this is
optional in the file; a facade or a camera without it is not modelled, and never taken as watched.
"""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator
from shapely import LineString, Polygon
from shapely.validation import explain_validity

from cloud.core.geometry.lens import Lens
from cloud.core.parts import Part, PlaceId
from cloud.core.refused import Refused, objection

Coordinate = Annotated[float, Field(ge=-20_000, le=20_000)]
PlanPoint = tuple[Coordinate, Coordinate]
"""x east, y north, m."""
Share = Annotated[float, Field(ge=0, le=1)]
PicturePoint = tuple[Share, Share]
"""x right, y down, in shares of the picture's width and height from its upper left corner."""
Corners = Annotated[tuple[PlanPoint, ...], Field(min_length=3)]

LEAST_MASK: Final = 1e-6
"""Of the picture."""
LEAST_FOOTPRINT_M2: Final = 4.0
ROOF_STOREYS: Final = 2
"""So many storeys may stand above the highest floor that people live on: machine rooms, tanks, a crown."""


class Origin(Part):
    """Where the frame's zero lies; for maps only, nothing is computed from it."""

    lon_deg: float = Field(ge=-180, le=180)
    lat_deg: float = Field(ge=-90, le=90)


class Roof(Part):
    """What stands on top of the walls. It hides as if the whole building were that much higher."""

    kind: Literal["flat", "pitched"] = "flat"
    rise_m: float = Field(default=0, ge=0, le=30)
    """The parapet of a flat roof, the ridge of a pitched one, above the walls."""


class Building(Part):
    """A building as a prism: its footprint, and how high."""

    id: PlaceId
    footprint: Corners
    floors: int = Field(ge=1, le=200)
    storey_height_m: float = Field(default=3.0, ge=2, le=10)
    first_storey_height_m: float | None = Field(default=None, ge=2, le=20)
    height_m: float | None = Field(default=None, gt=0, le=700)
    """From the ground to the top of the walls; without it, the floors'."""
    ground_m: float = Field(default=0, ge=-100, le=1000)
    """Where its falls end, in the frame's z: the ground at its foot, or the roof of a podium."""
    roof: Roof = Roof()
    balcony_depth_m: float = Field(default=1.5, ge=0, le=5)
    """Assumed, all along its walls: what is thrown falls in front of the balconies."""

    def floor_lines_m(self) -> tuple[float, ...]:
        """The undersides of the floors and the last one's ceiling above `ground_m`: floors + 1 of them."""
        first = self.storey_height_m if self.first_storey_height_m is None else self.first_storey_height_m
        return (0.0, *(first + number * self.storey_height_m for number in range(self.floors)))

    def walls_m(self) -> float:
        """Height of the walls."""
        return self.floor_lines_m()[-1] if self.height_m is None else self.height_m

    @model_validator(mode="after")
    def _is_a_building(self) -> Self:
        _expect_footprint(self.footprint, self.id)
        tops = self.floor_lines_m()
        if self.height_m is None:
            return self
        if self.height_m < tops[-1] - 0.05:
            raise Refused(
                objection(
                    "building_too_low",
                    "building {building}: {floors} floors are {tops_m} m high, height_m says {height_m}:"
                    " correct floors, storey_height_m or height_m",
                    building=self.id,
                    floors=self.floors,
                    tops_m=f"{tops[-1]:.1f}",
                    height_m=f"{self.height_m:.1f}",
                )
            )
        if self.height_m >= tops[-1] + (ROOF_STOREYS + 1) * self.storey_height_m:
            room = int((self.height_m - tops[-1]) / self.storey_height_m)
            raise Refused(
                objection(
                    "building_too_high",
                    "building {building}: {floors} floors are {tops_m} m high, height_m says {height_m}: room"
                    " for {room} floors more; correct floors, storey_height_m or height_m",
                    building=self.id,
                    floors=self.floors,
                    tops_m=f"{tops[-1]:.1f}",
                    height_m=f"{self.height_m:.1f}",
                    room=room,
                )
            )
        return self


class Wall(Part):
    """The side of a building that a facade is: an edge of its footprint, or from `left` to `right`."""

    building: PlaceId
    edge: int | None = Field(default=None, ge=1)
    """Edge n runs from the footprint's corner n to the next, counted from 1."""
    left: PlanPoint | None = None
    right: PlanPoint | None = None
    """Seen from outside."""

    @model_validator(mode="after")
    def _is_said_once(self) -> Self:
        ends = (self.left is not None) + (self.right is not None)
        if (self.edge is not None) + ends not in {1, 2} or ends == 1 or (self.edge is not None and ends):
            raise Refused(
                objection("wall_said_twice", "a wall is either an edge of the footprint, or left and right")
            )
        if self.left is not None and self.left == self.right:
            raise Refused(
                objection("wall_of_one_end", "left and right are the same point: a wall has two ends")
            )
        return self


class Tree(Part):
    """An upright cylinder of leaves on a trunk. Its leaves hide as they do in summer."""

    kind: Literal["tree"]
    at: PlanPoint
    radius_m: float = Field(gt=0, le=30)
    height_m: float = Field(gt=0, le=100)
    trunk_m: float = Field(default=2.0, ge=0)
    """Where its leaves begin."""
    trunk_radius_m: float = Field(default=0.2, gt=0, le=5)
    ground_m: float = Field(default=0, ge=-100, le=1000)

    @model_validator(mode="after")
    def _has_leaves(self) -> Self:
        if self.trunk_m >= self.height_m or self.trunk_radius_m > self.radius_m:
            raise Refused(
                objection(
                    "tree_without_crown",
                    "the tree at {at} has no crown: trunk_m ends below height_m, inside radius_m",
                    at=str(self.at),
                )
            )
        return self


class Screen(Part):
    """A wall or fence that stands free and lets nothing through."""

    kind: Literal["wall"]
    line: Annotated[tuple[PlanPoint, ...], Field(min_length=2)]
    height_m: float = Field(gt=0, le=100)
    thickness_m: float = Field(default=0.3, gt=0, le=5)
    ground_m: float = Field(default=0, ge=-100, le=1000)

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if LineString(self.line).length < 0.1:
            raise Refused(
                objection("screen_without_length", "this wall has no length: its points lie on each other")
            )
        return self


Occluder = Annotated[Tree | Screen, Field(discriminator="kind")]


class Mount(Part):
    """Where a camera hangs and where it looks; angles in degrees."""

    x_m: Coordinate
    y_m: Coordinate
    z_m: float = Field(ge=-100, le=1700)
    yaw_deg: float = Field(ge=-360, le=360)
    """Clockwise from north: 0 looks north, 90 east."""
    pitch_deg: float = Field(ge=-90, le=90)
    """Upwards from the horizontal."""
    roll_deg: float = Field(default=0, ge=-180, le=180)
    """Clockwise, seen from behind the camera: what is upright leans to the left in its picture."""


class LensPart(Part):
    """A lens before a sensor, or only how broad it sees; distortion as OpenCV's calibration tells it."""

    focal_mm: float | None = Field(default=None, gt=0, le=1000)
    sensor_mm: tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]] | None = None
    """Width and height of what the picture is read from."""
    fov_deg: float | None = Field(default=None, gt=1, lt=170)
    """Horizontal, as if there were no distortion."""
    distortion: Annotated[tuple[float, ...], Field(max_length=5)] = ()
    """k1, k2, p1, p2 and k3 of OpenCV's model; what is left out is 0."""
    centre: PicturePoint = (0.5, 0.5)
    """Where its axis meets the picture."""

    @model_validator(mode="after")
    def _is_said_once(self) -> Self:
        by_focal = self.focal_mm is not None and self.sensor_mm is not None
        if by_focal == (self.fov_deg is not None) or (self.focal_mm is None) != (self.sensor_mm is None):
            raise Refused(objection("lens_said_twice", "a lens is either focal_mm and sensor_mm, or fov_deg"))
        return self

    def seen(self, size_px: tuple[int, int]) -> Lens:
        """The lens before a picture of this width and height."""
        width, height = size_px
        numbers = (*self.distortion, *(0.0,) * (5 - len(self.distortion)))
        centre = (self.centre[0] * width - 0.5, self.centre[1] * height - 0.5)
        if self.focal_mm is not None and self.sensor_mm is not None:
            focal = (self.focal_mm / self.sensor_mm[0] * width, self.focal_mm / self.sensor_mm[1] * height)
        else:
            assert self.fov_deg is not None
            focal = (Lens.focal_px(width, self.fov_deg),) * 2
        k1, k2, p1, p2, k3 = numbers
        return Lens(size_px, focal, centre, (k1, k2, p1, p2, k3))


Resolution = tuple[Annotated[int, Field(ge=64, le=20_000)], Annotated[int, Field(ge=64, le=20_000)]]
Mask = Annotated[tuple[PicturePoint, ...], Field(min_length=3)]


class Needed(Part):
    """What must be seen for a cell to count as watched, and how finely that is looked at."""

    object_m: float = Field(default=0.10, gt=0, le=2)
    """The smallest thing whose fall must be found."""
    spans_px: float = Field(default=3.0, gt=0, le=100)
    """So many pixels it spans along the wall. 3 px of 10 cm are 30 px/m: a little above the 25 px/m by which
    IEC 62676-4:2014 lets an operator detect that something is there."""
    fall_share: float = Field(default=0.5, gt=0, le=1)
    """In so much of its fall, by length."""
    cell_share: float = Field(default=0.5, gt=0, le=1)
    """So much of the cell itself must be seen, however coarsely."""
    clearance_m: float = Field(default=0.3, ge=0.05, le=5)
    """So far before the balconies things fall."""
    cell_m: float = Field(default=3.0, ge=0.1, le=10)
    """A floor or a bay that is larger than this is divided evenly."""
    samples: int = Field(default=3, ge=1, le=9)
    """Points across and up each cell; odd, so that one is its centre."""
    step_m: float = Field(default=1.5, ge=0.05, le=5)
    """Steps in which a fall is followed."""

    @model_validator(mode="after")
    def _has_a_centre(self) -> Self:
        if self.samples % 2 == 0:
            raise Refused(
                objection(
                    "samples_even",
                    "samples is {samples}: an odd number has a point at the cell's centre",
                    samples=self.samples,
                )
            )
        return self

    @property
    def px_per_m(self) -> float:
        """The density along the wall that suffices."""
        return self.spans_px / self.object_m


def expect_mask(points: tuple[PicturePoint, ...], camera: str) -> None:
    """Refuse a mask that is no area. Raises Refused."""
    shape = Polygon(points)
    if not shape.is_valid:
        raise Refused(
            objection(
                "mask_crosses",
                "camera {camera}: a mask crosses itself ({reason}): list its corners in order, around it",
                camera=camera,
                reason=explain_validity(shape),
            )
        )
    if shape.area < LEAST_MASK:
        raise Refused(
            objection(
                "mask_too_small",
                "camera {camera}: a mask has an area of {share} of the picture: list at least three corners,"
                " in shares of width and height",
                camera=camera,
                share=f"{shape.area:.3g}",
            )
        )


def _expect_footprint(points: tuple[PlanPoint, ...], building: str) -> None:
    shape = Polygon(points)
    if not shape.is_valid:
        raise Refused(
            objection(
                "footprint_crosses",
                "building {building}: its footprint crosses itself ({reason}): list its corners in order,"
                " around it",
                building=building,
                reason=explain_validity(shape),
            )
        )
    if shape.area < LEAST_FOOTPRINT_M2:
        raise Refused(
            objection(
                "footprint_too_small",
                "building {building}: its footprint has an area of {m2} m²: list at least three corners, in"
                " metres",
                building=building,
                m2=f"{shape.area:.3g}",
            )
        )
