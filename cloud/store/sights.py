"""Which cells of which facade each camera watches while it works, as computed; the cells of each facade.

Rows end and others begin; none is changed otherwise, so that what held at any time can be read.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import numpy as np
from psycopg.rows import kwargs_row

from cloud.core.cells import FLOAT, CameraSight, FacadeCells, Fineness, Seen
from cloud.core.geometry.grid import Facade
from cloud.core.spans import Span
from cloud.store.pool import Connection

_HOLDS: Final = "begins_at < %(end)s AND coalesce(ends_at, 'infinity') > greatest(begins_at, %(begin)s)"
"""SQL: a row touches [begin, end); one that ended as it began never held."""


async def replace_grids(
    conn: Connection, estate: str, facades: Mapping[str, Facade], plan: int, since: datetime
) -> None:
    """The cells of an estate's facades from `since` on. Those that are as before stay; others end.

    A facade that is not among `facades` is not modelled any more.
    """
    standing = await _standing(conn, estate)
    same = {name for name, facade in facades.items() if name in standing and _told(facade) == standing[name]}
    await conn.execute(
        "UPDATE facade_grid SET ends_at = greatest(begins_at, %s) WHERE ends_at IS NULL"
        " AND facade IN (SELECT id FROM facade WHERE estate = %s) AND facade <> ALL(%s)",
        (since, estate, sorted(same)),
    )
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO facade_grid (facade, plan, begins_at, floors, bays, spans_px, object_m)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [(name, plan, since, *_told(facade)) for name, facade in facades.items() if name not in same],
        )


async def _standing(conn: Connection, estate: str) -> dict[str, tuple[Any, ...]]:
    rows = await conn.execute(
        "SELECT facade, floors, bays, spans_px, object_m FROM facade_grid WHERE ends_at IS NULL"
        " AND facade IN (SELECT id FROM facade WHERE estate = %s)",
        (estate,),
    )
    return {facade: tuple(told) for facade, *told in await rows.fetchall()}


def _told(facade: Facade) -> tuple[list[int], list[int], float, float]:
    grid, needed = facade.grid, facade.needed
    return grid.floors.tolist(), grid.bays.tolist(), needed.spans_px, needed.object_m


async def replace(  # noqa: PLR0917 - each is one thing
    conn: Connection, estate: str, cameras: Collection[str], seen: Iterable[Seen], plan: int, since: datetime
) -> None:
    """What these cameras see of an estate's facades from `since` on; what `seen` lacks they do not see."""
    await conn.execute(
        "UPDATE sight SET ends_at = greatest(begins_at, %s) WHERE ends_at IS NULL AND camera = ANY(%s)"
        " AND facade IN (SELECT id FROM facade WHERE estate = %s)",
        (since, list(cameras), estate),
    )
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO sight (camera, facade, grid, plan, begins_at, reason, fall_px_m, elevation_deg,"
            " distance_m) SELECT %s, facade, id, %s, %s, %s, %s, %s, %s FROM facade_grid"
            " WHERE facade = %s AND ends_at IS NULL",
            [
                (
                    *(each.camera, plan, since, each.reason.tobytes()),
                    *(each.fall_px_m.astype(FLOAT).tobytes(), each.elevation_deg.astype(FLOAT).tobytes()),
                    each.distance_m.astype(FLOAT).tobytes(),
                    each.facade,
                )
                for each in seen
            ],
        )


async def grids(
    conn: Connection, span: Span, facades: Collection[str] | None = None
) -> tuple[FacadeCells, ...]:
    """The cells of facades, by facade and time, that hold in a span; None: of all that may be seen."""
    async with conn.cursor(row_factory=kwargs_row(_grid), binary=True) as cursor:
        await cursor.execute(
            "SELECT id, facade, plan, begins_at, ends_at, floors, bays, spans_px, object_m FROM facade_grid"  # noqa: S608 - own words
            f" WHERE {_HOLDS} AND (%(facades)s::text[] IS NULL OR facade = ANY(%(facades)s))"
            " ORDER BY facade, begins_at, id",
            _values(span, facades),
        )
        return tuple(await cursor.fetchall())


async def of_facades(
    conn: Connection, span: Span, facades: Collection[str] | None = None, *, finely: bool = False
) -> tuple[CameraSight, ...]:
    """What cameras see of facades, by facade, time and camera, that holds in a span; None: of all.

    finely: with how finely each cell is seen, which is nine tenths of the bytes.
    """
    fine = ", fall_px_m, elevation_deg, distance_m" if finely else ""
    holds = _HOLDS.replace("begins_at", "sight.begins_at").replace("ends_at", "sight.ends_at")
    async with conn.cursor(row_factory=kwargs_row(_sight), binary=True) as cursor:
        await cursor.execute(
            "SELECT camera, sight.facade, grid, sight.plan, sight.begins_at, sight.ends_at,"  # noqa: S608 - own words
            f" reason{fine}, cardinality(floors) AS rows, cardinality(bays) AS columns"
            f" FROM sight JOIN facade_grid ON facade_grid.id = sight.grid WHERE {holds}"
            " AND (%(facades)s::text[] IS NULL OR sight.facade = ANY(%(facades)s))"
            " ORDER BY sight.facade, sight.begins_at, camera, sight.id",
            _values(span, facades),
        )
        return tuple(await cursor.fetchall())


def _values(span: Span, facades: Collection[str] | None) -> dict[str, Any]:
    return {"begin": span[0], "end": span[1], "facades": None if facades is None else list(facades)}


def _grid(*, floors: list[int], bays: list[int], **more: Any) -> FacadeCells:
    return FacadeCells(floors=tuple(floors), bays=tuple(bays), **more)


def _sight(
    *,
    rows: int,
    columns: int,
    reason: bytes,
    fall_px_m: bytes | None = None,
    elevation_deg: bytes | None = None,
    distance_m: bytes | None = None,
    **more: Any,
) -> CameraSight:
    def cells(told: bytes, kind: Any) -> np.ndarray:
        return np.frombuffer(told, dtype=kind).reshape(rows, columns)

    fine = None
    if fall_px_m is not None and elevation_deg is not None:
        # What was kept before distances were has none.
        far = np.full((rows, columns), np.nan) if distance_m is None else cells(distance_m, FLOAT)
        fine = Fineness(cells(fall_px_m, FLOAT), cells(elevation_deg, FLOAT), far)
    return CameraSight(reason=cells(reason, np.uint8), fine=fine, **more)
