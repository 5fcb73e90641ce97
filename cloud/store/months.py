"""What months were for facades and cameras: counted anew while they may change, and read by the bureau."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, astuple, replace
from datetime import date, datetime
from typing import Any, Final

import numpy as np
from psycopg.rows import kwargs_row

from cloud.core import ledger as counting
from cloud.core import months
from cloud.core.cells import Kept, histories
from cloud.core.months import CameraMonth, Cause, FacadeFigures, FacadeMonth, Lasting
from cloud.core.ranking import Counted, Place
from cloud.store import cells, registered, registry
from cloud.store.pool import Connection, Jsonb

_SECONDS: Final = np.dtype("<f8")
AT_ONCE: Final = 10
"""So many months of estates are counted in one transaction."""

# Of a building also what names it and no facade, as a patrol's finding may.
_LATE: Final = (
    "SELECT work.estate, seen.building, seen.facade, count(DISTINCT work.id) FROM work_order work"
    " LEFT JOIN LATERAL (SELECT work.building, NULL AS facade"
    " UNION SELECT building, id FROM facade WHERE id = work.facade"
    " UNION SELECT building, id FROM camera_facade JOIN facade ON facade.id = camera_facade.facade"
    " WHERE work.subject_type = 'camera' AND camera = work.subject) seen ON seen.building IS NOT NULL"
    " WHERE overdue_at <= %(at)s AND state <> 'cancelled'"
    " AND coalesce(finished_at, closed_at, 'infinity') > %(at)s"
    " GROUP BY GROUPING SETS ((work.estate), (work.estate, seen.building),"
    " (work.estate, seen.building, seen.facade))"
    " HAVING (GROUPING(seen.building) = 1 OR seen.building IS NOT NULL)"
    " AND (GROUPING(seen.facade) = 1 OR seen.facade IS NOT NULL)"
)


async def due(conn: Connection, at: datetime, limit: int = AT_ONCE) -> list[tuple[str, date]]:
    """(estate, month) that must be counted at `at`, the longest uncounted first, months of one in order."""
    rows = await conn.execute(
        "SELECT estate.id, least(plan.first, seen.first), counted.months, counted.times FROM estate"
        " LEFT JOIN (SELECT estate, min(holds_from) AS first FROM estate_plan GROUP BY estate) plan"
        " ON plan.estate = estate.id"
        " LEFT JOIN (SELECT agent.estate, min(first_seen_at) AS first FROM camera JOIN agent"
        " ON agent.id = camera.agent GROUP BY agent.estate) seen ON seen.estate = estate.id"
        " LEFT JOIN (SELECT estate, array_agg(month ORDER BY month) AS months,"
        " array_agg(counted_at ORDER BY month) AS times FROM estate_month GROUP BY estate) counted"
        " ON counted.estate = estate.id"
        " WHERE least(plan.first, seen.first) <= %s ORDER BY estate.id",
        (at,),
    )
    found: list[tuple[datetime, str, date]] = []
    counted: dict[date, datetime]
    for estate, first, known, times in await rows.fetchall():
        counted = dict(zip(known or (), times or (), strict=True))
        found.extend((counted.get(month) or first, estate, month) for month in months.due(first, counted, at))
    oldest = sorted(found, key=lambda one: (one[0], one[1], one[2]))[:limit]
    return sorted((estate, month) for _, estate, month in oldest)


async def count_due(conn: Connection, at: datetime, least_s: float, limit: int = AT_ONCE) -> int:
    """Count what is due; how many months of estates that were. least_s: as `cells.histories` takes it."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('months', 45))")
    found = await due(conn, at, limit)
    for estate, month in found:
        await count(conn, estate, month, at, least_s)
    return len(found)


async def count(conn: Connection, estate: str, month: date, at: datetime, least_s: float) -> None:
    """Count a month of an estate anew from what is kept, as known at `at`."""
    begin, end = months.span_of(month)
    span = begin, min(end, at)
    if span[0] >= span[1]:
        return
    facades = [facade.id for facade in await registry.facades(conn, estate)]
    cameras, _ = await registered.devices(conn, estate)
    kept = await cells.kept(conn, span, at, facades, cameras=cameras)
    before = await _lasting(conn, facades, months.preceding(month))
    counted, accounts = await asyncio.to_thread(_counted, kept, frozenset(cameras), before, least_s)
    await conn.execute("DELETE FROM facade_month WHERE month = %s AND facade = ANY(%s)", (month, facades))
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO facade_month (facade, month, begins_at, ends_at, cells, due_cell_s, watched_cell_s,"
            " excused_cell_s, blind_cells, oldest_blind_s, floors, bays, lasting_s, causes)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [_row(one, month) for one in counted],
        )
        await cursor.executemany(
            "INSERT INTO camera_account (month, camera, due_s, online_s, sound_s, recorded_s, excluded_s)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (month, camera) DO UPDATE SET"
            " (due_s, online_s, sound_s, recorded_s, excluded_s) = (excluded.due_s, excluded.online_s,"
            " excluded.sound_s, excluded.recorded_s, excluded.excluded_s)",
            [(month, *astuple(one)) for one in accounts],
        )
    await conn.execute(
        "INSERT INTO estate_month (estate, month, counted_at) VALUES (%s, %s, %s)"
        " ON CONFLICT (estate, month) DO UPDATE SET counted_at = excluded.counted_at",
        (estate, month, at),
    )


