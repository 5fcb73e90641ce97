"""What maintenance does with a fault besides its work order: it sets one aside, or takes it up again."""

from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from cloud import clock
from cloud.api.answers.upkeep import FaultMoved
from cloud.api.auth import Maintenance
from cloud.api.bodies import Shelving
from cloud.api.problems import Problem
from cloud.api.services import Services, Use
from cloud.api.shapes import maybe
from cloud.core import alarm as machine
from cloud.store import audit, changes, faults, maintenance
from cloud.store.accounts import Account
from cloud.store.audit import Act

router = APIRouter(prefix="/api/faults")


@router.post("/{fault}/shelve")
async def shelve(fault: UUID, body: Shelving, account: Maintenance, services: Use) -> FaultMoved:
    """Set it aside: nobody is reminded of it; it comes back by itself."""
    until = clock.utc_now() + timedelta(minutes=body.minutes)
    act = Act(
        account.username, "shelved", "fault", str(fault), None, body.reason, {"detail": until.isoformat()}
    )
    return await _apply(services, account, machine.Shelve(account.username, until, body.reason), act)


@router.post("/{fault}/unshelve")
async def unshelve(fault: UUID, account: Maintenance, services: Use) -> FaultMoved:
    """Take it up again."""
    act = Act(account.username, "unshelved", "fault", str(fault))
    return await _apply(services, account, machine.Unshelve(account.username), act)


async def _apply(
    services: Services, account: Account, given: machine.Shelve | machine.Unshelve, act: Act
) -> FaultMoved:
    now = clock.utc_now()
    async with services.acting(account) as conn:
        held = await faults.hold(conn, UUID(act.subject))
        if held is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such fault")
        changed = await maintenance.step_fault(conn, held, given, now)
        await audit.enter(conn, act, now)
        await changes.record(conn, changed, now)
    services.log.info("fault_moved", fault=act.subject, by=act.by, what=act.action)
    until = given.until if isinstance(given, machine.Shelve) else None
    return {"id": act.subject, "shelved_until": maybe(until)}
