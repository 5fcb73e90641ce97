"""One alert: all that is known of it, and what the desk does with it."""

from datetime import timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from fastapi import APIRouter

from cloud import clock
from cloud.api import custody_shapes, leave, shapes
from cloud.api.answers.alerts import AlertDetail
from cloud.api.auth import Desk, Looker
from cloud.api.bodies import Body, Id, Note, Shelving, Why
from cloud.api.problems import Problem
from cloud.api.services import Services, Use
from cloud.core import alarm as machine
from cloud.core.alert import CloseReason
from cloud.store import alerts, audit, changes, clips, desk, equipment, viewings
from cloud.store.accounts import Account
from cloud.store.audit import Act
from cloud.store.pool import Connection

router = APIRouter(prefix="/api/alerts")

LOOKS_AGAIN: Final = timedelta(minutes=10)
"""A page reads an alert anew with each change of it: that is one look."""


class Confirming(Body):
    """What was done at the place."""

    note: Note = ""


class Assigning(Body):
    """Whose it is to see through: somebody of the desk."""

    to: Id


class Noting(Body):
    """What the next one should know."""

    text: Why


class Closing(Body):
    """What it was."""

    reason: CloseReason
    note: Note = ""


class Reopening(Body):
    """Why it was not over."""

    reason: Why


@router.get("/{alert}")
async def detail(alert: UUID, account: Looker, services: Use) -> AlertDetail:
    """An alert with its track, its clip and its history; who has looked stands in the audit log."""
    now = clock.utc_now()
    look = Act(account.username, "viewed", "alert", str(alert))
    async with services.reading(account) as conn:
        await leave.expect_for_alert(conn, account, alert, now)
        shown = await _detail(conn, account, alert)
        has_looked = await audit.entered_since(conn, look, now - LOOKS_AGAIN)
    if not has_looked:
        async with services.acting(account) as conn:
            await audit.enter(conn, look, now)
    return shown


@router.post("/{alert}/acknowledge")
async def acknowledge(alert: UUID, account: Desk, services: Use) -> AlertDetail:
    """Answer for an alert."""
    return await _apply(services, account, alert, machine.Acknowledge(account.username))


@router.post("/{alert}/confirm")
async def confirm(alert: UUID, body: Confirming, account: Desk, services: Use) -> AlertDetail:
    """Say that somebody was there and has done what was to be done."""
    return await _apply(services, account, alert, machine.Confirm(account.username, body.note))


@router.post("/{alert}/assign")
async def assign(alert: UUID, body: Assigning, account: Desk, services: Use) -> AlertDetail:
    """Give it to somebody of the desk to see through."""
    return await _apply(services, account, alert, machine.Assign(account.username, body.to))


@router.post("/{alert}/note")
async def note(alert: UUID, body: Noting, account: Desk, services: Use) -> AlertDetail:
    """Write down what the next one should know; also when it is closed."""
    return await _apply(services, account, alert, machine.Note(account.username, body.text))


@router.post("/{alert}/shelve")
async def shelve(alert: UUID, body: Shelving, account: Desk, services: Use) -> AlertDetail:
    """Set it aside; it comes back by itself."""
    until = clock.utc_now() + timedelta(minutes=body.minutes)
    return await _apply(services, account, alert, machine.Shelve(account.username, until, body.reason))


@router.post("/{alert}/unshelve")
async def unshelve(alert: UUID, account: Desk, services: Use) -> AlertDetail:
    """Take it up again."""
    return await _apply(services, account, alert, machine.Unshelve(account.username))


@router.post("/{alert}/close")
async def close(alert: UUID, body: Closing, account: Desk, services: Use) -> AlertDetail:
    """Say what it was."""
    return await _apply(services, account, alert, machine.Close(account.username, body.reason, body.note))


@router.post("/{alert}/reopen")
async def reopen(alert: UUID, body: Reopening, account: Desk, services: Use) -> AlertDetail:
    """Say why it was not over; it is in one's hands then."""
    return await _apply(services, account, alert, machine.Reopen(account.username, body.reason))


async def _apply(services: Services, account: Account, alert: UUID, given: machine.ByPeople) -> AlertDetail:
    now = clock.utc_now()
    async with services.acting(account) as conn:
        if isinstance(given, machine.Assign) and await desk.may_have(conn, alert, given.to) is False:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "there is nobody of that name at the desk")
        change = await desk.apply(conn, alert, given, now)
        if change is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such alert")
        await changes.record(conn, [change], now)
    services.log.info(
        "alert_moved",
        alert=str(alert),
        message_id=str(change.message_id),
        by=given.by,
        what=type(given).__name__.lower(),
    )
    async with services.reading(account) as conn:
        return await _detail(conn, account, alert)


async def _detail(conn: Connection, account: Account, alert: UUID) -> AlertDetail:
    found = await alerts.find(conn, alert)
    if found is None:
        raise Problem(HTTPStatus.NOT_FOUND, "there is no such alert")
    row, message = found
    clip = await clips.of_event(conn, row.message_id)
    lines = await alerts.history(conn, alert)
    given = await equipment.warnings(conn, row.camera, row.observed_at, row.last_visible_at)
    viewing = await viewings.of_alert(conn, alert, account.username, clock.utc_now())
    return {
        **shapes.alert_detail(row, message, clip, lines, given),
        "viewing": None if viewing is None else custody_shapes.viewing(viewing),
    }
