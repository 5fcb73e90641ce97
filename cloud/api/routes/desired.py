"""What is wanted of an agent: read it with what became of it, and set it."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from cloud import clock
from cloud.api import shapes
from cloud.api.answers import upkeep
from cloud.api.auth import Maintenance
from cloud.api.bodies import SlugInPath
from cloud.api.problems import Problem
from cloud.api.services import Use
from cloud.store import audit, changes, desired, registry
from cloud.store.audit import Act
from cloud.store.changes import Change
from cloud.store.pool import Connection
from contracts.base import MAX_MESSAGE_BYTES, MAX_SEQ, Text
from contracts.devices import DesiredCamera, DesiredState, FaultName
from contracts.ids import ProfileId
from contracts.messages import encode

router = APIRouter(prefix="/api")


class Wish(BaseModel):
    """A desired state without its number, given here. replaces: the version that it was made from."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    replaces: int = Field(ge=0, le=MAX_SEQ)
    cameras: tuple[DesiredCamera, ...] = Field(default=(), max_length=200)
    thresholds: dict[FaultName, float] = Field(default_factory=dict, max_length=200)
    profiles: dict[ProfileId, Text] = Field(default_factory=dict, max_length=200)


@router.get("/agents/{agent}/desired")
async def wanted(agent: SlugInPath, account: Maintenance, services: Use) -> upkeep.Desired:
    """What is wanted of an agent, and what became of the last versions."""
    async with services.reading(account) as conn:
        if not await registry.is_known(conn, agent):
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such agent")
        return await _shown(conn, agent)


@router.put("/agents/{agent}/desired")
async def want(agent: SlugInPath, body: Wish, account: Maintenance, services: Use) -> upkeep.Desired:
    """Want something else of an agent. 409 when somebody else was faster."""
    now = clock.utc_now()
    async with services.acting(account) as conn:
        if not await desired.lock(conn, agent):
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such agent")
        newest = await desired.newest(conn, agent)
        version = 0 if newest is None else newest.version
        if body.replaces != version:
            raise Problem(
                HTTPStatus.CONFLICT, f"version {version} counts by now, not {body.replaces}", version=version
            )
        await _expect_cameras(conn, agent, body.cameras)
        wish = {"cameras": body.cameras, "thresholds": body.thresholds, "profiles": body.profiles}
        state = await state_of(conn, agent, wish | {"issued_at": now, "issued_by": account.username[:64]})
        changed = await desired.issue(conn, agent, state)
        shown = await _shown(conn, agent)
        act = Act(account.username, "wanted", "agent", agent, content={"version": state.version})
        await audit.enter(conn, act, now)
        await changes.record(conn, changed, now)
    services.log.info("desired_issued", agent=agent, version=state.version, by=account.username)
    return shown


async def state_of(conn: Connection, agent: str, values: Mapping[str, Any]) -> DesiredState:
    """The next version of what is wanted of an agent whose lock is held.

    Raises:
        Problem: 422, it does not fit into a message.
    """
    state = DesiredState.model_validate({**values, "version": await desired.highest(conn, agent) + 1})
    if len(encode(state)) > MAX_MESSAGE_BYTES:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"it is larger than {MAX_MESSAGE_BYTES} bytes: draw less exactly",
        )
    return state


async def issue_of_camera(
    conn: Connection, agent: str, after: DesiredCamera, by: str, at: datetime
) -> tuple[int, list[Change]]:
    """Want something else of one camera of an agent whose lock is held; its version. Raises as `state_of`."""
    before = await desired.newest(conn, agent)
    cameras = () if before is None else before.cameras
    state = await state_of(
        conn,
        agent,
        {
            "issued_at": at,
            "issued_by": by[:64],
            "cameras": (*(one for one in cameras if one.camera != after.camera), after),
            "thresholds": {} if before is None else before.thresholds,
            "profiles": {} if before is None else before.profiles,
        },
    )
    return state.version, await desired.issue(conn, agent, state)


def of_camera(state: DesiredState | None, camera: str) -> DesiredCamera:
    """What is wanted of a camera."""
    cameras = () if state is None else state.cameras
    return next((one for one in cameras if one.camera == camera), DesiredCamera(camera=camera))


async def _expect_cameras(conn: Connection, agent: str, cameras: tuple[DesiredCamera, ...]) -> None:
    """Each is the agent's, and named once."""
    own = (await registry.owned(conn, [agent])).cameras
    strange = [each.camera for each in cameras if each.camera not in own]
    if strange:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, f"not cameras of {agent}: {', '.join(sorted(set(strange)))}"
        )
    twice = [name for name, count in Counter(each.camera for each in cameras).items() if count > 1]
    if twice:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"named more than once: {', '.join(twice)}")


async def _shown(conn: Connection, agent: str) -> upkeep.Desired:
    newest = await desired.newest(conn, agent)
    return {
        "agent": agent,
        "wanted": None if newest is None else _wanted(newest),
        "versions": [
            {
                "version": row.version,
                "issued_at": shapes.instant(row.issued_at),
                "issued_by": row.issued_by,
                "published_at": shapes.maybe(row.published_at),
                "outcome": cast("upkeep.Outcome | None", row.outcome),
                "now": row.now,
                "reason": row.reason,
                "reported_at": shapes.maybe(row.observed_at),
            }
            for row in await desired.history(conn, agent)
        ],
    }


def _wanted(state: DesiredState) -> upkeep.Wanted:
    return {
        "version": state.version,
        "issued_at": shapes.instant(state.issued_at),
        "issued_by": state.issued_by,
        "cameras": list(state.cameras),
        "thresholds": state.thresholds,
        "profiles": state.profiles,
    }
