"""Why somebody looks at an alert's video, and who has had its evidence in hand."""

from http import HTTPStatus
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import StringConstraints, model_validator

from cloud import clock
from cloud.api import custody_shapes, leave
from cloud.api.answers.alerts import Custody, Viewing
from cloud.api.auth import Desk, Looker
from cloud.api.bodies import NO_NUL, Body
from cloud.api.problems import Problem
from cloud.api.services import Use
from cloud.core.custody import Purpose
from cloud.store import alerts, clips, log, viewings

router = APIRouter(prefix="/api/alerts")

Words = Annotated[str, StringConstraints(max_length=500, strip_whitespace=True, pattern=NO_NUL)]


class Asking(Body):
    """Why. What is not in the list is said in words."""

    purpose: Purpose
    note: Words = ""

    @model_validator(mode="after")
    def _is_said(self) -> Self:
        if self.purpose == "other" and not self.note:
            raise ValueError("say in `note` what the purpose is")
        return self


@router.post("/{alert}/viewings", status_code=HTTPStatus.CREATED)
async def ask(alert: UUID, body: Asking, account: Looker, services: Use) -> Viewing:
    """Say why one looks at the video; it may be played for two hours then, and every playing is entered."""
    async with services.acting(account) as conn:
        await leave.expect_for_alert(conn, account, alert, clock.utc_now())
        given = await viewings.give(conn, alert, account.username, (body.purpose, body.note), clock.utc_now())
        if given is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such alert")
    return custody_shapes.viewing(given)


@router.get("/{alert}/custody")
async def custody(alert: UUID, account: Desk, services: Use) -> Custody:
    """What was done with the evidence, by whom and why, and the place of each entry in the log."""
    async with services.reading(account) as conn:
        found = await alerts.find(conn, alert)
        if found is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such alert")
        event = found[0].message_id
        clip = await clips.of_event(conn, event)
        links = await viewings.custody(conn, alert)
    async with services.as_owner() as conn:
        # The log belongs to nobody alone: of it only the places of what was just read are told.
        places = await log.places(conn, "audit", [str(link.id) for link in links])
        states = await log.places(conn, "clip", [str(event)])
    return {
        "clip": None if clip is None else custody_shapes.kept(clip, states.get(str(event))),
        "links": [custody_shapes.link(link, places.get(str(link.id))) for link in links],
    }
