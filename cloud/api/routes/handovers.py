"""One shift hands over to the next."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from cloud import clock
from cloud.api.answers.base import Made
from cloud.api.auth import Desk
from cloud.api.bodies import Body, Id, Note
from cloud.api.problems import Problem
from cloud.api.services import Services, Use
from cloud.core import handover as machine
from cloud.core.access import HOLDERS
from cloud.store import accounts, changes, handovers
from cloud.store.accounts import Account

router = APIRouter(prefix="/api/handovers")


class Offer(Body):
    """To whom, what they should know of the shift, and of single alerts: alert → note."""

    to: Id
    note: Note = ""
    notes: dict[UUID, Note] = Field(default_factory=dict, max_length=500)


@router.post("")
async def offer(body: Offer, account: Desk, services: Use) -> Made:
    """Offer all that is open to the next; it takes the place of an offer of one's own that still stands."""
    now = clock.utc_now()
    async with services.acting(account) as conn:
        if body.to == account.username or body.to not in await accounts.names_of(conn, HOLDERS["desk"]):
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "there is no colleague of that name at the desk")
        changed = await handovers.offer(
            conn, account.username, body.to, handovers.Said(body.note, body.notes), now
        )
        await changes.record(conn, changed, now)
    services.log.info("handover_offered", by=account.username, to=body.to)
    return {"id": changed[0].subject}


@router.post("/{handover}/accept")
async def accept(handover: UUID, account: Desk, services: Use) -> Made:
    """Take over what is open."""
    return await _apply(services, account, handover, machine.Accept(account.username))


@router.post("/{handover}/withdraw")
async def withdraw(handover: UUID, account: Desk, services: Use) -> Made:
    """Take one's offer back."""
    return await _apply(services, account, handover, machine.Withdraw(account.username))


async def _apply(
    services: Services, account: Account, handover: UUID, given: machine.Accept | machine.Withdraw
) -> Made:
    now = clock.utc_now()
    async with services.acting(account) as conn:
        changed = await handovers.apply(conn, handover, given, now)
        if changed is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such handover")
        await changes.record(conn, changed, now)
    services.log.info("handover_ended", by=given.by, what=type(given).__name__.lower())
    return {"id": str(handover)}
