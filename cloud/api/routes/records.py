"""一机一档: every camera and sensor with its record, what it lacks, and what people enter of it."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import StringConstraints
from starlette.responses import Response

from cloud import clock
from cloud.api import shapes
from cloud.api.answers import oversight as answers
from cloud.api.auth import Maintenance, Overseer
from cloud.api.bodies import NO_NUL, Body, Id, SlugInPath
from cloud.api.handing import attached
from cloud.api.problems import objected
from cloud.api.routes.months import enter_export
from cloud.api.services import Services, Use
from cloud.core import bureau_file, sheets
from cloud.core import equipment_record as record
from cloud.core.equipment_record import Completeness, Item, Kind, Paper
from cloud.core.refused import objection
from cloud.store import audit, changes, records, registry
from cloud.store.accounts import Account
from cloud.store.audit import Act

router = APIRouter(prefix="/api/bureau/equipment")

Words = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True, pattern=NO_NUL)]


class Asked(Body):
    """Of which estate; of all where nothing is said."""

    estate: Id | None = None


class AskedFile(Asked):
    """And as what."""

    format: Literal["csv", "xlsx"] = "xlsx"


class Entering(Body):
    """What no device tells of itself. It replaces what was entered before."""

    place: Words = ""
    installed_on: date | None = None
    installer: Words = ""
    keeper: Words = ""
    keeper_phone: Words = ""
    warranty_until: date | None = None
    maker: Words = ""
    model: Words = ""
    serial: Words = ""


@router.get("")
async def equipment(account: Overseer, services: Use, asked: Annotated[Asked, Query()]) -> answers.Equipment:
    """Every camera and sensor with its record."""
    now = clock.utc_now()
    async with services.reading(account) as conn:
        change = await changes.newest(conn)
        estates = await registry.estates(conn)
        items = await records.items(conn, asked.estate)
    by_estate = record.by_estate(items)
    return {
        "now": shapes.instant(now),
        "change": change,
        "fields": [
            {
                "key": field.key,
                "group": field.group,
                "kinds": sorted(field.kinds),
                "told_by": field.told_by,
            }
            for field in record.FIELDS
        ],
        "total": _completeness(record.completeness(items)),
        "estates": [
            {
                **shapes.thing(row.id, row.name_zh, row.name_en),
                "completeness": _completeness(by_estate.get(row.id, record.completeness(()))),
            }
            for row in estates
            if asked.estate in {None, row.id}
        ],
        "items": [_item(item) for item in items],
    }


@router.get("/export", response_class=Response)
async def export(account: Overseer, services: Use, asked: Annotated[AskedFile, Query()]) -> Response:
    """The same as a workbook or as CSV."""
    now = clock.utc_now()
    async with services.acting(account) as conn:
        names = {row.id: row.name_zh for row in await registry.estates(conn)}
        items = await records.items(conn, asked.estate)
        await enter_export(conn, account, f"equipment {asked.format}", now)
    sheet = bureau_file.equipment_sheet(items, names)
    content = sheets.csv_of(sheet) if asked.format == "csv" else sheets.workbook([sheet], "一机一档", now)
    return attached(content, bureau_file.file_name("equipment", "", asked.format, now))


@router.put("/cameras/{camera}")
async def enter_camera(
    camera: SlugInPath, body: Entering, account: Maintenance, services: Use
) -> answers.Item:
    """Enter what a camera does not tell of itself."""
    return await _enter(services, account, "camera", camera, body)


@router.put("/sensors/{sensor}")
async def enter_sensor(
    sensor: SlugInPath, body: Entering, account: Maintenance, services: Use
) -> answers.Item:
    """Enter what a sensor does not tell of itself."""
    return await _enter(services, account, "sensor", sensor, body)


async def _enter(
    services: Services, account: Account, kind: Kind, subject: str, body: Entering
) -> answers.Item:
    now = clock.utc_now()
    paper = Paper(**body.model_dump())
    async with services.acting(account) as conn:
        if not await records.enter(conn, kind, subject, paper, account.username, now):
            raise objected(HTTPStatus.NOT_FOUND, objection("no_such_device", "there is no such device"))
        content = body.model_dump(mode="json", exclude_defaults=True)
        await audit.enter(conn, Act(account.username, "recorded", kind, subject, content=content), now)
        await changes.record(conn, [changes.Change(kind, subject)], now)
        found = await records.item(conn, kind, subject)
        assert found is not None, "it was entered in this transaction"
    return _item(found)


def _completeness(found: Completeness) -> answers.Completeness:
    return {
        "share": found.share,
        "items": found.items,
        "full": found.full,
        "fields_told": found.fields_told,
        "fields_due": found.fields_due,
        "networked": found.networked,
        "upgrades": found.upgrades,
    }


def _item(item: Item) -> answers.Item:
    return {
        **shapes.thing(item.id, item.name_zh, item.name_en),
        "kind": item.kind,
        "estate": item.estate,
        "agent": item.agent,
        "fields": {
            field.key: _told(record.told(item, field.key))
            for field in record.FIELDS
            if item.kind in field.kinds
        },
        "missing": list(record.missing(item)),
        "wanted_firmware": item.wanted_firmware,
        "upgrade_wanted": item.upgrade_wanted,
        "networked": item.networked,
        "software": item.software,
        "paper": _paper(item.paper),
    }


def _told(value: object) -> str | None:
    if isinstance(value, tuple):
        return ", ".join(value) or None
    return None if value in {None, ""} else str(value)


def _paper(paper: Paper) -> answers.Paper:
    return {
        "place": paper.place,
        "installed_on": None if paper.installed_on is None else paper.installed_on.isoformat(),
        "installer": paper.installer,
        "keeper": paper.keeper,
        "keeper_phone": paper.keeper_phone,
        "warranty_until": None if paper.warranty_until is None else paper.warranty_until.isoformat(),
        "maker": paper.maker,
        "model": paper.model,
        "serial": paper.serial,
    }
