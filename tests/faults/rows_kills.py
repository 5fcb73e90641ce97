"""SIGKILL in the midst of a stream: of the agent, of the broker, of ingest, of PostgreSQL."""

import signal
import statistics
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import psycopg

from edge.clock import monotonic_s, utc_now
from edge.core.outbox import Key
from fallwatch.local import wait
from tests.faults.box import DEADLINE_S, Arrived, Box
from tests.faults.place import Place
from tests.faults.table import Fault, Row, Size

PERIOD_S = 0.1
STILL_S = 0.3
"""Receipts that are on their way arrive much sooner."""


def streaming(place: Place, name: str, per_s: int) -> Box:
    """A box whose sensors offer so many values a second."""
    period_s = PERIOD_S if per_s <= 100 else PERIOD_S / 2
    return place.box(name, sensors=round(per_s * period_s), period_s=period_s)


def agent_killed(place: Place, size: Size) -> Row:
    """The agent, again and again, each time after its share of the stream.

    recovered_s: until the next start accepted events, and after the last kill until all was confirmed.
    """
    box = streaming(place, f"agent-killed-{size.per_s}", size.per_s)
    killed: list[tuple[datetime, set[UUID]]] = []
    for turn in range(1, size.times + 1):
        with box.running() as agent:
            wanted = turn * size.events // size.times
            wait.until(lambda: box.accepted() >= wanted, DEADLINE_S, "events")  # noqa: B023 - called in this turn
            agent.send_signal(signal.SIGKILL)
            agent.wait()
        killed.append((utc_now(), set(box.counters())))
    box.drain()
    drained_at = utc_now()
    arrived = box.arrived()
    waits_s = [_until_later(arrived, at, boots) for at, boots in killed[:-1]]
    waits_s.append((drained_at - killed[-1][0]).total_seconds())
    reached = _rate_per_s(arrived)
    name = f"SIGKILL of the agent, {size.times} times, at {reached:,.0f}/s of {size.per_s:,}/s offered"
    return box.row(name, box.offered(), box.counters(), max(waits_s))


def _until_later(arrived: list[Arrived], at: datetime, boots: set[UUID]) -> float:
    """From a kill until the next start had accepted an event; it is killed itself before it has sent much."""
    return (min(found.observed_at for found in arrived if found.key.boot not in boots) - at).total_seconds()


def _rate_per_s(arrived: list[Arrived]) -> float:
    """How many were accepted in a second of a stream: the median over the starts."""
    rates = []
    for boot in {found.key.boot for found in arrived}:
        times = sorted(found.observed_at for found in arrived if found.key.boot == boot)
        if (span_s := (times[-1] - times[0]).total_seconds()) > 0:
            rates.append((len(times) - 1) / span_s)
    return statistics.median(rates)


def under_load(place: Place, box: Box, size: Size, strike: Callable[[Place, Box], None]) -> float:
    """Strikes in the midst of the stream; the longest time from a blow until something newer was stored."""
    waits_s = []
    with box.running():
        for turn in range(1, size.times + 1):
            wanted = turn * size.events // (size.times + 1)
            wait.until(lambda: box.accepted() >= wanted, DEADLINE_S, "events")  # noqa: B023 - called in this turn
            strike(place, box)
            at = utc_now()
            place.heal()
            wait.until(lambda: _newest(box) > at, DEADLINE_S, "the recovery")  # noqa: B023 - called in this turn
            waits_s.append((utc_now() - at).total_seconds())
        wait.until(lambda: box.accepted() >= size.events, DEADLINE_S, "events")
    box.drain()
    return max(waits_s)


def _newest(box: Box) -> datetime:
    """When the newest message happened that is in the database."""
    with psycopg.connect(box.database_url) as connection:
        row = connection.execute(
            "SELECT max(observed_at) FROM event WHERE agent = %s", (box.name,)
        ).fetchone()
    assert row is not None
    found: datetime = row[0]
    return found


