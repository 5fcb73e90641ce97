"""Rows as lines of a day: which belong to it, how they are written, and their digest. Pure.

A line is a JSON array without spaces: the table's name, then its fields (`tables`). Instants are UTC with six
digits after the second, durations whole milliseconds. What lasts beyond the day's end has null as its end:
how it went on is no matter of that day. The lines of a part are sorted by their bytes, each with a line's
end; SHA-256 of that is the part's digest.
"""

import hashlib
import json
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from cloud.core.day_digest.tables import (
    CAMERA,
    FAULT_LINE,
    INSTANTS,
    MINUTES,
    ORDER,
    ORDER_LINE,
    PLANNED,
    STATE,
    TABLES,
    Table,
)
from cloud.core.spans import Span
from cloud.core.watched import MINUTE, Watched
from cloud.core.words import BEIJING

Fact = tuple[Any, ...]
"""A line: the table's name, then its fields, as JSON has them."""
Parts = dict[str, set[Fact]]
"""Part → its lines. A part is what is looked at together: a camera, a box, a facade, orders of a place."""

MS: Final = 1000
MOST_MS: Final = 1 << 24
"""A line never has as many minutes, or milliseconds of a minute."""
CLOSES_AFTER: Final = timedelta(hours=2)
"""A day is closed so long after its end: what a box that is there has delivered by then."""
LATE_AFTER: Final = timedelta(hours=1)
"""What comes later may find its day closed; by this much earlier, so that nothing under way is missed."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. values: its fields, instants as such."""

    part: str
    table: Table
    values: tuple[Any, ...]

    def value(self, name: str) -> Any:
        """A field."""
        return self.values[self.table.place(name)]


@dataclass(frozen=True, slots=True)
class Book:
    """What an estate's days are made of: rows that touch them. minutes: by camera, oldest first.

    severities: fault → what the last line of its history says, where one does; it may change until it ends.
    """

    rows: tuple[Row, ...] = ()
    minutes: Mapping[str, Sequence[Watched]] = field(default_factory=dict)
    severities: Mapping[str, str] = field(default_factory=dict)


def window(day: date) -> Span:
    """A day, from midnight to midnight by China's clocks."""
    begin = datetime.combine(day, time(), BEIJING)
    return begin, begin + timedelta(days=1)


def day_of(at: datetime) -> date:
    """In which day an instant lies."""
    return at.astimezone(BEIJING).date()


def through(first: date, last: date) -> list[date]:
    """Each day from the first to the last."""
    return [date.fromordinal(each) for each in range(first.toordinal(), last.toordinal() + 1)]


def comes_late(at: datetime, now: datetime) -> bool:
    """Whether what is of an instant may find its day closed now."""
    return day_of(at) < day_of(now - LATE_AFTER)


def facts(book: Book, window: Span, also: Collection[Fact] = ()) -> Parts:
    """The lines of all rows that touch [begin, end).

    also: rows of which the log says that they do, by the beginnings of their lines (`comparing.keys`).
    """
    found: Parts = {}
    standing = _standing(book.rows, window[0])
    for row in book.rows:
        # Writing is what takes time, and most rows are of other days.
        if _touches(row, window, standing) or (row.table.key and _key(row) in also):
            found.setdefault(row.part, set()).add(_written(row, window))
    for camera, runs in book.minutes.items():
        own = found.setdefault(f"camera/{camera}", set())
        own.update(_minutes(camera, runs, window))
    return found


def _touches(row: Row, window: Span, standing: Mapping[str, datetime]) -> bool:
    """Whether a row says something of [begin, end). standing: camera → since when its first state is so."""
    begin, end = window
    if row.table is CAMERA:
        # Before its first report nobody expects anything of one, and it may have been registered since.
        first = row.value("first_seen_at")
        return first is not None and first < end
    if row.table is STATE:
        since = row.value("since")
        return bool(since < end and since >= standing.get(row.values[0], begin))
    at = row.value(row.table.at)
    if row.table in {FAULT_LINE, ORDER, ORDER_LINE}:
        return bool(begin <= at < end)
    if row.table is PLANNED:
        # What was entered when the day was over could not excuse it.
        return bool(at < end and row.value("ends_at") > begin and row.value("entered_at") < end)
    until = row.value(row.table.until)
    return bool(at < end and (until is None or until > begin))


