"""The outbox's file: its tables, and what is checked before it is used."""

import sqlite3
import zlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

VERSION: Final = 4
SENSELESS: Final = 1_000
"""No program will ever have this version: what says so is damaged."""

SCHEMA: Final = """
-- The last sequence number given out in each boot. Never reset: a number is given once.
CREATE TABLE IF NOT EXISTS counter (
    boot TEXT PRIMARY KEY,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Messages that the cloud has not confirmed. `id` is the order in which they were accepted.
CREATE TABLE IF NOT EXISTS message (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    boot        TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    priority    INTEGER NOT NULL,
    message_id  TEXT NOT NULL,
    accepted_at TEXT NOT NULL,  -- UTC, ISO 8601
    body        BLOB NOT NULL,  -- the bytes that are sent
    crc         INTEGER NOT NULL DEFAULT 0,  -- of all that is sent or decides about it, see checksum()
    UNIQUE (boot, seq)
) STRICT;
CREATE INDEX IF NOT EXISTS message_in_order ON message (priority, id);
-- How many there are: counting a million rows would take too long for every append.
CREATE TABLE IF NOT EXISTS depth (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    messages INTEGER NOT NULL
) STRICT;
INSERT OR IGNORE INTO depth VALUES (1, 0);
CREATE TRIGGER IF NOT EXISTS message_in AFTER INSERT ON message
BEGIN UPDATE depth SET messages = messages + 1; END;
CREATE TRIGGER IF NOT EXISTS message_out AFTER DELETE ON message
BEGIN UPDATE depth SET messages = messages - 1; END;
-- Messages that the cloud can never store, kept for people to look at.
CREATE TABLE IF NOT EXISTS rejected (
    boot        TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    rejected_at TEXT NOT NULL,
    reason      TEXT NOT NULL,
    body        BLOB NOT NULL,
    PRIMARY KEY (boot, seq)
) STRICT, WITHOUT ROWID;
-- Falls whose video has been neither sealed nor given up: what a kill leaves here is told at the next start.
CREATE TABLE IF NOT EXISTS owed (
    event  TEXT PRIMARY KEY,
    camera TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- Faults that were told as raised and not as cleared: the next start goes on from them.
CREATE TABLE IF NOT EXISTS open_fault (
    subject TEXT NOT NULL,
    fault   TEXT NOT NULL,
    PRIMARY KEY (subject, fault)
) STRICT, WITHOUT ROWID;
-- Clips that are sealed, announced in the same transaction, and their way to the cloud.
CREATE TABLE IF NOT EXISTS clip (
    sha256      TEXT PRIMARY KEY,
    path        TEXT NOT NULL,
    size_bytes  INTEGER NOT NULL,
    message_id  TEXT NOT NULL,  -- of the fall that it shows
    sealed_at   TEXT NOT NULL,
    uploaded_at TEXT,           -- NULL: waits for upload
    failed      TEXT,           -- why it was given up; NULL: it was not
    deleted     INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
"""


class OutboxError(Exception):
    """The outbox cannot be used. The message says what to mend."""


class OutboxDamaged(OutboxError):  # noqa: N818 - says what happened
    """The file is not what was written. What can be read of it can be saved."""


def checksum(row: Sequence[object], body: bytes) -> int:
    """What stands in `message.crc`: SQLite has no checksums of its own, so a flipped byte would be sent.

    row: boot, seq, kind, priority, message_id, accepted_at.
    """
    return zlib.crc32(body, zlib.crc32(" ".join(map(str, row)).encode()))


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Makes a just opened file durable, checks it, and makes its tables if they are not there.

    Raises:
        OutboxDamaged: SQLite finds the file damaged.
        OutboxError: Written by a newer program.
        sqlite3.Error: It cannot be read or written.
    """
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if VERSION < version < SENSELESS:
        raise OutboxError(
            f"the outbox {path} was written by a newer program (version {version}, known: {VERSION})"
        )
    if not 0 <= version < SENSELESS:
        raise OutboxDamaged(f"the outbox {path} is damaged: no program has version {version}")
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise OutboxDamaged(f"the outbox {path} is damaged: {verdict}")
    if version == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    columns = {row[1] for row in connection.execute("PRAGMA table_info(message)")}
    if columns:
        _write_checksums(connection, columns)
    for statement in _statements(SCHEMA):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _write_checksums(connection: sqlite3.Connection, columns: Collection[str]) -> None:
    """For messages of earlier programs: what they are now counts as what was written."""
    connection.create_function("outbox_checksum", 7, lambda *values: checksum(values[:6], values[6]))
    if "crc" not in columns:
        connection.execute("ALTER TABLE message ADD COLUMN crc INTEGER NOT NULL DEFAULT 0")
    connection.execute(
        "UPDATE message SET crc = outbox_checksum(boot, seq, kind, priority, message_id, accepted_at, body)"
    )


def damage(connection: sqlite3.Connection) -> str | None:
    """What is not as it was written, though the file is in order; None when all is."""
    rows = connection.execute(
        "SELECT boot, seq, kind, priority, message_id, accepted_at, body, crc FROM message"
    )
    for *row, body, crc in rows:
        if checksum(row, body) != crc:
            return f"message {row[1]} of boot {row[0]} is not as it was written"
    for sha256, path in connection.execute("SELECT sha256, path FROM clip WHERE uploaded_at IS NULL"):
        if sha256 not in path:
            return f"the name of the clip {path} is not as it was written"
    return None


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, so that they can run inside a transaction of ours."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
