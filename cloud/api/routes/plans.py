"""An estate's plan is read and redrawn; a camera's pose found from clicked points; advice for a facade."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final, Self

from fastapi import APIRouter
from pydantic import Field, ValidationError, model_validator

from cloud import clock
from cloud.api import plan_shapes, shapes
from cloud.api.answers import plan as answers
from cloud.api.auth import Bureau, Planner
from cloud.api.bodies import Body, Note, SlugInPath, Why
from cloud.api.problems import Problem, refused
from cloud.api.routes import desired as wishes
from cloud.api.services import Services, Use
from cloud.core import modelled, plan
from cloud.core.estate import Camera, Estate
from cloud.core.geometry import advice, calibration
from cloud.core.geometry.allowed import offered, spots
from cloud.core.geometry.parts import Building, LensPart, Mask, Mount, Occluder, Resolution
from cloud.core.geometry.pose import CLICK_PX, KnownPoint, PoseError, on_wall, solved
from cloud.core.geometry.repose import Optics, changes
from cloud.core.geometry.site import Site
from cloud.core.geometry.survey import survey
from cloud.core.refused import Refused, objection
from cloud.store import audit, desired, doubts, plans, registry
from cloud.store import changes as told
from cloud.store.accounts import Account
from cloud.store.audit import Act
from cloud.store.pool import Connection

router = APIRouter(prefix="/api")

SAME_SHAPE: Final = 0.01
"""Largest difference of two pictures' ratios of sides, as boxes allow it."""
ADVISED: Final = 3
"""Cameras that are advised for one facade."""
Pixel = Annotated[float, Field(ge=-1, le=20_000)]
Metres = Annotated[float, Field(ge=-20_000, le=20_000)]


class Hung(Body):
    """Where a camera hangs and what is before it."""

    mount: Mount
    lens: LensPart
    resolution: Resolution
    masks: tuple[Mask, ...] = ()


class Drawing(Body):
    """A plan drawn anew. replaces: the version that it was made from. cameras: those that differ."""

    replaces: int = Field(ge=0)
    reason: Why
    buildings: tuple[Building, ...] = Field(max_length=2000)
    occluders: tuple[Occluder, ...] = Field(max_length=5000)
    cameras: dict[str, Hung] = Field(default_factory=dict, max_length=2000)


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


@router.get("/plans")
async def listed(account: Planner, services: Use) -> answers.Plans:
    """Which estates have a plan that may be redrawn here."""
    now = clock.utc_now()
    async with services.reading(account) as conn:
        rows = await registry.estates(conn)
        have = await plans.planned(conn)
    named = [shapes.thing(row.id, row.name_zh, row.name_en) for row in rows]
    return {
        "now": shapes.instant(now),
        "estates": [each for each in named if each["id"] in have],
        "without": [each for each in named if each["id"] not in have],
    }


@router.get("/estates/{estate}/plan")
async def shown(estate: SlugInPath, account: Planner, services: Use) -> answers.Plan:
    """Where things stand, and how much of each facade nobody watches even when every camera works."""
    return await _shown(services, account, estate)


@router.put("/estates/{estate}/plan")
async def redraw(estate: SlugInPath, body: Drawing, account: Planner, services: Use) -> answers.Plan:
    """Enter a plan's next version. 409 when somebody else was faster; 422 says what cannot stand so."""
    now = clock.utc_now()
    async with services.acting(account) as conn:
        version, standing = await _standing(conn, estate)
        _expect_newest(version, body.replaces)
        try:
            hung = {name: each.model_dump() for name, each in body.cameras.items()}
            drawn = plan.redrawn(standing, body.buildings, body.occluders, hung)
        except ValidationError as error:
            raise refused(error) from error
        if unknown := sorted(body.cameras.keys() - plan.cameras(standing).keys()):
            raise Refused(
                objection(
                    "not_its_cameras", "not cameras of this estate: {cameras}", cameras=", ".join(unknown)
                )
            )
        await _enter(conn, drawn, (account.username, body.reason, ("estate", estate)), now)
    services.log.info("plan_entered", estate=estate, by=account.username)
    return await _shown(services, account, estate)


