"""Plans of estates, version after version; with each, what its cameras see is computed and kept."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString

from cloud.core import modelled, plan
from cloud.core.cells import Seen, looks
from cloud.core.day_digest.facts import comes_late, day_of
from cloud.core.estate import Estate
from cloud.core.geometry.site import Site
from cloud.core.plan import Content
from cloud.store import audit, closed_days, desired, doubts, registered, sights
from cloud.store.changes import Change, record
from cloud.store.pool import Connection, Jsonb
from contracts.devices import DesiredCamera

SYSTEM: Final = "system"
"""Who enters what an estate file says."""
Wished = dict[str, tuple[int, DesiredCamera | None]]
"""Camera → the version of what is wanted that counts on its box, and what that says of the camera."""


@dataclass(frozen=True, slots=True)
class Version:
    """A plan as it was entered. holds_from: since when cameras see what follows from it."""

    estate: str
    version: int
    sha256: str
    holds_from: datetime
    entered_at: datetime
    entered_by: str


_VERSION: Final = "estate, version, sha256, holds_from, entered_at, entered_by"


@dataclass(frozen=True, slots=True)
class Entered:
    """What entering a plan did. cameras: how many were surveyed; doubts: whose pose is doubted no more."""

    version: int
    cameras: int
    changes: list[Change]


async def lock(conn: Connection, estate: str) -> None:
    """Nobody else enters a plan of this estate until the transaction ends."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 40))", (estate,))


async def enter(
    conn: Connection, estate: Estate, by: str, at: datetime, *, holds_from: datetime | None = None
) -> Entered | None:
    """Keep a plan, if it is another than the last, and what its cameras see; None where nothing differs.

    Estate, facades and cameras must be registered. Only cameras that the change concerns are surveyed anew.

    Args:
        conn: In a transaction.
        estate: As its file says.
        by: Who enters it.
        at: Now.
        holds_from: Since when things stand so; None: since `at`. No version holds before the last.
    """
    await lock(conn, estate.id)
    new = plan.plan_of(estate)
    content = plan.content(new)
    digest = plan.digest(content)
    last, before = await _newest(conn, estate.id)
    if (last is None and not plan.is_drawn(new)) or (last is not None and last.sha256 == digest):
        return None
    since = at if holds_from is None else min(holds_from, at)
    if last is not None:
        since = max(since, last.holds_from)
    version = 1 if last is None else last.version + 1
    await conn.execute(
        "INSERT INTO estate_plan (estate, version, content, sha256, holds_from, entered_at, entered_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (estate.id, version, Jsonb(content), digest, since, at, by),
    )
    if comes_late(since, at):
        await closed_days.announce(conn, estate.id, day_of(since))
    stale = plan.stale(before, content)
    wished = await _wished(conn, stale)
    site = _site(new, wished)
    await sights.replace_grids(conn, estate.id, site.facades, version, since)
    await _survey(conn, estate.id, site, wished, (version, since, at))
    gone = frozenset(stale - site.cameras.keys())
    await sights.replace(conn, estate.id, gone, (), version, since)
    told = await doubts.end(conn, plan.moved(before, content), by, f"plan {version}", at)
    return Entered(
        version,
        len(stale - gone),
        [*(Change("camera", name) for name in sorted(stale)), *told],
    )


async def seed(
    conn: Connection, estate: Estate, at: datetime, *, holds_from: datetime | None = None
) -> Entered | None:
    """`enter` for whoever runs the service: the audit log and the pages are told, too."""
    entered = await enter(conn, estate, SYSTEM, at, holds_from=holds_from)
    if entered is not None:
        content = {"version": entered.version, "cameras": entered.cameras}
        act = audit.Act(SYSTEM, "entered_plan", "estate", estate.id, content=content)
        await audit.enter(conn, act, at)
        await record(conn, entered.changes, at)
    return entered


async def undone_by(conn: Connection, estate: Estate) -> Version | None:
    """The plan that holds, where a person has entered it and this file says otherwise: it would be undone."""
    last, _ = await _newest(conn, estate.id)
    if last is None or last.entered_by == SYSTEM:
        return None
    return None if last.sha256 == plan.digest(plan.content(plan.plan_of(estate))) else last


async def as_file(conn: Connection, estate: str) -> tuple[Version | None, Estate | None]:
    """What an estate file says of the estate now, with the plan's version; no estate where there is none."""
    known = await registered.of_estate(conn, estate)
    version, standing = await newest(conn, estate)
    return version, known if known is None or standing is None else plan.whole(standing, known)


async def newest(conn: Connection, estate: str) -> tuple[Version | None, Estate | None]:
    """The plan that holds now; None twice where none was ever entered."""
    version, content = await _newest(conn, estate)
    return version, None if content is None else Estate.model_validate(content)


async def _newest(conn: Connection, estate: str) -> tuple[Version | None, Content | None]:
    row = await (
        await conn.execute(
            f"SELECT {_VERSION}, content FROM estate_plan WHERE estate = %s ORDER BY version DESC LIMIT 1",  # noqa: S608 - own words
            (estate,),
        )
    ).fetchone()
    return (None, None) if row is None else (Version(*row[:-1]), row[-1])


