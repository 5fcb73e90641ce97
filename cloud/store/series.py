"""What flows in steadily: readings and watched minutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from cloud.store.pool import Connection
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


@dataclass(frozen=True, slots=True)
class MinuteRow:
    """How much of a minute a camera watched."""

    camera: str
    observed_at: datetime
    watched_s: float


async def insert_readings(conn: Connection, readings: Sequence[SensorReading]) -> None:
    """Store readings, and the newest as the sensor's value."""
    if not readings:
        return
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO sensor_reading (sensor, observed_at, value, unit) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [(reading.sensor, reading.observed_at, reading.value, reading.unit) for reading in readings],
        )
        newest: dict[str, SensorReading] = {}
        for reading in sorted(readings, key=lambda reading: reading.observed_at):
            newest[reading.sensor] = reading
        await cursor.executemany(
            "UPDATE sensor SET value = %s, unit = %s, observed_at = %s, silent_since = NULL"
            " WHERE id = %s AND (observed_at IS NULL OR observed_at < %s)",
            [
                (reading.value, reading.unit, reading.observed_at, reading.sensor, reading.observed_at)
                for reading in newest.values()
            ],
        )


async def insert_minutes(conn: Connection, minutes: Sequence[CameraMinute]) -> None:
    """Store watched minutes. Two boots may each have watched a part of one: the parts add up."""
    if not minutes:
        return
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO camera_minute AS known (camera, observed_at, watched_s, frames, dropped)"
            " VALUES (%s, date_trunc('minute', %s::timestamptz), %s, %s, %s)"
            " ON CONFLICT (camera, observed_at) DO UPDATE SET"
            " watched_s = least(60, known.watched_s + excluded.watched_s),"
            " frames = known.frames + excluded.frames, dropped = known.dropped + excluded.dropped",
            [(m.camera, m.observed_at, m.watched_s, m.frames, m.dropped) for m in minutes],
        )


async def minutes(conn: Connection, begin: datetime, end: datetime) -> list[MinuteRow]:
    """All watched minutes that begin in [begin, end)."""
    async with conn.cursor(row_factory=class_row(MinuteRow)) as cursor:
        await cursor.execute(
            "SELECT camera, observed_at, watched_s FROM camera_minute"
            " WHERE observed_at >= %s AND observed_at < %s ORDER BY observed_at",
            (begin, end),
        )
        return await cursor.fetchall()


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
