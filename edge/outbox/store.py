"""The outbox: messages in SQLite from the instant they are accepted until the cloud confirms them.

Several processes append, each through a connection of its own. `synchronous=FULL` with a write-ahead log: a
transaction that has returned survives SIGKILL and a power cut.
"""

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self, TypeVar
from uuid import UUID

from contracts.base import Durable, SeqRange
from edge.core.loss import Told, thinned
from edge.core.outbox import URGENT, Key, Waiting
from edge.outbox import schema
from edge.outbox.accept import (
    MAX_THINNED,
    Clip,
    Given,
    OutboxFull,
    Room,
    Stored,
    accept,
    is_telemetry,
    kind_of,
    thin,
)
from edge.outbox.accept import tell as accept_loss
from edge.outbox.reserve import Reserve
from edge.outbox.schema import OutboxDamaged, OutboxError

__all__ = ["Clip", "Depth", "DiskFull", "Outbox", "OutboxDamaged", "OutboxError", "OutboxFull", "Stored"]

Result = TypeVar("Result")

BUSY_TIMEOUT_S: Final = 30.0
CIRCUMSTANCES: Final = (
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL),
    *(sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_IOERR),
)
"""What keeps SQLite from a file that may be as good as ever; anything else speaks of the file itself."""
UNREADABLE: Final = (sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ)
FULL: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_FSYNC)


class DiskFull(OutboxError):  # noqa: N818 - says what happened
    """Not even the reserve was enough."""


@dataclass(frozen=True, slots=True)
class Depth:
    """messages: how many wait. oldest_at: when the oldest of them was accepted."""

    messages: int
    oldest_at: datetime | None
    rejected: int
    clips: int


