"""What cannot be in an estate's space, said so that whoever drew it finds the number to correct."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import shapely
from shapely import LineString, Point, Polygon, STRtree

from cloud.core.geometry.lens import Lens
from cloud.core.geometry.parts import Building, Mount, Occluder, Screen, Tree, Wall
from cloud.core.refused import Objection, Refused, objection

TOUCH_M: Final = 0.001
"""A camera on a wall may be drawn as far inside of it."""
OVERLAP_M2: Final = 1.0
AT_THE_WALL_M: Final = 1.0
"""So far a facade's ends may lie from the footprint's edge: bay windows and recesses are drawn roughly."""
TRIES: Final = 7
MOST: Final = 10
"""Problems that are told at once."""


def ends(building: Building, wall: Wall) -> tuple[tuple[float, float], tuple[float, float]]:
    """Left and right end of a wall, seen from outside, m. Its building must be the wall's."""
    if wall.left is not None and wall.right is not None:
        return wall.left, wall.right
    assert wall.edge is not None
    corners = building.footprint
    start, end = corners[wall.edge - 1], corners[wall.edge % len(corners)]
    # Counter-clockwise around a footprint, the inside lies to the left: outside sees start left of end.
    return (start, end) if shapely.is_ccw(Polygon(corners).exterior) else (end, start)


def expect_sound(lens: Lens, camera: str) -> None:
    """Refuse a distortion that folds the picture over itself. Raises Refused."""
    width, height = lens.size_px
    fold = np.sqrt(lens.fold) * np.ones(4)
    around = fold * np.array([1, -1, 0, 0]), fold * np.array([0, 0, 1, -1])
    pixels = lens.bent(*around)
    near = np.hypot(pixels[0] - lens.centre[0], pixels[1] - lens.centre[1]).min()
    if near < min(width, height) / 2:
        raise Refused(
            objection(
                "distortion_folds",
                "camera {camera}: its distortion {distortion} draws nothing farther than {px} px from the"
                " middle: check the signs and that the numbers are OpenCV's k1, k2, p1, p2, k3",
                camera=camera,
                distortion=str([*lens.distortion]),
                px=round(near),
            )
        )


def misplaced(
    buildings: Sequence[Building],
    occluders: Sequence[Occluder],
    walls: Mapping[str, tuple[Wall, int]],
    mounts: Mapping[str, Mount],
) -> list[Objection]:
    """What is wrong, at most `MOST`.

    Args:
        buildings: Of one estate.
        occluders: Its trees and walls.
        walls: Facade → its wall and its number of floors.
        mounts: Camera → where it hangs.
    """
    plans = [Polygon(building.footprint) for building in buildings]
    wrong = [
        *_overlapping(buildings, plans),
        *_walls(buildings, plans, walls),
        *_inside(buildings, plans, occluders, mounts),
    ]
    rest = len(wrong) - MOST
    if rest <= 0:
        return wrong
    return [*wrong[:MOST], objection("more_problems", "and {n} problems more", n=rest)]


def _overlapping(buildings: Sequence[Building], plans: Sequence[Polygon]) -> Iterator[Objection]:
    # Coarsely by the index, exactly by area: neighbours share walls, and towers stand on podiums.
    for first, second in STRtree(plans).query(plans, predicate="intersects").T if plans else ():
        if first < second:
            one, other = buildings[first], buildings[second]
            if one.ground_m != other.ground_m:
                continue
            if (area := plans[first].intersection(plans[second]).area) > OVERLAP_M2:
                yield objection(
                    "buildings_overlap",
                    "buildings {one} and {other} overlap by {m2} m²: correct a footprint, or give the one"
                    " that stands on the other its ground_m",
                    one=one.id,
                    other=other.id,
                    m2=round(area),
                )


