"""An estate of the estate file as a site of which coverage can be computed."""

from cloud.core.estate import Estate
from cloud.core.geometry import build
from cloud.core.geometry.site import Site


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
    all_cameras = [camera for agent in estate.agents for camera in agent.cameras]
    cameras = {
        each.id: build.camera(each.id, each.mount, each.lens, each.resolution, each.masks)
        for each in all_cameras
        if each.mount is not None and each.lens is not None and each.resolution is not None
    }
    return Site(
        facades=facades,
        cameras=cameras,
        blocks=build.blocks(estate.buildings, estate.occluders),
        cylinders=build.cylinders(estate.occluders),
        needed=estate.coverage,
        facades_not_modelled=tuple(each.id for each in estate.facades if each.wall is None),
        cameras_not_modelled=tuple(each.id for each in all_cameras if each.id not in cameras),
    )
