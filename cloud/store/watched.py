"""What cameras watched, as spans of minutes in a row with the same figure.

A day of a camera that watches well is a few rows instead of 1,440. They follow the minutes in the statement
that stores these (`series.insert_minutes`), in whatever order they come, and stay when minutes are pruned.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from cloud.core.watched import MINUTE, Runs
from cloud.store.pool import Connection

FOLLOW: Final = (
    # A minute touches three spans at most: one that ends where it begins, one that holds it, one behind it.
    ", old AS (SELECT DISTINCT span.* FROM came CROSS JOIN LATERAL (SELECT * FROM watched_span"
    " WHERE camera = came.camera AND begins_at <= came.observed_at + INTERVAL '1 minute'"
    " ORDER BY begins_at DESC LIMIT 3) span WHERE span.ends_at >= came.observed_at)"
    ", changed AS (SELECT camera, range_agg(tstzrange(observed_at, observed_at + INTERVAL '1 minute'))"
    " AS minutes FROM came GROUP BY camera)"
    # What was there without what has changed, and what has changed; equals that touch become one.
    ", new AS (SELECT camera, lower(span) AS begins_at, upper(span) AS ends_at, watched_s FROM"
    " (SELECT camera, watched_s, unnest(range_agg(part)) AS span FROM"
    " (SELECT camera, watched_s, tstzmultirange(tstzrange(begins_at, ends_at)) - minutes AS part"
    " FROM old JOIN changed USING (camera) UNION ALL"
    " SELECT camera, watched_s, tstzmultirange(tstzrange(observed_at, observed_at + INTERVAL '1 minute'))"
    " FROM came) parts GROUP BY camera, watched_s) whole)"
    ", gone AS (DELETE FROM watched_span USING old WHERE watched_span.camera = old.camera"
    " AND watched_span.begins_at = old.begins_at AND NOT EXISTS"
    " (SELECT FROM new WHERE new.camera = old.camera AND new.begins_at = old.begins_at))"
    " INSERT INTO watched_span AS known (camera, begins_at, ends_at, watched_s)"
    " SELECT camera, begins_at, ends_at, watched_s FROM new ON CONFLICT (camera, begins_at) DO UPDATE SET"
    " ends_at = excluded.ends_at, watched_s = excluded.watched_s"
    " WHERE (known.ends_at, known.watched_s) IS DISTINCT FROM (excluded.ends_at, excluded.watched_s)"
)
"""SQL behind `WITH came AS (…)`: spans follow minutes that came (camera, observed_at, watched_s), each once.

Two at once would not see each other's; so ingests hold the agent (`events.lock_agents`).
"""


async def spans(
    conn: Connection, begin: datetime, end: datetime, cameras: Collection[str] | None = None
) -> dict[str, Runs]:
    """What was watched of the minutes that touch [begin, end), by camera; None: of all."""
    first = begin.replace(second=0, microsecond=0)
    # As arrays they come much faster than as rows, and as numbers faster than as dates.
    async with conn.cursor(binary=True) as cursor:
        await cursor.execute(
            # Nested, so that each camera is one walk along the index, from the span that holds the beginning.
            "SELECT id, found.* FROM camera CROSS JOIN LATERAL"
            " (SELECT coalesce(max(begins_at), '-infinity') AS begins_at FROM watched_span"
            " WHERE camera = camera.id AND begins_at <= %(first)s) oldest CROSS JOIN LATERAL"
            " (SELECT array_agg((date_part('epoch', span.begins_at - %(first)s) / 60)::int4),"
            " array_agg((date_part('epoch', span.ends_at - span.begins_at) / 60)::int4), array_agg(watched_s)"
            " FROM (SELECT greatest(begins_at, %(first)s) AS begins_at, least(ends_at, %(last)s) AS ends_at,"
            " watched_s FROM watched_span WHERE camera = camera.id AND begins_at >= oldest.begins_at"
            " AND begins_at < %(end)s AND ends_at > %(first)s ORDER BY watched_span.begins_at) span"
            " HAVING count(*) > 0) found WHERE %(cameras)s::text[] IS NULL OR id = ANY(%(cameras)s)",
            {
                "first": first,
                "end": end,
                "last": first + -((first - end) // MINUTE) * MINUTE,
                "cameras": None if cameras is None else list(cameras),
            },
        )
        rows = await cursor.fetchall()
    return {camera: Runs(first, *columns) for camera, *columns in rows}
