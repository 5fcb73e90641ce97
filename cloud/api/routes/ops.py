"""For those who run it: is it up, is it ready, what does it count. And the live line of the pages."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from cloud.api import auth
from cloud.api.answers.base import Status
from cloud.api.auth import Anyone
from cloud.api.problems import Problem
from cloud.api.services import Use
from cloud.core.access import may
from cloud.store import counts, migrate
from cloud.store.pool import DatabaseDown

router = APIRouter()

ChangeId = Annotated[int | None, Query(ge=0, lt=2**63)]


STREAM: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
        "description": "Ids, no contents.",
    }
}


@router.get("/api/live", response_class=StreamingResponse, responses=STREAM)
async def live(
    request: Request,
    account: Anyone,
    services: Use,
    since: ChangeId = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Server-sent events of one's duties and estates; `Last-Event-ID` or `?since=` replays."""
    if last_event_id is not None and last_event_id.isdecimal() and len(last_event_id) < 19:
        since = int(last_event_id)

    async def still() -> bool:
        try:
            # At the desk watching is using; elsewhere an open page is not somebody who is there.
            is_use = may(account.role, "desk")
            return await auth.who(request, services, is_use=is_use) == account
        except DatabaseDown:
            return True  # Not knowing is no reason to throw people out.

    return StreamingResponse(
        services.hub.stream(account, since, still),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(services: Use) -> Response:
    """For Prometheus."""
    async with services.as_owner() as conn:
        found = await counts.by_state(conn)
        open_faults = await counts.open_faults(conn)
    measured = services.metrics
    for table, gauge in (
        ("alert", measured.alerts),
        ("fault", measured.faults),
        ("clip", measured.clips),
        ("work_order", measured.work_orders),
    ):
        for state, count in found[table].items():
            gauge.labels(state).set(count)
    measured.open_faults.clear()  # A kind that is over must not stay.
    for (kind, severity), count in open_faults.items():
        measured.open_faults.labels(kind, severity).set(count)
    return Response(generate_latest(services.registry), media_type=CONTENT_TYPE_LATEST)


@router.get("/healthz")
async def healthz(services: Use) -> Status:
    """The process is up and does all that it should."""
    if not services.hub.alive:
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "changes are no longer told to pages")
    return {"status": "up"}


@router.get("/readyz")
async def readyz(services: Use) -> Status:
    """The database can be reached and has the newest schema."""
    async with services.as_owner() as conn:
        if not await migrate.is_current(conn):
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "the database is not migrated")
    return {"status": "ready"}
