"""Evidence files: made on demand, for a purpose that is kept in the log."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import StreamingResponse

from cloud.api.auth import Desk
from cloud.api.bodies import Body, Why
from cloud.api.handing import handed
from cloud.api.problems import Problem
from cloud.api.services import Use
from cloud.evidence.bundle.export import Order, export
from cloud.store import alerts

router = APIRouter(prefix="/api/alerts")


class Exporting(Body):
    """For whom and why it is taken out."""

    purpose: Why


@router.post("/{alert}/export", response_class=StreamingResponse)
async def take_out(alert: UUID, body: Exporting, account: Desk, services: Use) -> StreamingResponse:
    """The evidence file for the police or a court; the export is entered into the log first."""
    async with services.reading(account) as conn:
        if await alerts.find(conn, alert) is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such alert")
    if services.exporting is None:
        raise Problem(
            HTTPStatus.CONFLICT,
            "nothing can be proved here: set evidence.keys, evidence.time_stamp, device_ca",
        )
    using, order = services.exporting, Order(alert, account.username, body.purpose)
    answer = await handed(services, lambda folder: export(using, order, folder))
    services.log.info("evidence_exported", alert=str(alert), by=account.username)
    return answer
