"""Takes messages into the outbox, in a transaction of the caller's, and makes room where there is none."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from contracts.base import MAX_MESSAGE_BYTES, Durable
from contracts.devices import DeviceFault
from contracts.messages import ClipFailed, ClipSealed, FallingObject, encode
from edge.core import loss
from edge.core.loss import Gone, Head, Told
from edge.core.outbox import PRIORITY, TELEMETRY, Key
from edge.outbox.schema import OutboxError, checksum

MAX_THINNED: Final = 1_000
"""At once: each time is told by a message of its own."""


class OutboxFull(OutboxError):  # noqa: N818 - says what happened
    """Telemetry was refused: there is no room, and no older telemetry that could make room."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A message as it lies in the outbox."""

    key: Key
    kind: str
    message_id: UUID
    body: bytes


@dataclass(frozen=True, slots=True)
class Clip:
    """A sealed clip that waits for upload. message_id: of the fall that it shows."""

    sha256: str
    path: Path
    size_bytes: int
    message_id: UUID


@dataclass(frozen=True, slots=True)
class Given:
    """What is to be accepted. make: builds the message for a number; may be called twice."""

    boot: UUID
    at: datetime
    make: Callable[[int], Durable]
    clip: Clip | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """max_messages: above this the oldest telemetry makes room. thin: it does so in any case.

    refused: telemetry that was refused and has not been told, by kind.
    """

    max_messages: int
    thin: bool = False
    refused: Mapping[str, int] | None = None


def accept(connection: sqlite3.Connection, given: Given, room: Room) -> Stored:
    """Writes the message under the next number of its boot, and after it what had to go for it.

    Raises:
        OutboxFull: Telemetry, and there is no room for it.
        OutboxError: The message is too large.
    """
    gone: list[Gone] = []
    if room.thin or _depth(connection) >= room.max_messages:
        gone = thin(connection, min(MAX_THINNED, max(room.max_messages // 20, 1)))
    message = given.make(_next(connection, given.boot))
    if is_telemetry(message) and (depth := _depth(connection)) >= room.max_messages:
        raise OutboxFull(f"{depth} messages wait already, and all are urgent")
    stored = _insert(connection, given.boot, given.at, message)
    if given.clip is not None:
        _insert_clip(connection, given.clip, given.at)
    told = [*loss.thinned(gone, "the disk is full" if room.thin else "too many messages wait")]
    if room.refused:
        count = sum(room.refused.values())
        told.append(Told("telemetry_refused", "there was no room for it", count, room.refused))
    for one in told:
        tell(connection, one, message.agent, given.boot, given.at)
    return stored


def tell(connection: sqlite3.Connection, told: Told, agent: str, boot: UUID, at: datetime) -> None:
    """Puts a loss into the outbox, as a message like any other."""
    head = Head(uuid4(), agent, boot, _next(connection, boot), at)
    _insert(connection, boot, at, loss.message(told, head))


def thin(connection: sqlite3.Connection, count: int) -> list[Gone]:
    """Takes away the oldest telemetry, the least urgent first: `count` messages, or as many as there are."""
    gone: list[Gone] = []
    for priority in range(max(PRIORITY.values()), TELEMETRY - 1, -1):
        rows = connection.execute(
            "DELETE FROM message WHERE id IN (SELECT id FROM message WHERE priority = ? ORDER BY id LIMIT ?)"
            " RETURNING boot, seq, kind, accepted_at",
            (priority, count - len(gone)),
        ).fetchall()
        gone += [Gone(Key(UUID(boot), seq), kind, datetime.fromisoformat(at)) for boot, seq, kind, at in rows]
    return gone


def kind_of(message: Durable) -> str:
    """Every event has a kind; their common base has not."""
    return str(getattr(message, "kind"))  # noqa: B009


def is_telemetry(message: Durable) -> bool:
    """Whether it may go when there is no room."""
    return PRIORITY[kind_of(message)] >= TELEMETRY


def _depth(connection: sqlite3.Connection) -> int:
    (messages,) = connection.execute("SELECT messages FROM depth").fetchone()
    return int(messages)


def _next(connection: sqlite3.Connection, boot: UUID) -> int:
    (seq,) = connection.execute(
        "INSERT INTO counter VALUES (?, 1) ON CONFLICT (boot) DO UPDATE SET seq = seq + 1 RETURNING seq",
        (str(boot),),
    ).fetchone()
    return int(seq)


def _insert(connection: sqlite3.Connection, boot: UUID, at: datetime, message: Durable) -> Stored:
    kind, body = kind_of(message), encode(message)
    if len(body) > MAX_MESSAGE_BYTES:
        raise OutboxError(f"a {kind} of {len(body)} bytes is too large, {MAX_MESSAGE_BYTES} are allowed")
    row = (str(boot), message.seq, kind, PRIORITY[kind], str(message.message_id), at.isoformat())
    connection.execute(
        "INSERT INTO message (boot, seq, kind, priority, message_id, accepted_at, body, crc)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*row, body, checksum(row, body)),
    )
    _settle(connection, message)
    return Stored(Key(boot, message.seq), kind, message.message_id, body)


def _insert_clip(connection: sqlite3.Connection, clip: Clip, at: datetime) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO clip (sha256, path, size_bytes, message_id, sealed_at) VALUES (?, ?, ?, ?, ?)",
        (clip.sha256, str(clip.path), clip.size_bytes, str(clip.message_id), at.isoformat()),
    )


def _settle(connection: sqlite3.Connection, message: Durable) -> None:
    """What follows from a message on the box: a fall owes its video, a fault is open until it is cleared."""
    match message:
        case DeviceFault(state="raised"):
            connection.execute(
                "INSERT OR IGNORE INTO open_fault VALUES (?, ?)", (message.subject, message.fault)
            )
        case DeviceFault():
            connection.execute(
                "DELETE FROM open_fault WHERE subject = ? AND fault = ?", (message.subject, message.fault)
            )
        case FallingObject():
            connection.execute(
                "INSERT OR IGNORE INTO owed VALUES (?, ?)", (str(message.message_id), message.camera)
            )
        case ClipSealed() | ClipFailed():
            connection.execute("DELETE FROM owed WHERE event = ?", (str(message.event),))
        case _:
            pass
