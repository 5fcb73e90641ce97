"""Holds what a day is said to have been against what the log says of it, line by line. Pure.

An entry of the log may add lines to a day, fill in the end of what was still open, and let a minute gain
seconds: that is what a delivery does that comes late. Nothing that stands may be taken away or changed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from cloud.core.day_digest.facts import Fact, Parts, instant
from cloud.core.day_digest.tables import (
    CAMERA,
    FAULT,
    FAULT_LINE,
    MINUTES,
    ORDER,
    ORDER_LINE,
    PLANNED,
    STATE,
    TABLES,
    Table,
)
from cloud.core.spans import Span
from cloud.core.watched import MINUTE

SYSTEM: Final = "system"
FROM_DEVICES: Final = "fault"
"""The source of orders that devices bring about."""

Pair = tuple[Fact | None, Fact | None]
"""A line of the log, a line of the rows; None where there is none."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where rows are not what the log says. was: the log's line; now: theirs; None where there is none."""

    part: str
    was: Fact | None
    now: Fact | None


@dataclass(frozen=True, slots=True)
class Compared:
    """added: lines that the log does not know yet, as a late delivery brings them. differences: the rest."""

    added: tuple[Difference, ...]
    differences: tuple[Difference, ...]

    @property
    def lines(self) -> Parts:
        """What was added, part by part."""
        found: Parts = {}
        for each in self.added:
            if each.now is not None:
                found.setdefault(each.part, set()).add(each.now)
        return found


@dataclass(slots=True)
class _Known:
    """Lines of a part by what may become of them. lasting: by key. minutes: by camera."""

    plain: set[Fact] = field(default_factory=set)
    lasting: dict[Fact, Fact] = field(default_factory=dict)
    minutes: dict[str, set[Fact]] = field(default_factory=dict)

    @staticmethod
    def of(facts: Iterable[Fact]) -> "_Known":
        """By their tables."""
        known = _Known()
        for fact in facts:
            table = TABLES[fact[0]]
            if table is MINUTES:
                known.minutes.setdefault(fact[1], set()).add(fact)
            elif table.key:
                known.lasting[_key(fact)] = fact
            else:
                known.plain.add(fact)
        return known


def folded(entries: Iterable[Iterable[Fact]]) -> set[Fact]:
    """What the entries of a day say of a part together, the oldest first.

    An end that a later one fills in counts, and the most that a minute was said to have been watched. A later
    one that says otherwise of what stands is not believed: then the rows will differ.
    """
    plain: set[Fact] = set()
    lasting: dict[Fact, Fact] = {}
    for facts in entries:
        for fact in facts:
            if not TABLES[fact[0]].key:
                plain.add(fact)
                continue
            known = lasting.setdefault(_key(fact), fact)
            if _grew(known, fact, {fact[1]: _severity(fact)}):
                lasting[_key(fact)] = fact
    return plain | set(lasting.values())


def keys(*parts: Iterable[Fact]) -> set[Fact]:
    """Which rows the lines speak of that may have ended since, each as the beginning of its line."""
    return {_key(fact) for facts in parts for fact in facts if TABLES[fact[0]].key}


def compare(attested: Parts, found: Parts, severities: Mapping[str, str], begin: datetime) -> Compared:
    """Every part of a day.

    Args:
        attested: What the log says, folded; parts that are missing have no lines.
        found: What the rows say.
        severities: Fault → what the last line of its history says.
        begin: Of the day, or of what is looked at of it.
    """
    added: list[Difference] = []
    differences: list[Difference] = []
    for part in sorted({*attested, *found}):
        if attested.get(part) == found.get(part):
            continue
        was, now = _Known.of(attested.get(part, ())), _Known.of(found.get(part, ()))
        pairs = (*_plain(was, now, instant(begin)), *_lasting(was, now, severities), *_minutes(was, now))
        for known, line in pairs:
            if line is not None and (known is None or _grew(known, line, severities)) and may_be_late(line):
                added.append(Difference(part, known, line))
            else:
                differences.append(Difference(part, known, line))
    return Compared(tuple(added), tuple(differences))


def is_rehung(found: Difference) -> bool:
    """Whether all that differs is on which box a camera hangs."""
    was, now = found.was, found.now
    if was is None or now is None or was[0] != CAMERA.name:
        return False
    place = 1 + CAMERA.place("agent")
    return (*was[:place], *was[place + 1 :]) == (*now[:place], *now[place + 1 :])


def may_be_late(line: Fact) -> bool:
    """Whether a delivery that is late may bring a line of its kind: what people enter is entered at once."""
    table = TABLES[line[0]]
    if table in {FAULT_LINE, ORDER_LINE}:
        return bool(_field(line, "by") == SYSTEM)
    if table is ORDER:
        return bool(_field(line, "source") == FROM_DEVICES)
    return table is not PLANNED


def within(facts: Collection[Fact], window: Span) -> set[Fact]:
    """Those of a day's lines that say something of a part of it; minutes as they lie within."""
    begin, end = instant(window[0]), instant(window[1])
    standing: dict[str, str] = {}
    for fact in facts:
        if fact[0] == STATE.name and fact[2] <= begin:
            standing[fact[1]] = max(fact[2], standing.get(fact[1], ""))
    return {cut for fact in facts if (cut := _cut(fact, (begin, end), window, standing)) is not None}


