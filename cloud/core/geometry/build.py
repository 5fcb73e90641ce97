"""From the parts of an estate file to a site: prisms, cylinders, planes and cameras."""

from collections.abc import Sequence

import numpy as np
from shapely import LineString, Polygon, prepare, union_all
from shapely.geometry.base import BaseGeometry

from cloud.core.geometry.checks import ends
from cloud.core.geometry.grid import Facade
from cloud.core.geometry.parts import (
    Building,
    LensPart,
    Mask,
    Mount,
    Needed,
    Occluder,
    Resolution,
    Screen,
    Tree,
    Wall,
)
from cloud.core.geometry.site import Block, Camera, Cylinder, axes


def facade(id: str, wall: Wall, building: Building, size: tuple[int, int], needed: Needed) -> Facade:  # noqa: A002
    """A facade at a wall of its building. size: floors, bays."""
    left, right = ends(building, wall)
    floors, bays = size
    return Facade(
        id=id,
        building=building.id,
        left_m=left,
        right_m=right,
        lines_m=building.floor_lines_m()[: floors + 1],
        bays=bays,
        before_m=building.balcony_depth_m + needed.clearance_m,
        ground_m=building.ground_m,
        needed=needed,
    )


def camera(
    id: str,  # noqa: A002
    mount: Mount,
    lens: LensPart,
    resolution: Resolution,
    masks: Sequence[Mask] = (),
) -> Camera:
    """A camera where it hangs."""
    place = np.array([mount.x_m, mount.y_m, mount.z_m])
    turned = axes(mount.yaw_deg, mount.pitch_deg, mount.roll_deg)
    return Camera(id, place, turned, lens.seen(resolution), _area(masks))


def blocks(buildings: Sequence[Building], occluders: Sequence[Occluder]) -> tuple[Block, ...]:
    """Everything that hides from the ground up: buildings, then walls that stand free."""
    return (
        *(
            Block(
                Polygon(building.footprint),
                building.ground_m + building.walls_m() + building.roof.rise_m,
                building.id,
            )
            for building in buildings
        ),
        *(
            Block(
                LineString(each.line).buffer(each.thickness_m / 2, cap_style="flat", join_style="mitre"), top
            )
            for each in occluders
            if isinstance(each, Screen)
            for top in (each.ground_m + each.height_m,)
        ),
    )


def cylinders(occluders: Sequence[Occluder]) -> tuple[Cylinder, ...]:
    """Crowns and trunks of the trees."""
    found = []
    for each in occluders:
        if isinstance(each, Tree):
            x, y = each.at
            ground, leaves, top = each.ground_m, each.ground_m + each.trunk_m, each.ground_m + each.height_m
            found.append(Cylinder(x, y, each.radius_m, leaves, top))
            if each.trunk_m > 0:
                found.append(Cylinder(x, y, each.trunk_radius_m, ground, leaves))
    return tuple(found)


def _area(masks: Sequence[Mask]) -> BaseGeometry | None:
    if not masks:
        return None
    joined = union_all([Polygon(mask) for mask in masks])
    prepare(joined)
    return joined
