"""The audit log, for those whose duty it is: who looked at, took out or changed what."""

from typing import Annotated, Final

from fastapi import APIRouter, Query

from cloud import clock
from cloud.api import shapes
from cloud.api.answers import people
from cloud.api.auth import Auditor
from cloud.api.routes.accounts import NAME_PATTERN
from cloud.api.services import Use
from cloud.store import accounts, audit

router = APIRouter(prefix="/api/audit", tags=["audit"])

PAGE: Final = 100


@router.get("")
async def entries(
    account: Auditor,
    services: Use,
    before: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    by: Annotated[str | None, Query(pattern=NAME_PATTERN)] = None,
) -> people.Audit:
    """The newest hundred entries of one's estates; `before`: the hundred before that number."""
    now = clock.utc_now()
    async with services.reading(account) as conn:
        rows = await audit.before(conn, before, by, PAGE)
        names = await accounts.display_names(conn)
    return {
        "now": shapes.instant(now),
        "people": shapes.people(names),
        "entries": [shapes.entry(row) for row in rows],
        "next": rows[-1].id if len(rows) == PAGE else None,
    }
