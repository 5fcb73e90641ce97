"""Messages as they come, and what flows in steadily."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from cloud.store import events, rollups, series, watched
from cloud.store.events import DeadLetter, EventRow
from contracts.base import SeqRange
from tests.fixtures.cloud import NOW
from tests.integration.queries.made import DEVICE, Case, later, refreshed

BOOT = DEVICE.boot
KEYS = [("box-a", BOOT, number) for number in (1, 2, 5)]
LOSS = EventRow("box-a", BOOT, 1, NOW, UUID(int=11), "loss", '{"what": "frames", "count": 3}')
OLD = EventRow("box-a", BOOT, 2, NOW - timedelta(days=40), UUID(int=12), "sensor_reading", "{}")
LOST = [SeqRange(boot=BOOT, first=3, last=3)]
LETTER = DeadLetter("malformed", "no \x00 JSON", "fallwatch/v1/box-a/event", b"{" * 5000)
READINGS = [DEVICE.reading(value=value) for value in (20.5, 21.5, 22.0)]
MINUTES = [
    DEVICE.minute(later(-number), 60.0 - number, camera=camera)
    for camera in ("cam-east", "cam-west")
    for number in range(1, 60)
]
HOUR = NOW.replace(minute=0, second=0)


CASES: Final[Mapping[str, Case]] = {
    "events.lock_agents": lambda at: events.lock_agents(at.conn, ["box-a", "other-box"]),
    "events.insert": lambda at: events.insert(at.conn, [LOSS, OLD], NOW),
    "events.insert (copies)": lambda at: events.insert(at.conn, [LOSS, OLD], later(1)),
    "events.mark": lambda at: events.mark(at.conn, KEYS, "stored", NOW),
    "events.already": lambda at: events.already(at.conn, [*KEYS, ("box-a", BOOT, 4)], "stored"),
    "events.accepted": lambda at: events.accepted(at.conn, "box-a", BOOT, 9, NOW),
    "events.mark_lost": lambda at: events.mark_lost(at.conn, "box-a", LOST, later(1)),
    "events.boots": lambda at: events.boots(at.conn, "box-a", 3),
    "events.unseen": lambda at: events.unseen(at.conn),
    "events.losses": lambda at: events.losses(at.conn, "box-a", 5),
    "events.bury": lambda at: events.bury(at.conn, [LETTER], NOW),
    "series.insert_readings": lambda at: series.insert_readings(at.conn, READINGS),
    "series.sensors": lambda at: series.sensors(at.conn),
    "series.mark_silent": lambda at: series.mark_silent(at.conn, later(1), later(2)),
    "series.insert_minutes": lambda at: series.insert_minutes(at.conn, MINUTES),
    "series.insert_minutes (of a second boot)": lambda at: series.insert_minutes(at.conn, MINUTES[:1]),
    "watched.spans": lambda at: watched.spans(at.conn, later(-10), NOW),
    "watched.spans (of one camera)": lambda at: watched.spans(at.conn, later(-90), NOW, ["cam-west"]),
    "rollups.refresh": refreshed,
    "rollups.watched": lambda at: rollups.watched(at.conn, "minute", HOUR, NOW),
    "rollups.watched (hours)": lambda at: rollups.watched(at.conn, "hour", HOUR, NOW),
}
