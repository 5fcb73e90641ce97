"""Which cells of which facade are watched now and were before; whether a moved camera looks as planned."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from cloud import clock
from cloud.api import coverage_shapes, known, shapes
from cloud.api.answers import coverage as answers
from cloud.api.answers.figures import Span as ToldSpan
from cloud.api.auth import Maintenance, Overseer
from cloud.api.bodies import Body, Id, SlugInPath, Why
from cloud.api.problems import objected
from cloud.api.routes import desired as wishes
from cloud.api.services import Services, Use
from cloud.core.cells import RECENT, FacadeHistory, Kept, histories, present
from cloud.core.days import ZONE, midnight
from cloud.core.fault import MOVED, Subject
from cloud.core.refused import Refused, objection
from cloud.core.spans import Span
from cloud.store import audit, cells, changes, desired, doubts, faults, registry
from cloud.store.accounts import Account
from cloud.store.audit import Act
from cloud.store.registry import CameraRow, FacadeRow

router = APIRouter(prefix="/api")

DAYS: Final = 31
LONGEST: Final = timedelta(days=100)


class Asked(Body):
    """Over which span; the last 31 days where nothing is said."""

    begin: AwareDatetime | None = None
    end: AwareDatetime | None = None

    def span(self, now: datetime) -> Span:
        """[begin, end), never beyond now.

        Raises:
            Refused: It is empty or too long.
        """
        end = min(self.end or now, now)
        begin = self.begin or midnight(end.astimezone(ZONE).date() - timedelta(days=DAYS - 1))
        if not timedelta(0) < end - begin <= LONGEST:
            raise Refused(
                objection(
                    "span_length", "a span of more than nothing, at most {days} days", days=LONGEST.days
                )
            )
        return begin, end


class WhichEstate(Body):
    """Of one estate, or of all that one may see."""

    estate: Id | None = None


class Confirming(Body):
    """What somebody looked at."""

    reason: Why


@router.get("/coverage")
async def overview(
    account: Overseer, services: Use, asked: Annotated[WhichEstate, Query()]
) -> answers.Coverage:
    """Each facade's cells that nobody watches now, the worst first, and cameras whose pose is doubted."""
    now = clock.utc_now()
    async with services.reading(account) as conn:
        change = await changes.newest(conn)
        estates = [row for row in await registry.estates(conn) if asked.estate in {None, row.id}]
        own = {row.id for row in estates}
        facades = [row for row in await registry.facades(conn, asked.estate) if row.estate in own]
        kept = await cells.kept(conn, (now - RECENT, now), now, [row.id for row in facades])
        doubted = await doubts.standing(conn)
        moved = await registry.cameras(conn, [doubt.camera for doubt in doubted])
    found = await asyncio.to_thread(present, kept, services.coverage.minute_s)
    told = [coverage_shapes.facade_now_brief(row, found.get(row.id)) for row in facades]
    return {
        "now": shapes.instant(now),
        "change": change,
        "estates": [
            coverage_shapes.estate(shapes.thing(row.id, row.name_zh, row.name_en), told, row.id)
            for row in estates
        ],
        "doubts": coverage_shapes.doubted(doubted, (row for row in moved if row.estate in own)),
    }


@router.get("/coverage/estates/{estate}/history")
async def history_of_estate(
    estate: SlugInPath, account: Overseer, services: Use, asked: Annotated[Asked, Query()]
) -> answers.EstateHistory:
    """Of each facade of an estate how much was watched over a span, the worst first."""
    now = clock.utc_now()
    span = asked.span(now)
    async with services.reading(account) as conn:
        rows = {row.id: row for row in await registry.facades(conn, estate)}
        await known.estate(conn, estate)
        kept = await cells.kept(conn, span, now, list(rows))
    found = await asyncio.to_thread(histories, kept, services.coverage.minute_s)
    told = [coverage_shapes.sums(rows[facade], each) for facade, each in found.items()]
    return {
        "now": shapes.instant(now),
        "span": _span(span),
        "facades": sorted(told, key=lambda one: (one["share"] is None, one["share"], one["id"])),
        "not_modelled": sorted(rows.keys() - found.keys()),
    }


