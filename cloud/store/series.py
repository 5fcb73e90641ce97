"""What flows in steadily: readings and watched minutes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from psycopg.rows import class_row

from cloud.core.fault import OF_PICTURE
from cloud.store.pool import Connection
from cloud.store.watched import FOLLOW
from contracts.messages import CameraMinute, SensorReading


@dataclass(frozen=True, slots=True)
class SensorRow:
    """A sensor with its newest value."""

    id: str
    agent: str
    name_zh: str
    name_en: str
    quantity: str
    unit: str
    value: float | None
    observed_at: datetime | None
    silent_since: datetime | None


_BLIND: Final = (
    "(SELECT coalesce(extract(epoch FROM sum(upper(part) - lower(part))), 0) FROM unnest("
    "(SELECT range_agg(tstzrange(since, cleared_at)) FROM fault WHERE subject_type = 'camera'"
    " AND subject = {minute}.camera AND severity <> 'warning' AND kind = ANY(%(blinding)s)"
    " AND since < {minute}.observed_at + INTERVAL '1 minute'"
    " AND coalesce(cleared_at, 'infinity') > {minute}.observed_at)"
    " * tstzmultirange(tstzrange({minute}.observed_at, {minute}.observed_at + INTERVAL '1 minute'))) part)"
)
"""SQL: seconds of a minute in which nobody could rely on its picture. Faults that overlap count once."""


async def insert_readings(conn: Connection, readings: Sequence[SensorReading]) -> None:
    """Store readings, and the newest as the sensor's value."""
    if not readings:
        return
    await conn.execute(
        "INSERT INTO sensor_reading (sensor, observed_at, value, unit)"
        " SELECT * FROM unnest(%b::text[], %b::timestamptz[], %b::float8[], %b::text[])"
        " ON CONFLICT DO NOTHING",
        _columns(readings),
    )
    newest: dict[str, SensorReading] = {}
    for reading in readings:
        known = newest.get(reading.sensor)
        if known is None or known.observed_at <= reading.observed_at:
            newest[reading.sensor] = reading
    await conn.execute(
        "UPDATE sensor SET value = new.value, unit = new.unit, observed_at = new.observed_at,"
        " silent_since = NULL FROM unnest(%b::text[], %b::timestamptz[], %b::float8[], %b::text[])"
        " AS new (id, observed_at, value, unit) WHERE sensor.id = new.id"
        " AND (sensor.observed_at IS NULL OR sensor.observed_at < new.observed_at)",
        _columns(newest.values()),
    )


def _columns(
    readings: Collection[SensorReading],
) -> tuple[list[str], list[datetime], list[float], list[str]]:
    return (
        [reading.sensor for reading in readings],
        [reading.observed_at for reading in readings],
        [reading.value for reading in readings],
        [reading.unit for reading in readings],
    )


async def insert_minutes(conn: Connection, minutes: Sequence[CameraMinute]) -> None:
    """Store watched minutes. Two boots may each have watched a part of one: the parts add up."""
    if not minutes:
        return
    await conn.execute(
        "WITH came AS (INSERT INTO camera_minute AS known"  # noqa: S608 - constants
        " (camera, observed_at, watched_s, frames, dropped, blind_s)"
        f" SELECT camera, observed_at, least(60, watched_s), frames, dropped, {_BLIND.format(minute='part')}"
        " FROM (SELECT camera, date_trunc('minute', at) AS observed_at, sum(watched_s) AS watched_s,"
        " sum(frames) AS frames, sum(dropped) AS dropped FROM unnest(%(cameras)b::text[],"
        " %(at)b::timestamptz[], %(watched_s)b::float8[], %(frames)b::bigint[], %(dropped)b::bigint[])"
        " AS new (camera, at, watched_s, frames, dropped) GROUP BY 1, 2) part"
        " ON CONFLICT (camera, observed_at) DO UPDATE SET"
        " watched_s = least(60, known.watched_s + excluded.watched_s),"
        " frames = known.frames + excluded.frames, dropped = known.dropped + excluded.dropped"
        f" RETURNING camera, observed_at, watched_s){FOLLOW}",
        {
            "blinding": list(OF_PICTURE),
            "cameras": [minute.camera for minute in minutes],
            "at": [minute.observed_at for minute in minutes],
            "watched_s": [minute.watched_s for minute in minutes],
            "frames": [minute.frames for minute in minutes],
            "dropped": [minute.dropped for minute in minutes],
        },
    )


async def recount_blind(conn: Connection) -> int:
    """Count minutes anew over which a fault has come, gone or changed; how many that changes.

    Until then a minute knows the faults that were told when it came.
    """
    rows = await conn.execute(
        "WITH due AS (DELETE FROM blind_due WHERE id IN"
        " (SELECT id FROM blind_due ORDER BY id FOR UPDATE SKIP LOCKED) RETURNING camera, begin_at)"
        " SELECT camera, min(begin_at) FROM due GROUP BY camera ORDER BY camera"
    )
    changed = 0
    for camera, begin in await rows.fetchall():
        done = await conn.execute(
            "UPDATE camera_minute SET blind_s = counted.blind_s"  # noqa: S608 - a constant
            f" FROM (SELECT observed_at, {_BLIND.format(minute='minute')} AS blind_s"
            " FROM camera_minute minute WHERE camera = %(camera)s"
            " AND observed_at > %(begin)s - INTERVAL '1 minute') counted"
            " WHERE camera_minute.camera = %(camera)s AND camera_minute.observed_at = counted.observed_at"
            " AND camera_minute.observed_at > %(begin)s - INTERVAL '1 minute'"
            " AND camera_minute.blind_s <> counted.blind_s",
            {"blinding": list(OF_PICTURE), "camera": camera, "begin": begin},
        )
        changed += done.rowcount
    return changed


async def sensors(conn: Connection) -> list[SensorRow]:
    """All sensors."""
    async with conn.cursor(row_factory=class_row(SensorRow)) as cursor:
        await cursor.execute(
            "SELECT id, agent, name_zh, name_en, quantity, unit, value, observed_at, silent_since"
            " FROM sensor ORDER BY id"
        )
        return await cursor.fetchall()


async def mark_silent(conn: Connection, before: datetime, at: datetime) -> list[str]:
    """Sensors whose newest value is older than `before` fall silent at `at`; their ids, each once."""
    rows = await conn.execute(
        "UPDATE sensor SET silent_since = %s WHERE id IN (SELECT id FROM sensor"
        " WHERE silent_since IS NULL AND observed_at < %s FOR UPDATE SKIP LOCKED) RETURNING id",
        (at, before),
    )
    return [row[0] for row in await rows.fetchall()]