def broker_killed(place: Place, size: Size) -> Row:
    """The broker, with whatever it had acknowledged."""
    box = streaming(place, "broker-killed", size.per_s)
    recovered_s = under_load(place, box, size, lambda here, _: here.broker.kill())
    name = f"SIGKILL of the broker, {size.times} times, at {size.per_s}/s"
    return box.row(name, box.offered(), box.counters(), recovered_s)


def database_killed(place: Place, size: Size) -> Row:
    """PostgreSQL with all its processes."""
    box = streaming(place, "database-killed", size.per_s)
    recovered_s = under_load(place, box, size, lambda here, _: here.postgres.kill())
    name = f"SIGKILL of PostgreSQL, {size.times} times, at {size.per_s}/s"
    return box.row(name, box.offered(), box.counters(), recovered_s)


def ingest_killed(place: Place, size: Size) -> Row:
    """Ingest, each time after a commit whose confirmation it had not sent."""
    box = streaming(place, "ingest-killed", size.per_s)
    tries: list[int] = []
    recovered_s = under_load(place, box, size, lambda here, hit: tries.append(kill_unconfirmed(here, hit)))
    name = f"SIGKILL of ingest between commit and Confirm, {size.times} times ({sum(tries)} tries)"
    return box.row(name, box.offered(), box.counters(), recovered_s)


def kill_unconfirmed(place: Place, box: Box) -> int:
    """Stops ingest when a batch appears in the database; kills it if the box has not heard of the batch."""
    with psycopg.connect(box.database_url, autocommit=True) as connection:
        for attempt in range(1, 1_000):
            before = _stored(connection, box)
            wait_tightly(lambda: _stored(connection, box) != before)  # noqa: B023 - called in this turn
            place.ingest.now.send_signal(signal.SIGSTOP)
            unconfirmed = _when_still(lambda: _keys(connection, box) & box.kept())
            if unconfirmed:
                place.ingest.kill()
                return attempt
            place.ingest.now.send_signal(signal.SIGCONT)
    raise AssertionError("the moment between commit and Confirm was never hit")


def _stored(connection: "psycopg.Connection[tuple[object, ...]]", box: Box) -> list[tuple[object, ...]]:
    return connection.execute("SELECT stored FROM seen_range WHERE agent = %s", (box.name,)).fetchall()


def _keys(connection: "psycopg.Connection[tuple[object, ...]]", box: Box) -> set[Key]:
    rows = connection.execute("SELECT boot, seq FROM event WHERE agent = %s", (box.name,)).fetchall()
    return {Key(boot, seq) for boot, seq in rows}  # type: ignore[arg-type]


def wait_tightly(condition: Callable[[], bool]) -> None:
    """Without a pause between two looks: the moment that is waited for is short."""
    deadline_s = monotonic_s() + DEADLINE_S
    while not condition():
        assert monotonic_s() < deadline_s, "nothing was stored"


def _when_still(look: Callable[[], set[Key]]) -> set[Key]:
    """What there is once it has not shrunk for a while."""
    seen, since_s = look(), monotonic_s()

    def still() -> bool:
        nonlocal seen, since_s
        if (now := look()) != seen:
            seen, since_s = now, monotonic_s()
        return monotonic_s() - since_s >= STILL_S

    wait.until(still, DEADLINE_S, "the end of what was on its way")
    return seen


ROWS = (
    Fault("agent-100", agent_killed, Size(100, 2, 100), Size(2_000, 20, 100)),
    Fault("agent-1000", agent_killed, Size(200, 1, 1_000), Size(2_000, 20, 1_000)),
    Fault("broker", broker_killed, Size(80, 1), Size(2_000, 5)),
    Fault("ingest", ingest_killed, Size(80, 1), Size(2_000, 5)),
    Fault("database", database_killed, Size(80, 1), Size(2_000, 5)),
)