@router.post("/cameras/{camera}/pose/solve")
async def solve(camera: SlugInPath, body: Clicks, account: Planner, services: Use) -> answers.Pose:
    """Which pose follows from clicked points, how sure it is, and which cells it gains and loses."""
    async with services.reading(account) as conn:
        row, _, standing = await _of_camera(conn, camera)
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
        row, version, standing = await _of_camera(conn, camera)
        _expect_newest(version, body.replaces)
        site = modelled.site(standing)
        found = await asyncio.to_thread(_solved, standing, site, row, body)
        one = plan.cameras(standing)[camera]
        hung = {"lens": one.lens, "resolution": one.resolution, "masks": one.masks}
        try:
            mount = {key: round(value, 4) for key, value in found.pose.mount.model_dump().items()}
            moved = {camera: {**hung, "mount": mount}}
            drawn = plan.redrawn(standing, standing.buildings, standing.occluders, moved)
        except ValidationError as error:
            raise refused(error) from error
        await _enter(conn, drawn, (account.username, body.reason, ("camera", camera)), now)
        wish = await _tell_box(conn, found, one, (account.username, now)) if found.told else None
    services.log.info("pose_entered", camera=camera, by=account.username, rms_px=found.pose.rms_px)
    return plan_shapes.pose(found, site, wish)


@router.get("/coverage/facades/{facade}/advice")
async def advised(facade: SlugInPath, account: Bureau, services: Use) -> answers.Advice:
    """Which cameras would close most of a facade's blind cells. Takes seconds: nobody asks for it unasked."""
    async with services.reading(account) as conn:
        row = next((row for row in await registry.facades(conn) if row.id == facade), None)
        if row is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such facade")
        _, standing = await plans.newest(conn, row.estate)
    if standing is None or facade not in (site := modelled.site(standing)).facades:
        raise Problem(HTTPStatus.CONFLICT, "the estate file does not say where this facade stands")
    async with services.drawing:
        found = await asyncio.to_thread(_advised, standing, site, facade)
    return plan_shapes.advice(facade, found)


def _advised(standing: Estate, site: Site, facade: str) -> advice.Advice:
    places = spots(standing.allowed, standing.buildings)
    offers = offered(standing.allowed)
    return advice.advise(survey(site), places, offers, most=ADVISED, facades=frozenset({facade}))


async def _shown(services: Services, account: Account, estate: str) -> answers.Plan:
    now = clock.utc_now()
    async with services.reading(account) as conn:
        rows = {row.id: row for row in await registry.estates(conn)}
        version, standing = await _standing(conn, estate)
        doubted = {each.camera: each.since for each in await doubts.standing(conn)}
    found = await asyncio.to_thread(lambda: survey(modelled.site(standing)))
    facades = await asyncio.to_thread(plan_shapes.sums, standing, found)
    return {
        "now": shapes.instant(now),
        "estate": shapes.thing(estate, rows[estate].name_zh, rows[estate].name_en),
        "version": 0 if version is None else version.version,
        "entered_at": None if version is None else shapes.instant(version.entered_at),
        "entered_by": None if version is None else version.entered_by,
        "buildings": standing.buildings,
        "occluders": standing.occluders,
        "facades": facades,
        "cameras": plan_shapes.cameras(standing, found, doubted),
        "cells": sum(each["cells"] or 0 for each in facades),
        "blind": sum(each["blind"] or 0 for each in facades),
    }


