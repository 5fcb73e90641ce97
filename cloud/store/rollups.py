"""What cameras watched by minute, hour, day and month: availability and picture integrity.

Days and months are those of Asia/Shanghai. On TimescaleDB the aggregates are continuous; elsewhere they are
tables that `refresh` brings up to date (migrations 0013 and 0014). The formulas: docs/design/storage.md.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from psycopg.rows import class_row

from cloud.core.days import ZONE
from cloud.store.pool import Connection

Unit = Literal["minute", "hour", "day", "month"]

_TABLES: Final[dict[Unit, str]] = {
    "minute": "(SELECT camera, observed_at AS began_at, watched_s, least(watched_s, 60 - blind_s) AS clear_s"
    " FROM camera_minute WHERE observed_at >= %(begin)s AND observed_at < %(end)s)",
    "hour": "camera_hour",
    "day": "camera_day",
    "month": "camera_month",
}


@dataclass(frozen=True, slots=True)
class Watched:
    """What a camera watched of the unit of time that begins at `began_at`.

    due_s: seconds of it since the camera's first report. watched_s: seconds of video that were decoded and
    searched. clear_s: those of them during which no fault of the picture blinded it.
    """

    camera: str
    began_at: datetime
    due_s: float
    watched_s: float
    clear_s: float

    @property
    def availability(self) -> float | None:
        """在线率; None before its first report."""
        return self.watched_s / self.due_s if self.due_s else None

    @property
    def integrity(self) -> float | None:
        """图像完好率; None where nothing was watched."""
        return self.clear_s / self.watched_s if self.watched_s else None


async def watched(
    conn: Connection, unit: Unit, begin: datetime, end: datetime, camera: str | None = None
) -> list[Watched]:
    """Each camera in each unit of time that begins in [begin, end), also where it watched nothing.

    Ordered by camera and time. begin: the beginning of a unit. end: the last unit is due until then at most.
    Cameras that have never reported are left out.
    """
    async with conn.cursor(row_factory=class_row(Watched)) as cursor:
        await cursor.execute(
            "SELECT camera.id AS camera, span.began_at, extract(epoch FROM least(span.ended_at, %(end)s)"  # noqa: S608 - one of four
            " - greatest(span.began_at, camera.first_seen_at))::float8 AS due_s,"
            " coalesce(watched_s, 0) AS watched_s, coalesce(clear_s, 0) AS clear_s"
            " FROM (SELECT began_at, date_add(began_at, %(length)s::interval, %(zone)s) AS ended_at"
            " FROM generate_series(%(begin)s::timestamptz, %(end)s - INTERVAL '1 microsecond',"
            " %(length)s::interval, %(zone)s) began_at) span"
            " JOIN camera ON camera.first_seen_at < least(span.ended_at, %(end)s)"
            f" LEFT JOIN {_TABLES[unit]} counted"
            " ON counted.camera = camera.id AND counted.began_at = span.began_at"
            " WHERE %(camera)s::text IS NULL OR camera.id = %(camera)s ORDER BY camera.id, span.began_at",
            {
                "begin": begin,
                "end": end,
                "length": f"1 {unit}",
                "zone": ZONE.key,
                "camera": camera,
            },
        )
        return await cursor.fetchall()


async def refresh(conn: Connection) -> int:
    """Bring the aggregates up to date where the database does not by itself; how many hours were counted."""
    row = await (await conn.execute("SELECT rollup_refresh()")).fetchone()
    assert row is not None
    return int(row[0])