def _cut(fact: Fact, window: tuple[str, str], span: Span, standing: Mapping[str, str]) -> Fact | None:
    table, (begin, end) = TABLES[fact[0]], window
    if table is CAMERA:
        return fact
    if table is MINUTES:
        return _cut_minutes(fact, span)
    if table is STATE:
        return fact if fact[2] < end and fact[2] >= standing.get(fact[1], begin) else None
    at = _field(fact, table.at)
    if table in {FAULT_LINE, ORDER, ORDER_LINE}:
        return fact if begin <= at < end else None
    until = _field(fact, table.until or "ends_at")
    return fact if at < end and (until is None or until > begin) else None


def _cut_minutes(fact: Fact, span: Span) -> Fact | None:
    name, camera, begin, count, ms = fact
    first = datetime.fromisoformat(begin)
    # As of the rows of a certificate: every minute that touches it.
    floor = span[0].replace(second=0, microsecond=0)
    since = max(first, floor)
    until = min(first + count * MINUTE, floor + -((floor - span[1]) // MINUTE) * MINUTE)
    left = (until - since) // MINUTE
    return (name, camera, instant(since), left, ms) if left > 0 else None


def _plain(was: _Known, now: _Known, begin: str) -> Iterator[Pair]:
    for line in sorted(now.plain - was.plain, key=repr):
        yield None, line
    states = [each for each in now.plain if each[0] == STATE.name]
    for line in sorted(was.plain - now.plain, key=repr):
        # A state in which a day began is not, once a delivery has told of a later one before it.
        if line[0] != STATE.name or not any(
            each[1] == line[1] and line[2] < each[2] <= begin for each in states
        ):
            yield line, None


def _lasting(was: _Known, now: _Known, severities: Mapping[str, str]) -> Iterator[Pair]:
    for key in sorted({*was.lasting, *now.lasting}, key=repr):
        known, line = was.lasting.get(key), now.lasting.get(key)
        if known is None or line is None or not _same(known, line, severities):
            yield known, line


def _minutes(was: _Known, now: _Known) -> Iterator[Pair]:
    for camera in sorted({*was.minutes, *now.minutes}):
        runs = was.minutes.get(camera, set()), now.minutes.get(camera, set())
        if runs[0] == runs[1]:
            continue
        then, there = map(_each, runs)
        last: tuple[int, int, int | None, int | None] | None = None
        for at in sorted(then.keys() | there.keys()):
            pair = then.get(at), there.get(at)
            if last is not None and last[2:] == pair and last[0] + last[1] == at:
                last = (last[0], last[1] + 1, *pair)
                continue
            if last is not None and last[2] != last[3]:
                yield _run(camera, last)
            last = (at, 1, *pair)
        if last is not None and last[2] != last[3]:
            yield _run(camera, last)


def _each(runs: Iterable[Fact]) -> dict[int, int]:
    """Minute since 1970 → milliseconds, the most that is said of it."""
    found: dict[int, int] = {}
    for _, _, begin, count, ms in runs:
        first = int(datetime.fromisoformat(begin).timestamp()) // 60
        for at in range(first, first + count):
            found[at] = max(ms, found.get(at, 0))
    return found


def _run(camera: str, run: tuple[int, int, int | None, int | None]) -> Pair:
    begin, count, *pair = run
    at = instant(datetime.fromtimestamp(begin * 60, UTC))
    known, line = (None if ms is None else (MINUTES.name, camera, at, count, ms) for ms in pair)
    return known, line


def _same(known: Fact, line: Fact, severities: Mapping[str, str]) -> bool:
    """Whether they say the same. How grave a fault is may change while it lasts, as its own lines say."""
    if known == line:
        return True
    table = TABLES[known[0]]
    if table is not FAULT or _field(known, "cleared_at") or _field(line, "cleared_at"):
        return False
    return _fixed(known, table) == _fixed(line, table) and _graver(known, line, severities)


def _grew(known: Fact, line: Fact, severities: Mapping[str, str]) -> bool:
    """Whether a line only says more than the one that stands."""
    table = TABLES[known[0]]
    if table is MINUTES:
        return bool(_field(line, "ms") > _field(known, "ms"))
    if not table.until or _fixed(known, table) != _fixed(line, table):
        return False
    if table is FAULT and not _graver(known, line, severities):
        return False
    then, there = _field(known, table.until), _field(line, table.until)
    if table is CAMERA:
        return bool(then is None or (there is not None and there < then))
    return then is None and there is not None


def _graver(known: Fact, line: Fact, severities: Mapping[str, str]) -> bool:
    now = _field(line, "severity")
    return bool(now in {_field(known, "severity"), severities.get(line[1])})


def _fixed(line: Fact, table: Table) -> list[Any]:
    free = {table.until, *table.with_end, "severity"}
    return [value for name, value in zip(table.fields, line[1:], strict=True) if name not in free]


def _field(line: Fact, name: str) -> Any:
    return line[1 + TABLES[line[0]].place(name)]


def _key(line: Fact) -> Fact:
    return line[: 1 + TABLES[line[0]].key]


def _severity(line: Fact) -> str:
    return str(_field(line, "severity")) if line[0] == FAULT.name else ""
