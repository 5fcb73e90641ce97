"""What a camera's new pose changes: cells that it watches besides, or no longer, and those that it may."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cloud.core.geometry import build
from cloud.core.geometry.lens import Flags
from cloud.core.geometry.looking import Reason
from cloud.core.geometry.parts import LensPart, Mask, Mount, Resolution
from cloud.core.geometry.pose import Pose
from cloud.core.geometry.site import Camera, Site
from cloud.core.geometry.survey import seen_by


@dataclass(frozen=True, slots=True)
class Optics:
    """What of a camera its pose does not change."""

    camera: str
    lens: LensPart
    resolution: Resolution
    masks: Sequence[Mask] = ()

    def at(self, mount: Mount) -> Camera:
        """The camera, hung there."""
        return build.camera(self.camera, mount, self.lens, self.resolution, self.masks)


@dataclass(frozen=True, eq=False, slots=True)
class Change:
    """Cells (R, C) of a facade that the camera watched before and watches now.

    unsure: those of which the pose moved by its standard errors would say otherwise.
    """

    facade: str
    was: Flags
    now: Flags
    unsure: Flags


def changes(site: Site, optics: Optics, pose: Pose) -> list[Change]:
    """Of each facade of which the camera watches a cell before, now, or from a pose within the error."""
    before = site.cameras.get(optics.camera)
    was = {} if before is None else _watched(site, before)
    now, *varied = (_watched(site, optics.at(mount)) for mount in (pose.mount, *pose.varied()))
    found = []
    for name, facade in site.facades.items():
        if any(name in each for each in (was, now, *varied)):
            none = np.zeros(facade.grid.shape, dtype=np.bool_)
            seen = now.get(name, none)
            unsure = np.logical_or.reduce([each.get(name, none) != seen for each in varied])
            found.append(Change(name, was.get(name, none), seen, np.asarray(unsure)))
    return found


def _watched(site: Site, camera: Camera) -> dict[str, Flags]:
    """Facade → its watched cells, where there are any."""
    cells = {look.facade: np.asarray(look.reason == Reason.WATCHED) for look in seen_by(site, camera)}
    return {facade: watched for facade, watched in cells.items() if watched.any()}
