"""What the desk sees at one moment."""

from datetime import timedelta
from typing import Final

from fastapi import APIRouter

from cloud import clock
from cloud.api import shapes
from cloud.api.answers import alerts as answers
from cloud.api.auth import Desk
from cloud.api.services import Use
from cloud.core.access import HOLDERS
from cloud.store import accounts, alerts, changes, handovers, registry

router = APIRouter(prefix="/api/desk")

CLOSED_SPAN: Final = timedelta(hours=12)
CLOSED_MAX: Final = 50


@router.get("")
async def desk(account: Desk, services: Use) -> answers.Desk:
    """Open and lately closed alerts, and how far the cameras can be trusted."""
    now = clock.utc_now()
    async with services.reading(account) as conn:
        change = await changes.newest(conn)
        estates = await registry.estates(conn)
        cameras = await registry.cameras(conn)
        open_alerts = await alerts.open_alerts(conn)
        names = await accounts.display_names(conn)
        closed = await alerts.closed_since(conn, now - CLOSED_SPAN, CLOSED_MAX)
        colleagues = list(await accounts.names_of(conn, HOLDERS["desk"]))
        passed_on = await handovers.since(conn, now - CLOSED_SPAN)
    states = {camera.id: camera.now for camera in cameras}
    named = {camera.id: shapes.thing(camera.id, camera.name_zh, camera.name_en) for camera in cameras}
    return {
        "now": shapes.instant(now),
        "change": change,
        "people": shapes.people(names),
        "estates": [shapes.thing(estate.id, estate.name_zh, estate.name_en) for estate in estates],
        "cameras": {
            "total": len(cameras),
            "trusted": sum(camera.now == "streaming" and not camera.is_blinded for camera in cameras),
            "lost": [named[camera] for camera, state in states.items() if state == "lost"],
            "faulty": [named[camera.id] for camera in cameras if camera.is_blinded],
            "unknown": [named[camera] for camera, state in states.items() if state == "unknown"],
        },
        "open": [shapes.alert(row) for row in open_alerts],
        "closed": [shapes.alert(row) for row in closed],
        "colleagues": colleagues,
        "handovers": [shapes.handover(row) for row in passed_on],
    }