def _written(row: Row, window: Span) -> Fact:
    """A row as it is a line of [begin, end)."""
    table, values = row.table, list(row.values)
    if table.until:
        until = values[table.place(table.until)]
        if until is None or until >= window[1]:
            for name in (table.until, *table.with_end):
                values[table.place(name)] = None
    return _line(table, values)


def _key(row: Row) -> Fact:
    return _line(row.table, row.values[: row.table.key])


def _line(table: Table, values: Iterable[Any]) -> Fact:
    return (table.name, *(instant(each) if isinstance(each, datetime) else each for each in values))


def instant(at: datetime) -> str:
    """As a line has it; sorts as it is."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def text(lines: Iterable[Fact]) -> str:
    """The canonical form."""
    told = (json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines)
    return "".join(f"{line}\n" for line in sorted(told, key=str.encode))


def read(told: str) -> set[Fact]:
    """The lines of a canonical form.

    Raises:
        ValueError: It is none.
    """
    found = set()
    for line in told.splitlines():
        fact = json.loads(line)
        if not isinstance(fact, list) or not fact or fact[0] not in TABLES:
            raise ValueError(f"no line of a day: {line[:80]}")
        if not _is_whole(fact):
            raise ValueError(f"a line with other fields: {line[:80]}")
        found.add(tuple(fact))
    return found


def _is_whole(fact: list[Any]) -> bool:
    """Whether it has the fields of its table, each of its kind."""
    fields = TABLES[fact[0]].fields
    return len(fact) == 1 + len(fields) and all(map(_is_of, fields, fact[1:]))


def _is_of(name: str, value: Any) -> bool:
    if name in {"minutes", "ms"}:
        return isinstance(value, int) and 0 <= value < MOST_MS
    if name in INSTANTS and value is not None:
        return isinstance(value, str) and instant(datetime.fromisoformat(value)) == value
    return value is None or isinstance(value, str | int | float)


def digest(told: str) -> str:
    """SHA-256 of a canonical form, in hex."""
    return hashlib.sha256(told.encode()).hexdigest()


def sight_sha256(reasons: Sequence[str], px_per_m: Sequence[Sequence[float]]) -> str:
    """What stands for all that a camera sees of a facade.

    reasons: a row of digits each (`geometry.looking.Reason`), from the ground up. px_per_m: to two digits.
    """
    told = json.dumps([list(reasons), [list(row) for row in px_per_m]], separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def _standing(rows: Iterable[Row], begin: datetime) -> dict[str, datetime]:
    """Camera → since when it was in the state in which the window finds it."""
    found: dict[str, datetime] = {}
    for row in rows:
        if row.table is STATE and row.value("since") <= begin:
            camera, since = row.values[0], row.value("since")
            found[camera] = max(since, found.get(camera, since))
    return found


def _minutes(camera: str, runs: Sequence[Watched], window: Span) -> Iterator[Fact]:
    """Runs within [begin, end), those that touch and are alike as one."""
    begin, end = window
    last: tuple[datetime, int, int] | None = None
    first = max(bisect_left(runs, begin, key=lambda run: run.begin) - 1, 0)
    for run in runs[first:]:
        if run.begin >= end:
            break
        since, until = max(run.begin, begin), min(run.end, end)
        count, ms = (until - since) // MINUTE, round(run.watched_s * MS)
        if count <= 0:
            continue
        if last is not None and last[2] == ms and last[0] + last[1] * MINUTE == since:
            last = (last[0], last[1] + count, ms)
            continue
        if last is not None:
            yield (MINUTES.name, camera, instant(last[0]), *last[1:])
        last = (since, count, ms)
    if last is not None:
        yield (MINUTES.name, camera, instant(last[0]), *last[1:])
