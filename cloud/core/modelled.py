"""An estate of the file as a site of which coverage can be computed, and what it belies of the file."""

from cloud.core.estate import Estate
from cloud.core.geometry import build
from cloud.core.geometry.looking import Reason
from cloud.core.geometry.site import Site
from cloud.core.geometry.survey import Survey


def site(estate: Estate) -> Site:
    """What of the estate stands in space; the rest is named as not modelled."""
    buildings = {building.id: building for building in estate.buildings}
    facades = {
        facade.id: build.facade(
            facade.id,
            facade.wall,
            buildings[facade.wall.building],
            (facade.floors, facade.bays),
            estate.coverage,
        )
        for facade in estate.facades
        if facade.wall is not None
    }
    cameras = {
        each.id: build.camera(each.id, each.mount, each.lens, each.resolution, each.masks)
        for each in estate.cameras
        if each.mount is not None and each.lens is not None and each.resolution is not None
    }
    return Site(
        facades=facades,
        cameras=cameras,
        blocks=build.blocks(estate.buildings, estate.occluders),
        cylinders=build.cylinders(estate.occluders),
        needed=estate.coverage,
        facades_not_modelled=tuple(each.id for each in estate.facades if each.wall is None),
        cameras_not_modelled=tuple(each.id for each in estate.cameras if each.id not in cameras),
    )


def idle(estate: Estate, survey: Survey) -> tuple[tuple[str, str], ...]:
    """Cameras and the facades that the file says they see, of which they watch not a single cell."""
    seen = {
        (look.camera, look.facade)
        for looks in survey.looks.values()
        for look in looks
        if (look.reason == Reason.WATCHED).any()
    }
    return tuple(
        (camera.id, facade)
        for camera in estate.cameras
        for facade in camera.facades
        if camera.id in survey.site.cameras
        and facade in survey.site.facades
        and (camera.id, facade) not in seen
    )
