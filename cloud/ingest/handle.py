"""A batch of messages becomes rows, alerts, faults and changes in one transaction, and then receipts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.x509 import Certificate

from cloud.ingest.confirm import Key, confirmations, rejection
from cloud.ingest.follow import Within, follow
from cloud.ingest.reading import Reason, Refusal, read_event
from cloud.store import changes, events, registry, series
from cloud.store.changes import Change
from cloud.store.pool import Connection, Pool, RowRefused, savepoint, transaction
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


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message as it came from the broker."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """One message that could be read."""

    envelope: Envelope
    event: Event

    @property
    def key(self) -> Key:
        """(agent, boot, seq)."""
        return self.event.agent, self.event.boot, self.event.seq


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


async def commit_batch(
    pool: Pool, ca: Certificate | None, batch: Sequence[Envelope], at: datetime
) -> Outcome:
    """Store a batch in one transaction.

    Args:
        pool: The database.
        ca: The authority of the devices; without it no manifest is believed.
        batch: Messages in the order in which they came.
        at: Now.

    Raises:
        DatabaseDown: Nothing was stored; try the same batch again.
    """
    outcome = Outcome()
    letters = _read(batch, outcome)
    # Within a boot the agent's order counts, whatever the network made of it.
    letters.sort(key=lambda letter: (letter.event.agent, letter.event.boot, letter.event.seq))
    async with transaction(pool) as conn:
        await events.lock_agents(conn, {letter.event.agent for letter in letters})
        known = await registry.owned(conn, {letter.event.agent for letter in letters})
        fresh = await _fresh(conn, _registered(letters, known, outcome), outcome)
        changed = await _store(conn, ca, fresh, outcome, at)
        await events.mark(conn, [(e.agent, e.boot, e.seq) for e in outcome.stored], "stored", at)
        await _bury(conn, outcome, at)
        await changes.record(conn, changed, at)
    return outcome


def _read(batch: Sequence[Envelope], outcome: Outcome) -> list[Letter]:
    letters = []
    for envelope in batch:
        found = read_event(envelope.topic, envelope.payload)
        if isinstance(found, Refusal):
            outcome.refused.append((envelope, found))
        else:
            letters.append(Letter(envelope, found))
    return letters


def _registered(letters: list[Letter], known: Owned, outcome: Outcome) -> list[Letter]:
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


async def _fresh(conn: Connection, letters: list[Letter], outcome: Outcome) -> list[Letter]:
    """Those that have not been stored before, each once; the others are copies and change nothing."""
    seen = await events.already(conn, [letter.key for letter in letters], "stored")
    fresh = []
    for letter in letters:
        if letter.key in seen:
            outcome.copies.append(letter.event)
        else:
            seen.add(letter.key)
            fresh.append(letter)
    return fresh


async def _store(
    conn: Connection, ca: Certificate | None, letters: list[Letter], outcome: Outcome, at: datetime
) -> list[Change]:
    """All at once; when the database refuses one, each alone, so that poison does not take the rest along."""
    try:
        async with savepoint(conn):
            changed = await _write(conn, ca, letters, at)
    except RowRefused:
        pass  # Which one it was shows below.
    else:
        outcome.stored += [letter.event for letter in letters]
        return changed
    changed = []
    for letter in letters:
        try:
            async with savepoint(conn):
                one = await _write(conn, ca, [letter], at)
        except RowRefused as refused:
            outcome.refused.append(
                (letter.envelope, _refusal(letter.event, "refused_by_database", str(refused)))
            )
        else:
            outcome.stored.append(letter.event)
            changed += one
    return changed


async def _write(
    conn: Connection, ca: Certificate | None, letters: list[Letter], at: datetime
) -> list[Change]:
    await events.insert(conn, [_row(letter) for letter in letters], at)
    messages = [letter.event for letter in letters]
    readings = [message for message in messages if isinstance(message, SensorReading)]
    minutes = [message for message in messages if isinstance(message, CameraMinute)]
    await series.insert_readings(conn, readings)
    await series.insert_minutes(conn, minutes)
    changed = [Change("sensor", sensor) for sensor in dict.fromkeys(reading.sensor for reading in readings)]
    changed += [Change("minute", camera) for camera in dict.fromkeys(minute.camera for minute in minutes)]
    first_seen: dict[str, datetime] = {}
    for message in messages:
        # Not from its minutes: the first of them began before the camera did.
        if isinstance(message, CameraState | FallingObject):
            first_seen[message.camera] = min(
                message.observed_at, first_seen.get(message.camera, message.observed_at)
            )
    for camera, seen_at in sorted(first_seen.items()):
        await registry.mark_seen(conn, camera, seen_at)
    for message in messages:
        changed += await follow(Within(conn, ca, at), message)
    return changed


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
    keys = {_key(refusal) for _, refusal in outcome.refused} - {None}
    before = await events.already(conn, [key for key in keys if key is not None], "refused")
    letters = [
        events.DeadLetter(refusal.reason, refusal.detail, envelope.topic, envelope.payload)
        for envelope, refusal in outcome.refused
        if _key(refusal) is None or _key(refusal) not in before
    ]
    await events.bury(conn, letters, at)
    await events.mark(conn, [key for key in keys if key is not None], "refused", at)


def _key(refusal: Refusal) -> Key | None:
    if refusal.agent is None or refusal.boot is None or refusal.seq is None:
        return None
    return refusal.agent, refusal.boot, refusal.seq
