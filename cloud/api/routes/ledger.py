"""The ledger: figures over a span against their targets, what is behind them, and planned maintenance."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import AwareDatetime
from starlette.responses import Response

from cloud import clock
from cloud.api import ledger_shapes, shapes, upkeep_shapes
from cloud.api.answers import figures
from cloud.api.auth import Ledger, Maintenance
from cloud.api.bodies import Body, Id, Why
from cloud.api.handing import attached
from cloud.api.problems import Problem
from cloud.api.services import Use
from cloud.core import ledger as counting
from cloud.core import ledger_file
from cloud.core.formulas import FORMULAS
from cloud.core.ledger import Figure, Raw
from cloud.core.reaction import episodes, reaction
from cloud.store import accounts, audit, changes, ledger, registry, work_order_lists
from cloud.store.accounts import Account
from cloud.store.audit import Act
from cloud.store.ledger import Scope
from cloud.store.pool import Connection
from cloud.store.work_order_lists import Wanted, WorkOrderRow

router = APIRouter(prefix="/api/ledger")

SPAN: Final = timedelta(days=7)
LONGEST: Final = timedelta(days=100)
ORDERS: Final = 5_000


class Asked(Body):
    """Of what and over which span; the last seven days of one's first estate where nothing is said."""

    estate: Id | None = None
    facade: Id | None = None
    camera: Id | None = None
    begin: AwareDatetime | None = None
    end: AwareDatetime | None = None

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """[begin, end), whole minutes.

        Raises:
            Problem: 422, it is empty or too long.
        """
        end = (self.end or now).replace(second=0, microsecond=0)
        begin = (self.begin or end - SPAN).replace(second=0, microsecond=0)
        if not timedelta(0) < end - begin <= LONGEST:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "a span of more than nothing and at most 100 days")
        return begin, end


Which = Annotated[Asked, Query()]


class Announcing(Body):
    """Maintenance that is going to be: of one camera, or of the estate."""

    estate: Id
    camera: Id | None = None
    begins_at: AwareDatetime
    ends_at: AwareDatetime
    reason: Why


@router.get("")
async def overview(account: Ledger, services: Use, asked: Which) -> figures.Ledger:
    """Figures of an estate, a facade or a camera, with what counts against them."""
    now = clock.utc_now()
    begin, end = asked.span(now)
    async with services.reading(account) as conn:
        change = await changes.newest(conn)
        estates, facades = await registry.estates(conn), await registry.facades(conn)
        scope = _scope(asked, [estate.id for estate in estates])
        raw = await ledger.raw(conn, scope, begin, end, now)
        planned = await ledger.announced(conn, scope.estate, begin, end + LONGEST)
        names = await accounts.display_names(conn)
        cameras = await registry.cameras(conn)
    called = {row.id: shapes.name(row.name_zh, row.name_en) for row in cameras}
    counted, figures = await asyncio.to_thread(_counted, raw)
    return {
        "now": shapes.instant(now),
        "change": change,
        "people": shapes.people(names),
        "places": shapes.places(estates, facades),
        "scope": {"estate": scope.estate, "facade": scope.facade, "camera": scope.camera},
        "span": {"begin": shapes.instant(begin), "end": shapes.instant(end)},
        "figures": [_figure(figure, services.targets.get(figure.key)) for figure in figures],
        "cameras": [ledger_shapes.account(one, called[one.camera]) for one in counted],
        "planned": [_planned(one) for one in planned],
    }


def _counted(raw: Raw) -> tuple[tuple[counting.CameraAccount, ...], tuple[Figure, ...]]:
    counted = counting.accounts(raw)
    return counted, (*counting.figures(counted), *reaction(episodes(raw.lines), raw.begin, raw.end))


@router.get("/export", response_class=Response)
async def export(account: Ledger, services: Use, asked: Which) -> Response:
    """The same as a ZIP with every raw row, from which `fallwatch ledger check` counts again."""
    now = clock.utc_now()
    begin, end = asked.span(now)
    async with services.acting(account) as conn:
        scope = _scope(asked, [estate.id for estate in await registry.estates(conn)])
        raw = await ledger.raw(conn, scope, begin, end, now)
        await _enter(conn, account, scope, (begin, end), "ledger")
    content = await asyncio.to_thread(ledger_file.packed, raw, services.targets, FORMULAS)
    return attached(content, f"ledger-{scope.estate}-{begin:%Y%m%d}-{end:%Y%m%d}.zip")


