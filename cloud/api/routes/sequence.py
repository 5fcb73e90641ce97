"""Which messages of an agent have come, which never will, and which nobody can explain."""

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter

from cloud.api import shapes
from cloud.api.answers import upkeep
from cloud.api.auth import Maintenance
from cloud.api.problems import Problem
from cloud.api.services import Use
from cloud.store import devices, events
from cloud.store.events import Boot

router = APIRouter(prefix="/api")

BOOTS: Final = 100
LOSSES: Final = 100


@router.get("/agents/{agent}/sequence")
async def sequence(agent: str, account: Maintenance, services: Use) -> upkeep.Numbers:
    """For each of the newest boots what has not been seen; what its outbox still holds is among `missing`."""
    async with services.reading(account) as conn:
        if agent not in {row.id for row in await devices.agents(conn)}:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such agent")
        boots = await events.boots(conn, agent, BOOTS)
        losses = await events.losses(conn, agent, LOSSES)
    return {"agent": agent, "boots": [_boot(boot) for boot in boots], "losses": losses}


def _boot(boot: Boot) -> upkeep.Boot:
    return {
        "boot": str(boot.boot),
        "heard_at": shapes.instant(boot.heard_at),
        "accepted": boot.accepted,
        "stored": boot.stored,
        "refused": boot.refused,
        "lost": boot.lost,
        "missing": boot.missing,
    }
