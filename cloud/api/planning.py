"""What routes about plans share: the plan that holds, and how its next version is entered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from cloud.api import known
from cloud.api.problems import Problem
from cloud.core import plan
from cloud.core.estate import Estate
from cloud.store import audit, plans, registered, registry
from cloud.store import changes as told
from cloud.store.audit import Act
from cloud.store.pool import Connection


@dataclass(frozen=True, slots=True)
class Said:
    """Who enters a plan, why, and what it is about."""

    by: str
    reason: str
    kind: str
    subject: str


async def standing(conn: Connection, estate: str) -> tuple[plans.Version | None, Estate]:
    """The plan that holds; without one, what is registered, standing nowhere yet. 404: no such estate."""
    version, found = await plans.newest(conn, estate)
    if found is not None:
        return version, found
    bare = await registered.of_estate(conn, estate)
    if bare is None:
        raise known.no_estate()
    return None, plan.plan_of(bare)


async def replaced(conn: Connection, estate: str, replaces: int) -> Estate:
    """The plan that will be replaced, while nobody else can. 409: it was made from another version."""
    await plans.lock(conn, estate)
    version, found = await standing(conn, estate)
    newest = 0 if version is None else version.version
    if replaces != newest:
        raise Problem(HTTPStatus.CONFLICT, f"version {newest} counts by now, not {replaces}", version=newest)
    return found


async def enter(conn: Connection, drawn: Estate, before: Estate, said: Said, now: datetime) -> None:
    """A plan's next version, and what it registers."""
    await registry.draw(conn, drawn, before)
    entered = await plans.enter(conn, drawn, said.by, now)
    content: Mapping[str, object] = {} if entered is None else {"version": entered.version}
    act = Act(said.by, "entered_plan", said.kind, said.subject, purpose=said.reason, content=content)
    await audit.enter(conn, act, now)
    if entered is not None:
        await told.record(conn, entered.changes, now)
