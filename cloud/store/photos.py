"""Photographs of work orders: what a place looked like before the work and after it.

They lie in the database, not in the evidence store: they are small, belong to one row each, and are saved,
restored and forgotten with it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from psycopg.rows import class_row

from cloud.core.photo import MediaType, Photo
from cloud.store.pool import Connection

Stage = Literal["before", "after"]
MOST: int = 12
"""Of one order."""


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A photograph without its bytes."""

    id: UUID
    work_order: UUID
    stage: Stage
    media_type: MediaType
    width_px: int
    height_px: int
    sha256: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """A photograph with its bytes, and whose it is."""

    media_type: MediaType
    content: bytes
    sha256: str
    work_order: UUID
    estate: str


async def add(
    conn: Connection, order: UUID, stage: Stage, photo: Photo, content: bytes, *, by: str, at: datetime
) -> str | None:
    """Keep a photograph, the same only once; its digest. None where the order has as many as it may."""
    sha256 = hashlib.sha256(content).hexdigest()
    row = await (
        await conn.execute("SELECT count(*) FROM work_order_photo WHERE work_order = %s", (order,))
    ).fetchone()
    if row is not None and row[0] >= MOST:
        return None
    await conn.execute(
        "INSERT INTO work_order_photo (work_order, stage, media_type, width_px, height_px, sha256, content,"
        " by, at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (order, stage, photo.media_type, photo.width_px, photo.height_px, sha256, content, by, at),
    )
    return sha256


async def of(conn: Connection, orders: Sequence[UUID]) -> dict[UUID, list[PhotoRow]]:
    """The photographs of some orders, oldest first."""
    async with conn.cursor(row_factory=class_row(PhotoRow)) as cursor:
        await cursor.execute(
            "SELECT id, work_order, stage, media_type, width_px, height_px, sha256, by, at"
            " FROM work_order_photo WHERE work_order = ANY(%s) ORDER BY at, id",
            (list(orders),),
        )
        found: dict[UUID, list[PhotoRow]] = {}
        for row in await cursor.fetchall():
            found.setdefault(row.work_order, []).append(row)
        return found


async def find(conn: Connection, photo: UUID) -> Stored | None:
    """One photograph with its bytes."""
    async with conn.cursor(row_factory=class_row(Stored)) as cursor:
        await cursor.execute(
            "SELECT media_type, content, sha256, work_order, work.estate FROM work_order_photo photo"
            " JOIN work_order work ON work.id = photo.work_order WHERE photo.id = %s",
            (photo,),
        )
        return await cursor.fetchone()
