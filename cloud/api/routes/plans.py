"""An estate's plan is begun, read, redrawn and written as a file; advice for a facade."""

import asyncio
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import Field, ValidationError
from starlette.responses import Response

from cloud import clock
from cloud.api import known, plan_shapes, planning, shapes
from cloud.api.answers import plan as answers
from cloud.api.auth import Overseer, Planner
from cloud.api.bodies import Body, SlugInPath, Why
from cloud.api.handing import attached
from cloud.api.planning import Said
from cloud.api.problems import Problem, refused
from cloud.api.services import Services, Use
from cloud.core import drawn, modelled, plan
from cloud.core.estate import Camera, Estate, Facade
from cloud.core.geometry import advice, from_file
from cloud.core.geometry.allowed import Allowed, offered, spots
from cloud.core.geometry.from_geojson import Asked
from cloud.core.geometry.parts import Building, LensPart, Mask, Mount, Occluder, Origin, Resolution
from cloud.core.geometry.site import Site
from cloud.core.geometry.survey import survey
from cloud.core.parts import Name
from cloud.store import doubts, plans, registry
from cloud.store.accounts import Account
from contracts import documents
from contracts.ids import AgentId, CameraId

router = APIRouter(prefix="/api")

ADVISED: Final = 3
"""Cameras that are advised for one facade."""
MAX_DRAWING_BYTES: Final = 8 * 1024 * 1024
"""Of a plan of 2,000 buildings, or of a map's file."""


class Hung(Body):
    """Where a camera hangs and what is before it."""

    mount: Mount
    lens: LensPart
    resolution: Resolution
    masks: tuple[Mask, ...] = ()


class Added(Hung):
    """A camera that is planned. agent: the box that it will hang on; one that is new is registered."""

    id: CameraId
    name: Name
    agent: AgentId

    def camera(self) -> tuple[str, Camera]:
        """Its box, and the camera as an estate file has it."""
        return self.agent, Camera.model_validate(self.model_dump(exclude={"agent"}))


class Redrawn(Body):
    """A plan drawn anew. replaces: the version that it was made from; 0, there is none yet.

    facades, origin, allowed: without them they stay as they are. cameras: those that hang otherwise; None,
    taken off the plan.
    """

    replaces: int = Field(ge=0)
    reason: Why
    buildings: tuple[Building, ...] = Field(max_length=2000)
    occluders: tuple[Occluder, ...] = Field(max_length=5000)
    facades: Annotated[tuple[Facade, ...], Field(max_length=8000)] | None = None
    cameras: dict[str, Hung | None] = Field(default_factory=dict, max_length=2000)
    added: tuple[Added, ...] = Field(default=(), max_length=2000)
    origin: Origin | None = None
    allowed: Allowed | None = None

    def drawing(self) -> drawn.Drawing:
        """What of it is drawn."""
        return drawn.Drawing(
            buildings=self.buildings,
            occluders=self.occluders,
            facades=self.facades,
            hung={name: None if each is None else each.model_dump() for name, each in self.cameras.items()},
            added=[each.camera() for each in self.added],
            origin=self.origin,
            allowed=self.allowed,
        )


class MapFile(Body):
    """A GeoJSON collection or a table of sizes, and what it does not say; see `fallwatch estate`."""

    name: str = Field(max_length=255)
    text: str = Field(max_length=MAX_DRAWING_BYTES)
    local: bool = False
    default_floors: int | None = Field(default=None, ge=1, le=200)


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


@router.put("/estates/{estate}/plan", max_body_size=MAX_DRAWING_BYTES)
async def redraw(estate: SlugInPath, body: Redrawn, account: Planner, services: Use) -> answers.Plan:
    """Enter a plan's next version. 409 when somebody else was faster; 422 says what cannot stand so."""
    now = clock.utc_now()
    async with services.acting(account) as conn:
        standing = await planning.replaced(conn, estate, body.replaces)
        try:
            after = await asyncio.to_thread(drawn.redrawn, standing, body.drawing())
        except ValidationError as error:
            raise refused(error) from error
        said = Said(account.username, body.reason, "estate", estate)
        await planning.enter(conn, after, standing, said, now)
    services.log.info("plan_entered", estate=estate, by=account.username)
    return await _shown(services, account, estate)


@router.post("/estates/{estate}/plan/read", max_body_size=MAX_DRAWING_BYTES)
async def read(estate: SlugInPath, body: MapFile, account: Planner, services: Use) -> answers.MapRead:
    """What a map's file draws of the estate; nothing is entered. 422: nothing of it can be used."""
    async with services.reading(account) as conn:
        row = await known.estate(conn, estate)
    asked = Asked(estate, row.name_zh, row.name_en, local=body.local, default_floors=body.default_floors)
    draft = await asyncio.to_thread(from_file.read, body.name, body.text, asked)
    try:
        found = await asyncio.to_thread(Estate.model_validate, draft.estate)
    except ValidationError as error:
        raise refused(error) from error
    return plan_shapes.map_read(found, draft)


@router.get("/estates/{estate}/plan/file", response_class=Response)
async def as_file(estate: SlugInPath, account: Planner, services: Use) -> Response:
    """The plan as an estate file, with boxes, sensors and nodes as they are registered."""
    async with services.reading(account) as conn:
        version, standing = await plans.as_file(conn, estate)
    if standing is None:
        raise known.no_estate()
    name = f"{estate}-{0 if version is None else version.version}.yaml"
    return attached(documents.written(plan.file_of(standing)).encode(), name)


@router.get("/coverage/facades/{facade}/advice")
async def advised(facade: SlugInPath, account: Overseer, services: Use) -> answers.Advice:
    """Which cameras would close most of a facade's blind cells. Takes seconds: nobody asks for it unasked."""
    async with services.reading(account) as conn:
        row = await known.facade(conn, facade)
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
        version, standing = await planning.standing(conn, estate)
        doubted = {each.camera: each.since for each in await doubts.standing(conn)}
        own = await registry.cameras(conn, plan.cameras(standing))
        seen = {row.id for row in own if row.first_seen_at is not None}
    found = await asyncio.to_thread(lambda: survey(modelled.site(standing)))
    facades = await asyncio.to_thread(plan_shapes.sums, standing, found)
    return {
        "now": shapes.instant(now),
        "estate": shapes.thing(estate, standing.name.zh, standing.name.en),
        "version": 0 if version is None else version.version,
        "entered_at": None if version is None else shapes.instant(version.entered_at),
        "entered_by": None if version is None else version.entered_by,
        "origin": standing.origin,
        "buildings": standing.buildings,
        "occluders": standing.occluders,
        "facades": facades,
        "cameras": plan_shapes.cameras(standing, found, doubted, seen),
        "offers": offered(standing.allowed),
        "boxes": [shapes.thing(each.id, each.name.zh, each.name.en) for each in standing.agents],
        "cells": sum(each["cells"] or 0 for each in facades),
        "blind": sum(each["blind"] or 0 for each in facades),
    }
