"""The outbox: messages in SQLite from the instant they are accepted until the cloud confirms them.

Several processes append, each through a connection of its own. `synchronous=FULL` with a write-ahead log: a
transaction that has returned survives SIGKILL and a power cut.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self
from uuid import UUID

from contracts.base import MAX_MESSAGE_BYTES, Durable, SeqRange
from contracts.devices import DeviceFault
from contracts.messages import ClipFailed, ClipSealed, FallingObject, encode
from edge.core.outbox import PRIORITY, TELEMETRY, Key, Waiting
from edge.outbox import schema
from edge.outbox.schema import OutboxError

BUSY_TIMEOUT_S: Final = 30.0


class OutboxFull(OutboxError):  # noqa: N818 - says what happened
    """Telemetry was refused, because too much waits already."""


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
class Depth:
    """messages: how many wait. oldest_at: when the oldest of them was accepted."""

    messages: int
    oldest_at: datetime | None
    rejected: int
    clips: int


class Outbox:
    """An open outbox. Its methods may be called from any thread; they block while another process writes."""

    def __init__(self, connection: sqlite3.Connection, max_messages: int) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._max_messages = max_messages

    @classmethod
    def open(cls, path: Path, max_messages: int = 1_000_000) -> Self:
        """Opens the outbox, making it if it is not there.

        Raises:
            OutboxError: Damaged, not writable, or written by a newer program.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as error:
            raise OutboxError(f"the outbox {path} cannot be opened: {error}") from error
        try:
            schema.prepare(connection, path)
        except (sqlite3.Error, OutboxError) as error:
            connection.close()
            if isinstance(error, OutboxError):
                raise
            raise OutboxError(f"the outbox {path} cannot be used: {error}") from error
        return cls(connection, max_messages)

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._connection.close()

    def append(
        self, boot: UUID, at: datetime, make: Callable[[int], Durable], clip: Clip | None = None
    ) -> Stored:
        """Accepts the message that `make` builds for the sequence number it is given.

        When this returns, message and number (and `clip`, which then waits for upload) are on the disk.

        Raises:
            OutboxFull: Telemetry, and there are `max_messages` already. No number is used up.
            OutboxError: The message is too large.
        """
        with self._transaction() as connection:
            (seq,) = connection.execute(
                "INSERT INTO counter VALUES (?, 1)"
                " ON CONFLICT (boot) DO UPDATE SET seq = seq + 1 RETURNING seq",
                (str(boot),),
            ).fetchone()
            message = make(seq)
            kind = str(getattr(message, "kind"))  # noqa: B009 - every event has one, their base has not
            priority = PRIORITY[kind]
            body = encode(message)
            if len(body) > MAX_MESSAGE_BYTES:
                raise OutboxError(
                    f"a {kind} of {len(body)} bytes is too large, {MAX_MESSAGE_BYTES} are allowed"
                )
            (depth,) = connection.execute("SELECT messages FROM depth").fetchone()
            if priority >= TELEMETRY and depth >= self._max_messages:
                raise OutboxFull(f"{depth} messages wait already")
            connection.execute(
                "INSERT INTO message (boot, seq, kind, priority, message_id, accepted_at, body)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (str(boot), seq, kind, priority, str(message.message_id), at.isoformat(), body),
            )
            _settle(connection, message)
            if clip is not None:
                connection.execute(
                    "INSERT OR IGNORE INTO clip (sha256, path, size_bytes, message_id, sealed_at)"
                    " VALUES (?, ?, ?, ?, ?)",
                    (clip.sha256, str(clip.path), clip.size_bytes, str(clip.message_id), at.isoformat()),
                )
        return Stored(Key(boot, seq), kind, message.message_id, body)

    def waiting(self, limit: int) -> tuple[Waiting, ...]:
        """The first `limit` messages, most urgent first, oldest first."""
        rows = self._read("SELECT boot, seq, priority FROM message ORDER BY priority, id LIMIT ?", (limit,))
        return tuple(Waiting(Key(UUID(boot), seq), priority) for boot, seq, priority in rows)

    def fetch(self, keys: Sequence[Key]) -> tuple[Stored, ...]:
        """These messages in this order; what has left the outbox is left out."""
        found: list[Stored] = []
        with self._lock:
            for key in keys:
                row = self._connection.execute(
                    "SELECT kind, message_id, body FROM message WHERE boot = ? AND seq = ?",
                    (str(key.boot), key.seq),
                ).fetchone()
                if row is not None:
                    found.append(Stored(key, row[0], UUID(row[1]), row[2]))
        return tuple(found)

    def confirm(self, ranges: Iterable[SeqRange]) -> tuple[tuple[Key, UUID], ...]:
        """Forgets what the cloud has stored; returns what was there, with message ids."""
        gone: list[tuple[Key, UUID]] = []
        with self._transaction() as connection:
            for found in ranges:
                rows = connection.execute(
                    "DELETE FROM message WHERE boot = ? AND seq BETWEEN ? AND ? RETURNING seq, message_id",
                    (str(found.boot), found.first, found.last),
                ).fetchall()
                gone += [(Key(found.boot, seq), UUID(message_id)) for seq, message_id in rows]
        return tuple(gone)

    def reject(self, key: Key, reason: str, at: datetime) -> UUID | None:
        """Puts a message that can never be stored aside; returns its id, None if it is not there."""
        row = (str(key.boot), key.seq)
        with self._transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO rejected (boot, seq, kind, message_id, rejected_at, reason, body)"
                " SELECT boot, seq, kind, message_id, ?, ?, body FROM message WHERE boot = ? AND seq = ?",
                (at.isoformat(), reason, *row),
            )
            gone = connection.execute(
                "DELETE FROM message WHERE boot = ? AND seq = ? RETURNING message_id", row
            ).fetchone()
        return UUID(gone[0]) if gone else None

    def accepted(self, boot: UUID) -> int:
        """The last sequence number of a boot, 0 if it has none."""
        rows = self._read("SELECT seq FROM counter WHERE boot = ?", (str(boot),))
        return int(rows[0][0]) if rows else 0

    def depth(self) -> Depth:
        """How much waits."""
        ((messages, oldest, rejected, clips),) = self._read(
            "SELECT (SELECT messages FROM depth), (SELECT accepted_at FROM message ORDER BY id LIMIT 1),"
            " (SELECT count(*) FROM rejected),"
            " (SELECT count(*) FROM clip WHERE uploaded_at IS NULL AND failed IS NULL)",
            (),
        )
        return Depth(messages, datetime.fromisoformat(oldest) if oldest else None, rejected, clips)

    def clips_owed(self, camera: str) -> tuple[UUID, ...]:
        """Falls of a camera (their `message_id`) whose video has been neither sealed nor given up."""
        return tuple(
            UUID(event) for (event,) in self._read("SELECT event FROM owed WHERE camera = ?", (camera,))
        )

    def faults_open(self, subject: str) -> frozenset[str]:
        """Faults of a device that were told as raised and not as cleared, also before a restart."""
        rows = self._read("SELECT fault FROM open_fault WHERE subject = ?", (subject,))
        return frozenset(fault for (fault,) in rows)

    def clips_waiting(self, limit: int) -> tuple[Clip, ...]:
        """Clips that wait for upload, oldest first."""
        rows = self._read(
            "SELECT sha256, path, size_bytes, message_id FROM clip"
            " WHERE uploaded_at IS NULL AND failed IS NULL ORDER BY sealed_at LIMIT ?",
            (limit,),
        )
        return tuple(_clip(row) for row in rows)

    def clip_uploaded(self, sha256: str, at: datetime) -> None:
        """The cloud has the whole clip and has verified it."""
        with self._transaction() as connection:
            connection.execute("UPDATE clip SET uploaded_at = ? WHERE sha256 = ?", (at.isoformat(), sha256))

    def clip_given_up(self, sha256: str, reason: str) -> None:
        """The clip can never be uploaded; its file is kept."""
        with self._transaction() as connection:
            connection.execute("UPDATE clip SET failed = ? WHERE sha256 = ?", (reason, sha256))

    def clips_beyond(self, keep_bytes: int) -> tuple[Clip, ...]:
        """Uploaded clips that may be deleted so that the newest `keep_bytes` of them stay."""
        rows = self._read(
            "SELECT sha256, path, size_bytes, message_id FROM (SELECT *,"
            " sum(size_bytes) OVER (ORDER BY uploaded_at DESC, sha256) AS newer FROM clip"
            " WHERE uploaded_at IS NOT NULL AND NOT deleted) WHERE newer > ?",
            (keep_bytes,),
        )
        return tuple(_clip(row) for row in rows)

    def clip_deleted(self, sha256: str) -> None:
        """The uploaded clip's file is gone from the box."""
        with self._transaction() as connection:
            connection.execute("UPDATE clip SET deleted = 1 WHERE sha256 = ?", (sha256,))

    def _read(self, sql: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # SQLite ends it by itself when the disk is full
                    self._connection.execute("ROLLBACK")
                raise


def open_or_replace(path: Path, at: datetime, max_messages: int = 1_000_000) -> tuple[Outbox, str | None]:
    """The outbox; a damaged one is set aside (never deleted) and a new one begun.

    Returns the outbox and, if one was set aside, a sentence that says so.

    Raises:
        OutboxError: No outbox can be made there at all.
    """
    try:
        return Outbox.open(path, max_messages), None
    except OutboxError as error:
        if not isinstance(error.__cause__, sqlite3.DatabaseError) or isinstance(
            error.__cause__, sqlite3.OperationalError
        ):
            raise
        aside = path.with_name(f"{path.name}.damaged-{at:%Y%m%dT%H%M%S}")
        for suffix in ("", "-wal", "-shm"):
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
        told = f"{error}; it was set aside as {aside.name}, what it held is not sent, and a new one was begun"
        return Outbox.open(path, max_messages), told


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


def _clip(row: tuple[str, str, int, str]) -> Clip:
    sha256, path, size_bytes, message_id = row
    return Clip(sha256, Path(path), size_bytes, UUID(message_id))
