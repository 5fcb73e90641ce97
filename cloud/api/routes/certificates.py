"""Certificates of how facades were watched: made on demand, for a purpose that is kept in the log."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import StreamingResponse

from cloud.api import known
from cloud.api.auth import Certifier
from cloud.api.bodies import Body, Why
from cloud.api.handing import handed
from cloud.api.problems import objected
from cloud.api.services import Use
from cloud.core.access import may
from cloud.core.parts import PlaceId
from cloud.core.refused import objection
from cloud.evidence.certificate.collect import Wanted
from cloud.evidence.certificate.issue import issue
from contracts.base import Instant

router = APIRouter(prefix="/api/certificates")

Number = Annotated[int, Field(ge=1, le=1000)]


class Certifying(Body):
    """Of which facades, over [begin, end), for whom and why. facades: None: all of the estate.

    cell: floor and bay, of one facade.
    """

    estate: PlaceId
    facades: Annotated[tuple[PlaceId, ...], Field(min_length=1, max_length=1000)] | None = None
    cell: tuple[Number, Number] | None = None
    begin: Instant
    end: Instant
    purpose: Why


@router.post("", response_class=StreamingResponse)
async def certify(body: Certifying, account: Certifier, services: Use) -> StreamingResponse:
    """The certificate; its issue is entered into the log first."""
    async with services.reading(account) as conn:
        await known.estate(conn, body.estate)
    using = services.certifying
    if using is None:
        raise objected(
            HTTPStatus.CONFLICT,
            objection(
                "nothing_can_be_proved", "nothing can be proved here: set evidence.keys, evidence.time_stamp"
            ),
        )
    wanted = Wanted(
        estate=body.estate,
        facades=body.facades,
        begin=body.begin,
        end=body.end,
        by=account.username,
        purpose=body.purpose,
        cell=body.cell,
        notes=may(account.role, "desk"),
        principal=account.principal,
    )
    answer = await handed(services, lambda folder: issue(using, wanted, folder))
    services.log.info("certificate_issued", estate=body.estate, by=account.username)
    return answer
