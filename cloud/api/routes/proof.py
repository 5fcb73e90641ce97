"""What stands behind a camera's figures of a month: when it was away and why, its faults, what was done."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query

from cloud import clock
from cloud.api import known, ledger_shapes, shapes, upkeep_shapes
from cloud.api.answers import oversight as answers
from cloud.api.auth import Overseer
from cloud.api.bodies import SlugInPath
from cloud.api.routes.months import Asked
from cloud.api.services import Use
from cloud.core import ledger as counting
from cloud.core.months import span_of
from cloud.store import accounts, certified, changes, ledger, registry, work_order_lists
from cloud.store.certified import FaultRow
from cloud.store.ledger import Scope
from cloud.store.work_order_lists import Wanted

router = APIRouter(prefix="/api/bureau/cameras")


@router.get("/{camera}")
async def of_camera(
    camera: SlugInPath, account: Overseer, services: Use, asked: Annotated[Asked, Query()]
) -> answers.Proof:
    """A camera's month with what counts against it: no picture, and no word of the desk's."""
    now = clock.utc_now()
    begin, end = span_of(asked.first_day(now))
    async with services.reading(account) as conn:
        change = await changes.newest(conn)
        row = await known.camera(conn, camera)
        raw = await ledger.raw(conn, Scope(row.estate, camera=camera), begin, end, now)
        (watching,) = raw.cameras
        devices = [camera, row.agent]
        faults = await certified.faults(conn, row.estate, [camera], [row.agent], (begin, end))
        wanted = Wanted(row.estate, devices=devices, begin=begin, end=end)
        orders = await work_order_lists.select(conn, wanted)
        names = await accounts.display_names(conn)
        looks_at = [await registry.facade(conn, facade) for facade in watching.facades]
    (counted,) = await asyncio.to_thread(counting.accounts, raw)
    return {
        "now": shapes.instant(now),
        "change": change,
        "people": shapes.people(names),
        **shapes.thing(row.id, row.name_zh, row.name_en),
        "estate": row.estate,
        "agent": row.agent,
        "facades": [shapes.thing(one.id, one.name_zh, one.name_en) for one in looks_at if one is not None],
        "span": {"begin": shapes.instant(begin), "end": shapes.instant(min(end, now))},
        "account": ledger_shapes.account(counted, shapes.name(row.name_zh, row.name_en)),
        "faults": [_fault(fault) for fault in reversed(faults) if fault.subject in devices],
        "orders": [upkeep_shapes.work_order(order, (), seen=False) for order in orders],
    }


def _fault(row: FaultRow) -> answers.ProofFault:
    return {
        "id": str(row.id),
        "of": "camera" if row.subject_type == "camera" else "agent",
        "kind": row.kind,
        "severity": row.severity,
        "since": shapes.instant(row.since),
        "cleared_at": shapes.maybe(row.cleared_at),
    }
