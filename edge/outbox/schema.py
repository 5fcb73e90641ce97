"""The outbox's file: its tables, and what is checked before it is used."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

VERSION: Final = 2

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


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Makes a just opened file durable, checks it, and makes its tables if they are not there.

    Raises:
        OutboxError: Damaged, or written by a newer program.
        sqlite3.Error: It cannot be read or written.
    """
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise OutboxError(
            f"the outbox {path} was written by a newer program (version {version}, known: {VERSION})"
        )
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        damaged = sqlite3.DatabaseError(verdict)
        raise OutboxError(f"the outbox {path} is damaged: {verdict}") from damaged
    if version == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    for statement in _statements(SCHEMA):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, so that they can run inside a transaction of ours."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
