"""What is known of a camera's picture, from its settings as the detector's core takes it."""

from dataclasses import dataclass

import numpy as np

from contracts.devices import DesiredState, Polygon
from edge.config.base import SettingsError
from edge.config.desired import Own, with_desired
from edge.config.resized import scale_of, scaled
from edge.config.sight import FacadeSettings, PointSettings, SightSettings
from edge.core.vision import masks
from edge.core.vision.facade import Calibration, CalibrationError, FacadePoint, Plan, calibrated
from edge.core.vision.frame import F64
from edge.core.vision.masks import Mask, Masks


@dataclass(frozen=True, slots=True)
class Sight:
    """In pixels of the stream. ignore: polygons (n, 2) in which nothing is looked for.

    calibrations: one for each facade that is known to be seen.
    """

    sensitivity: float
    ignore: tuple[F64, ...] = ()
    calibrations: tuple[Calibration, ...] = ()
    find_facade: bool = False


def sight_of(settings: SightSettings, size: tuple[int, int]) -> Sight:
    """The settings for a stream whose pictures have that size, (width, height).

    Raises:
        SettingsError: The picture has another shape, or a facade's points tell no camera.
    """
    if settings.picture is None:
        return Sight(settings.sensitivity, find_facade=settings.find_facade)
    scale = _scale(settings.picture, size)
    ignore = _resized(settings.ignore, scale)
    calibrations = tuple(calibration_of(facade, size, scale) for facade in settings.facade)
    return Sight(settings.sensitivity, ignore, calibrations, settings.find_facade)


def untold(own: Own, wanted: DesiredState) -> str:
    """Why a wanted facade's points tell no camera; empty where all do. The cameras must be the box's."""
    cameras = {camera.id: camera for camera in own.cameras}
    for each in wanted.cameras:
        laid = with_desired(cameras[each.camera], each)
        if each.facades and laid.picture is not None:
            try:
                sight_of(laid, laid.picture)
            except SettingsError as error:
                return f"cameras.{each.camera}.{error}"
    return ""


def masks_of(settings: SightSettings) -> Masks | None:
    """Draws the camera's masks for a size of picture; None: it has none.

    What it answers raises SettingsError for a picture of another shape: better unseen than unmasked.
    """
    return _drawing(settings.picture, settings.masks)


def homes_of(settings: SightSettings) -> Masks | None:
    """The same for homes."""
    return _drawing(settings.picture, settings.homes)


def _drawing(picture: tuple[int, int] | None, polygons: tuple[Polygon, ...]) -> Masks | None:
    if picture is None or not polygons:
        return None

    def drawn(size: tuple[int, int]) -> Mask:
        return masks.drawn(_resized(polygons, _scale(picture, size)), size)

    return drawn


def calibration_of(facade: FacadeSettings, size: tuple[int, int], scale: float = 1.0) -> Calibration:
    """The camera that the facade's points tell; they are scaled to the picture's size.

    Raises:
        SettingsError: They tell none; says which point is wrong, or what is missing.
    """
    plan = plan_of(facade)
    points = [_point(number, point, plan, scale) for number, point in enumerate(facade.points, 1)]
    try:
        return calibrated(plan, points, size)
    except CalibrationError as error:
        which = "" if facade.id is None else f" {facade.id}"
        raise SettingsError(f"facade{which}: {error}") from error


def plan_of(facade: FacadeSettings) -> Plan:
    """The facade's division."""
    return Plan(
        facade.floors,
        facade.bays,
        facade.floor_height_m,
        facade.bay_width_m,
        facade.first_floor_height_m,
        facade.flats,
        facade.id,
    )


def _point(number: int, point: PointSettings, plan: Plan, scale: float) -> FacadePoint:
    if point.up_m is None:
        assert point.floor_line is not None
        up_m, level = plan.line_m(point.floor_line), f"floor line {point.floor_line:g}"
    else:
        up_m, level = point.up_m, f"{point.up_m:g} m up"
    if point.across_m is None:
        assert point.bay_edge is not None
        across_m, side = point.bay_edge * plan.bay_width_m, f"bay edge {point.bay_edge:g}"
    else:
        across_m, side = point.across_m, f"{point.across_m:g} m across"
    x, y = scaled(point.at, scale)
    return FacadePoint(f"Point {number} ({level}, {side})", x, y, across_m, up_m, scale * point.click_px)


def _resized(polygons: tuple[Polygon, ...], scale: float) -> tuple[F64, ...]:
    return tuple(np.array([scaled(corner, scale) for corner in each]) for each in polygons)


def _scale(picture: tuple[int, int], size: tuple[int, int]) -> float:
    scale = scale_of(size, picture)
    if scale is None:
        raise SettingsError(
            f"picture: {picture[0]} x {picture[1]} has another shape than the stream's {size[0]} x {size[1]}"
        )
    return scale