async def planned(conn: Connection) -> set[str]:
    """Estates of which a plan was entered."""
    rows = await conn.execute("SELECT DISTINCT estate FROM estate_plan")
    return {estate for (estate,) in await rows.fetchall()}


async def versions(conn: Connection, estate: str) -> list[Version]:
    """All of an estate, oldest first."""
    rows = await conn.execute(
        f"SELECT {_VERSION} FROM estate_plan WHERE estate = %s ORDER BY version",  # noqa: S608 - own words
        (estate,),
    )
    return [Version(*row) for row in await rows.fetchall()]


async def of_version(conn: Connection, estate: str, version: int) -> Estate | None:
    """A plan as it was entered."""
    row = await (
        await conn.execute(
            "SELECT content FROM estate_plan WHERE estate = %s AND version = %s", (estate, version)
        )
    ).fetchone()
    return None if row is None else Estate.model_validate(row[0])


async def follow_wishes(conn: Connection, at: datetime) -> list[Change]:
    """Survey cameras anew where a mask that an operator has set counts on the box now, or no longer does.

    Of others whose box has applied a newer version it is noted that they need no look.
    """
    rows = await conn.execute(
        f"SELECT agent.estate, camera.id, {_wish('surveyed.wished')}, {_wish(_COUNTS)}"  # noqa: S608 - own words
        f" FROM surveyed JOIN camera ON camera.id = surveyed.camera {_TOLD}"
        f" JOIN agent ON agent.id = camera.agent WHERE surveyed.wished <> {_COUNTS}"
        " ORDER BY agent.estate, camera.id"
    )
    passed: list[str] = []
    masked: dict[str, list[str]] = {}
    for estate, camera, before, now in await rows.fetchall():
        if plan.wished_masks(_read(before)) == plan.wished_masks(_read(now)):
            passed.append(camera)
        else:
            masked.setdefault(estate, []).append(camera)
    changes: list[Change] = []
    for estate, cameras in masked.items():
        await lock(conn, estate)
        last, standing = await newest(conn, estate)
        if last is not None and standing is not None:
            wished = await _wished(conn, cameras)
            await _survey(conn, estate, _site(standing, wished), wished, (last.version, at, at))
            changes += [Change("camera", camera) for camera in sorted(cameras)]
    if passed:
        await conn.execute(
            f"UPDATE surveyed SET wished = {_COUNTS} FROM camera {_TOLD}"  # noqa: S608 - own words
            " WHERE camera.id = surveyed.camera AND camera.id = ANY(%s)",
            (passed,),
        )
    return changes


_TOLD: Final = f"LEFT JOIN {desired.NEWEST} told ON told.agent = camera.agent"
_COUNTS: Final = "coalesce(told.now, 0)"
"""SQL behind `_TOLD`: the version of what is wanted of the camera's agent that counts on the box."""


def _wish(version: LiteralString) -> LiteralString:
    """SQL: what a version says of the camera."""
    return (
        "(SELECT one FROM desired, jsonb_array_elements(content -> 'cameras') one"  # noqa: S608 - own words
        f" WHERE agent = camera.agent AND version = {version} AND one ->> 'camera' = camera.id LIMIT 1)"
    )


def _read(wish: Content | None) -> DesiredCamera | None:
    return None if wish is None else DesiredCamera.model_validate(wish)


def _site(standing: Estate, wished: Wished) -> Site:
    masks = [wish for _, wish in wished.values() if wish is not None]
    return modelled.site(plan.masked(standing, masks))


async def _survey(
    conn: Connection, estate: str, site: Site, wished: Wished, told: tuple[int, datetime, datetime]
) -> None:
    """Keep what the cameras that `wished` names see since then. told: the plan's version, since when, now."""
    version, since, at = told
    cameras = sorted(wished.keys() & site.cameras.keys())
    seen = await asyncio.to_thread(_looks, site, cameras)
    await sights.replace(conn, estate, cameras, seen, version, since)
    await conn.execute("DELETE FROM surveyed WHERE camera = ANY(%s)", (sorted(wished),))
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO surveyed (camera, plan, wished, at) VALUES (%s, %s, %s, %s)",
            [(name, version, wished[name][0], at) for name in cameras],
        )


def _looks(site: Site, cameras: Sequence[str]) -> list[Seen]:
    """A thread of its own: a thousand buildings take a minute, and the service goes on meanwhile."""
    return [seen for name in cameras for seen in looks(site, site.cameras[name])]


async def _wished(conn: Connection, cameras: Collection[str]) -> Wished:
    """Camera → the version that counts on its box, and what it says of the camera."""
    rows = await conn.execute(
        f"SELECT camera.id, {_COUNTS}, {_wish(_COUNTS)} FROM camera {_TOLD} WHERE camera.id = ANY(%s)",  # noqa: S608 - own words
        (list(cameras),),
    )
    return {name: (version, _read(wish)) for name, version, wish in await rows.fetchall()}
