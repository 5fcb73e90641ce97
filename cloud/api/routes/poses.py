"""A camera's pose from clicked points: computed, told with its error, entered, and told to its box."""

import asyncio
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final, Self

from fastapi import APIRouter
from pydantic import Field, ValidationError, model_validator

from cloud import clock
from cloud.api import known, plan_shapes, planning
from cloud.api.answers import plan as answers
from cloud.api.auth import Planner
from cloud.api.bodies import Body, Note, SlugInPath, Why
from cloud.api.planning import Said
from cloud.api.problems import Problem, refused
from cloud.api.routes import desired as wishes
from cloud.api.services import Use
from cloud.core import drawn, modelled, plan
from cloud.core.drawn import Drawing
from cloud.core.estate import Camera, Estate
from cloud.core.geometry import calibration
from cloud.core.geometry.lens import rescaled
from cloud.core.geometry.pose import CLICK_PX, KnownPoint, PoseError, on_wall, solved
from cloud.core.geometry.repose import Optics, changes
from cloud.core.geometry.site import Site
from cloud.core.refused import Refused, objection
from cloud.store import audit, desired, registry
from cloud.store import changes as told
from cloud.store.audit import Act
from cloud.store.pool import Connection

router = APIRouter(prefix="/api")

SAME_SHAPE: Final = 0.01
"""Largest difference of two pictures' ratios of sides, as boxes allow it."""
Pixel = Annotated[float, Field(ge=-1, le=20_000)]
Metres = Annotated[float, Field(ge=-20_000, le=20_000)]


class Click(Body):
    """A point of known place: where a floor line and a bay edge of a facade cross, or x, y, z."""

    at: tuple[Pixel, Pixel]
    facade: str | None = Field(default=None, max_length=63)
    line: float | None = Field(default=None, ge=1, le=201)
    edge: float | None = Field(default=None, ge=0, le=200)
    place: tuple[Metres, Metres, Metres] | None = None
    name: Note = ""

    @model_validator(mode="after")
    def _is_one_place(self) -> Self:
        crossing = [self.facade is not None, self.line is not None, self.edge is not None]
        if all(crossing) == (self.place is not None) or any(crossing) != all(crossing):
            raise ValueError("a point is either facade, line and edge, or place")
        return self


class Clicks(Body):
    """Points in a picture of this width and height, pixels."""

    picture: tuple[Annotated[int, Field(ge=16, le=20_000)], Annotated[int, Field(ge=16, le=20_000)]]
    points: tuple[Click, ...] = Field(max_length=100)
    click_px: float = Field(default=CLICK_PX, gt=0, le=100)


class Posing(Clicks):
    """Points from which a camera's pose is entered. replaces: the plan's version that was looked at."""

    replaces: int = Field(ge=1)
    reason: Why


@router.post("/cameras/{camera}/pose/solve")
async def solve(camera: SlugInPath, body: Clicks, account: Planner, services: Use) -> answers.Pose:
    """Which pose follows from clicked points, how sure it is, and which cells it gains and loses."""
    async with services.reading(account) as conn:
        row = await known.camera(conn, camera)
        _, standing = await planning.standing(conn, row.estate)
    site = modelled.site(standing)
    found = await asyncio.to_thread(_solved, standing, site, row, body)
    return plan_shapes.pose(found, site)


@router.put("/cameras/{camera}/pose")
async def enter_pose(camera: SlugInPath, body: Posing, account: Planner, services: Use) -> answers.Pose:
    """Enter the pose that follows from clicked points as the plan's next version; no doubt of it is left.

    The camera's box is told where its picture shows the facades: floors and windows of falls follow from it.
    """
    now = clock.utc_now()
    async with services.acting(account) as conn:
        row = await known.camera(conn, camera)
        standing = await planning.replaced(conn, row.estate, body.replaces)
        site = modelled.site(standing)
        found = await asyncio.to_thread(_solved, standing, site, row, body)
        one = plan.cameras(standing)[camera]
        hung = {"lens": one.lens, "resolution": one.resolution, "masks": one.masks}
        try:
            mount = {key: round(value, 4) for key, value in found.pose.mount.model_dump().items()}
            moved = {camera: {**hung, "mount": mount}}
            posed = drawn.redrawn(standing, Drawing(standing.buildings, standing.occluders, hung=moved))
        except ValidationError as error:
            raise refused(error) from error
        said = Said(account.username, body.reason, "camera", camera)
        await planning.enter(conn, posed, standing, said, now)
        wish = await _tell_box(conn, found, one, (account.username, now))
    services.log.info("pose_entered", camera=camera, by=account.username, rms_px=found.pose.rms_px)
    return plan_shapes.pose(found, site, wish)


