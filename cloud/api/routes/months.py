"""The bureau's months: estates and facades by what is worst, beside the month before, and as files."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from pydantic import Field, StringConstraints
from starlette.responses import Response

from cloud import clock
from cloud.api import month_shapes, report, shapes
from cloud.api.answers import oversight as answers
from cloud.api.auth import Overseer
from cloud.api.bodies import NO_NUL, Body, Id
from cloud.api.handing import attached
from cloud.api.services import Use
from cloud.core import bureau_file, sheets
from cloud.core import months as calendar
from cloud.core.ranking import Review, review
from cloud.core.ranks import By, Level, Order
from cloud.core.refused import Refused, objection
from cloud.store import audit, changes, months, registry
from cloud.store.accounts import Account
from cloud.store.audit import Act
from cloud.store.pool import Connection
from cloud.store.registry import CameraName, EstateRow

router = APIRouter(prefix="/api/bureau")

DAY_S: Final = 86_400.0
MOST_LISTED: Final = 200
"""Estates, buildings or facades on a page; the files have all."""
MOST_SHIFTS: Final = 50


class Asked(Body):
    """Which month, the one that runs where nothing is said; in which order."""

    month: Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")] | None = None
    by: By = "blind"
    reverse: bool = False

    def first_day(self, now: datetime) -> date:
        """Its first day.

        Raises:
            Refused: It has not begun.
        """
        running = calendar.month_of(now)
        wanted = running if self.month is None else date.fromisoformat(f"{self.month}-01")
        if wanted > running:
            raise Refused(objection("month_ahead", "the month {month} has not begun", month=str(self.month)))
        return wanted

    @property
    def order(self) -> Order:
        """How lists are ordered."""
        return Order(self.by, self.reverse)


class AskedList(Asked):
    """Of what a list; of which estate its buildings, and of which of those its facades, stand beside it."""

    of: Level = "estate"
    estate: Id | None = None
    building: Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)] | None = None


class AskedFile(Asked):
    """And as what."""

    format: Literal["csv", "xlsx", "pdf"] = "xlsx"


@dataclass(frozen=True, slots=True)
class Read:
    """What there is to say of a month."""

    review: Review
    estates: list[EstateRow]
    cameras: list[CameraName]


@router.get("/months")
async def month(account: Overseer, services: Use, asked: Annotated[AskedList, Query()]) -> answers.Month:
    """A month of all estates, buildings or facades in order, beside the month before."""
    now = clock.utc_now()
    async with services.reading(account) as conn:
        change = await changes.newest(conn)
        known = await months.known(conn)
        read = await _read(conn, asked.first_day(now), now, services.coverage.long_blind_days * DAY_S)
    found = read.review
    told = month_shapes.Told(found, read.estates, read.cameras, asked.order)
    targets = {"blind": 0.0, **{key: services.targets[key] for key in ("availability", "picture")}}
    listed = told.all_of(asked.of)
    return {
        "now": shapes.instant(now),
        "change": change,
        "month": f"{found.month:%Y-%m}",
        "months": [f"{each:%Y-%m}" for each in known],
        "complete": calendar.span_of(found.month)[1] <= now,
        "counted_until": shapes.maybe(found.counted[1].until),
        "long_blind_days": services.coverage.long_blind_days,
        "targets": targets,
        "total": month_shapes.compared(found.total),
        "of": asked.of,
        "by": asked.by,
        "reverse": asked.reverse,
        "ranked": listed[:MOST_LISTED],
        "left": max(0, len(listed) - MOST_LISTED),
        "buildings": told.buildings(asked.estate),
        "facades": told.facades(asked.estate, asked.building),
        "shifts": told.shifts(MOST_SHIFTS),
    }


@router.get("/months/export", response_class=Response)
async def export(account: Overseer, services: Use, asked: Annotated[AskedFile, Query()]) -> Response:
    """The same in the same order as a workbook whose shares are formulas, its estates as CSV, or a report."""
    now = clock.utc_now()
    async with services.acting(account) as conn:
        read = await _read(conn, asked.first_day(now), now, services.coverage.long_blind_days * DAY_S)
        await enter_export(conn, account, f"month {read.review.month:%Y-%m} {asked.format}", now)
    names = {row.id: row.name_zh for row in read.estates}
    told = bureau_file.Month(read.review, names, asked.order)
    by = f"{asked.by}-reversed" if asked.reverse else asked.by
    name = bureau_file.file_name("bureau", f"{read.review.month:%Y%m}-by-{by}", asked.format, now)
    if asked.format == "pdf":
        return attached(await report.printed(bureau_file.report(told, now)), name)
    cameras: dict[str, list[tuple[str, str]]] = {}
    for row in read.cameras:
        cameras.setdefault(row.estate, []).append((row.id, row.name_zh))
    made = await asyncio.to_thread(bureau_file.month_sheets, told, cameras)
    if asked.format == "csv":
        return attached(sheets.csv_of(made[0]), name)
    title = f"覆盖监管 {read.review.month:%Y-%m}"
    return attached(await asyncio.to_thread(sheets.workbook, made, title, now), name)


async def enter_export(conn: Connection, account: Account, what: str, at: datetime) -> None:
    """Somebody took figures out, of all estates that they see."""
    act = Act(account.username, "exported", "bureau", what)
    await audit.enter(conn, act, at)


async def _read(conn: Connection, wanted: date, now: datetime, long_s: float) -> Read:
    estates, cameras = await registry.estates(conn), await registry.camera_names(conn)
    places = await months.places(conn)
    before = await months.counted(conn, calendar.preceding(wanted), now, long_s)
    after = await months.counted(conn, wanted, now, long_s)
    of: dict[str, list[str]] = {row.id: [] for row in estates}
    for camera in cameras:
        of[camera.estate].append(camera.id)
    found = await asyncio.to_thread(review, wanted, places, of, (before, after))
    return Read(found, estates, cameras)
