"""A plan that was drawn anew: what stands, which walls are watched, which cameras hang where."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cloud.core import plan as plans
from cloud.core.cells import looks
from cloud.core.estate import Camera, Estate, Facade
from cloud.core.geometry.allowed import Allowed
from cloud.core.geometry.looking import Reason
from cloud.core.geometry.parts import Building, Occluder, Origin
from cloud.core.modelled import site
from cloud.core.refused import Refused, objection

COVERED: Final = 0.5
"""A camera covers the facade of which it watches most cells, and those of which it watches half as many."""
Hung = Mapping[str, Any]
"""Mount, lens, resolution and masks of a camera, as an estate file has them."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn. facades, origin, allowed: None, they stay as they are.

    hung: camera → how it hangs now, of those that hang otherwise; None: taken off the plan.
    added: cameras that no box has yet, each with the box that it will hang on.
    """

    buildings: Sequence[Building]
    occluders: Sequence[Occluder]
    facades: Sequence[Facade] | None = None
    hung: Mapping[str, Hung | None] = field(default_factory=dict)
    added: Sequence[tuple[str, Camera]] = ()
    origin: Origin | None = None
    allowed: Allowed | None = None


def redrawn(plan: Estate, drawing: Drawing) -> Estate:
    """The plan as it is drawn. A camera that watches nothing of what was said covers what it watches now.

    Raises:
        Refused: It names something twice, or cameras that are not there, or are already.
        ValidationError: It cannot stand so.
    """
    known = plans.cameras(plan)
    _expect_known(drawing, known)
    facades = plan.facades if drawing.facades is None else tuple(drawing.facades)
    told = plan.model_dump(mode="json", exclude_defaults=True)
    told["facades"] = _parts(facades)
    told["buildings"] = _parts(drawing.buildings)
    # A kind is what tells trees from walls, and no default.
    told["occluders"] = [each.model_dump(mode="json") for each in drawing.occluders]
    if drawing.origin is not None:
        told["origin"] = drawing.origin.model_dump(mode="json")
    told["allowed"] = _allowed(drawing.allowed or plan.allowed, drawing.buildings)
    for agent in told.get("agents", ()):
        agent["cameras"] = [_hung(one, drawing.hung) for one in agent.get("cameras", ())]
    _add(told.setdefault("agents", []), drawing.added)
    there = {facade.id for facade in facades}
    for agent in told["agents"]:
        for camera in agent["cameras"]:
            camera["facades"] = [name for name in camera.get("facades", ()) if name in there]
    anew = {*drawing.hung, *(camera.id for _, camera in drawing.added)}
    return _covering(Estate.model_validate(told), anew)


def _allowed(allowed: Allowed | None, buildings: Sequence[Building]) -> dict[str, Any] | None:
    """Where more cameras may hang, without the walls of buildings that stand no more."""
    if allowed is None:
        return None
    there = {building.id for building in buildings}
    sides = tuple(side for side in allowed.sides if side.building in there)
    if not allowed.poles and not sides:
        return None
    return allowed.model_copy(update={"sides": sides}).model_dump(mode="json", exclude_defaults=True)


def _expect_known(drawing: Drawing, known: Mapping[str, Camera]) -> None:
    for what, parts in (("building", drawing.buildings), ("facade", drawing.facades or ())):
        ids = [each.id for each in parts]
        if doubled := sorted({each for each in ids if ids.count(each) > 1}):
            raise Refused(objection("named_twice", "{what} named twice: {ids}", what=what, ids=str(doubled)))
    if unknown := sorted(drawing.hung.keys() - known.keys()):
        cameras = ", ".join(unknown)
        raise Refused(objection("not_its_cameras", "not cameras of this estate: {cameras}", cameras=cameras))
    added = [camera.id for _, camera in drawing.added]
    if twice := sorted({name for name in added if name in known or added.count(name) > 1}):
        cameras = ", ".join(twice)
        raise Refused(objection("camera_twice", "cameras of these ids are there already: {ids}", ids=cameras))


def _parts(parts: Iterable[Building | Facade]) -> list[dict[str, Any]]:
    return [each.model_dump(mode="json", exclude_defaults=True) for each in parts]


def _hung(camera: dict[str, Any], hung: Mapping[str, Hung | None]) -> dict[str, Any]:
    if camera["id"] not in hung:
        return camera
    now = hung[camera["id"]]
    return camera | ({"mount": None, "lens": None, "resolution": None} if now is None else dict(now))


def _add(agents: list[dict[str, Any]], added: Iterable[tuple[str, Camera]]) -> None:
    boxes = {agent["id"]: agent for agent in agents}
    for box, camera in added:
        if box not in boxes:
            boxes[box] = {"id": box, "name": {"zh": box, "en": box}, "cameras": []}
            agents.append(boxes[box])
        boxes[box].setdefault("cameras", []).append(camera.model_dump(mode="json", exclude_defaults=True))


def _covering(plan: Estate, anew: Iterable[str]) -> Estate:
    """The plan, its cameras that hang anew, or of which nobody has said it, covering what they watch."""
    unsaid = set(anew) | {camera.id for camera in plan.cameras if camera.mount and not camera.facades}
    if not unsaid:
        return plan
    standing = site(plan)

    def covering(camera: Camera) -> Camera:
        if camera.id not in standing.cameras or camera.id not in unsaid:
            return camera
        seen = looks(standing, standing.cameras[camera.id])
        cells = {each.facade: int((each.reason == Reason.WATCHED).sum()) for each in seen}
        if any(cells.get(facade) for facade in camera.facades):
            return camera
        least = max(cells.values(), default=0) * COVERED
        watched = sorted(facade for facade, count in cells.items() if count and count >= least)
        return camera.model_copy(update={"facades": tuple(watched)}) if watched else camera

    return plan.with_cameras(covering)
