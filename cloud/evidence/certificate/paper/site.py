"""The estate's plan for the paper, out of the geometry that the certificate holds."""

from collections.abc import Mapping

import numpy as np
from pydantic import ValidationError

from cloud.core.certificate import drawing
from cloud.core.certificate.content import Content
from cloud.core.certificate.drawing import PlanCamera, PlanDrawing, PlanFacade
from cloud.core.estate import Camera, Estate
from cloud.core.geometry.parts import Screen, Tree
from cloud.core.modelled import site


def plan_of(content: Content, numbers: Mapping[str, int]) -> str:
    """The drawing, with the numbers of the cameras that are spoken of; empty where nothing is known."""
    if content.plan is None:
        return ""
    try:
        estate = Estate.model_validate(content.plan.content)
    except ValidationError:
        return ""
    spoken = {facade.id for facade in content.facades}
    names = {facade.id: facade.name.zh for facade in estate.facades}
    walls = site(estate).facades
    cameras = [camera for camera in estate.cameras if camera.mount is not None]
    return drawing.plan(
        PlanDrawing(
            buildings=[(_called(each.id, estate), each.footprint) for each in estate.buildings],
            trees=[(*each.at, each.radius_m) for each in estate.occluders if isinstance(each, Tree)],
            walls=[each.line for each in estate.occluders if isinstance(each, Screen)],
            facades=[
                PlanFacade(names[each.id], each.left_m, each.right_m, each.id in spoken)
                for each in walls.values()
            ],
            cameras=[_camera(camera, numbers) for camera in cameras],
        )
    )


def _called(building: str, estate: Estate) -> str:
    """As its facades call it; a number is one of many."""
    name = next((f.building for f in estate.facades if f.wall and f.wall.building == building), building)
    return f"{name} 栋" if name.isdigit() else name


def _camera(camera: Camera, numbers: Mapping[str, int]) -> PlanCamera:
    mount = camera.mount
    assert mount is not None
    number = numbers.get(camera.id)
    return PlanCamera(
        label="" if number is None else str(number),
        x_m=mount.x_m,
        y_m=mount.y_m,
        yaw_deg=mount.yaw_deg,
        across_deg=_across_deg(camera),
        certified=number is not None,
    )


def _across_deg(camera: Camera) -> float:
    """How broad it sees on the plan; a camera on its side sees with its height."""
    if camera.lens is None or camera.resolution is None or camera.mount is None:
        return 60.0
    left, right, upper, lower = camera.lens.seen(camera.resolution).bounds
    low, high = (upper, lower) if 45 < abs(camera.mount.roll_deg) < 135 else (left, right)
    return float(np.degrees(np.arctan(high) - np.arctan(low)))
