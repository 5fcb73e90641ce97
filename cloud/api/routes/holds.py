"""Legal holds: what the desk keeps of an alert because a court or an insurer may ask for it."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime

from cloud import clock
from cloud.api import shapes
from cloud.api.answers.alerts import HeldNow, Hold, Holds
from cloud.api.auth import Desk
from cloud.api.bodies import Body, Why
from cloud.api.problems import Problem
from cloud.api.services import Use
from cloud.store import accounts, alerts, changes, holds
from cloud.store.changes import Change
from cloud.store.holds import HoldRow
from cloud.store.pool import Connection

router = APIRouter(prefix="/api")


class Holding(Body):
    """Why it is kept. until: when the hold ends by itself; without it, somebody lifts it."""

    reason: Why
    until: AwareDatetime | None = None


class Releasing(Body):
    """Which hold ends, and why."""

    hold: UUID
    reason: Why


@router.get("/holds")
async def active(account: Desk, services: Use) -> HeldNow:
    """What is held now, the newest first, each with its alert."""
    now = clock.utc_now()
    async with services.reading(account) as conn:
        found = await holds.active(conn, now)
        rows = {row.id: row for row in await alerts.among(conn, {alert for alert, _ in found})}
        names = await accounts.display_names(conn)
    return {
        "now": shapes.instant(now),
        "people": shapes.people(names),
        "holds": [{**_shown(row), "alert": shapes.alert(rows[alert])} for alert, row in found],
    }


@router.get("/alerts/{alert}/holds")
async def of_alert(alert: UUID, account: Desk, services: Use) -> Holds:
    """Every hold that the alert has had."""
    async with services.reading(account) as conn:
        return await _listed(conn, alert)


@router.post("/alerts/{alert}/hold")
async def hold(alert: UUID, body: Holding, account: Desk, services: Use) -> Holds:
    """Keep the alert, its clip and its messages until the hold ends."""
    now = clock.utc_now()
    if body.until is not None and body.until <= now:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "a hold must end in the future")
    async with services.acting(account) as conn:
        placed = await holds.place(
            conn, alert, by=account.username, reason=body.reason, until=body.until, at=now
        )
        if placed is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such alert")
        return await _changed(conn, alert, now)


@router.post("/alerts/{alert}/release")
async def release(alert: UUID, body: Releasing, account: Desk, services: Use) -> Holds:
    """End a hold."""
    now = clock.utc_now()
    async with services.acting(account) as conn:
        before = await _listed(conn, alert)
        lifted = await holds.lift(conn, alert, body.hold, by=account.username, reason=body.reason, at=now)
        if not lifted:
            known = any(found["id"] == str(body.hold) for found in before["holds"])
            what = "this hold has ended already" if known else "this alert has no such hold"
            raise Problem(HTTPStatus.CONFLICT, what)
        return await _changed(conn, alert, now)


async def _changed(conn: Connection, alert: UUID, at: datetime) -> Holds:
    await changes.record(conn, [Change("alert", str(alert))], at)
    return await _listed(conn, alert)


async def _listed(conn: Connection, alert: UUID) -> Holds:
    found = await holds.of_alert(conn, alert)
    if found is None:
        raise Problem(HTTPStatus.NOT_FOUND, "there is no such alert")
    return {"holds": [_shown(row) for row in found]}


def _shown(row: HoldRow) -> Hold:
    return {
        "id": str(row.id),
        "reason": row.reason,
        "by": row.by,
        "at": shapes.instant(row.at),
        "until": shapes.maybe(row.until),
        "lifted_by": row.lifted_by,
        "lifted_at": shapes.maybe(row.lifted_at),
        "lift_reason": row.lift_reason,
    }
