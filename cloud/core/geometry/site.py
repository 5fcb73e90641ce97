"""An estate as coverage sees it: prisms, trees, facades, cameras. Metres; x east, y north, z up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import cos, radians, sin
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from shapely import Point, Polygon, STRtree, points
from shapely.geometry.base import BaseGeometry

from cloud.core.geometry.grid import Facade
from cloud.core.geometry.lens import F64, Flags, Lens
from cloud.core.geometry.parts import Needed


@dataclass(frozen=True, eq=False)
class Block:
    """Hides whatever lies behind it: from below the ground up to `top_m`, over its plan."""

    plan: Polygon
    top_m: float
    id: str = ""
    """Of a building."""

    @cached_property
    def edges(self) -> F64:
        """(n, 2, 2): both ends of each edge, those of holes too."""
        rings = [np.asarray(ring.coords) for ring in (self.plan.exterior, *self.plan.interiors)]
        return np.concatenate([np.stack((ring[:-1], ring[1:]), axis=1) for ring in rings])


@dataclass(frozen=True)
class Cylinder:
    """Upright; hides from `bottom_m` to `top_m`: a tree's crown, or its trunk."""

    x_m: float
    y_m: float
    radius_m: float
    bottom_m: float
    top_m: float


@dataclass(frozen=True, eq=False)
class Camera:
    """place_m: (3,). axes: (3, 3), rows are the picture's right, down and forward in the estate's frame.

    masks: in shares of the picture; None: nothing is masked.
    """

    id: str
    place_m: F64
    axes: F64
    lens: Lens
    masks: BaseGeometry | None = None


def axes(yaw_deg: float, pitch_deg: float, roll_deg: float) -> F64:
    """(3, 3): the picture's right, down and forward.

    yaw: clockwise from north. pitch: upwards. roll: clockwise about the line of sight, seen from behind.
    """
    yaw, pitch, roll = radians(yaw_deg), radians(pitch_deg), radians(roll_deg)
    forward = np.array([sin(yaw) * cos(pitch), cos(yaw) * cos(pitch), sin(pitch)])
    level = np.array([cos(yaw), -sin(yaw), 0.0])
    below = np.cross(forward, level)
    right = level * cos(roll) + below * sin(roll)
    down = below * cos(roll) - level * sin(roll)
    return np.stack((right, down, forward))


OF_THE_SPACE: Final = frozenset(
    {"block_index", "edge_table", "edge_runs", "edge_tops_m", "cylinder_index", "cylinder_table"}
    | {"buried_m", "planes"}
)
"""What a site works out once, and keeps when a camera is changed."""


@dataclass(frozen=True, eq=False)
class Site:
    """Everything that decides what is watched; and which facades and cameras the file does not model."""

    facades: Mapping[str, Facade]
    cameras: Mapping[str, Camera]
    blocks: Sequence[Block] = ()
    cylinders: Sequence[Cylinder] = ()
    needed: Needed = field(default_factory=Needed)
    facades_not_modelled: tuple[str, ...] = ()
    cameras_not_modelled: tuple[str, ...] = ()

    @cached_property
    def block_index(self) -> STRtree:
        """Of the blocks' plans, in their order."""
        return STRtree([block.plan for block in self.blocks])

    @cached_property
    def cylinder_index(self) -> STRtree:
        """Of the cylinders' plans, in their order."""
        rounds: list[BaseGeometry] = [Point(c.x_m, c.y_m).buffer(c.radius_m, 4) for c in self.cylinders]
        return STRtree(rounds)

    @cached_property
    def edge_table(self) -> F64:
        """(n, 2, 2): both ends of each edge of all blocks, one block after the other."""
        return np.concatenate([np.empty((0, 2, 2)), *(block.edges for block in self.blocks)])

    @cached_property
    def edge_runs(self) -> NDArray[np.intp]:
        """(k, 2): where in `edge_table` each block's edges begin, and how many they are."""
        counts = np.array([len(block.edges) for block in self.blocks], dtype=np.intp)
        return np.stack((np.cumsum(counts) - counts, counts), axis=1)

    @cached_property
    def edge_tops_m(self) -> F64:
        """(n,): the tops of the blocks that the edges are of."""
        return np.repeat([block.top_m for block in self.blocks], self.edge_runs[:, 1])

    @cached_property
    def cylinder_table(self) -> F64:
        """(k, 5): place x, y, radius, bottom and top of each cylinder, m."""
        rows = [(c.x_m, c.y_m, c.radius_m, c.bottom_m, c.top_m) for c in self.cylinders]
        return np.array(rows).reshape(-1, 5)

    @cached_property
    def buried_m(self) -> Mapping[str, F64]:
        """Of each facade, per upright line of points: the top of what stands there; -inf: nothing."""
        grids = [facade.grid for facade in self.facades.values()]
        tops = [np.full(len(grid.xy_m), -np.inf) for grid in grids]
        if self.blocks and grids:
            flat = np.concatenate(tops)
            found, block = self.block_index.query(
                points(np.concatenate([grid.xy_m for grid in grids])), predicate="within"
            )
            np.maximum.at(flat, found, np.array([b.top_m for b in self.blocks])[block])
            tops = np.split(flat, np.cumsum([len(grid.xy_m) for grid in grids])[:-1])
        return dict(zip(self.facades, tops, strict=True))

    def with_camera(self, camera: Camera) -> Self:
        """The same site, with this camera instead of the one of that name, or besides the others."""
        changed = replace(self, cameras={**self.cameras, camera.id: camera})
        for name in OF_THE_SPACE & self.__dict__.keys():
            changed.__dict__[name] = self.__dict__[name]
        return changed

    @cached_property
    def planes(self) -> "Planes":
        """The facades as arrays, to find those that a camera may see."""
        return Planes.of(self.facades)


