"""A batch of messages becomes rows, alerts, faults and changes in one transaction, and then receipts."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography.x509 import Certificate

from cloud.core.day_digest.facts import comes_late, day_of
from cloud.ingest.confirm import Key, confirmations, rejection
from cloud.ingest.follow import FOLLOWS, Within, follow
from cloud.ingest.reading import Envelope, Reason, Refusal, read_event
from cloud.store import changes, closed_days, events, registry, series
from cloud.store.changes import Change
from cloud.store.closed_days import Late
from cloud.store.pool import Connection, Pool, RowRefused, pipelined, savepoint, transaction
from cloud.store.registry import Owned
from contracts.devices import (
    ClockSet,
    DesiredReport,
    DeviceFault,
    DeviceRecord,
    Loss,
    SubjectType,
)
from contracts.messages import (
    CameraMinute,
    CameraState,
    Event,
    FallingObject,
    Receipt,
    SensorReading,
)

OF_DAYS: Final = (CameraMinute, CameraState, DeviceFault, DeviceRecord, FallingObject)
"""Of these follow the rows from which certificates are counted."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message that could be read."""

    envelope: Envelope
    event: Event

    @property
    def key(self) -> Key:
        """(agent, boot, seq)."""
        return self.event.agent, self.event.boot, self.event.seq


@dataclass(frozen=True, slots=True)
class Batch:
    """What came, read. letters: what could be read, by agent and boot in the agent's order."""

    letters: tuple[Letter, ...]
    refused: tuple[tuple[Envelope, Refusal], ...] = ()

    def __len__(self) -> int:
        """How many messages came."""
        return len(self.letters) + len(self.refused)


@dataclass(slots=True)
class Outcome:
    """What became of a batch. True once `commit_batch` has returned: it is committed then."""

    stored: list[Event] = field(default_factory=list)
    copies: list[Event] = field(default_factory=list)
    refused: list[tuple[Envelope, Refusal]] = field(default_factory=list)

    def receipts(self, at: datetime) -> list[tuple[str, Receipt]]:
        """(agent, receipt) for everything whose sender can be told. at: our clock after the commit."""
        done = [(event.agent, event.boot, event.seq) for event in [*self.stored, *self.copies]]
        told = confirmations(done, at)
        for _, refusal in self.refused:
            if refusal.agent is not None and refusal.boot is not None and refusal.seq is not None:
                reason = f"{refusal.reason}: {refusal.detail}"
                told.append((refusal.agent, rejection(refusal.boot, refusal.seq, reason)))
        return told


def read(envelopes: Sequence[Envelope]) -> Batch:
    """Read messages, in the order in which they came."""
    letters: list[Letter] = []
    refused: list[tuple[Envelope, Refusal]] = []
    for envelope in envelopes:
        found = read_event(envelope.topic, envelope.payload)
        if isinstance(found, Refusal):
            refused.append((envelope, found))
        else:
            letters.append(Letter(envelope, found))
    # Within a boot the agent's order counts, whatever the network made of it.
    letters.sort(key=lambda letter: (letter.event.agent, letter.event.boot, letter.event.seq))
    return Batch(tuple(letters), tuple(refused))


async def commit_batch(pool: Pool, ca: Certificate | None, batch: Batch, at: datetime) -> Outcome:
    """Store a batch in one transaction.

    Args:
        pool: The database.
        ca: The authority of the devices; without it no manifest is believed.
        batch: What came.
        at: Now.

    Raises:
        DatabaseDown: Nothing was stored; try the same batch again.
    """
    try:
        return await _commit(pool, ca, batch, at, _write)
    except RowRefused:
        return await _commit(pool, ca, batch, at, _in_parts)  # Poison does not take the rest along.


Write = Callable[[Within, list[Letter], Outcome], Awaitable[list[Change]]]
"""Stores messages and does what follows; what pages may show of it."""


async def _commit(pool: Pool, ca: Certificate | None, batch: Batch, at: datetime, write: Write) -> Outcome:
    outcome = Outcome(refused=list(batch.refused))
    agents = {letter.event.agent for letter in batch.letters}
    async with transaction(pool) as conn:
        async with pipelined(conn):
            await events.lock_agents(conn, agents)
            known = await registry.ask_owned(conn, agents)
            seen = await events.ask_already(conn, [letter.key for letter in batch.letters], "stored")
        fresh = _fresh(_registered(batch.letters, await known, outcome), await seen, outcome)
        # Most batches are telemetry alone: nothing has to be asked any more, all goes out at once.
        quiet = write is _write and not outcome.refused and not any(map(_has_consequences, fresh))
        async with pipelined(conn) if quiet else nullcontext():
            changed = await write(Within(conn, ca, at), fresh, outcome)
            await _bury(conn, outcome, at)
            await changes.record(conn, changed, at)
            await conn.commit()
    return outcome


def _has_consequences(letter: Letter) -> bool:
    return letter.event.kind in FOLLOWS


def _registered(letters: Sequence[Letter], known: Owned, outcome: Outcome) -> list[Letter]:
    """Those whose agent may speak for what they speak of."""
    passed = []
    for letter in letters:
        objection = _stranger(letter.event, known)
        if objection is None:
            passed.append(letter)
        else:
            outcome.refused.append((letter.envelope, _refusal(letter.event, "unregistered", objection)))
    return passed


