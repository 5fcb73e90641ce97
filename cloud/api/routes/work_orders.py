"""Work orders of every source: made by hand, given to somebody, done, looked at by a second person."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import Field, StringConstraints
from starlette.responses import Response

from cloud import clock
from cloud.api import shapes, upkeep_shapes
from cloud.api.answers import upkeep
from cloud.api.auth import Ledger, Maintenance
from cloud.api.bodies import NO_NUL, Body, Id, Note, Why
from cloud.api.problems import Problem, objected
from cloud.api.services import Services, Use
from cloud.core import photo as photographs
from cloud.core import work_order as machine
from cloud.core.access import HOLDERS, NEED_LEAVE, may
from cloud.core.blind_spot import Region, meant
from cloud.core.photo import NotAPhoto
from cloud.core.refused import Refused, objection
from cloud.store import accounts, audit, blind_spots, changes, maintenance, photos, registry, work_order_lists
from cloud.store.accounts import Account
from cloud.store.audit import Act
from cloud.store.changes import Change
from cloud.store.pool import Connection
from cloud.store.work_order_lists import Wanted, WorkOrderRow
from cloud.store.work_orders import New, Place
from contracts.devices import Severity

router = APIRouter(prefix="/api/work-orders")

ACTIONS: Final[Mapping[type[machine.Act], str]] = {
    machine.Assign: "assigned",
    machine.Take: "taken",
    machine.Wait: "waiting",
    machine.Finish: "finished",
    machine.Verify: "verified",
    machine.Reject: "rejected",
    machine.Cancel: "cancelled",
}
"""What the audit log says of each act, as the order's own history does."""
PAGE: Final = 200

PHOTO_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("image/jpeg", "image/png")
        },
    }
}

Line = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True, pattern=NO_NUL)]
Reference = Annotated[str, StringConstraints(max_length=64, strip_whitespace=True, pattern=NO_NUL)]


class Opening(Body):
    """What somebody found, was told, or will look at. floor, bay: of the facade, from 1."""

    source: Literal["blind_spot", "patrol", "complaint", "inspection"]
    severity: Severity = "serious"
    title: Line
    detail: Note = ""
    reference: Reference = ""
    estate: Id
    facade: Id | None = None
    floor: int | None = Field(default=None, ge=1, le=200)
    bay: int | None = Field(default=None, ge=1, le=200)
    camera: Id | None = None


class Assigning(Body):
    """Who is responsible."""

    to: Id


class Reasoned(Body):
    """Why."""

    reason: Why


class Finishing(Body):
    """What was done."""

    measure: Why


class Verifying(Body):
    """What was seen."""

    note: Note = ""


class Asked(Body):
    """Which orders; what is left out is not asked. before: a number, for the next page."""

    estate: Id | None = None
    facade: Id | None = None
    source: list[machine.Source] = Field(default=[], max_length=5)
    state: list[machine.State] = Field(default=[], max_length=7)
    overdue: bool | None = None
    responsible: Id | None = None
    before: int | None = Field(default=None, ge=1, le=2**62)


@router.get("")
async def listing(account: Ledger, services: Use, asked: Annotated[Asked, Query()]) -> upkeep.WorkOrders:
    """Orders as they are asked for, newest first; `next` is `before` of the next page."""
    wanted = Wanted(asked.estate, asked.facade, asked.source, asked.state, asked.overdue, asked.responsible)
    async with services.reading(account) as conn:
        change = await changes.newest(conn)
        found = await work_order_lists.select(conn, wanted, before=asked.before, limit=PAGE)
        names = await accounts.display_names(conn)
        shown = await _shown(conn, account, found)
    return {
        "now": shapes.instant(clock.utc_now()),
        "change": change,
        "people": shapes.people(names),
        "orders": shown,
        "next": found[-1].number if len(found) == PAGE else None,
    }


@router.post("", status_code=HTTPStatus.CREATED)
async def opening(body: Opening, account: Maintenance, services: Use) -> upkeep.WorkOrderDetail:
    """Make an order by hand."""
    now = clock.utc_now()
    async with services.acting(account) as conn:
        place = await _place(conn, body)
        new = New(
            body.source, body.severity, place, body.title, body.detail, body.reference, account.username
        )
        spot = await _spot(conn, services, body, now) if body.source == "blind_spot" else None
        order, changed = await maintenance.open_order(conn, new, now)
        if spot is not None:
            await blind_spots.bind(conn, order, *spot)
        content = {"source": body.source, "severity": body.severity, "title": body.title}
        await _enter(conn, account, "opened", order, content)
        await changes.record(conn, changed, now)
        return await _detail(conn, account, order)


