"""Cameras that were moved: until when nobody could say where they look.

A doubt is opened by the fault itself (a trigger on `fault`), so that none is forgotten.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from cloud.core.camera_duty import Doubt
from cloud.core.spans import Span
from cloud.store.changes import Change
from cloud.store.pool import Connection

_SELECT: Final = "SELECT camera, since, ended_at, ended_by, reason FROM pose_doubt"


async def end(conn: Connection, cameras: Collection[str], by: str, reason: str, at: datetime) -> list[Change]:
    """Somebody has seen where these cameras look, or entered it anew. Those without a doubt stay so."""
    rows = await conn.execute(
        "UPDATE pose_doubt SET ended_at = greatest(since, %s), ended_by = %s, reason = %s"
        " WHERE ended_at IS NULL AND camera = ANY(%s) RETURNING camera",
        (at, by, reason, list(cameras)),
    )
    return [Change("camera", row[0]) for row in sorted(await rows.fetchall())]


async def standing(conn: Connection) -> list[Doubt]:
    """Cameras of which nobody can say where they look now, longest first."""
    rows = await conn.execute(f"{_SELECT} WHERE ended_at IS NULL ORDER BY since, camera")
    return [Doubt(*row) for row in await rows.fetchall()]


async def touching(conn: Connection, span: Span, cameras: Collection[str]) -> tuple[Doubt, ...]:
    """Doubts of these cameras that touch a span, by camera and time."""
    rows = await conn.execute(
        f"{_SELECT} WHERE camera = ANY(%s) AND since < %s AND (ended_at IS NULL OR ended_at > %s)"
        " ORDER BY camera, since, id",
        (list(cameras), span[1], span[0]),
    )
    return tuple(Doubt(*row) for row in await rows.fetchall())