async def _standing(conn: Connection, estate: str) -> tuple[plans.Version | None, Estate]:
    """The plan that holds. 404: no such estate; 409: nobody has said where its facades stand."""
    if estate not in {row.id for row in await registry.estates(conn)}:
        raise Problem(HTTPStatus.NOT_FOUND, "there is no such estate")
    version, standing = await plans.newest(conn, estate)
    if standing is None:
        raise Problem(HTTPStatus.CONFLICT, "this estate has no plan yet: seed its estate file with geometry")
    return version, standing


async def _of_camera(
    conn: Connection, camera: str
) -> tuple[registry.CameraRow, plans.Version | None, Estate]:
    row = next((row for row in await registry.cameras(conn) if row.id == camera), None)
    if row is None:
        raise Problem(HTTPStatus.NOT_FOUND, "there is no such camera")
    return row, *await _standing(conn, row.estate)


def _expect_newest(version: plans.Version | None, replaces: int) -> None:
    newest = 0 if version is None else version.version
    if replaces != newest:
        raise Problem(HTTPStatus.CONFLICT, f"version {newest} counts by now, not {replaces}", version=newest)


async def _enter(
    conn: Connection, drawn: Estate, said: tuple[str, str, tuple[str, str]], now: datetime
) -> None:
    """A plan's next version, with who says so, why, and what it is about."""
    by, reason, (kind, subject) = said
    entered = await plans.enter(conn, drawn, by, now)
    content: Mapping[str, object] = {} if entered is None else {"version": entered.version}
    await audit.enter(conn, Act(by, "entered_plan", kind, subject, purpose=reason, content=content), now)
    if entered is not None:
        await told.record(conn, entered.changes, now)


async def _tell_box(
    conn: Connection, found: plan_shapes.Found, camera: Camera, said: tuple[str, datetime]
) -> int:
    """Want of the camera's box that it takes floors and windows from this pose; the wish's version."""
    by, at = said
    assert camera.resolution is not None
    await desired.lock(conn, found.agent)
    before = wishes.of_camera(await desired.newest(conn, found.agent), camera.id)
    picture = before.picture or camera.resolution
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
    facades = calibration.measured_in(found.told, camera.resolution, picture)
    after = before.model_copy(update={"picture": picture, "facades": facades})
    version, changed = await wishes.issue_of_camera(conn, found.agent, after, by, at)
    act = Act(by, "wanted", "agent", found.agent, content={"version": version})
    await audit.enter(conn, act, at)
    await told.record(conn, changed, at)
    return version


def _solved(standing: Estate, site: Site, row: registry.CameraRow, body: Clicks) -> plan_shapes.Found:
    camera = row.id
    one: Camera | None = plan.cameras(standing).get(camera)
    if one is None or one.lens is None or one.resolution is None:
        raise Problem(
            HTTPStatus.CONFLICT, "the plan does not say this camera's lens and resolution: enter them first"
        )
    width, height = one.resolution
    scale = (width / body.picture[0], height / body.picture[1])
    points = [_known(click, site, scale) for click in body.points]
    found = solved(one.lens.seen(one.resolution), points, body.click_px)
    optics = Optics(camera, one.lens, one.resolution, one.masks)
    changed = changes(site, optics, found)
    watched = sorted((each for each in changed if each.now.any()), key=lambda each: -int(each.now.sum()))
    clicked = (click.facade for click in body.points if click.facade is not None)
    names = dict.fromkeys((*(each.facade for each in watched), *clicked))
    seen = calibration.told(optics, found, (site.facades[name] for name in names))
    return plan_shapes.Found(camera, row.agent, found, points, changed, seen)


def _known(click: Click, site: Site, scale: tuple[float, float]) -> KnownPoint:
    across, down = ((value + 0.5) * ratio - 0.5 for value, ratio in zip(click.at, scale, strict=True))
    if click.place is not None:
        return KnownPoint(click.name or "{:g}, {:g}, {:g}".format(*click.place), click.place, (across, down))
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
    return on_wall(site.facades[click.facade], click.line, click.edge, (across, down))
