"""The outbox's file damaged between two starts: flipped bytes, or its end cut off."""

import random
import signal
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from edge.clock import monotonic_s
from fallwatch.local import wait
from tests.faults.box import DEADLINE_S, Box
from tests.faults.place import Place
from tests.faults.table import Fault, Row, Size

SENSORS, PERIOD_S = 10, 0.1
FLIPS = (1, 3, 300)


def damaged(place: Place, size: Size) -> Row:
    """Each time: no link, a share of the stream, SIGKILL, damage, the next start. Then the link is back."""
    box = place.box("damaged", sensors=SENSORS, period_s=PERIOD_S)
    accepted: dict[UUID, int] = {}
    waits_s: list[float] = []
    place.broker.stop()
    share = size.events // size.times
    for turn in range(1, size.times + 1):
        with box.running() as agent:
            wait.until(lambda: _of_this_start(box) >= share, DEADLINE_S, "events")
            agent.send_signal(signal.SIGKILL)
            agent.wait()
        accepted |= box.counters()
        _damage(box.data, random.Random(turn))
        begun_s = monotonic_s()
        with box.running() as agent:
            wait.until(lambda: _of_this_start(box) > 1, DEADLINE_S, "an event after the damage")
            waits_s.append(monotonic_s() - begun_s)
            agent.send_signal(signal.SIGKILL)
            agent.wait()
        accepted |= box.counters()
    place.broker.start()
    box.drain()
    accepted |= box.counters()
    row = box.row("", box.offered(), accepted, max(waits_s))
    missing = row.accepted - row.stored
    name = f"outbox damaged {size.times} times ({missing} messages unreadable, told by their numbers)"
    return replace(row, fault=name)


def _of_this_start(box: Box) -> int:
    boot = box.boot()
    return box.counters().get(boot, 0) if boot else 0


def _damage(data: Path, luck: random.Random) -> None:
    """Random bytes flipped, or the end cut off, in the database or in its log."""
    file = data / luck.choice(("outbox.db", "outbox.db-wal"))
    content = bytearray(file.read_bytes())
    if luck.random() < 0.3:
        del content[luck.randrange(len(content)) :]
    else:
        for _ in range(luck.choice(FLIPS)):
            content[luck.randrange(len(content))] ^= 1 << luck.randrange(8)
    file.write_bytes(content)


ROWS = (Fault("damage", damaged, Size(60, 1), Size(4_000, 10)),)