def _walls(
    buildings: Sequence[Building], plans: Sequence[Polygon], walls: Mapping[str, tuple[Wall, int]]
) -> Iterator[Objection]:
    known = {building.id: (building, plan) for building, plan in zip(buildings, plans, strict=True)}
    for facade, (wall, floors) in walls.items():
        if wall.building not in known:
            yield objection(
                "facade_without_building",
                "facade {facade} is a wall of building {building}, which is not among the buildings",
                facade=facade,
                building=wall.building,
            )
            continue
        building, plan = known[wall.building]
        if floors > building.floors:
            yield objection(
                "facade_too_high",
                "facade {facade} has {floors} floors, building {building} has {of_building}: correct one of"
                " them",
                facade=facade,
                floors=floors,
                building=building.id,
                of_building=building.floors,
            )
        if wall.edge is not None and wall.edge > len(building.footprint):
            yield objection(
                "no_such_edge",
                "facade {facade} is edge {edge} of building {building}, whose footprint has {edges}",
                facade=facade,
                edge=wall.edge,
                building=building.id,
                edges=len(building.footprint),
            )
            continue
        yield from _turned(facade, building.id, ends(building, wall), plan)


def _turned(
    facade: str, building: str, both: tuple[tuple[float, float], tuple[float, float]], plan: Polygon
) -> Iterator[Objection]:
    left, right = np.array(both)
    for name, end in (("left", left), ("right", right)):
        if (off := plan.exterior.distance(Point(end))) > AT_THE_WALL_M:
            yield objection(
                "end_off",
                "facade {facade} at building {building}: its {end} end lies {m} m from the footprint's edge:"
                " put it on the edge",
                facade=facade,
                building=building,
                end=name,
                m=round(off, 1),
            )
            return
    way = right - left
    if (length := float(np.hypot(*way))) < 0.1:
        yield objection(
            "wall_without_length",
            "facade {facade} at building {building}: its wall has no length",
            facade=facade,
            building=building,
        )
        return
    inward = np.array([-way[1], way[0]]) / length * 0.5
    along = left + ((np.arange(TRIES) + 0.5) / TRIES)[:, None] * way
    inside = shapely.contains_xy(plan, along + inward).sum()
    outside = shapely.contains_xy(plan, along - inward).sum()
    if outside > inside:
        yield objection(
            "ends_exchanged",
            "facade {facade} at building {building}: left and right are exchanged: left is the end that is"
            " left seen from outside",
            facade=facade,
            building=building,
        )


def _inside(
    buildings: Sequence[Building],
    plans: Sequence[Polygon],
    occluders: Sequence[Occluder],
    mounts: Mapping[str, Mount],
) -> Iterator[Objection]:
    tree, around = STRtree(plans), STRtree([_around(occluder) for occluder in occluders])
    for camera, mount in mounts.items():
        place = Point(mount.x_m, mount.y_m)
        for number in tree.query(place, predicate="within") if plans else ():
            building = buildings[number]
            top = building.ground_m + building.walls_m() + building.roof.rise_m
            depth = plans[number].exterior.distance(place)
            if mount.z_m < top and depth > TOUCH_M:
                yield objection(
                    "camera_inside_building",
                    "camera {camera} hangs {m} m inside building {building}: move it out of the wall, or"
                    " above the roof at {top_m} m",
                    camera=camera,
                    m=f"{depth:.2f}",
                    building=building.id,
                    top_m=f"{top:.1f}",
                )
        for number in around.query(place) if occluders else ():
            occluder = occluders[number]
            if _swallows(occluder, place, mount.z_m):
                yield _swallowed(camera, occluder)


def _swallowed(camera: str, occluder: Occluder) -> Objection:
    if isinstance(occluder, Tree):
        return objection(
            "camera_inside_tree",
            "camera {camera} hangs inside the crown of the tree at {at}: move one of them",
            camera=camera,
            at=str(occluder.at),
        )
    return objection(
        "camera_inside_wall",
        "camera {camera} hangs inside the wall at {at}: move one of them",
        camera=camera,
        at=str(occluder.line[0]),
    )


def _around(occluder: Occluder) -> Polygon:
    if isinstance(occluder, Tree):
        (x, y), r = occluder.at, occluder.radius_m
        return shapely.box(x - r, y - r, x + r, y + r)
    return LineString(occluder.line).buffer(occluder.thickness_m)


def _swallows(occluder: Occluder, place: Point, z_m: float) -> bool:
    height = z_m - occluder.ground_m
    if isinstance(occluder, Screen):
        return height < occluder.height_m and LineString(occluder.line).distance(place) < (
            occluder.thickness_m / 2 - TOUCH_M
        )
    return (
        occluder.trunk_m < height < occluder.height_m
        and Point(occluder.at).distance(place) < occluder.radius_m - TOUCH_M
    )
