"""Draws for inspections: made from a seed that anybody can repeat, kept, and what was found of each thing."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from cloud import clock
from cloud.api import shapes
from cloud.api.answers import oversight as answers
from cloud.api.answers.base import Named
from cloud.api.auth import Inspector, Overseer
from cloud.api.bodies import NO_NUL, Body, Id, Note, Why
from cloud.api.problems import objected
from cloud.api.services import Use
from cloud.core.refused import objection
from cloud.core.sampling import drawn, population_digest
from cloud.store import accounts, audit, changes, inspections, maintenance, registry
from cloud.store.accounts import Account
from cloud.store.audit import Act
from cloud.store.inspections import Draw, Inspected, PickRow, What
from cloud.store.pool import Connection
from cloud.store.work_orders import New, Place

router = APIRouter(prefix="/api/bureau/draws")

Seed = Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True, pattern=NO_NUL)]


class Drawing(Body):
    """Which seed, how many of what, and for which inspection."""

    seed: Seed
    what: Literal["facade", "camera"] = "facade"
    size: int = Field(ge=1, le=1000)
    purpose: Why


class Found(Body):
    """What the inspector found. What failed becomes a work order with `note` as its detail."""

    subject: Id
    outcome: Literal["passed", "failed"]
    note: Note = ""


@router.get("")
async def draws(account: Overseer, services: Use) -> answers.Draws:
    """The newest draws, with what of one's own estates was drawn."""
    now = clock.utc_now()
    async with services.reading(account) as conn:
        change = await changes.newest(conn)
        found = await inspections.draws(conn)
        told = await _told(conn, found)
        people = shapes.people(await accounts.display_names(conn))
    return {"now": shapes.instant(now), "change": change, "people": people, "draws": told}


@router.post("")
async def draw(body: Drawing, account: Inspector, services: Use) -> answers.Draw:
    """Draw from all that one sees; it is kept as it was made."""
    now = clock.utc_now()
    async with services.acting(account) as conn:
        every = await inspections.population(conn, body.what)
        if not every:
            raise objected(HTTPStatus.CONFLICT, objection("nothing_to_draw", "there is nothing to draw from"))
        made = Draw(
            uuid4(),
            body.seed,
            body.what,
            body.size,
            len(every),
            population_digest(every),
            body.purpose,
            now,
            account.username,
        )
        await inspections.keep(conn, made, drawn(every, body.seed, body.size))
        content = {"seed": body.seed, "what": body.what, "size": body.size, "sha256": made.sha256}
        act = Act(account.username, "drew", "draw", str(made.id), purpose=body.purpose, content=content)
        await audit.enter(conn, act, now)
        (told,) = await _told(conn, [made])
    return told


@router.post("/{draw}/found")
async def found(draw: UUID, body: Found, account: Inspector, services: Use) -> answers.Draw:
    """Say what was found of something that was drawn, once; what failed becomes a work order."""
    now = clock.utc_now()
    async with services.acting(account) as conn:
        held = await inspections.find(conn, draw, body.subject)
        if held is None:
            raise objected(HTTPStatus.NOT_FOUND, objection("not_drawn", "this was not drawn"))
        made, pick = held
        if pick.outcome is not None:
            raise objected(
                HTTPStatus.CONFLICT, objection("found_already", "somebody has said already what was found")
            )
        order = (
            await _order(conn, account, made.what, pick, body.note, now) if body.outcome == "failed" else None
        )
        said = Inspected(body.outcome, body.note, account.username, now, order)
        await inspections.inspect(conn, pick, said)
        content = {"draw": str(draw), "subject": pick.subject, "outcome": body.outcome}
        act = Act(account.username, "inspected", "draw", str(draw), pick.estate, body.note, content)
        await audit.enter(conn, act, now)
        (told,) = await _told(conn, [made])
    return told


async def _order(  # noqa: PLR0917 - each is one thing
    conn: Connection, account: Account, what: What, pick: PickRow, note: str, at: datetime
) -> UUID:
    if what == "facade":
        facade = await registry.facade(conn, pick.subject)
        assert facade is not None, "what was drawn stays"
        place = Place(pick.estate, facade.building, facade.id)
    else:
        place = Place(pick.estate, subject_type="camera", subject=pick.subject)
    new = New("inspection", "warning", place, "抽查不合格", note, str(pick.draw)[:8], account.username)
    order, changed = await maintenance.open_order(conn, new, at)
    await changes.record(conn, changed, at)
    return order


async def _told(conn: Connection, found: list[Draw]) -> list[answers.Draw]:
    picks = await inspections.picks(conn, [one.id for one in found])
    estates = {row.id: shapes.thing(row.id, row.name_zh, row.name_en) for row in await registry.estates(conn)}
    called: dict[str, Named] = {}
    if picks:
        facades, cameras = await registry.facades(conn), await registry.camera_names(conn)
        called |= {row.id: shapes.thing(row.id, row.name_zh, row.name_en) for row in facades}
        called |= {row.id: shapes.thing(row.id, row.name_zh, row.name_en) for row in cameras}
    return [_draw(one, [pick for pick in picks if pick.draw == one.id], estates, called) for one in found]


def _draw(
    one: Draw, picks: list[PickRow], estates: dict[str, Named], called: dict[str, Named]
) -> answers.Draw:
    return {
        "id": str(one.id),
        "seed": one.seed,
        "what": one.what,
        "size": one.size,
        "population": one.population,
        "sha256": one.sha256,
        "purpose": one.purpose,
        "drawn_at": shapes.instant(one.drawn_at),
        "drawn_by": one.drawn_by,
        "picks": [
            {
                "estate": estates[pick.estate],
                "subject": called.get(pick.subject) or shapes.thing(pick.subject, pick.subject, pick.subject),
                "key": pick.key,
                "outcome": pick.outcome,
                "note": pick.note,
                "inspected_by": pick.inspected_by,
                "inspected_at": shapes.maybe(pick.inspected_at),
                "work_order": None if pick.work_order is None else str(pick.work_order),
            }
            for pick in picks
        ],
    }