@router.get("/{order}")
async def detail(order: UUID, account: Ledger, services: Use) -> upkeep.WorkOrderDetail:
    """One order with its photographs and its history."""
    async with services.reading(account) as conn:
        return await _detail(conn, account, order)


@router.post("/{order}/assign")
async def assign(order: UUID, body: Assigning, account: Maintenance, services: Use) -> upkeep.WorkOrderDetail:
    """Make somebody responsible."""
    return await _apply(services, account, order, machine.Assign(account.username, body.to))


@router.post("/{order}/take")
async def take(order: UUID, account: Maintenance, services: Use) -> upkeep.WorkOrderDetail:
    """Take it, or go on with it."""
    return await _apply(services, account, order, machine.Take(account.username))


@router.post("/{order}/wait")
async def wait(order: UUID, body: Reasoned, account: Maintenance, services: Use) -> upkeep.WorkOrderDetail:
    """Say why it cannot go on now."""
    return await _apply(services, account, order, machine.Wait(account.username, body.reason))


@router.post("/{order}/finish")
async def finish(order: UUID, body: Finishing, account: Maintenance, services: Use) -> upkeep.WorkOrderDetail:
    """Say what was done."""
    return await _apply(services, account, order, machine.Finish(account.username, body.measure))


@router.post("/{order}/verify")
async def verify(order: UUID, body: Verifying, account: Maintenance, services: Use) -> upkeep.WorkOrderDetail:
    """Say that it is done, having looked; whoever finished it cannot."""
    return await _apply(services, account, order, machine.Verify(account.username, body.note))


@router.post("/{order}/reject")
async def reject(order: UUID, body: Reasoned, account: Maintenance, services: Use) -> upkeep.WorkOrderDetail:
    """Say that it is not done."""
    return await _apply(services, account, order, machine.Reject(account.username, body.reason))


@router.post("/{order}/cancel")
async def cancel(order: UUID, body: Reasoned, account: Maintenance, services: Use) -> upkeep.WorkOrderDetail:
    """Say that it need not be done; not of a device's fault."""
    return await _apply(services, account, order, machine.Cancel(account.username, body.reason))


@router.post(
    "/{order}/photos",
    status_code=HTTPStatus.CREATED,
    openapi_extra=PHOTO_BODY,
    max_body_size=photographs.MAX_BYTES + 1,
)
async def add_photo(
    order: UUID, stage: photos.Stage, request: Request, account: Maintenance, services: Use
) -> upkeep.WorkOrderDetail:
    """Add a photograph of before or after the work: the body is the JPEG or PNG itself."""
    now, content = clock.utc_now(), await _content(request)
    try:
        said = request.headers.get("content-type", "")
        photo = photographs.examined(content, said.partition(";")[0].strip().lower())
    except NotAPhoto as error:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, str(error)) from error
    async with services.acting(account) as conn:
        if await work_order_lists.find(conn, order) is None:
            raise _no_order()
        sha256 = await photos.add(conn, order, stage, photo, content, by=account.username, at=now)
        if sha256 is None:
            raise Problem(HTTPStatus.CONFLICT, f"an order has at most {photos.MOST} photographs")
        await _enter(conn, account, "photographed", order, {"stage": stage, "sha256": sha256})
        await changes.record(conn, [Change("work_order", str(order))], now)
        return await _detail(conn, account, order)


@router.get("/photos/{photo}", response_class=Response)
async def photograph(photo: UUID, account: Ledger, services: Use) -> Response:
    """A photograph; that somebody looked is entered in the audit log."""
    if account.role in NEED_LEAVE:
        raise Problem(
            HTTPStatus.FORBIDDEN, "photographs of work are not for the bureau: people may be in them"
        )
    async with services.acting(account) as conn:
        found = await photos.find(conn, photo)
        if found is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such photograph")
        await _enter(conn, account, "viewed", found.work_order, {"sha256": found.sha256})
    headers = {"Cache-Control": "private, max-age=86400, immutable"}
    return Response(found.content, media_type=found.media_type, headers=headers)


