"""Leave to see pictures of people: who has given it to whom, of what, why and until when."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, StringConstraints

from cloud import clock
from cloud.api import shapes
from cloud.api.answers import people
from cloud.api.answers.base import Made
from cloud.api.auth import Granter
from cloud.api.bodies import NO_NUL, Body, Slug
from cloud.api.problems import Problem
from cloud.api.routes.accounts import NAME_PATTERN
from cloud.api.services import Use
from cloud.core.access import NEED_LEAVE
from cloud.store import accounts, alerts, audit, grants, registry
from cloud.store.accounts import Account
from cloud.store.audit import Act
from cloud.store.grants import Grant
from cloud.store.pool import Connection

router = APIRouter(prefix="/api/grants", tags=["grants"])

LONGEST: Final = timedelta(days=90)
"""Leave is for a case, and a case ends."""
Reason = Annotated[
    str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True, pattern=NO_NUL)
]


class Granting(Body):
    """Leave for somebody. alert: of this one; without, of every alert in the estate."""

    username: Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
    estate: Slug
    alert: UUID | None = None
    reason: Reason
    until: AwareDatetime


@router.get("")
async def overview(account: Granter, services: Use) -> people.Grants:
    """The newest leaves in one's estates, and who can be given one."""
    now = clock.utc_now()
    async with services.reading(account) as conn:
        rows = await grants.newest(conn)
        bureau = await accounts.names_of(conn, NEED_LEAVE)
        names = await accounts.display_names(conn)
        estates = await registry.estates(conn)
    return {
        "now": shapes.instant(now),
        "grants": [shapes.grant(row, now) for row in rows],
        "people": shapes.people(bureau),
        "names": shapes.people(names),
        "estates": [shapes.thing(row.id, row.name_zh, row.name_en) for row in estates],
    }


@router.post("", status_code=201)
async def give(body: Granting, account: Granter, services: Use) -> Made:
    """Give leave until a time within the next 90 days."""
    now = clock.utc_now()
    if not now < body.until <= now + LONGEST:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "until: within the next 90 days")
    grant = Grant(body.username, body.estate, body.alert, body.reason, body.until)
    async with services.acting(account) as conn:
        await _expect_own(conn, grant, account)
        given = await grants.give(conn, grant, account.username, now)
        await audit.enter(conn, _act(account, "leave_given", given, grant), now)
    return {"id": str(given)}


@router.post("/{grant}/revoke")
async def revoke(grant: UUID, account: Granter, services: Use) -> people.Grant:
    """Take leave back; it ends at once."""
    now = clock.utc_now()
    async with services.acting(account) as conn:
        found = await grants.revoke(conn, grant, account.username, now)
        if found is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such leave")
        row, is_new = found
        if not is_new:
            raise Problem(HTTPStatus.CONFLICT, "it was taken back before")
        was = Grant(row.username, row.estate, row.alert, row.reason, row.ends_at)
        await audit.enter(conn, _act(account, "leave_taken_back", grant, was), now)
    return shapes.grant(row, now)


async def _expect_own(conn: Connection, grant: Grant, account: Account) -> None:
    """Nobody gives leave for what is not theirs, nor for an alert of another estate."""
    if grant.estate not in account.estates:
        raise Problem(HTTPStatus.NOT_FOUND, "there is no such estate")
    if grant.username not in await accounts.names_of(conn, NEED_LEAVE):
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "nobody of that name needs leave")
    if grant.alert is not None:
        found = await alerts.find(conn, grant.alert)
        if found is None or found[0].estate != grant.estate:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "there is no such alert in that estate")


def _act(account: Account, action: str, grant: UUID, of: Grant) -> Act:
    told = {
        "to": of.username,
        "alert": None if of.alert is None else str(of.alert),
        "until": shapes.instant(of.ends_at),
    }
    return Act(account.username, action, "picture_grant", str(grant), of.estate, of.reason, told)
