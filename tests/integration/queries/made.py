"""What cases share: where they run, and messages that are the same for both databases."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cloud.core.fault import Subject
from cloud.store import rollups
from cloud.store.pool import Connection
from tests.fixtures.cloud import NOW, Device


@dataclass(frozen=True, slots=True)
class At:
    """Where a case runs. oldest: table → id of its oldest row, of those whose id is a UUID."""

    conn: Connection
    oldest: Mapping[str, UUID]


Case = Callable[[At], Awaitable[object]]


def later(minutes: float) -> datetime:
    """So many minutes after the time at which the device stamps."""
    return NOW + timedelta(minutes=minutes)


async def refreshed(at: At) -> None:
    """Aggregates up to date. TimescaleDB does it by itself: how much there was to do is not compared."""
    await rollups.refresh(at.conn)


EAST = Subject("camera", "cam-east")
DEVICE = Device(boot=UUID(int=1))
FALL, OTHER_FALL = DEVICE.fall(), DEVICE.fall(camera="cam-west", score=0.6)