async def _tell_box(
    conn: Connection, found: plan_shapes.Found, camera: Camera, said: tuple[str, datetime]
) -> int:
    """Want of the camera's box that it takes this view as usual, floors and windows from it; its version."""
    by, at = said
    await desired.lock(conn, found.agent)
    before = wishes.of_camera(await desired.newest(conn, found.agent), camera.id)
    told_of = {} if not found.told else _facades(found, camera, before.picture)
    after = before.model_copy(update={**told_of, "view_confirmed_at": at})
    version, changed = await wishes.issue_of_camera(conn, found.agent, after, by, at)
    act = Act(by, "wanted", "agent", found.agent, content={"version": version})
    await audit.enter(conn, act, at)
    await told.record(conn, changed, at)
    return version


def _facades(found: plan_shapes.Found, camera: Camera, drawn_in: tuple[int, int] | None) -> dict[str, object]:
    """The facades in the picture in which the box's wishes are drawn; of no such, in the camera's own."""
    assert camera.resolution is not None
    picture = drawn_in or camera.resolution
    if abs(picture[0] * camera.resolution[1] / (picture[1] * camera.resolution[0]) - 1) > SAME_SHAPE:
        raise Refused(
            objection(
                "drawn_in_other_shape",
                "The plan says a picture of {width} x {height}, and what {camera} masks was drawn in"
                " one of {drawn_width} x {drawn_height}: correct its resolution, or draw that anew.",
                camera=camera.id,
                width=camera.resolution[0],
                height=camera.resolution[1],
                drawn_width=picture[0],
                drawn_height=picture[1],
            )
        )
    return {
        "picture": picture,
        "facades": calibration.measured_in(found.told, camera.resolution, picture),
    }


def _solved(standing: Estate, site: Site, row: registry.CameraRow, body: Clicks) -> plan_shapes.Found:
    camera = row.id
    one: Camera | None = plan.cameras(standing).get(camera)
    if one is None or one.lens is None or one.resolution is None:
        raise Problem(
            HTTPStatus.CONFLICT, "the plan does not say this camera's lens and resolution: enter them first"
        )
    points = [_known(click, site, rescaled(click.at, body.picture, one.resolution)) for click in body.points]
    found = solved(one.lens.seen(one.resolution), points, body.click_px)
    optics = Optics(camera, one.lens, one.resolution, one.masks)
    changed = changes(site, optics, found)
    watched = sorted((each for each in changed if each.now.any()), key=lambda each: -int(each.now.sum()))
    clicked = (click.facade for click in body.points if click.facade is not None)
    names = dict.fromkeys((*(each.facade for each in watched), *clicked))
    seen = calibration.told(optics, found, (site.facades[name] for name in names))
    return plan_shapes.Found(camera, row.agent, found, points, changed, seen)


def _known(click: Click, site: Site, at_px: tuple[float, float]) -> KnownPoint:
    if click.place is not None:
        return KnownPoint(click.name or "{:g}, {:g}, {:g}".format(*click.place), click.place, at_px)
    assert click.facade is not None
    assert click.line is not None
    assert click.edge is not None
    if click.facade not in site.facades:
        raise PoseError(
            objection(
                "facade_not_modelled",
                "The plan does not say where a facade {facade} stands.",
                facade=click.facade,
            )
        )
    return on_wall(site.facades[click.facade], click.line, click.edge, at_px)
