"""One alert: all that is known of it, and what the desk does with it."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StringConstraints

from cloud import clock
from cloud.api import shapes
from cloud.api.auth import Desk
from cloud.api.problems import Problem
from cloud.api.services import Services, Use
from cloud.api.shapes import Json
from cloud.core import alert as machine
from cloud.store import alerts, changes, clips, equipment
from cloud.store.pool import transaction

router = APIRouter(prefix="/api/alerts")

Note = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True, pattern=r"^[^\x00]*$")]


class Closing(BaseModel):
    """What it was."""

    model_config = ConfigDict(extra="forbid")
    reason: machine.CloseReason
    note: Note = ""


@router.get("/{alert}")
async def detail(alert: UUID, _: Desk, services: Use) -> Json:
    """An alert with its track, its clip and its history."""
    return await _detail(services, alert)


@router.post("/{alert}/acknowledge")
async def acknowledge(alert: UUID, account: Desk, services: Use) -> Json:
    """Answer for an alert."""
    return await _apply(services, alert, machine.Acknowledge(account.username))


@router.post("/{alert}/close")
async def close(alert: UUID, body: Closing, account: Desk, services: Use) -> Json:
    """Say what it was."""
    return await _apply(services, alert, machine.Close(account.username, body.reason, body.note))


async def _apply(services: Services, alert: UUID, given: machine.Acknowledge | machine.Close) -> Json:
    now = clock.utc_now()
    async with transaction(services.pool) as conn:
        change = await alerts.apply(conn, alert, given, now)
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
    return await _detail(services, alert)


async def _detail(services: Services, alert: UUID) -> Json:
    async with transaction(services.pool, snapshot=True) as conn:
        found = await alerts.find(conn, alert)
        if found is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such alert")
        row, message = found
        clip = await clips.of_event(conn, row.message_id)
        lines = await alerts.history(conn, alert)
        given = await equipment.warnings(conn, row.camera, row.observed_at, row.last_visible_at)
    return shapes.alert_detail(row, message, clip, lines, given)
