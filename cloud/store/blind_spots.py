"""Work orders about blind spots: opened where one stays, told when a computation shows its cells covered."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from cloud.core.blind_spot import STEADY, Cell, Region, is_lost, is_news, lasting, uncovered
from cloud.core.camera_duty import LEAST_S
from cloud.core.cells import RECENT, FacadeHistory, histories, present
from cloud.store import cells as cell_rows
from cloud.store import maintenance
from cloud.store.changes import Change
from cloud.store.pool import Connection, Jsonb
from cloud.store.work_orders import New, Place

LOCK: Final = 0x426C696E  # "Blin"
MARGIN: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Spot:
    """What an order that is not over is about. cleared: its cells were found covered."""

    order: UUID
    facade: str
    cells: frozenset[Cell]
    cleared: bool


async def follow(
    conn: Connection, at: datetime, *, after: timedelta, least_s: float = LEAST_S
) -> list[Change]:
    """Open what has stayed blind for `after`, let grow what grew, tell orders whose cells are covered.

    What came before is read only of facades of which the present moment says that it may matter.
    """
    row = await (await conn.execute("SELECT pg_try_advisory_xact_lock(%s)", (LOCK,))).fetchone()
    if row != (True,):
        return []  # Another timer is at it.
    spots: dict[str, list[Spot]] = {}
    for spot in await standing(conn):
        spots.setdefault(spot.facade, []).append(spot)
    now = await asyncio.to_thread(present, await cell_rows.kept(conn, (at - RECENT, at), at), least_s)
    news = [
        facade
        for facade, each in now.items()
        if is_news(each, [spot.cells for spot in spots.get(facade, ()) if not spot.cleared])
    ]
    if not news:
        return []
    kept = await cell_rows.kept(conn, (at - after - MARGIN, at), at, news)
    found = await asyncio.to_thread(histories, kept, least_s)
    changes: list[Change] = []
    for facade, each in found.items():
        own = spots.get(facade, [])
        changes += await _told(conn, each, own, at)
        changes += await _opened(conn, facade, lasting(each, after), own, at)
    return changes


async def standing(conn: Connection) -> list[Spot]:
    """Of all orders that are not over, oldest first."""
    rows = await conn.execute(
        "SELECT spot.work_order, spot.facade, spot.cells, fault_cleared FROM blind_spot spot"
        " JOIN work_order ON work_order.id = spot.work_order"
        " WHERE work_order.state NOT IN ('closed', 'cancelled') ORDER BY number"
    )
    return [
        Spot(order, facade, frozenset((floor, bay) for floor, bay in told), cleared)
        for order, facade, told, cleared in await rows.fetchall()
    ]


async def still_blind(
    conn: Connection, order: UUID, at: datetime, least_s: float = LEAST_S
) -> tuple[int, int] | None:
    """(cells of a blind spot that are not covered now, all of them); None of other orders."""
    rows = await conn.execute("SELECT facade, cells FROM blind_spot WHERE work_order = %s", (order,))
    row = await rows.fetchone()
    if row is None:
        return None
    all_of = frozenset((floor, bay) for floor, bay in row[1])
    left = await not_covered(conn, row[0], all_of, at, least_s)
    return 0 if left is None else len(left.cells), len(all_of)


async def not_covered(
    conn: Connection, facade: str, cells: frozenset[Cell], at: datetime, least_s: float = LEAST_S
) -> Region | None:
    """Those of some cells of a facade that are not covered now; None where all are.

    Of a facade that is not modelled none is covered.
    """
    kept = await cell_rows.kept(conn, (at - STEADY - MARGIN, at), at, [facade])
    found = (await asyncio.to_thread(histories, kept, least_s)).get(facade)
    if found is None:
        return Region(cells, lost=False) if cells else None
    left = uncovered(found, cells)
    return Region(left, is_lost(found, left)) if left else None


async def bind(conn: Connection, order: UUID, facade: str, region: Region) -> None:
    """An order is about these cells from now on, and ends by a computation that shows them covered."""
    await conn.execute(
        "INSERT INTO blind_spot (work_order, facade, cells, lost) VALUES (%s, %s, %s, %s)",
        (order, facade, Jsonb(sorted(region.cells)), region.lost),
    )


async def is_off_plan(conn: Connection, order: UUID) -> bool:
    """Whether an order is about a blind spot of a facade that is watched no more: no computation ends it."""
    rows = await conn.execute(
        "SELECT 1 FROM blind_spot WHERE work_order = %s AND NOT EXISTS (SELECT FROM facade_grid"
        " WHERE facade_grid.facade = blind_spot.facade AND ends_at IS NULL)",
        (order,),
    )
    return await rows.fetchone() is not None


async def _told(conn: Connection, found: FacadeHistory, own: list[Spot], at: datetime) -> list[Change]:
    changes: list[Change] = []
    for spot in own:
        if not spot.cleared and not uncovered(found, spot.cells):
            changes += await maintenance.cover(conn, spot.order, at)
    return changes


async def _opened(
    conn: Connection, facade: str, regions: list[Region], own: list[Spot], at: datetime
) -> list[Change]:
    changes: list[Change] = []
    for region in regions:
        known = next((spot for spot in own if spot.cells & region.cells), None)
        if known is None:
            changes += await _open(conn, facade, region, at)
            continue
        if known.cleared:
            changes += await maintenance.uncover(conn, known.order, at)
        if not region.cells <= known.cells:
            changes += await _grow(conn, known, Region(known.cells | region.cells, region.lost))
    return changes


async def _open(conn: Connection, facade: str, region: Region, at: datetime) -> list[Change]:
    rows = await conn.execute("SELECT estate, building FROM facade WHERE id = %s", (facade,))
    row = await rows.fetchone()
    assert row is not None
    floor, bay = region.first
    place = Place(row[0], row[1], facade, floor, bay)
    new = New("blind_spot", region.severity, place, "", region.extent, "", "system", kind=region.kind)
    order, changes = await maintenance.open_order(conn, new, at)
    await bind(conn, order, facade, region)
    return changes


async def _grow(conn: Connection, spot: Spot, whole: Region) -> list[Change]:
    await conn.execute(
        "UPDATE blind_spot SET cells = %s WHERE work_order = %s", (Jsonb(sorted(whole.cells)), spot.order)
    )
    # What a person has written of one made by hand stays.
    await conn.execute(
        "UPDATE work_order SET detail = %s WHERE id = %s AND kind IS NOT NULL", (whole.extent, spot.order)
    )
    return [Change("work_order", str(spot.order))]
