"""What was said of alerts that are closed: rows for labels, for figures and for regions to ignore."""

from datetime import datetime
from typing import Any

from cloud.core.feedback import Count, Judged
from cloud.store.pool import Connection

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


async def counts(conn: Connection, begin: datetime) -> list[Count]:
    """Alerts closed since `begin`, by camera, by week of the fall (UTC, from Monday), by reason."""
    rows = await conn.execute(
        "SELECT camera, (date_trunc('week', observed_at AT TIME ZONE 'UTC'))::date AS week, close_reason,"
        " count(*) FROM alert WHERE state = 'closed' AND close_reason IS NOT NULL AND closed_at >= %s"
        " GROUP BY camera, week, close_reason ORDER BY week, camera, close_reason",
        (begin,),
    )
    return [Count(*row) for row in await rows.fetchall()]
