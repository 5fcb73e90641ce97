"""The raw rows of the ledger, and the maintenance that is announced beforehand."""

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final, LiteralString, TypeVar
from uuid import UUID

from psycopg.rows import class_row, kwargs_row

from cloud.core import ledger
from cloud.core.fault import AGENT_OFFLINE, OF_PICTURE
from cloud.core.spans import Span
from cloud.store import watched
from cloud.store.pool import Connection

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures: of an estate, of one of its facades, or of one camera there."""

    estate: str
    facade: str | None = None
    camera: str | None = None


_CAMERA: Final = (
    "SELECT camera.id, camera.name_zh AS name, camera.agent, agent.estate,"
    " ARRAY(SELECT facade FROM camera_facade WHERE camera = camera.id ORDER BY facade) AS facades,"
    " camera.first_seen_at AS due_from FROM camera JOIN agent ON agent.id = camera.agent"
)
_CAMERAS: Final = (
    f"{_CAMERA} WHERE agent.estate = %(estate)s AND (%(facade)s::text IS NULL OR EXISTS"  # noqa: S608 - own words
    " (SELECT 1 FROM camera_facade WHERE camera = camera.id AND facade = %(facade)s))"
    " AND (%(camera)s::text IS NULL OR camera.id = %(camera)s) ORDER BY camera.id"
)
_THESE: Final = f"{_CAMERA} WHERE camera.id = ANY(%(cameras)s) ORDER BY camera.id"
# With the last state before the span: it is the one that held at its beginning.
_STATES: Final = (
    "SELECT camera, since, state, reason FROM camera_state_history told"
    " WHERE camera = ANY(%(cameras)s) AND since < %(end)s AND since >= coalesce((SELECT max(since)"
    " FROM camera_state_history WHERE camera = told.camera AND since <= %(begin)s), '-infinity')"
    " ORDER BY camera, since, boot, seq"
)
_FAULTS: Final = (
    "SELECT subject_type, subject, kind, severity, since, cleared_at FROM fault WHERE since < %(end)s"
    " AND (cleared_at IS NULL OR cleared_at > %(begin)s) AND"
    " ((subject_type = 'camera' AND subject = ANY(%(cameras)s) AND kind = ANY(%(of_picture)s))"
    " OR (subject_type = 'agent' AND subject = ANY(%(agents)s) AND kind = %(agent_offline)s))"
    " ORDER BY subject_type, subject, since, kind, id"
)
# What a manifest says counts where its signature holds; others may hold anything.
_FALLS: Final = (
    "SELECT alert.message_id::text AS event, alert.camera, alert.observed_at,"
    " coalesce(clip.state, 'pending') AS clip, CASE WHEN clip.signature_valid"
    " THEN coalesce((clip.manifest::jsonb -> 'complete')::boolean, false) ELSE false END AS complete"
    " FROM alert LEFT JOIN clip ON clip.event = alert.message_id WHERE alert.camera = ANY(%(cameras)s)"
    " AND alert.observed_at >= %(begin)s AND alert.observed_at < %(end)s ORDER BY alert.observed_at, event"
)
_PLANNED: Final = (
    "SELECT estate, camera, begins_at, ends_at, reason, entered_by, entered_at FROM planned_maintenance"
    " WHERE estate = ANY(%(estates)s) AND begins_at < %(end)s AND ends_at > %(begin)s"
    " AND (camera IS NULL OR camera = ANY(%(cameras)s)) ORDER BY begins_at, id"
)
# Of a facade: orders at it, and of its cameras.
_LINES: Final = (
    "SELECT work.number, work.source, line.at, line.what, line.by FROM work_order work"
    " JOIN work_order_history line ON line.work_order = work.id WHERE work.estate = %(estate)s"
    " AND work.opened_at < %(end)s AND (work.opened_at >= %(begin)s OR work.reopened_at >= %(begin)s)"
    " AND ((%(facade)s::text IS NULL AND %(camera)s::text IS NULL) OR work.facade = %(facade)s"
    " OR (work.subject_type = 'camera' AND work.subject = ANY(%(cameras)s)))"
    " ORDER BY work.number, line.id"
)


async def raw(conn: Connection, scope: Scope, begin: datetime, end: datetime, as_of: datetime) -> ledger.Raw:
    """Everything that the figures of a scope over [begin, end) are made of."""
    values = {**asdict(scope), **_span(begin, end), "estates": [scope.estate]}
    cameras = await _rows(conn, _camera, _CAMERAS, values)
    return await _told(conn, await _watching(conn, cameras, values, as_of), values)


async def watching(conn: Connection, cameras: Collection[str], span: Span, as_of: datetime) -> ledger.Raw:
    """The same of these cameras, of whichever estates, without falls and orders: when they watched."""
    values = {**_span(*span), "cameras": list(cameras)}
    return await _watching(conn, await _rows(conn, _camera, _THESE, values), values, as_of)


async def told(conn: Connection, scope: Scope, whole: ledger.Raw) -> ledger.Raw:
    """`watching` with the falls of its cameras and the lines of a scope's orders."""
    cameras = [camera.id for camera in whole.cameras]
    values = {**asdict(scope), **_span(whole.begin, whole.end), "cameras": cameras}
    return await _told(conn, whole, values)


