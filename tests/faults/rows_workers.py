"""Several ingests share the events of many boxes, and one of them is killed in the midst of it."""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, LiteralString

import psycopg

from fallwatch.local import wait
from tests.faults.outboxes import Outboxes
from tests.faults.place import DEADLINE_S, Part, Place, Program
from tests.faults.table import Fault, Row, Size
from tests.fixtures import fleet
from tests.fixtures.fleet import FRAMES, Said

BOXES: Final = 20
PER_S: Final = 2_000
OF_KIND: Final[dict[str, LiteralString]] = {
    "falling_object": "SELECT count(*) FROM alert WHERE agent = ANY(%s)",
    "sensor_reading": "SELECT count(*) FROM sensor_reading JOIN sensor ON sensor.id = sensor"
    " WHERE agent = ANY(%s)",
    "camera_minute": f"SELECT sum(frames) / {FRAMES} FROM camera_minute JOIN camera ON camera.id = camera"
    " WHERE agent = ANY(%s)",
}
"""Kind → how often its consequence is there."""


class Workers:
    """Ingests that share the events. Each that is killed is replaced at once."""

    def __init__(self, place: Place, count: int, until: ExitStack) -> None:
        self._place = place
        self._count = count
        self._started = 0
        self._until = until
        self._running: list[Part[Program]] = []
        for _ in range(count):
            self._start()
        logs = [place.folder / f"{self._name(number)}.log" for number in range(count)]
        wait.until(lambda: all(map(_subscribed, logs)), DEADLINE_S, "the ingests' subscriptions")

    def kill_one(self) -> None:
        """The one that has run longest, with whatever it had taken and not committed, or not confirmed."""
        self._running.pop(0).kill()
        self._start()

    def _start(self) -> None:
        ingest = self._place.another_ingest(self._name(self._started))
        self._started += 1
        self._until.callback(ingest.stop)
        ingest.start()
        self._running.append(ingest)

    def _name(self, number: int) -> str:
        return f"ingest-{number}-of-{self._count}"


def worker_killed(place: Place, size: Size, count: int) -> Row:
    """Kills one of `count`, again and again, while a fleet sends.

    recovered_s: the longest that a message waited for its confirmation.
    """
    boxes = fleet.names(f"workers-{count}", BOXES)
    place.know(fleet.estate(boxes))
    said = fleet.said(boxes, size.events)
    place.ingest.stop()
    with ExitStack() as stack:
        workers = Workers(place, count, stack)
        outboxes = stack.enter_context(Outboxes.connected(place.broker.now, place.authority))
        turns = range(1, size.times + 1)
        kills = {turn * size.events // (size.times + 1): workers.kill_one for turn in turns}
        reached = outboxes.send(said, size.per_s, kills)
    assert not outboxes.refused, outboxes.refused[:3]
    waits_s = [outboxes.confirmed_s[key] - first_s for key, first_s in outboxes.first_s.items()]
    name = (
        f"SIGKILL of one of {count} ingests, {size.times} times, at {reached:,.0f}/s of {size.per_s:,}/s"
        f" offered ({outboxes.again:,} sent again)"
    )
    return _row(place, name, boxes, said, max(waits_s))


def _row(place: Place, name: str, boxes: list[str], said: Sequence[Said], recovered_s: float) -> Row:
    """A consequence that is there too often counts as a duplicate, one that is missing as lost."""
    with psycopg.connect(place.database_url) as connection:

        def asked(query: LiteralString) -> list[tuple[Any, ...]]:
            return connection.execute(query, (boxes,)).fetchall()

        arrived = asked("SELECT boot, seq FROM event WHERE agent = ANY(%s)")
        kinds = Counter(each.kind for each in said)
        surplus = [int(asked(query)[0][0] or 0) - kinds[kind] for kind, query in OF_KIND.items()]
        parts = asked("SELECT agent, stored::text FROM seen_range WHERE agent = ANY(%s)")
    numbers = Counter(each.agent for each in said)
    assert dict(parts) == {box: f"{{[1,{last + 1})}}" for box, last in numbers.items()}, "gaps are told"
    stored = set(arrived)
    lost = {(each.boot, each.seq) for each in said} - stored
    return Row(
        name,
        len(said),
        len(said),
        len(stored),
        len(lost) + sum(max(-each, 0) for each in surplus),
        len(arrived) - len(stored) + sum(max(each, 0) for each in surplus),
        round(recovered_s, 2),
    )


def _subscribed(log: Path) -> bool:
    return log.exists() and "broker_connected" in log.read_text()


ROWS = (
    Fault(
        "workers-2",
        lambda place, size: worker_killed(place, size, 2),
        Size(3_000, 1, PER_S),
        Size(60_000, 10, PER_S),
    ),
    Fault(
        "workers-4",
        lambda place, size: worker_killed(place, size, 4),
        Size(3_000, 1, PER_S),
        Size(60_000, 10, PER_S),
    ),
)
