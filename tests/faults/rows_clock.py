"""What is done to the box's wall clock while it works: times are right, or say that they are not known.

The agent runs under libfaketime, which shows it any wall clock we like and leaves the steady clocks alone, as
`settimeofday` does. The truth is this machine's clock, by which the cloud says when it received each event.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import psycopg

from cloud import clock
from fallwatch.local import wait
from tests.faults.box import DEADLINE_S, Box
from tests.faults.place import Place
from tests.faults.table import CannotRunHere, Fault, Row, Size

FAKETIME: Final = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
PERIOD_S: Final = 0.02
ON_ITS_WAY: Final = timedelta(seconds=10)
"""More than an event needs to the database on a busy machine, less than any fault that is injected."""


@dataclass(frozen=True)
class ClockFault:
    """What libfaketime shows at the start, and later; its words: `+3600s`, `+0s x1.1`."""

    box: str
    name: str
    at_start: str
    later: str | None = None
    known_first: bool = True
    """Whether the box knows the time before it happens."""


TO_1970_S: Final = int(clock.utc_now().timestamp()) - 60
MOST_UNCERTAIN_S: Final = 5


@dataclass(frozen=True)
class Stored:
    seq: int
    kind: str
    observed_at: datetime
    received_at: datetime
    uncertainty_s: float | None
    offset_s: float | None
    """Of a clock_set."""


def clock_wrong(fault: ClockFault, place: Place, size: Size) -> Row:
    """Does it to a box that tells `events` events before and as many after.

    recovered_s: until an event with a trusted, right time was stored.
    """
    if not FAKETIME.exists():
        raise CannotRunHere("libfaketime is not there: install the package faketime")
    box = place.box(fault.box, sensors=1, period_s=PERIOD_S)
    shown = box.folder / "wall-clock"
    shown.write_text(fault.at_start)
    fake = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(shown),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with box.running(environ=fake):
        if fault.known_first:
            wait.until(lambda: box.logged("time_learnt"), DEADLINE_S, "the time from the cloud")
        wait.until(lambda: len(stored(box)) >= size.events, DEADLINE_S, "events before")
        happened_at, before = box_now(box), len(stored(box))
        if fault.later is not None:
            shown.write_text(fault.later)
        wait.until(lambda: len(stored(box)) >= before + size.events, DEADLINE_S, "events after")
        wait.until(lambda: [e for e in stored(box) if e.kind == "clock_set"], DEADLINE_S, "the clock_set")
    found = stored(box)  # what is drained below was on its way for long, and proves nothing
    box.drain()
    assert max(event.uncertainty_s or 0 for event in found) < MOST_UNCERTAIN_S
    wrong = [event for event in found if not is_honest(event, found)]
    assert not wrong, f"{len(wrong)} times are neither right nor marked as untrusted, first {wrong[0]}"
    trusted = [e.received_at for e in found if e.uncertainty_s is not None and e.received_at >= happened_at]
    recovered_s = (min(trusted) - happened_at).total_seconds()
    return box.row(fault.name, box.offered(), box.counters(), recovered_s)


def is_honest(event: Stored, found: list[Stored]) -> bool:
    """Its time is right, or marked as untrusted and right once the clock_set after it is applied."""
    at = event.observed_at
    if event.uncertainty_s is None:
        later = [e.offset_s for e in found if e.offset_s is not None and e.seq > event.seq]
        if not later:
            return True  # marked, and nobody claims to know better
        at -= timedelta(seconds=later[0])
    early = event.received_at - at
    return -timedelta(seconds=event.uncertainty_s or 1) <= early <= ON_ITS_WAY


def stored(box: Box) -> list[Stored]:
    """The events of the box's first start, in the order of their numbers."""
    with psycopg.connect(box.database_url) as connection:
        rows = connection.execute(
            "SELECT seq, kind, observed_at, received_at, (payload -> 'clock' ->> 'uncertainty_s')::float,"
            " (payload ->> 'offset_s')::float FROM event WHERE agent = %s AND boot = %s ORDER BY seq",
            (box.name, box.first_boot),
        ).fetchall()
    return [Stored(*values) for values in rows]


def box_now(box: Box) -> datetime:
    """Now by the clock of the truth."""
    with psycopg.connect(box.database_url) as connection:
        ((now,),) = connection.execute("SELECT clock_timestamp()").fetchall()
    assert isinstance(now, datetime)
    return now


def _row(fault: ClockFault) -> Fault:
    return Fault(fault.box, partial(clock_wrong, fault), Size(50, 1), Size(500, 1))


ROWS = (
    _row(ClockFault("clock-forward", "clock: step of +1 h", "+0s", "+3600s")),
    _row(ClockFault("clock-back", "clock: step of -1 h", "+0s", "-3600s")),
    _row(ClockFault("clock-1970", "clock: start in 1970", f"-{TO_1970_S}s", known_first=False)),
    _row(ClockFault("clock-drift", "clock: 10 % fast", "+0s", "+0s x1.1")),
)
