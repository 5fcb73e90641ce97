"""Opens the outbox at a start; a damaged one is set aside, what can be read of it saved into a new one."""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from contracts.base import MAX_SEQ, SeqRange
from edge.config.files import put, sync_folder
from edge.core import loss
from edge.core.loss import MAX_RANGES, Told
from edge.core.outbox import Key
from edge.outbox import carve, schema
from edge.outbox.accept import tell
from edge.outbox.carve import Found
from edge.outbox.reserve import Reserve
from edge.outbox.schema import OutboxDamaged
from edge.outbox.store import Outbox

HEADER: Final = b"SQLite format 3\0\x10\0"
"""SQLite's name and the size of our pages."""
KEEP_ASIDE: Final = 3
MAX_BOOTS: Final = 1_000

STAGE: Final = """
CREATE TEMP TABLE named (boot TEXT, seq INTEGER, PRIMARY KEY (boot, seq)) WITHOUT ROWID;
CREATE TEMP TABLE waited (messages INTEGER);
"""


@dataclass(frozen=True, slots=True)
class Start:
    """This start of the agent. clips: the folder of its clips."""

    agent: str
    boot: UUID
    at: datetime
    clips: Path


class NewestGone(OutboxDamaged):
    """Damage after which the file may look whole, as it was some time before."""


@dataclass(frozen=True, slots=True)
class Rescued:
    """A damaged outbox was replaced. lost: how many messages could not be saved, as far as can be told."""

    why: str
    aside: str
    saved: int
    lost: int


def open_or_rescue(path: Path, start: Start, max_messages: int = 1_000_000) -> tuple[Outbox, Rescued | None]:
    """The outbox for a start of the agent, and what was found if it was damaged.

    What is lost then waits in the new outbox as a `Loss`, with the numbers that will never come.

    Raises:
        OutboxError: No outbox can be made there at all.
    """
    _finish(path, start.at)
    earlier = _boots(path)
    rescued = None
    try:
        outbox = _open(path, max_messages, has_history=bool(earlier))
    except OutboxDamaged as error:
        rescued = _rescue(path, start, earlier, error)
        outbox = Outbox.open(path, max_messages)
    _remember(path, [*earlier, start.boot])
    return outbox, rescued


def _open(path: Path, max_messages: int, *, has_history: bool) -> Outbox:
    look_at(path, has_history=has_history)
    outbox = Outbox.open(path, max_messages)
    if (wrong := outbox.damage()) is not None:
        outbox.close()
        raise OutboxDamaged(f"the outbox {path} is damaged: {wrong}")
    return outbox


def look_at(path: Path, *, has_history: bool = False) -> None:
    """What SQLite passes over in silence: a file cut to nothing, damage in the log, damage in the head.

    Raises:
        OutboxDamaged: It would.
    """
    size = path.stat().st_size if path.exists() else 0
    if size == 0:
        if has_history:
            raise NewestGone(f"the outbox {path} is gone or empty")
        return
    with path.open("rb") as file:
        head = file.read(len(HEADER))
    if head != HEADER:
        raise OutboxDamaged(f"the outbox {path} is damaged: its head is not as it was written")
    log, index = (_read(_beside(path, suffix)) for suffix in ("-wal", "-shm"))
    if wrong := carve.log_damage(log, index):
        raise NewestGone(f"the outbox {path} is damaged: {wrong}")


def _rescue(path: Path, start: Start, earlier: Sequence[UUID], why: OutboxDamaged) -> Rescued:
    """Writes the new outbox whole before it takes the old one's place: a kill in between changes nothing."""
    Reserve(_beside(path, ".reserve")).give_up()
    unfinished = _beside(path, ".saving")
    for suffix in ("", "-wal", "-shm", "-journal"):
        _beside(unfinished, suffix).unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
        schema.prepare(connection, unfinished)
        connection.executescript(STAGE)
        connection.execute("BEGIN IMMEDIATE")
        _save(connection, path)
        _save_clips(connection, start)
        count, gone = _lost(connection, [*earlier, start.boot], newest_gone=isinstance(why, NewestGone))
        _tell(connection, start, count, gone)
        (saved,) = connection.execute(
            "SELECT count(*) FROM message WHERE boot <> ?", (str(start.boot),)
        ).fetchone()
        connection.execute("COMMIT")
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.rename(_beside(path, ".saved"))
    return Rescued(str(why), _finish(path, start.at), saved, count)


def _finish(path: Path, at: datetime) -> str:
    """Puts a saved outbox, if there is one, into the place of the damaged one; where that lies now."""
    saved, aside = _beside(path, ".saved"), _beside(path, f".damaged-{at:%Y%m%dT%H%M%S}")
    if not saved.exists():
        return ""
    for suffix in ("-wal", "-shm", ""):  # the log first: it must never lie beside the new file
        if (part := _beside(path, suffix)).exists():
            part.rename(_beside(aside, suffix))
    saved.rename(path)
    sync_folder(path.parent)
    old = sorted(path.parent.glob(f"{path.name}.damaged-*T??????"))
    for found in old[:-KEEP_ASIDE]:
        for suffix in ("-wal", "-shm", ""):
            _beside(found, suffix).unlink(missing_ok=True)
    return aside.name


def _save(connection: sqlite3.Connection, path: Path) -> None:
    """Everything that can be read goes into the new outbox.

    Of what was there before only messages are taken: a copy does nothing in the cloud. The rest would
    come to life again.
    """
    if not path.exists():
        return
    with path.open("rb") as file:
        pages = carve.Pages(file, _read(_beside(path, "-wal")))
        for page in pages.used():
            for found in carve.rows(page, pages):
                _take(connection, found)
        connection.execute("INSERT OR IGNORE INTO named SELECT boot, seq FROM message")
        for page in pages.former():
            for found in carve.rows(page, pages):
                _take_message(connection, found)
    connection.execute("DELETE FROM owed WHERE event IN (SELECT message_id FROM clip)")