@dataclass(frozen=True, eq=False)
class Planes:
    """Facades side by side, (n, ...): their names, plan ends, heights, outward normals, bounding spheres."""

    ids: tuple[str, ...]
    wall_m: F64
    """(n, 2): left ends on the wall."""
    ends_m: F64
    """(n, 2, 2): left and right ends of the planes that falls pass in."""
    heights_m: F64
    """(n, 2)"""
    outward: F64
    """(n, 2)"""

    @classmethod
    def of(cls, facades: Mapping[str, Facade]) -> Self:
        """In the order of the mapping."""
        all_of = list(facades.values())
        return cls(
            tuple(facades),
            np.array([f.left_m for f in all_of]).reshape(-1, 2),
            np.array([f.ends_m for f in all_of]).reshape(-1, 2, 2),
            np.array([(f.ground_m, f.lines_m[-1] + f.ground_m) for f in all_of]).reshape(-1, 2),
            np.array([f.outward for f in all_of]).reshape(-1, 2),
        )

    def seen_by(self, camera: Camera, farthest_m: float) -> list[str]:
        """Names of the facades that may be in its picture: it hangs before their walls, and within reach."""
        if not self.ids:
            return []
        place = camera.place_m
        before = ((place[:2] - self.wall_m) * self.outward).sum(axis=1) > 0
        left, along = self.ends_m[:, 0], self.ends_m[:, 1] - self.ends_m[:, 0]
        length = np.hypot(along[:, 0], along[:, 1])
        unit = along / length[:, None]
        nearest = np.clip(((place[:2] - left) * unit).sum(axis=1), 0, length)
        beside = np.linalg.norm(left + nearest[:, None] * unit - place[:2], axis=1)
        above = np.clip(place[2], self.heights_m[:, 0], self.heights_m[:, 1]) - place[2]
        near = np.hypot(beside, above) < farthest_m
        numbers = np.flatnonzero(before & near)
        inside = self._in_picture(camera, numbers)
        return [self.ids[number] for number in numbers[inside]]

    def _in_picture(self, camera: Camera, numbers: NDArray[np.intp]) -> Flags:
        """Which of these facades do not lie wholly beyond one side of the picture, or behind the camera."""
        plan = self.ends_m[numbers][:, [0, 1, 0, 1]]
        corners = np.concatenate((plan, self.heights_m[numbers][:, [0, 0, 1, 1], None]), axis=2)
        x, y, z = np.moveaxis((corners - camera.place_m) @ camera.axes.T, 2, 0)
        left, right, upper, lower = camera.lens.bounds
        beyond = (x < left * z, x > right * z, y < upper * z, y > lower * z, z <= 0)
        return np.asarray(~np.logical_or.reduce([each.all(axis=1) for each in beyond]))