@router.get("/orders", response_class=Response)
async def orders(account: Ledger, services: Use, asked: Which) -> Response:
    """The work orders that were there in the span, as CSV for a spreadsheet."""
    now = clock.utc_now()
    begin, end = asked.span(now)
    async with services.acting(account) as conn:
        scope = _scope(asked, [estate.id for estate in await registry.estates(conn)])
        wanted = Wanted(scope.estate, scope.facade, begin=begin, end=asked.end)
        found = await work_order_lists.select(conn, wanted, limit=ORDERS)
        await _enter(conn, account, scope, (begin, end), "work_orders")
    # With a mark, because spreadsheets take a file without one for the machine's old encoding.
    content = ledger_file.table(_table(found)).encode("utf-8-sig")
    return attached(content, f"orders-{scope.estate}-{begin:%Y%m%d}.csv")


@router.post("/planned", status_code=HTTPStatus.CREATED)
async def announce(body: Announcing, account: Maintenance, services: Use) -> figures.Planned:
    """Enter maintenance. It is left out of the figures only when it is entered before it begins."""
    now = clock.utc_now()
    planned = counting.Planned(
        body.estate, body.camera, body.begins_at, body.ends_at, body.reason, account.username, now
    )
    async with services.acting(account) as conn:
        known = {one.id for one in await registry.cameras(conn) if one.estate == body.estate}
        if body.estate not in {estate.id for estate in await registry.estates(conn)}:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such estate")
        if body.camera is not None and body.camera not in known:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "there is no such camera in this estate")
        identity = await ledger.announce(conn, planned)
        content = {"planned": str(identity), "camera": body.camera, "begins_at": body.begins_at.isoformat()}
        act = Act(account.username, "announced", "estate", body.estate, purpose=body.reason, content=content)
        await audit.enter(conn, act, now)
    return _planned(planned)


def _scope(asked: Asked, estates: Sequence[str]) -> Scope:
    if not estates or asked.estate not in {None, *estates}:
        raise Problem(HTTPStatus.NOT_FOUND, "there is no such estate")
    return Scope(asked.estate or estates[0], asked.facade, asked.camera)


async def _enter(
    conn: Connection, account: Account, scope: Scope, span: tuple[datetime, datetime], what: str
) -> None:
    content = {"what": what, "begin": span[0].isoformat(), "end": span[1].isoformat(), "facade": scope.facade}
    act = Act(account.username, "exported", "estate", scope.estate, content=content)
    await audit.enter(conn, act, clock.utc_now())


def _figure(figure: Figure, target: float | None) -> figures.Figure:
    value = figure.value
    return {
        "key": figure.key,
        "value": value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "target": target,
        "meets": None if value is None or target is None else value >= target,
    }


def _planned(one: counting.Planned) -> figures.Planned:
    return {
        "camera": one.camera,
        "begins_at": shapes.instant(one.begins_at),
        "ends_at": shapes.instant(one.ends_at),
        "reason": one.reason,
        "entered_by": one.entered_by,
        "entered_at": shapes.instant(one.entered_at),
        "counts": one.entered_at <= one.begins_at,
    }


HEAD: Final = (
    *("工单", "来源", "状态", "等级", "事由", "编号", "小区", "楼栋", "立面", "层", "列", "设备"),
    *("开单", "开单人", "期限", "超期", "责任人", "接单", "完工", "措施", "复核人", "关单", "重开次数"),
)


def _table(found: Sequence[WorkOrderRow]) -> list[Sequence[Any]]:
    return [HEAD, *(_line(row) for row in found)]


def _line(row: WorkOrderRow) -> Sequence[Any]:
    what = (row.source, row.state, row.severity, row.title or row.kind, row.reference)
    place = (row.estate_zh, row.building, row.facade_zh, row.floor, row.bay, row.subject_zh)
    return (
        *(upkeep_shapes.order_number(row), *what, *place),
        *(row.opened_at, row.opened_by, row.due_at, row.overdue_at, row.responsible, row.taken_at),
        *(row.finished_at, row.measure, row.verified_by, row.closed_at, row.reopened),
    )
