"""The bureau's months: estates and facades by what is worst, beside the month before, and as files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from cloud import clock
from cloud.api import report, shapes
from cloud.api.answers import oversight as answers
from cloud.api.answers.base import Name
from cloud.api.auth import Overseer
from cloud.api.bodies import Body
from cloud.api.handing import attached
from cloud.api.problems import Problem
from cloud.api.services import Use
from cloud.core import bureau_file, sheets
from cloud.core import months as calendar
from cloud.core.ranking import Counted, Figure, Place, Review, Shift, Standing, review, worst_first
from cloud.store import audit, changes, months, registry
from cloud.store.accounts import Account
from cloud.store.audit import Act
from cloud.store.pool import Connection
from cloud.store.registry import CameraRow, EstateRow

router = APIRouter(prefix="/api/bureau")

DAY_S: Final = 86_400.0


class Asked(Body):
    """Which month; the one that runs where nothing is said."""

    month: Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")] | None = None

    def first_day(self, now: datetime) -> date:
        """Its first day.

        Raises:
            Problem: 422, it has not begun.
        """
        running = calendar.month_of(now)
        wanted = running if self.month is None else date.fromisoformat(f"{self.month}-01")
        if wanted > running:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "a month that has not begun")
        return wanted


class AskedFile(Asked):
    """And as what."""

    format: Literal["csv", "xlsx", "pdf"] = "xlsx"


@dataclass(frozen=True, slots=True)
class Read:
    """What there is to say of a month."""

    review: Review
    estates: list[EstateRow]
    cameras: list[CameraRow]
    places: list[Place]
    counted: Counted


@router.get("/months")
async def month(account: Overseer, services: Use, asked: Annotated[Asked, Query()]) -> answers.Month:
    """A month of all estates, the worst first, beside the month before."""
    now = clock.utc_now()
    async with services.reading(account) as conn:
        change = await changes.newest(conn)
        known = await months.known(conn)
        read = await _read(conn, asked.first_day(now), now, services.coverage.long_blind_days * DAY_S)
    found = read.review
    called = {row.id: shapes.name(row.name_zh, row.name_en) for row in read.estates}
    called |= {row.id: shapes.name(row.name_zh, row.name_en) for row in read.cameras}
    called |= {place.id: shapes.name(place.name_zh, place.name_en) for place in read.places}
    targets = {"blind": 0.0, **{key: services.targets[key] for key in ("availability", "picture")}}
    return {
        "now": shapes.instant(now),
        "change": change,
        "month": f"{found.month:%Y-%m}",
        "months": [f"{each:%Y-%m}" for each in known],
        "complete": calendar.span_of(found.month)[1] <= now,
        "long_blind_days": services.coverage.long_blind_days,
        "targets": targets,
        "total": _compared(found.total),
        "estates": _estates(read, called),
        "shifts": [_shift(shift, called) for shift in found.shifts],
    }


@router.get("/months/export", response_class=Response)
async def export(account: Overseer, services: Use, asked: Annotated[AskedFile, Query()]) -> Response:
    """The same as a workbook whose shares are formulas, or its estates as CSV."""
    now = clock.utc_now()
    async with services.acting(account) as conn:
        read = await _read(conn, asked.first_day(now), now, services.coverage.long_blind_days * DAY_S)
        await enter_export(conn, account, f"month {read.review.month:%Y-%m} {asked.format}", now)
    names = {row.id: row.name_zh for row in read.estates}
    name = bureau_file.file_name("bureau", f"{read.review.month:%Y%m}", asked.format, now)
    if asked.format == "pdf":
        told = bureau_file.report(read.review, read.places, names, read.counted, now)
        return attached(await report.printed(told), name)
    cameras: dict[str, list[tuple[str, str]]] = {}
    for row in read.cameras:
        cameras.setdefault(row.estate, []).append((row.id, row.name_zh))
    made = bureau_file.month_sheets(read.review, read.places, cameras, names, read.counted)
    if asked.format == "csv":
        return attached(sheets.csv_of(made[0]), name)
    return attached(sheets.workbook(made, f"覆盖监管 {read.review.month:%Y-%m}", now), name)


async def enter_export(conn: Connection, account: Account, what: str, at: datetime) -> None:
    """Somebody took figures out, of all estates that they see."""
    act = Act(account.username, "exported", "bureau", what)
    await audit.enter(conn, act, at)


async def _read(conn: Connection, wanted: date, now: datetime, long_s: float) -> Read:
    estates, cameras = await registry.estates(conn), await registry.cameras(conn)
    places = await months.places(conn)
    before = await months.counted(conn, calendar.preceding(wanted), now)
    after = await months.counted(conn, wanted, now)
    of = {row.id: [camera.id for camera in cameras if camera.estate == row.id] for row in estates}
    found = review(wanted, places, of, (before, after), long_s)
    return Read(found, estates, cameras, places, after)


def _estates(read: Read, called: Mapping[str, Name]) -> list[answers.ComparedEstate]:
    found, by_id = read.review, {row.id: row for row in read.estates}
    ranked = {place.id: found.facades[place.id][1] for place in read.places}
    order = {identity: number for number, identity in enumerate(worst_first(ranked))}
    told: list[answers.ComparedEstate] = []
    for estate in worst_first({name: both[1] for name, both in found.estates.items()}):
        own = sorted((one for one in read.places if one.estate == estate), key=lambda one: order[one.id])
        row = by_id[estate]
        told.append(
            {
                **shapes.thing(row.id, row.name_zh, row.name_en),
                **_compared(found.estates[estate]),
                "counted_at": shapes.maybe(read.counted.counted_at.get(estate)),
                "facades": [
                    {
                        "id": one.id,
                        "name": called[one.id],
                        "building": one.building,
                        **_compared(found.facades[one.id]),
                    }
                    for one in own
                ],
            }
        )
    return told


def _compared(both: tuple[Standing, Standing]) -> answers.Compared:
    return {"before": _standing(both[0]), "after": _standing(both[1])}


def _standing(one: Standing) -> answers.Standing:
    return {
        "blind": _share(one.figures["blind"]),
        "availability": _share(one.figures["availability"]),
        "picture": _share(one.figures["picture"]),
        "facades": one.facades,
        "unmodelled": one.unmodelled,
        "cells": one.cells,
        "blind_cells": one.blind_cells,
        "long_blind_cells": one.long_blind_cells,
        "oldest_blind_s": one.oldest_blind_s,
        "overdue": one.overdue,
    }


def _share(figure: Figure) -> answers.Share:
    return {"value": figure.value, "numerator": figure.numerator, "denominator": figure.denominator}


def _shift(shift: Shift, called: Mapping[str, Name]) -> answers.Shift:
    cause = shift.cause
    return {
        "kind": shift.kind,
        "estate": called[shift.estate],
        "facade": None if shift.facade is None else called[shift.facade],
        "before": shift.before,
        "after": shift.after,
        "cause": None
        if cause is None
        else {
            "camera": cause.camera,
            "camera_name": called.get(cause.camera),
            "why": cause.why,
            "since": shapes.instant(cause.since),
        },
    }