async def _apply(
    services: Services, account: Account, order: UUID, given: machine.Act
) -> upkeep.WorkOrderDetail:
    now, what = clock.utc_now(), ACTIONS[type(given)]
    async with services.acting(account) as conn:
        if isinstance(given, machine.Assign):
            technicians = await accounts.names_of(conn, HOLDERS["maintenance"])
            if given.to not in technicians:
                raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "there is no technician of that name")
        if isinstance(given, machine.Verify) or (
            isinstance(given, machine.Cancel) and not await blind_spots.is_off_plan(conn, order)
        ):
            await _expect_covered(conn, services, order, now)
        changed = await maintenance.apply(conn, order, given, now)
        if changed is None:
            raise _no_order()
        content = {key: value for key, value in asdict(given).items() if key != "by"}
        await _enter(conn, account, what, order, content)
        await changes.record(conn, changed, now)
        moved = await _detail(conn, account, order)
    services.log.info("work_order_moved", order=str(order), by=given.by, what=what)
    return moved


async def _expect_covered(conn: Connection, services: Services, order: UUID, at: datetime) -> None:
    """An order about a blind spot ends only when its cells are covered, whatever people say.

    One of a facade that stands on no plan any more may be cancelled: nothing will ever cover it.

    Raises:
        Problem: 409, some are not.
    """
    left = await blind_spots.still_blind(conn, order, at, services.coverage.minute_s)
    if left is not None and left[0]:
        raise objected(
            HTTPStatus.CONFLICT,
            objection(
                "blind_spot_lasts",
                "{left} of the {cells} cells of this blind spot are not watched: it is over when a"
                " computation shows all of them watched for ten minutes",
                left=left[0],
                cells=left[1],
            ),
        )


async def _enter(
    conn: Connection, account: Account, what: str, order: UUID, content: Mapping[str, Any]
) -> None:
    act = Act(account.username, what, "work_order", str(order), content=content)
    await audit.enter(conn, act, clock.utc_now())


async def _detail(conn: Connection, account: Account, order: UUID) -> upkeep.WorkOrderDetail:
    row = await work_order_lists.find(conn, order)
    if row is None:
        raise _no_order()
    (shown,) = await _shown(conn, account, [row])
    lines = await work_order_lists.history(conn, [order])
    return {**shown, "history": shapes.history(lines)}


async def _shown(conn: Connection, account: Account, rows: Sequence[WorkOrderRow]) -> list[upkeep.WorkOrder]:
    """Orders with those of their pictures that the role may see: people may stand in them."""
    pictures = {} if account.role in NEED_LEAVE else await photos.of(conn, [row.id for row in rows])
    seen = may(account.role, "maintenance")
    return [upkeep_shapes.work_order(row, pictures.get(row.id, ()), seen=seen) for row in rows]


def _no_order() -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, "there is no such work order")


async def _content(request: Request) -> bytes:
    """The body, refused as soon as it is too long."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > photographs.MAX_BYTES:
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "a photograph has at most 4 MiB")
        parts.append(part)
    return b"".join(parts)


async def _spot(conn: Connection, services: Services, body: Opening, at: datetime) -> tuple[str, Region]:
    """Of which facade, and which of the cells that are meant are not watched now.

    Raises:
        Refused: No facade is named.
        Problem: 409, all of them are watched.
    """
    facade = None if body.facade is None else await registry.facade(conn, body.facade)
    if facade is None:
        raise Refused(objection("blind_spot_without_facade", "a blind spot is of a facade: name it"))
    cells = meant((facade.floors, facade.bays), body.floor, body.bay)
    left = await blind_spots.not_covered(conn, facade.id, cells, at, services.coverage.minute_s)
    if left is None:
        raise objected(
            HTTPStatus.CONFLICT,
            objection(
                "blind_spot_watched",
                "a computation shows all of this watched: such an order would be over at once. If it is not"
                " so, the plan is wrong: enter what was seen as a patrol's finding",
            ),
        )
    return facade.id, left


async def _place(conn: Connection, body: Opening) -> Place:
    """Where it is; what is named must exist and belong together."""
    if body.estate not in {estate.id for estate in await registry.estates(conn)}:
        raise Problem(HTTPStatus.NOT_FOUND, "there is no such estate")
    place = Place(body.estate)
    if body.facade is not None:
        facade = await registry.facade(conn, body.facade)
        if facade is None or facade.estate != body.estate:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "there is no such facade in this estate")
        if (body.floor or 1) > facade.floors or (body.bay or 1) > facade.bays:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "the facade has no such floor or bay")
        place = Place(body.estate, facade.building, facade.id, body.floor, body.bay)
    elif body.floor is not None or body.bay is not None:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "a floor or a bay is of a facade: name it")
    if body.camera is None:
        return place
    if body.estate not in {one.estate for one in await registry.cameras(conn, [body.camera])}:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "there is no such camera in this estate")
    return replace(place, subject_type="camera", subject=body.camera)