@router.get("/coverage/facades/{facade}")
async def of_facade(facade: SlugInPath, account: Overseer, services: Use) -> answers.FacadeNow:
    """Every cell of a facade now: whether it is watched, how finely, by which cameras, else why not."""
    now = clock.utc_now()
    row, kept, cameras, change = await _read(services, account, facade, (now - RECENT, now), now)
    (found,) = await _one(services, kept)
    return coverage_shapes.facade_now(row, found, cameras, (now, change))


@router.get("/coverage/facades/{facade}/history")
async def history_of_facade(
    facade: SlugInPath, account: Overseer, services: Use, asked: Annotated[Asked, Query()]
) -> answers.FacadeHistory:
    """A facade over a span: shares, days, floors by day, streaks of each cell, what was lost and why."""
    now = clock.utc_now()
    span = asked.span(now)
    row, kept, cameras, change = await _read(services, account, facade, span, now)
    (found,) = await _one(services, kept)
    return {
        "now": shapes.instant(now),
        "change": change,
        "span": _span(span),
        **coverage_shapes.sums(row, found),
        **coverage_shapes.grid(found.grid),
        **coverage_shapes.streaks(found),
        "days": coverage_shapes.days(found, _days(span)),
        "losses": coverage_shapes.losses(found, cameras),
    }


@router.post("/cameras/{camera}/pose/confirm")
async def confirm(
    camera: SlugInPath, body: Confirming, account: Maintenance, services: Use
) -> answers.Confirmed:
    """Somebody has seen that a camera that was moved looks where its plan says; its cells count again.

    Where its box still says that it was moved, it is told to learn anew what is usual there.
    """
    now = clock.utc_now()
    async with services.acting(account) as conn:
        row = await known.camera(conn, camera)
        changed = await doubts.end(conn, [camera], account.username, body.reason, now)
        if not changed:
            raise objected(
                HTTPStatus.CONFLICT, objection("pose_not_doubted", "nobody doubts where this camera looks")
            )
        act = Act(account.username, "confirmed_pose", "camera", camera, purpose=body.reason)
        await audit.enter(conn, act, now)
        if await faults.is_open(conn, Subject("camera", camera), MOVED):
            await desired.lock(conn, row.agent)
            before = wishes.of_camera(await desired.newest(conn, row.agent), camera)
            after = before.model_copy(update={"view_confirmed_at": now})
            _, wished = await wishes.issue_of_camera(conn, row.agent, after, account.username, now)
            changed += wished
        await changes.record(conn, changed, now)
    services.log.info("pose_confirmed", camera=camera, by=account.username)
    return {"camera": camera, "confirmed_at": shapes.instant(now)}


async def _read(
    services: Services, account: Account, facade: str, span: Span, now: datetime
) -> tuple[FacadeRow, Kept, dict[str, CameraRow], int]:
    async with services.reading(account) as conn:
        change = await changes.newest(conn)
        row = await known.facade(conn, facade)
        kept = await cells.kept(conn, span, now, [facade], finely=True)
        seeing = {sight.camera for sight in kept.sights}
        cameras = {each.id: each for each in await registry.cameras(conn, seeing)}
    return row, kept, cameras, change


async def _one(services: Services, kept: Kept) -> Sequence[FacadeHistory]:
    found = await asyncio.to_thread(histories, kept, services.coverage.minute_s)
    if not found:
        raise objected(
            HTTPStatus.CONFLICT,
            objection("facade_not_placed", "the estate file does not say where this facade stands"),
        )
    return list(found.values())


def _span(span: Span) -> ToldSpan:
    return {"begin": shapes.instant(span[0]), "end": shapes.instant(span[1])}


def _days(span: Span) -> list[datetime]:
    """Midnights of the estates' days from the one in which the span begins to the one after its end."""
    first = span[0].astimezone(ZONE).date()
    edges = [midnight(first)]
    while edges[-1] < span[1]:
        edges.append(midnight(first + timedelta(days=len(edges))))
    return edges