def _take(connection: sqlite3.Connection, found: Found) -> None:
    """A row by its shape: that of a table, or of the index that names the messages."""
    match found.values:
        case (None, str(), int(), *_):
            _take_message(connection, found)
        case (None, int(messages)) if found.rowid == 1:
            connection.execute("INSERT INTO waited VALUES (?)", (messages,))
        case (str(boot), int(seq), int()) if _is_uuid(boot):
            connection.execute("INSERT OR IGNORE INTO named VALUES (?, ?)", (boot, seq))
        case (str(boot), int(seq)) if _is_uuid(boot):
            connection.execute("INSERT OR REPLACE INTO counter VALUES (?, ?)", (boot, seq))
        case (str(event), str(camera)) if _is_uuid(event):
            connection.execute("INSERT OR IGNORE INTO owed VALUES (?, ?)", (event, camera))
        case (str(subject), str(fault)) if found.rowid is None:
            connection.execute("INSERT OR IGNORE INTO open_fault VALUES (?, ?)", (subject, fault))
        case (str(boot), int(), str(), str(), str(), str(), bytes()) if _is_uuid(boot):
            connection.execute("INSERT OR IGNORE INTO rejected VALUES (?, ?, ?, ?, ?, ?, ?)", found.values)
        case (str(sha256), str(path), int(), str(), str(), _, _, int()) if sha256 in path:
            connection.execute("INSERT OR IGNORE INTO clip VALUES (?, ?, ?, ?, ?, ?, ?, ?)", found.values)
        case _:
            pass


def _take_message(connection: sqlite3.Connection, found: Found) -> None:
    match found.values:
        case (None, str(), int(), str(), int(), str(), str(), bytes(body), int(crc)):
            row = found.values[1:7]
            if schema.checksum(row, body) == crc:
                connection.execute(
                    "INSERT OR IGNORE INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (found.rowid, *row, body, crc),
                )
        case _:
            pass


def _save_clips(connection: sqlite3.Connection, start: Start) -> None:
    """A clip of which only the file is left waits for upload again; the cloud says whether it has it."""
    known = {sha256 for (sha256,) in connection.execute("SELECT sha256 FROM clip")}
    for path in sorted(start.clips.glob("*.mp4")):
        if path.stem not in known:
            connection.execute(
                "INSERT INTO clip (sha256, path, size_bytes, message_id, sealed_at) VALUES (?, ?, ?, ?, ?)",
                (path.stem, str(path), path.stat().st_size, str(UUID(int=0)), start.at.isoformat()),
            )


def _lost(
    connection: sqlite3.Connection, boots: Iterable[UUID], *, newest_gone: bool
) -> tuple[int, list[SeqRange]]:
    """How many messages are lost, as far as can be told, and the numbers that will never come.

    Where those found, as rows or by name in the index, are as many as waited, each lost one is known.
    Otherwise no number that was not saved will come any more; the cloud knows which have come before.
    """
    (found,) = connection.execute("SELECT count(*) FROM named").fetchone()
    (waited,) = connection.execute("SELECT max(messages) FROM waited").fetchone()
    lost = connection.execute(
        "SELECT boot, seq FROM named EXCEPT SELECT boot, seq FROM message ORDER BY 1, 2"
    ).fetchall()
    if waited == found and not newest_gone:
        return len(lost), list(loss.ranges(Key(UUID(boot), seq) for boot, seq in lost))
    last = {} if newest_gone else dict(connection.execute("SELECT boot, seq FROM counter").fetchall())
    gone = [part for boot in _known(connection, boots) for part in _unsaved(connection, boot, last)]
    return len(lost) + max((waited or 0) - found, 0), gone


def _known(connection: sqlite3.Connection, boots: Iterable[UUID]) -> list[str]:
    """Every start that is known of, but the present one, which has given out no number yet."""
    *earlier, present = map(str, boots)
    named = connection.execute(
        "SELECT boot FROM message UNION SELECT boot FROM named UNION SELECT boot FROM counter"
    )
    return sorted({*earlier, *(boot for (boot,) in named)} - {present})


def _unsaved(connection: sqlite3.Connection, boot: str, last: Mapping[str, int]) -> Iterator[SeqRange]:
    kept = connection.execute("SELECT seq FROM message WHERE boot = ? ORDER BY seq", (boot,))
    return loss.complement(UUID(boot), (seq for (seq,) in kept), last.get(boot, MAX_SEQ))


def _tell(connection: sqlite3.Connection, start: Start, count: int, gone: Sequence[SeqRange]) -> None:
    for begin in range(0, max(len(gone), 1), MAX_RANGES):
        part = tuple(gone[begin : begin + MAX_RANGES])
        told = Told("outbox_damaged", "the outbox was damaged", 0 if begin else count, ranges=part)
        tell(connection, told, start.agent, start.boot, start.at)


def _boots(path: Path) -> list[UUID]:
    """Earlier starts, from a file of their own: what they are called must survive the outbox."""
    file = _beside(path, ".boots")
    lines = file.read_text(errors="replace").split() if file.exists() else []
    return [UUID(line) for line in lines if _is_uuid(line)]


def _remember(path: Path, boots: list[UUID]) -> None:
    content = "".join(f"{boot}\n" for boot in boots[-MAX_BOOTS:])
    with contextlib.suppress(OSError):  # on a full disk it matters more that the agent starts
        put(_beside(path, ".boots"), content.encode(), 0o644)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
