"""Rows of the table of faults: what is done to the box's wall clock while it works.

The agent runs under libfaketime, which shows it any wall clock we like and leaves the steady clocks alone, as
`settimeofday` does. The truth is this machine's clock, by which the cloud says when it received each event.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg

from cloud import clock
from fallwatch.local.mosquitto import Broker
from fallwatch.local.pki import Authority
from tests.faults import test_sigkill as box
from tests.fixtures.programs import program

Wait = Callable[[Callable[[], object], float, str], None]
FAKETIME: Final = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
DEADLINE_S: Final = 60
PERIOD_S: Final = 0.02
ON_ITS_WAY: Final = timedelta(seconds=10)
"""More than an event needs to the database on a busy machine, less than any fault that is injected."""


@dataclass(frozen=True)
class ClockFault:
    """What libfaketime shows at the start, and later; its words: `+3600s`, `+0s x1.1`."""

    name: str
    at_start: str
    later: str | None = None
    known_first: bool = True
    """Whether the box knows the time before it happens."""


def faults() -> tuple[ClockFault, ...]:
    """The order's four."""
    to_1970_s = int(clock.utc_now().timestamp()) - 60
    return (
        ClockFault("clock: step of +1 h", "+0s", "+3600s"),
        ClockFault("clock: step of -1 h", "+0s", "-3600s"),
        ClockFault("clock: start in 1970 without a battery", f"-{to_1970_s}s", known_first=False),
        ClockFault("clock: drift, wall clock 10 % fast", "+0s", "+0s x1.1"),
    )


@dataclass(frozen=True)
class Stored:
    seq: int
    kind: str
    observed_at: datetime
    received_at: datetime
    uncertainty_s: float | None
    offset_s: float | None
    """Of a clock_set."""


@dataclass(frozen=True)
class Estate:
    """Where the box and its cloud are."""

    folder: Path
    broker: Broker
    authority: Authority
    database_url: str
    wait_until: Wait


def row(fault: ClockFault, events: int, estate: Estate) -> dict[str, Any]:
    """Does it to a box that tells `events` events before and as many after; the row of the table.

    recovered_s: until an event with a trusted, right time was stored. wrong: events whose time is neither
    right nor marked as untrusted.
    """
    folder, wait_until = estate.folder, estate.wait_until
    shown = folder / "wall-clock"
    shown.write_text(fault.at_start)
    fake = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(shown),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    edge = box.write_edge_settings(folder / "edge.yaml", estate.broker, estate.authority, period_s=PERIOD_S)
    outbox, log = folder / "edge" / "outbox.db", folder / "agent.log"
    with program(["edge", "agent", str(edge)], log, fake):
        if fault.known_first:
            wait_until(lambda: logged(log, "time_learnt"), DEADLINE_S, "the time from the cloud")
        wait_until(lambda: len(stored(estate)) >= events, DEADLINE_S, "events before")
        happened_at, before = box_now(estate), len(stored(estate))
        if fault.later is not None:
            shown.write_text(fault.later)
        wait_until(lambda: len(stored(estate)) >= before + events, DEADLINE_S, "events after")
        wait_until(lambda: [e for e in stored(estate) if e.kind == "clock_set"], DEADLINE_S, "the clock_set")
    taken, waiting = sum(box.accepted(outbox).values()), box.still_owed(outbox, None)
    wait_until(lambda: len(stored(estate)) >= taken - waiting, DEADLINE_S, "what was on its way")
    found = stored(estate)
    trusted = [e.received_at for e in found if e.uncertainty_s is not None and e.received_at >= happened_at]
    return {
        "fault": fault.name,
        "injected": 1,
        "accepted": taken,
        "stored": len(found),
        "lost": max(taken - waiting - len(found), 0),
        "duplicated": 0,
        "recovered_s": round((min(trusted) - happened_at).total_seconds(), 2),
        "wrong": sum(not is_honest(event, found) for event in found),
        "untrusted": sum(event.uncertainty_s is None for event in found),
        "uncertainty_s": max(event.uncertainty_s or 0 for event in found),
    }


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


def stored(estate: Estate) -> list[Stored]:
    """The events of the box that runs, in the order of their numbers."""
    with psycopg.connect(estate.database_url) as connection:
        rows = connection.execute(
            "SELECT seq, kind, observed_at, received_at, (payload -> 'clock' ->> 'uncertainty_s')::float,"
            " (payload ->> 'offset_s')::float FROM event ORDER BY seq"
        ).fetchall()
    return [Stored(*values) for values in rows]


def box_now(estate: Estate) -> datetime:
    """Now by the clock of the truth."""
    with psycopg.connect(estate.database_url) as connection:
        ((now,),) = connection.execute("SELECT clock_timestamp()").fetchall()
    assert isinstance(now, datetime)
    return now


def logged(log: Path, event: str) -> list[dict[str, object]]:
    """Lines of a log with that event."""
    return [line for line in box.lines_of(log) if line.get("event") == event]
