"""What of an estate decides which cells are watched, as it is kept: a plan, one version after another."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Final

from cloud.core.estate import Agent, Camera, Estate
from cloud.core.geometry.parts import Mask, expect_mask
from contracts.devices import DesiredCamera, Polygon

Content = dict[str, Any]
"""A plan as JSON."""


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


def whole(plan: Estate, registered: Estate) -> Estate:
    """A plan with what has no place in space, as it is registered: what an estate file says."""
    boxes = {agent.id: agent for agent in registered.agents}
    agents = tuple(_with_what_hangs(agent, boxes.get(agent.id)) for agent in plan.agents)
    told = {sensor.id for agent in agents for sensor in agent.sensors}
    nodes = tuple(
        node.model_copy(update={"told_by": tuple(each for each in node.told_by if each in told)})
        for node in registered.nodes
    )
    return plan.model_copy(update={"nodes": nodes, "agents": agents})


def _with_what_hangs(agent: Agent, registered: Agent | None) -> Agent:
    if registered is None:
        return agent
    hangs_on = {camera.id: camera.hangs_on for camera in registered.cameras}
    cameras = tuple(
        camera.model_copy(update={"hangs_on": hangs_on.get(camera.id, ())}) for camera in agent.cameras
    )
    more = {"sensors": registered.sensors, "hangs_on": registered.hangs_on, "cameras": cameras}
    return agent.model_copy(update=more)


def is_drawn(estate: Estate) -> bool:
    """Whether it says where anything stands; else there is no plan of it."""
    return bool(estate.buildings or estate.occluders) or any(
        place is not None
        for place in (*(facade.wall for facade in estate.facades), *(one.mount for one in estate.cameras))
    )


def content(plan: Estate) -> Content:
    """A plan as JSON, with what was the default then; `Estate.model_validate` reads it."""
    return plan.model_dump(mode="json")


def file_of(estate: Estate) -> Content:
    """What an estate file says of it, without what is the default."""
    return {"estates": [estate.model_dump(mode="json", exclude_defaults=True)]}


def digest(content: Content) -> str:
    """SHA-256 of a plan's content: keys in order, no blanks."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def cameras(plan: Estate) -> dict[str, Camera]:
    """By their id."""
    return {camera.id: camera for camera in plan.cameras}


def moved(before: Content | None, after: Content) -> frozenset[str]:
    """Cameras that hang elsewhere, look elsewhere or have another lens than before; all that are new."""
    old = {} if before is None else _cameras(before)
    return frozenset(
        name
        for name, camera in _cameras(after).items()
        if name not in old or _parts(camera, _POSE) != _parts(old[name], _POSE)
    )


def stale(before: Content | None, after: Content) -> frozenset[str]:
    """Cameras, also of the old plan, whose sights must be computed anew."""
    new = _cameras(after)
    if before is None:
        return frozenset(new)
    old = _cameras(before)
    if _space(before) != _space(after):
        return frozenset(new) | frozenset(old)
    masked = {name for name in old.keys() & new.keys() if old[name]["masks"] != new[name]["masks"]}
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
    return plan.with_cameras(
        lambda camera: camera.model_copy(update={"masks": (*camera.masks, *more.get(camera.id, ()))})
    )


_POSE: Final = ("mount", "lens", "resolution")
_SPACE: Final = ("buildings", "occluders", "coverage")
_FACADE: Final = ("id", "floors", "bays", "wall")


def _cameras(content: Content) -> dict[str, Content]:
    return {camera["id"]: camera for agent in content["agents"] for camera in agent["cameras"]}


def _space(content: Content) -> tuple[Any, ...]:
    """What concerns every camera."""
    return *_parts(content, _SPACE), *(_parts(facade, _FACADE) for facade in content["facades"])


def _parts(of: Content, names: Iterable[str]) -> tuple[Any, ...]:
    # Plans of before may lack what has come since.
    return tuple(of.get(name) for name in names)


def _shares(polygon: Polygon, width: int, height: int) -> Mask:
    return tuple((min(max(x / width, 0.0), 1.0), min(max(y / height, 0.0), 1.0)) for x, y in polygon)


def _is_area(mask: Mask) -> bool:
    try:
        expect_mask(mask, "")
    except ValueError:
        return False
    return True