class Outbox:
    """An open outbox. Its methods may be called from any thread; they block while another process writes."""

    def __init__(self, connection: sqlite3.Connection, reserve: Reserve, max_messages: int) -> None:
        self.reserve = reserve
        self._connection = connection
        self._lock = threading.Lock()
        self._max_messages = max_messages
        self._refused: Counter[str] = Counter()

    @classmethod
    def open(cls, path: Path, max_messages: int = 1_000_000) -> Self:
        """Opens the outbox, making it if it is not there. On a full disk the reserve is given up for it.

        Raises:
            OutboxDamaged: SQLite cannot make sense of the file.
            OutboxError: Not writable, or written by a newer program.
        """
        reserve = Reserve(path.with_name(f"{path.name}.reserve"))
        try:
            return cls(_opened(path), reserve, max_messages)
        except sqlite3.Error as error:
            if not (_is_full(error) and reserve.is_there):
                raise _as_ours(path, error) from error
        reserve.give_up()
        try:
            return cls(_opened(path), reserve, max_messages)
        except sqlite3.Error as error:
            raise _as_ours(path, error) from error

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._connection.close()

    def append(
        self, boot: UUID, at: datetime, make: Callable[[int], Durable], clip: Clip | None = None
    ) -> Stored:
        """Accepts the message that `make` builds for the sequence number it is given.

        When this returns, message and number (and `clip`, which then waits for upload) are on the disk. Where
        there are `max_messages` already or the disk is full, the oldest telemetry goes; a `Loss` tells it.

        Raises:
            OutboxFull: Telemetry, and there is no room for it. No number is used up.
            DiskFull: An urgent message, and nothing could make room for it.
            OutboxError: The message is too large.
        """
        given = Given(boot, at, make, clip)
        try:
            return self._accept(given, thin=False)
        except (DiskFull, OutboxFull) as error:
            message = make(self.accepted(boot) + 1)
            if is_telemetry(message):
                self._refused[kind_of(message)] += 1
                raise OutboxFull(str(error)) from None
        return self._accept(given, thin=True)

    def _accept(self, given: Given, *, thin: bool) -> Stored:
        refused, self._refused = self._refused, Counter()
        room = Room(self._max_messages, thin=thin, refused=refused)
        try:
            return self._write(lambda connection: accept(connection, given, room), spare=thin)
        except BaseException:
            self._refused.update(refused)
            raise

    def thin(self, agent: str, boot: UUID, at: datetime, reason: str) -> int:
        """Takes the oldest telemetry away and tells it, in one transaction; how many messages went."""

        def work(connection: sqlite3.Connection) -> int:
            gone = thin(connection, MAX_THINNED)
            for told in thinned(gone, reason):
                accept_loss(connection, told, agent, boot, at)
            return len(gone)

        return self._write(work)

    def waiting(self, limit: int) -> tuple[Waiting, ...]:
        """The first `limit` messages, most urgent first, oldest first."""
        rows = self._read(
            "SELECT boot, seq, priority, accepted_at FROM message ORDER BY priority, id LIMIT ?", (limit,)
        )
        return tuple(_waiting(row) for row in rows)

    def newest_urgent(self, limit: int) -> tuple[Waiting, ...]:
        """The newest `limit` messages of each urgent priority, most urgent first, then oldest first."""
        found: list[Waiting] = []
        for priority in range(URGENT + 1):
            rows = self._read(
                "SELECT boot, seq, priority, accepted_at FROM message"
                " WHERE priority = ? ORDER BY id DESC LIMIT ?",
                (priority, limit),
            )
            found += [_waiting(row) for row in reversed(rows)]
        return tuple(found)

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
        asked = tuple(ranges)

        def work(connection: sqlite3.Connection) -> tuple[tuple[Key, UUID], ...]:
            gone: list[tuple[Key, UUID]] = []
            for found in asked:
                rows = connection.execute(
                    "DELETE FROM message WHERE boot = ? AND seq BETWEEN ? AND ? RETURNING seq, message_id",
                    (str(found.boot), found.first, found.last),
                ).fetchall()
                gone += [(Key(found.boot, seq), UUID(message_id)) for seq, message_id in rows]
            return tuple(gone)

        return self._write(work)

    def reject(self, key: Key, reason: str, at: datetime) -> UUID | None:
        """Puts a message that can never be stored aside; returns its id, None if it is not there."""
        row = (str(key.boot), key.seq)

        def work(connection: sqlite3.Connection) -> UUID | None:
            connection.execute(
                "INSERT OR IGNORE INTO rejected (boot, seq, kind, message_id, rejected_at, reason, body)"
                " SELECT boot, seq, kind, message_id, ?, ?, body FROM message WHERE boot = ? AND seq = ?",
                (at.isoformat(), reason, *row),
            )
            gone = connection.execute(
                "DELETE FROM message WHERE boot = ? AND seq = ? RETURNING message_id", row
            ).fetchone()
            return UUID(gone[0]) if gone else None

        return self._write(work)

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
        self._execute("UPDATE clip SET uploaded_at = ? WHERE sha256 = ?", (at.isoformat(), sha256))

    def clip_given_up(self, sha256: str, reason: str) -> None:
        """The clip can never be uploaded; its file is kept."""
        self._execute("UPDATE clip SET failed = ? WHERE sha256 = ?", (reason, sha256))

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
        self._execute("UPDATE clip SET deleted = 1 WHERE sha256 = ?", (sha256,))

    def recordings_gone(self, names: Iterable[str], told: Told, agent: str, boot: UUID, at: datetime) -> None:
        """These uploaded clips (by SHA-256) had to go, which is told in the same transaction."""

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "UPDATE clip SET deleted = 1 WHERE sha256 = ?", [(name,) for name in names]
            )
            accept_loss(connection, told, agent, boot, at)

        self._write(work)

    def damage(self) -> str | None:
        """What is not as it was written, though SQLite finds nothing wrong; None when all is. Reads all."""
        with self._lock:
            try:
                return schema.damage(self._connection)
            except sqlite3.Error as error:
                if _code(error) in CIRCUMSTANCES:
                    raise OutboxError(f"the outbox cannot be read: {error}") from error
                return str(error)

    def slack_bytes(self) -> int:
        """Room inside the file that new messages take before the file grows."""
        with self._lock:
            (pages,) = self._connection.execute("PRAGMA freelist_count").fetchone()
            (size,) = self._connection.execute("PRAGMA page_size").fetchone()
        return int(pages * size)

    def recordings_bytes(self) -> int:
        """How much the clips take that are uploaded and still on the box."""
        ((total,),) = self._read(
            "SELECT coalesce(sum(size_bytes), 0) FROM clip WHERE uploaded_at IS NOT NULL AND NOT deleted", ()
        )
        return int(total)

    def _read(self, sql: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def _execute(self, sql: str, values: tuple[object, ...]) -> None:
        self._write(lambda connection: connection.execute(sql, values))

    def _write(self, work: Callable[[sqlite3.Connection], Result], *, spare: bool = True) -> Result:
        """Runs `work` in a transaction; on a full disk once more without the reserve, if `spare`.

        Raises:
            DiskFull: Nothing was written.
        """
        with self._lock:
            try:
                return self._once(work)
            except sqlite3.OperationalError as error:
                if not _is_full(error):
                    raise
                if not spare:
                    raise DiskFull("the disk is full") from error
            self.reserve.give_up()
            try:
                return self._once(work)
            except sqlite3.OperationalError as error:
                if not _is_full(error):
                    raise
                raise DiskFull("the disk is full, and the reserve is used up") from error

    def _once(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(self._connection)
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # SQLite ends it by itself when the disk is full
                self._connection.execute("ROLLBACK")
            raise
        return result


def _opened(path: Path) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutboxError(f"the outbox {path} cannot be opened: {error}") from error
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        schema.prepare(connection, path)
    except (sqlite3.Error, OutboxError):
        connection.close()
        raise
    return connection


def _as_ours(path: Path, error: sqlite3.Error) -> OutboxError:
    """What SQLite found, as an error of ours."""
    harmless = _code(error) & 0xFF in CIRCUMSTANCES and _code(error) not in UNREADABLE
    return (OutboxError if harmless else OutboxDamaged)(f"the outbox {path} cannot be used: {error}")


def _is_full(error: sqlite3.Error) -> bool:
    """Whether SQLite found no room for the file, its log, or the log's index."""
    return _code(error) in FULL


def _code(error: sqlite3.Error) -> int:
    """SQLite's code; what Python's module finds wrong by itself, such as text that is none, has none."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)


def _clip(row: tuple[str, str, int, str]) -> Clip:
    sha256, path, size_bytes, message_id = row
    return Clip(sha256, Path(path), size_bytes, UUID(message_id))


def _waiting(row: tuple[str, int, int, str]) -> Waiting:
    boot, seq, priority, accepted_at = row
    return Waiting(Key(UUID(boot), seq), priority, datetime.fromisoformat(accepted_at))
