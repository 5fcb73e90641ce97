"""What a camera's pose tells its box: where the picture shows crossings of the facades that it watches.

The box finds its own camera from such points, as from clicked ones (`fallwatch calibrate`), so no model of
lenses need be common to both. How far each may be off follows from the pose's covariance, to first order.
"""

from collections.abc import Iterable
from itertools import islice
from math import sqrt
from typing import Final

import numpy as np
from pydantic import ValidationError

from cloud.core.geometry.grid import Facade
from cloud.core.geometry.lens import F64, rescaled
from cloud.core.geometry.pose import SPREAD, Pose, PoseError, expect_spread
from cloud.core.geometry.repose import Optics
from cloud.core.geometry.site import Camera
from contracts.devices import SeenFacade, WallPoint

MOST_POINTS: Final = 16
"""Of one facade. More bend no lens better, and a wish for a box has 64 KiB."""
MOST_FACADES: Final = 4
UNKNOWNS: Final = 9
"""What the box finds from the points of a facade: its camera's place, direction, focal length and barrel."""
LEAST_PX: Final = 0.5
MOST_PX: Final = 100.0


def told(optics: Optics, pose: Pose, facades: Iterable[Facade]) -> tuple[SeenFacade, ...]:
    """The first few of some facades, as `seen`; left out are those that tell no camera."""
    found = (seen(optics, pose, facade) for facade in facades)
    return tuple(islice((each for each in found if each is not None), MOST_FACADES))


def measured_in(
    facades: Iterable[SeenFacade], drawn: tuple[int, int], picture: tuple[int, int]
) -> tuple[SeenFacade, ...]:
    """The same in the pixels of another picture (width, height) of the camera."""
    scale = max(new / old for new, old in zip(picture, drawn, strict=True))

    def within(point: WallPoint) -> WallPoint:
        at = rescaled(point.at, drawn, picture)
        return point.model_copy(update={"at": at, "click_px": point.click_px * scale})

    return tuple(
        facade.model_copy(update={"points": tuple(map(within, facade.points))}) for facade in facades
    )


def seen(optics: Optics, pose: Pose, facade: Facade) -> SeenFacade | None:
    """A facade's crossings in the picture of a camera, widely spread; None where they tell no camera.

    Each point is told as more uncertain than it is by √(2n/9): the box takes n points for independent, and
    these follow from one pose, so it ends as unsure of them as the pose is.
    """
    crossings, places = _crossings(facade)
    camera = optics.at(pose.mount)
    drawn = camera.lens.draw(*_before(camera, places))
    pixels = np.column_stack((drawn.u_px, drawn.v_px))
    shown = np.flatnonzero(drawn.drawn)
    chosen = shown[_spread(pixels[shown])]
    try:
        expect_spread(places[chosen], pixels[chosen])
    except PoseError:
        return None
    unsure = _unsure_px(optics, pose, places[chosen]) * sqrt(max(2 * len(chosen) / UNKNOWNS, 1.0))
    points = tuple(
        WallPoint(
            at=(round(float(pixels[number][0]), 2), round(float(pixels[number][1]), 2)),
            floor_line=float(crossings[number][0]),
            bay_edge=float(crossings[number][1]),
            click_px=round(float(np.clip(off, LEAST_PX, MOST_PX)), 2),
        )
        for number, off in zip(chosen, unsure, strict=True)
    )
    heights = np.diff(facade.lines_m)
    try:
        return SeenFacade(
            id=facade.id,
            floors=len(heights),
            bays=facade.bays,
            floor_height_m=round(float(heights[-1]), 4),
            first_floor_height_m=None if heights[0] == heights[-1] else round(float(heights[0]), 4),
            bay_width_m=round(facade.length_m / facade.bays, 4),
            points=points,
        )
    except ValidationError:  # bays as broad as a street: no windows are told apart there
        return None


def _crossings(facade: Facade) -> tuple[F64, F64]:
    """(n, 2) floor lines and bay edges, and (n, 3) where they cross on the wall, frame's m."""
    lines, edges = (grid.ravel() for grid in np.mgrid[1 : len(facade.lines_m) + 1, 0 : facade.bays + 1])
    plan = np.array(facade.left_m) + np.outer(edges / facade.bays * facade.length_m, facade.along)
    up = np.array(facade.lines_m)[lines - 1] + facade.ground_m
    return np.column_stack((lines, edges)).astype(np.float64), np.column_stack((plan, up))


def _before(camera: Camera, places: F64) -> F64:
    """(3, n): places in the camera's axes."""
    return np.asarray(((places - camera.place_m) @ camera.axes.T).T)


def _spread(pixels: F64) -> list[int]:
    """Which of the points (n, 2) to tell: each the farthest from those before it (Gonzalez 1985)."""
    if not len(pixels):
        return []
    away = np.hypot(*(pixels - pixels.mean(axis=0)).T)
    chosen: list[int] = []
    nearest = np.full(len(pixels), np.inf)
    while len(chosen) < min(MOST_POINTS, len(pixels)):
        chosen.append(int(np.argmax(away if not chosen else nearest)))
        nearest = np.minimum(nearest, np.hypot(*(pixels - pixels[chosen[-1]]).T))
    return chosen


def _unsure_px(optics: Optics, pose: Pose, places: F64) -> F64:
    """(n,): one standard error of each place's pixel in one direction, as the pose is uncertain."""
    mounts = list(pose.varied())
    ends = []
    for mount in mounts:
        camera = optics.at(mount)
        x, y, z = _before(camera, places)
        ends.append(np.column_stack(camera.lens.bent(x / z, y / z)))
    halves = (np.array(ends[0::2]) - np.array(ends[1::2])) / (2 * SPREAD)
    return np.asarray(np.sqrt((halves**2).sum(axis=(0, 2)) / 2))