def _counted(
    kept: Kept, cameras: frozenset[str], before: dict[str, Lasting], least_s: float
) -> tuple[list[FacadeMonth], tuple[CameraMonth, ...]]:
    """cameras: the estate's own; those of another that see its facades are counted there."""
    found = histories(kept, least_s)
    facades = [months.of_facade(one, before.get(name)) for name, one in sorted(found.items())]
    own = tuple(camera for camera in kept.raw.cameras if camera.id in cameras)
    return facades, months.of_cameras(counting.accounts(replace(kept.raw, cameras=own)))


def _row(one: FacadeMonth, month: date) -> tuple[Any, ...]:
    causes = [{**asdict(cause), "since": cause.since.isoformat()} for cause in one.causes]
    return (
        *(one.facade, month, one.begin, one.end, one.cells, one.due_cell_s, one.watched_cell_s),
        *(one.excused_cell_s, one.blind_cells, one.oldest_blind_s),
        *(list(one.lasting.floors), list(one.lasting.bays)),
        *(one.lasting.seconds.astype(_SECONDS).tobytes(), Jsonb(causes)),
    )


async def counted(conn: Connection, month: date, at: datetime, long_s: float) -> Counted:
    """What is known of a month, as far as it was counted.

    at: now, until when work can have been late. long_s: for longer than this no cell should be blind.
    """
    end = min(months.span_of(month)[1], at)
    async with conn.cursor(binary=True) as cursor:
        # Cells are most of what there is to read, and few facades have one that is blind for so long.
        await cursor.execute(
            "SELECT facade, cells, due_cell_s, watched_cell_s, blind_cells,"
            " CASE WHEN oldest_blind_s > %(long_s)s THEN lasting_s END, oldest_blind_s, causes -> 0"
            " FROM facade_month WHERE month = %(month)s ORDER BY facade",
            {"month": month, "long_s": long_s},
        )
        facades = [_figures(row, long_s) for row in await cursor.fetchall()]
    async with conn.cursor(binary=True) as cursor:
        # As arrays they come much faster than as rows.
        await cursor.execute(
            "SELECT array_agg(camera), array_agg(due_s), array_agg(online_s), array_agg(sound_s),"
            " array_agg(recorded_s), array_agg(excluded_s) FROM"
            " (SELECT * FROM camera_account WHERE month = %s ORDER BY camera) one",
            (month,),
        )
        columns = await cursor.fetchone()
    cameras = [] if columns is None or columns[0] is None else map(CameraMonth, *columns)
    late = await (await conn.execute(_LATE, {"at": end})).fetchall()
    times = await conn.execute("SELECT estate, counted_at FROM estate_month WHERE month = %s", (month,))
    return Counted(
        {one.facade: one for one in facades},
        {one.camera: one for one in cameras},
        {(estate, building, facade): number for estate, building, facade, number in late},
        dict(await times.fetchall()),
    )


async def known(conn: Connection) -> list[date]:
    """The months of which anything is counted, the newest first."""
    rows = await conn.execute("SELECT DISTINCT month FROM estate_month ORDER BY month DESC")
    return [row[0] for row in await rows.fetchall()]


async def places(conn: Connection) -> list[Place]:
    """All facades with the cameras that are said to see them."""
    async with conn.cursor(row_factory=kwargs_row(_place)) as cursor:
        await cursor.execute(
            "SELECT id, estate, building, name_zh, name_en,"
            " coalesce(cameras, '{}') AS cameras FROM facade LEFT JOIN (SELECT facade,"
            " array_agg(camera ORDER BY camera) AS cameras FROM camera_facade GROUP BY facade) seen"
            " ON seen.facade = facade.id ORDER BY id"
        )
        return await cursor.fetchall()


async def _lasting(conn: Connection, facades: Sequence[str], month: date) -> dict[str, Lasting]:
    rows = await conn.execute(
        "SELECT facade, floors, bays, lasting_s FROM facade_month WHERE month = %s AND facade = ANY(%s)",
        (month, list(facades)),
    )
    return {facade: _seconds(*told) for facade, *told in await rows.fetchall()}


def _seconds(floors: list[int], bays: list[int], lasting_s: bytes) -> Lasting:
    found = np.frombuffer(lasting_s, dtype=_SECONDS).reshape(len(floors), len(bays))
    return Lasting(tuple(floors), tuple(bays), found)


def _figures(row: tuple[Any, ...], long_s: float) -> FacadeFigures:
    facade, cells, due_cell_s, watched_cell_s, blind_cells, lasting_s, oldest_blind_s, cause = row
    long = 0 if lasting_s is None else int((np.frombuffer(lasting_s, dtype=_SECONDS) > long_s).sum())
    told = None if cause is None else Cause(**cause | {"since": datetime.fromisoformat(cause["since"])})
    return FacadeFigures(facade, cells, due_cell_s, watched_cell_s, blind_cells, long, oldest_blind_s, told)


def _place(*, cameras: list[str], **more: Any) -> Place:
    return Place(cameras=tuple(cameras), **more)