def _stranger(event: Event, known: Owned) -> str | None:
    if event.agent not in known.agents:
        return f"agent {event.agent} is in no estate, or was cut off"
    what, name = _subject(event)
    owner = {"camera": known.cameras, "sensor": known.sensors, "agent": {event.agent: event.agent}}[what]
    return None if owner.get(name) == event.agent else f"{what} {name} is not this agent's"


def _subject(event: Event) -> tuple[SubjectType, str]:
    """What a message speaks of."""
    match event:
        case SensorReading(sensor=sensor):
            return "sensor", sensor
        case DeviceFault() | DeviceRecord():
            return event.subject_type, event.subject
        case ClockSet() | DesiredReport() | Loss():
            return "agent", event.agent
        case _:
            return "camera", event.camera


def _fresh(letters: list[Letter], seen: set[Key], outcome: Outcome) -> list[Letter]:
    """Those that have not been stored before, each once; the others are copies and change nothing."""
    fresh = []
    for letter in letters:
        if letter.key in seen:
            outcome.copies.append(letter.event)
        else:
            seen.add(letter.key)
            fresh.append(letter)
    return fresh


async def _in_parts(within: Within, letters: list[Letter], outcome: Outcome) -> list[Change]:
    """In halves, and halves of those, in their order, until what the database refuses stands alone."""
    try:
        async with savepoint(within.conn):
            return await _write(within, letters, outcome)
    except RowRefused as refused:
        if len(letters) == 1:
            objection = _refusal(letters[0].event, "refused_by_database", str(refused))
            outcome.refused.append((letters[0].envelope, objection))
            return []
    half = len(letters) // 2
    first = await _in_parts(within, letters[:half], outcome)
    return first + await _in_parts(within, letters[half:], outcome)


async def _write(within: Within, letters: list[Letter], outcome: Outcome) -> list[Change]:
    """All at once. Raises RowRefused where the database does not take one of them."""
    conn = within.conn
    messages = [letter.event for letter in letters]
    readings = [message for message in messages if isinstance(message, SensorReading)]
    minutes = [message for message in messages if isinstance(message, CameraMinute)]
    async with pipelined(conn):
        await events.insert(conn, [_row(letter) for letter in letters], within.at)
        await events.mark(conn, [letter.key for letter in letters], "stored", within.at)
        await series.insert_readings(conn, readings)
        await series.insert_minutes(conn, minutes)
        await registry.mark_seen(conn, _first_seen(messages))
        await closed_days.announce_late(conn, _late(messages, within.at))
    changed = [Change("sensor", sensor) for sensor in dict.fromkeys(reading.sensor for reading in readings)]
    changed += [Change("minute", camera) for camera in dict.fromkeys(minute.camera for minute in minutes)]
    for message in messages:
        changed += await follow(within, message)
    outcome.stored += messages
    return changed


def _first_seen(messages: Sequence[Event]) -> dict[str, datetime]:
    """Camera → its first report among these."""
    seen: dict[str, datetime] = {}
    for message in messages:
        # Not from its minutes: the first of them began before the camera did.
        if isinstance(message, CameraState | FallingObject):
            seen[message.camera] = min(message.observed_at, seen.get(message.camera, message.observed_at))
    return seen


def _late(messages: Sequence[Event], at: datetime) -> dict[str, Late]:
    """Agent → the days of which it has delivered now what certificates are counted from, though late."""
    found: dict[str, Late] = {}
    for message in messages:
        if isinstance(message, OF_DAYS) and comes_late(message.observed_at, at):
            day = day_of(message.observed_at)
            # A minute is of its own day; all else goes on.
            last = day if isinstance(message, CameraMinute) else None
            since, until = found.get(message.agent, (day, last))
            ends = None if until is None or last is None else max(until, last)
            found[message.agent] = min(since, day), ends
    return found


def _row(letter: Letter) -> events.EventRow:
    event = letter.event
    return events.EventRow(
        event.agent,
        event.boot,
        event.seq,
        event.observed_at,
        event.message_id,
        event.kind,
        letter.envelope.payload.decode(),
    )


def _refusal(event: Event, reason: Reason, detail: str) -> Refusal:
    return Refusal(reason, detail, event.agent, event.kind, event.boot, event.seq)


async def _bury(conn: Connection, outcome: Outcome, at: datetime) -> None:
    """Dead letters with their reason. One that an agent sends again is told again, and not buried twice."""
    if not outcome.refused:
        return
    keys = {key for _, refusal in outcome.refused if (key := _key(refusal)) is not None}
    before = await events.already(conn, keys, "refused")
    letters = [
        events.DeadLetter(refusal.reason, refusal.detail, envelope.topic, envelope.payload)
        for envelope, refusal in outcome.refused
        if _key(refusal) not in before
    ]
    await events.bury(conn, letters, at)
    await events.mark(conn, keys, "refused", at)


def _key(refusal: Refusal) -> Key | None:
    if refusal.agent is None or refusal.boot is None or refusal.seq is None:
        return None
    return refusal.agent, refusal.boot, refusal.seq
