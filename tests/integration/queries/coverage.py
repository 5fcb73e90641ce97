"""Plans of estates, what cameras see, and whether anybody can say where they look."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from cloud.core.blind_spot import meant
from cloud.core.estate import Estate
from cloud.store import blind_spots, cells, doubts, equipment, ledger, maintenance, plans, sights
from cloud.store.pool import Connection
from cloud.store.work_orders import New, Place
from tests.fixtures.coverage import garden, mount
from tests.integration.queries.made import DEVICE, At, Case, later

MOVED = DEVICE.fault("moved", observed_at=later(4))
TURNED = mount(4.0, yaw_deg=280)
BY_HAND = New("blind_spot", "serious", Place("garden", "3", "east", 2), "二层看不到", "雨棚", "", "li")
SPAN = (later(-600), later(600))


async def _entered(at: At, estate: Estate, minutes: float) -> object:
    done = await plans.enter(at.conn, estate, "li", later(minutes))
    return None if done is None else (done.version, done.cameras, done.changes)


async def _sights(at: At) -> list[tuple[Any, ...]]:
    found = await sights.of_facades(at.conn, SPAN)
    return [
        (one.camera, one.facade, one.plan, one.begins_at, one.ends_at, one.reason.tolist()) for one in found
    ]


async def _followed(at: At) -> object:
    return await blind_spots.follow(at.conn, later(200), after=timedelta(hours=3))


async def _of_spot(at: At, ask: Callable[[Connection, UUID, datetime], Awaitable[object]]) -> object:
    (spot, *_) = await blind_spots.standing(at.conn)
    return await ask(at.conn, spot.order, later(210))


async def _kept(at: At) -> object:
    kept = await cells.kept(at.conn, SPAN, later(600), ["east"])
    return kept.raw, kept.grids, len(kept.sights), kept.doubts


async def _by_hand(at: At) -> object:
    order = await maintenance.open_order(at.conn, BY_HAND, later(205))
    left = await blind_spots.not_covered(at.conn, "east", meant((18, 8), 2, None), later(205))
    assert left is not None
    await blind_spots.bind(at.conn, order[0], "east", left)
    return left


CASES: Final[Mapping[str, Case]] = {
    "plans.lock": lambda at: plans.lock(at.conn, "garden"),
    "plans.enter": lambda at: _entered(at, garden(), 0),
    "plans.enter (the same)": lambda at: _entered(at, garden(), 1),
    "plans.enter (one camera turned)": lambda at: _entered(at, garden(mount=TURNED), 2),
    "plans.undone_by (nothing new)": lambda at: plans.undone_by(
        at.conn, garden(mount=mount(4.0, yaw_deg=280))
    ),
    "plans.undone_by (another file)": lambda at: plans.undone_by(at.conn, garden(mount=mount(5.0))),
    "plans.as_file": lambda at: plans.as_file(at.conn, "garden"),
    "plans.newest": lambda at: plans.newest(at.conn, "garden"),
    "plans.planned": lambda at: plans.planned(at.conn),
    "plans.versions": lambda at: plans.versions(at.conn, "garden"),
    "plans.of_version": lambda at: plans.of_version(at.conn, "garden", 1),
    "plans.follow_wishes": lambda at: plans.follow_wishes(at.conn, later(3)),
    "sights.grids": lambda at: sights.grids(at.conn, SPAN),
    "sights.of_facades": _sights,
    "equipment.report_fault (moved)": lambda at: equipment.report_fault(at.conn, MOVED, "garden", later(4)),
    "doubts.standing": lambda at: doubts.standing(at.conn),
    "doubts.end": lambda at: doubts.end(at.conn, ["cam-east"], "li", "looked", later(5)),
    "doubts.touching": lambda at: doubts.touching(at.conn, SPAN, ["cam-east"]),
    "ledger.watching": lambda at: ledger.watching(at.conn, ["cam-east"], SPAN, later(600)),
    "cells.kept": _kept,
    "blind_spots.follow": _followed,
    "blind_spots.bind": _by_hand,
    "blind_spots.not_covered": _by_hand,
    "blind_spots.standing": lambda at: blind_spots.standing(at.conn),
    "blind_spots.still_blind": lambda at: _of_spot(at, blind_spots.still_blind),
    "blind_spots.is_off_plan": lambda at: _of_spot(
        at, lambda conn, order, _: blind_spots.is_off_plan(conn, order)
    ),
    "maintenance.cover": lambda at: _of_spot(at, maintenance.cover),
    "maintenance.uncover": lambda at: _of_spot(at, maintenance.uncover),
    "sights.replace": lambda at: sights.replace(at.conn, "garden", ["cam-west"], (), 2, later(8)),
    "sights.replace_grids": lambda at: sights.replace_grids(at.conn, "garden", {}, 3, later(9)),
}