async def _told(conn: Connection, whole: ledger.Raw, values: dict[str, Any]) -> ledger.Raw:
    falls = await _rows(conn, ledger.Fall, _FALLS, values)
    return replace(whole, falls=falls, lines=await _rows(conn, ledger.OrderLine, _LINES, values))


async def _watching(
    conn: Connection, cameras: tuple[ledger.Camera, ...], values: dict[str, Any], as_of: datetime
) -> ledger.Raw:
    """Completes `values` by the cameras, their agents and estates."""
    values["cameras"] = [camera.id for camera in cameras]
    values["agents"] = sorted({camera.agent for camera in cameras})
    values.setdefault("estates", sorted({camera.estate for camera in cameras}))
    begin, end = values["begin"], values["end"]
    recorded = await watched.spans(conn, begin, end, values["cameras"])
    return ledger.Raw(
        begin,
        end,
        as_of,
        cameras=cameras,
        states=await _rows(conn, ledger.StateChange, _STATES, values),
        faults=await _rows(conn, ledger.FaultSpan, _FAULTS, values),
        watched=tuple(run for one in cameras if one.id in recorded for run in recorded[one.id].each(one.id)),
        planned=await _rows(conn, ledger.Planned, _PLANNED, values),
    )


def _span(begin: datetime, end: datetime) -> dict[str, Any]:
    return {"begin": begin, "end": end, "of_picture": sorted(OF_PICTURE), "agent_offline": AGENT_OFFLINE}


async def _rows(
    conn: Connection, kind: Callable[..., Row], query: LiteralString, values: dict[str, Any]
) -> tuple[Row, ...]:
    async with conn.cursor(row_factory=kwargs_row(kind), binary=True) as cursor:
        await cursor.execute(query, values)
        return tuple(await cursor.fetchall())


def _camera(*, facades: list[str], **more: Any) -> ledger.Camera:
    return ledger.Camera(facades=tuple(facades), **more)


async def announce(conn: Connection, planned: ledger.Planned) -> UUID:
    """Maintenance is entered; whether it counts, its own times say."""
    row = await (
        await conn.execute(
            "INSERT INTO planned_maintenance (estate, camera, begins_at, ends_at, reason, entered_by,"
            " entered_at) VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
            (
                *(planned.estate, planned.camera, planned.begins_at, planned.ends_at),
                *(planned.reason, planned.entered_by, planned.entered_at),
            ),
        )
    ).fetchone()
    assert row is not None
    return UUID(str(row[0]))


async def announced(conn: Connection, estate: str, begin: datetime, end: datetime) -> list[ledger.Planned]:
    """What was announced for a time that touches [begin, end)."""
    async with conn.cursor(row_factory=class_row(ledger.Planned)) as cursor:
        await cursor.execute(
            "SELECT estate, camera, begins_at, ends_at, reason, entered_by, entered_at"
            " FROM planned_maintenance WHERE estate = %s AND begins_at < %s AND ends_at > %s"
            " ORDER BY begins_at DESC, id",
            (estate, end, begin),
        )
        return await cursor.fetchall()
