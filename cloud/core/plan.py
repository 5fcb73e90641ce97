"""What of an estate decides which cells are watched, as it is kept: a plan, one version after another."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from cloud.core.estate import Camera, Estate
from cloud.core.geometry.parts import Mask, expect_mask
from contracts.devices import DesiredCamera, Polygon


def plan_of(estate: Estate) -> Estate:
    """The estate without what has no place in space: sensors, nodes, and what hangs on them."""
    agents = tuple(
        agent.model_copy(
            update={
                "sensors": (),
                "hangs_on": (),
                "cameras": tuple(camera.model_copy(update={"hangs_on": ()}) for camera in agent.cameras),
            }
        )
        for agent in estate.agents
    )
    return estate.model_copy(update={"nodes": (), "agents": agents})


def is_modelled(estate: Estate) -> bool:
    """Whether it says where a facade stands; else nothing can be computed of it."""
    return any(facade.wall is not None for facade in estate.facades)


def content(plan: Estate) -> dict[str, Any]:
    """A plan as JSON; `Estate.model_validate` reads it."""
    return plan.model_dump(mode="json", exclude_defaults=True)


def digest(plan: Estate) -> str:
    """SHA-256 of its content: keys in order, no blanks."""
    text = json.dumps(content(plan), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def cameras(plan: Estate) -> dict[str, Camera]:
    """By their id."""
    return {camera.id: camera for agent in plan.agents for camera in agent.cameras}


def moved(before: Estate | None, after: Estate) -> frozenset[str]:
    """Cameras that hang elsewhere, look elsewhere or have another lens than before; all that are new."""
    old = {} if before is None else cameras(before)
    return frozenset(
        name
        for name, camera in cameras(after).items()
        if name not in old or _pose(camera) != _pose(old[name])
    )


def stale(before: Estate | None, after: Estate) -> frozenset[str]:
    """Cameras, also of the old plan, whose sights must be computed anew."""
    if before is None or _space(before) != _space(after):
        return frozenset(cameras(after)) | (frozenset() if before is None else frozenset(cameras(before)))
    old, new = cameras(before), cameras(after)
    masked = {name for name in old.keys() & new.keys() if old[name].masks != new[name].masks}
    return moved(before, after) | masked | (old.keys() - new.keys())


def wished_masks(wished: DesiredCamera | None) -> tuple[Mask, ...]:
    """What an operator has masked or told the detector to leave out, in shares of the picture.

    Edges that cross or enclose nothing hide nothing: such polygons are left out.
    """
    if wished is None or wished.picture is None:
        return ()
    width, height = wished.picture
    every = (_shares(each, width, height) for each in (*(wished.masks or ()), *(wished.ignore or ())))
    return tuple(mask for mask in every if _is_area(mask))


def masked(plan: Estate, wished: Iterable[DesiredCamera]) -> Estate:
    """The plan with what operators have masked since."""
    more = {each.camera: wished_masks(each) for each in wished}
    agents = tuple(
        agent.model_copy(
            update={
                "cameras": tuple(
                    camera.model_copy(update={"masks": (*camera.masks, *more.get(camera.id, ()))})
                    for camera in agent.cameras
                )
            }
        )
        for agent in plan.agents
    )
    return plan.model_copy(update={"agents": agents})


def _pose(camera: Camera) -> tuple[object, ...]:
    return camera.mount, camera.lens, camera.resolution


def _space(plan: Estate) -> tuple[object, ...]:
    facades = tuple((each.id, each.floors, each.bays, each.wall) for each in plan.facades)
    return plan.buildings, plan.occluders, plan.coverage, facades


def _shares(polygon: Polygon, width: int, height: int) -> Mask:
    return tuple((min(max(x / width, 0.0), 1.0), min(max(y / height, 0.0), 1.0)) for x, y in polygon)


def _is_area(mask: Mask) -> bool:
    try:
        expect_mask(mask, "")
    except ValueError:
        return False
    return True
