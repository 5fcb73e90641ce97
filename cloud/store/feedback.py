"""What was said of alerts that are closed: rows for labels, for figures and for regions to ignore."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cloud.core.feedback import Count, Judged
from cloud.core.mask_proposal import Declined
from cloud.store.pool import Connection, Jsonb

_JUDGED = (
    "SELECT alert.id::text, agent.estate, alert.camera, alert.close_reason, alert.closed_by, alert.closed_at,"
    " alert.score, coalesce(fall_end.payload -> 'track', alert.payload -> 'track'),"
    " (alert.payload ->> 'frame_width')::int, (alert.payload ->> 'frame_height')::int,"
    " CASE WHEN clip.state = 'verified' THEN clip.sha256 END, clip.manifest"
    " FROM alert JOIN agent ON agent.id = alert.agent LEFT JOIN clip ON clip.event = alert.message_id"
    " LEFT JOIN fall_end ON fall_end.event = alert.message_id AND fall_end.agent = alert.agent"
    " WHERE alert.state = 'closed' AND alert.close_reason IS NOT NULL AND alert.closed_at >= %s"
)


async def judged(conn: Connection, begin: datetime, camera: str | None = None) -> list[Judged]:
    """Alerts closed since `begin`, oldest first; of one camera where it is named."""
    rows = await conn.execute(
        f"{_JUDGED} AND (%s::text IS NULL OR alert.camera = %s) ORDER BY alert.closed_at, alert.id",
        (begin, camera, camera),
    )
    return [_row(*row) for row in await rows.fetchall()]


def _row(*values: Any) -> Judged:
    alert, estate, camera, reason, by, at, score, track, width, height, clip, manifest = values
    return Judged(alert, estate, camera, reason, by, at, score, track, (width, height), clip, manifest)


@dataclass(frozen=True, slots=True)
class DeclinedRow:
    """A region that somebody would not have ignored, and why."""

    region: Declined
    reason: str
    declined_by: str
    declined_at: datetime


async def declined(conn: Connection, camera: str) -> list[DeclinedRow]:
    """Regions of a camera that were declined, the newest first."""
    rows = await conn.execute(
        "SELECT polygon, frame_width, frame_height, hides, reason, declined_by, declined_at"
        " FROM region_declined WHERE camera = %s ORDER BY declined_at DESC, id",
        (camera,),
    )
    return [
        DeclinedRow(Declined(tuple((x, y) for x, y in polygon), (width, height), hides), *more)
        for polygon, width, height, hides, *more in await rows.fetchall()
    ]


async def decline(conn: Connection, camera: str, row: DeclinedRow) -> None:
    """A region is not to be ignored."""
    region = row.region
    await conn.execute(
        "INSERT INTO region_declined (camera, polygon, frame_width, frame_height, hides, reason, declined_by,"
        " declined_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(camera, Jsonb([list(point) for point in region.polygon]), *region.frame, region.hides),
            *(row.reason, row.declined_by, row.declined_at),
        ),
    )


async def counts(conn: Connection, begin: datetime) -> list[Count]:
    """Alerts closed since `begin`, by camera, by week of the fall (UTC, from Monday), by reason."""
    rows = await conn.execute(
        "SELECT camera, (date_trunc('week', observed_at AT TIME ZONE 'UTC'))::date AS week, close_reason,"
        " count(*) FROM alert WHERE state = 'closed' AND close_reason IS NOT NULL AND closed_at >= %s"
        " GROUP BY camera, week, close_reason ORDER BY week, camera, close_reason",
        (begin,),
    )
    return [Count(*row) for row in await rows.fetchall()]
