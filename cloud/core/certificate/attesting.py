"""Holds a certificate's rows against what the log says of its days: when it is issued, and again offline.

Only what it speaks of is compared: its cameras, their boxes, its facades and orders, over its span; and on
other days what was done with its faults and orders.
"""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from cloud.core.certificate.content import Content, Fault, Sight, WorkOrder
from cloud.core.day_digest import rows
from cloud.core.day_digest.attested import Entry, attested
from cloud.core.day_digest.comparing import compare, keys, within
from cloud.core.day_digest.facts import (
    Book,
    Fact,
    Parts,
    Row,
    day_of,
    facts,
    instant,
    sight_sha256,
    through,
    window,
)
from cloud.core.day_digest.tables import (
    ESTATE,
    FAULT,
    FAULT_LINE,
    GRID,
    ORDER,
    ORDER_LINE,
    SIGHT,
    TABLES,
    of_orders,
)
from cloud.core.day_digest.wording import said
from cloud.core.fault import AGENT_OFFLINE, OF_PICTURE
from cloud.core.ledger import FaultSpan
from cloud.core.spans import Span
from cloud.core.words import Words, beijing

State = Literal["agrees", "late", "differs", "unclosed", "before"]
"""unclosed: the log has no digest of it yet. before: nor will it; it was over before there were digests."""

ORDERS: Final = "orders"
MOST: Final = 24
"""Sentences about a day: who reads more learns nothing from them."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What is to be said of a day. late: lines that came when it was closed, of what it speaks of."""

    state: State
    late: int
    differences: tuple[Words, ...]


def days(content: Content) -> list[tuple[str, date]]:
    """(estate, day) of which the log is asked, in order: of the span, and where lines lie outside of it."""
    estates = {content.estate.id, *(camera.estate for camera in content.raw.cameras)}
    span = through(day_of(content.begin), day_of(content.until - timedelta(microseconds=1)))
    found = {(estate, day) for estate in estates for day in span}
    of = _estate_of(content)
    for fault in content.faults:
        found |= {(of(fault.subject), day_of(line.at)) for line in fault.lines}
    for order in content.orders:
        found |= {(content.estate.id, day_of(line.at)) for line in order.lines}
        found.add((content.estate.id, day_of(order.opened_at)))
    return sorted(found)


def in_span(content: Content, day: date) -> bool:
    """Whether a day is one of the certificate's, and not only of what was done later."""
    begin, end = window(day)
    return begin < content.until and end > content.begin


@dataclass(frozen=True, slots=True)
class Spoken:
    """Of what of an estate's days a certificate speaks. is_own: it is of this estate.

    parts: of which there may be such. beside: those of them of which it speaks of single orders only.
    faults, orders: ids and numbers, of all estates.
    """

    is_own: bool
    parts: frozenset[str]
    beside: frozenset[str]
    faults: frozenset[str]
    orders: frozenset[int]


def spoken(content: Content, estate: str) -> Spoken:
    """That, of one of the estates in `days`."""
    is_own = estate == content.estate.id
    own = {camera.id: camera.agent for camera in content.raw.cameras if camera.estate == estate}
    devices = own.keys() | set(own.values())
    whole = {ESTATE, *(f"camera/{camera}" for camera in own), *(f"agent/{agent}" for agent in own.values())}
    whole |= {of_orders(device, None, None) for device in devices}
    beside = set[str]()
    if is_own:
        buildings = {facade.building for facade in content.facades}
        whole |= {f"facade/{facade.id}" for facade in content.facades}
        whole |= {of_orders(None, facade, None) for facade in content.asked_for}
        whole |= {of_orders(None, None, building) for building in (None, *buildings)}
        beside = {of_orders(order.subject, order.facade, None) for order in content.orders} - whole
    return Spoken(
        is_own,
        frozenset(whole | beside),
        frozenset(beside),
        frozenset(fault.id for fault in content.faults),
        frozenset(order.number for order in content.orders),
    )


class Judge:
    """Judges the days of a certificate, whose rows it arranges once."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self._spoken: dict[str, Spoken] = {}
        self._books: dict[str, Book] = {}

    def spoken(self, estate: str) -> Spoken:
        """Of which parts of an estate's days it speaks."""
        if estate not in self._spoken:
            self._spoken[estate] = spoken(self.content, estate)
        return self._spoken[estate]

    def judged(self, estate: str, day: date, entries: Sequence[Entry], doubts: Sequence[Words]) -> Judged:
        """What is to be said of a day of which the log has entries. doubts: why not to believe these."""
        content = self.content
        own, rows_there = self.spoken(estate), self._book(estate)
        of = attested(estate, day, entries, own.parts)
        view = _View(content, own, day, of.parts)
        there = facts(rows_there, window(day), keys(*of.parts.values()))
        believed = {part: lines for part, lines in there.items() if part not in of.doubted}
        begin = window(day)[0] if view.span is None else view.span[0]
        found = compare(view.seen(of.parts), view.seen(believed), rows_there.severities, begin)
        told = [*of.doubts, *doubts, *(said(day, each) for each in (*found.differences, *found.added))]
        if told:
            return Judged("differs", of.late, tuple(told[:MOST]))
        return Judged("late" if of.late else "agrees", of.late, ())

    def _book(self, estate: str) -> Book:
        if estate not in self._books:
            self._books[estate] = book(self.content, estate)
        return self._books[estate]


class _View:
    """What of a day's lines the certificate speaks of, in a form in which both sides can be compared.

    span: what of the day lies in the certificate's; None: nothing does.
    """

    def __init__(self, content: Content, spoken: Spoken, day: date, attested_: Parts) -> None:
        self._content, self._spoken = content, spoken
        begin, end = window(day)
        inside = max(begin, content.begin), min(end, content.until)
        self.span: Span | None = inside if inside[0] < inside[1] else None
        divided: dict[str, set[tuple[str, str]]] = {}
        for line in (each for lines in attested_.values() for each in lines if each[0] == GRID.name):
            divided.setdefault(line[1], set()).add((line[4], line[5]))
        self._alike = {
            facade.id
            for facade in content.facades
            if content.cell is None
            and divided.get(facade.id)
            == {(",".join(map(str, facade.floors)), ",".join(map(str, facade.bays)))}
        }

    def seen(self, told: Parts) -> Parts:
        """Those lines."""
        found: Parts = {}
        for part, lines in told.items():
            if part not in self._spoken.parts:
                continue
            cut = lines if self.span is None else within(lines, self.span)
            for line in cut:
                if self._is_told(part, line):
                    where = ORDERS if line[0] in {ORDER.name, ORDER_LINE.name} else part
                    found.setdefault(where, set()).add(self._plain(line))
        return found

    def _is_told(self, part: str, line: Fact) -> bool:
        table = TABLES[line[0]]
        if table is FAULT_LINE:
            return line[1] in self._spoken.faults
        if table in {ORDER, ORDER_LINE} and (self.span is None or part in self._spoken.beside):
            return line[1] in self._spoken.orders
        if table is ORDER_LINE:
            return bool(line[1 + table.place("opened_at")] < instant(self._content.end))
        if self.span is None or table is GRID:
            return table in {ORDER, ORDER_LINE}
        # Nodes of other estates are not told of.
        return table is not FAULT or self._spoken.is_own or part != ESTATE

    def _plain(self, line: Fact) -> Fact:
        """Without what it does not tell: in which building an order was; what was seen of other cells."""
        table = TABLES[line[0]]
        hidden = ""
        if table is ORDER:
            hidden = "building"
        if table is SIGHT and line[2] not in self._alike:
            hidden = "sha256"
        if not hidden:
            return line
        place = 1 + table.place(hidden)
        return (*line[:place], None, *line[place + 1 :])


def book(content: Content, estate: str) -> Book:
    """The certificate's rows as those of an estate's days."""
    own = {camera.id for camera in content.raw.cameras if camera.estate == estate}
    of = _estate_of(content)
    found: list[Row] = [*rows.of_raw(content.raw, estate)]
    found += [rows.doubt(doubt) for doubt in content.doubts if doubt.camera in own]
    for fault in content.faults:
        if of(fault.subject) == estate:
            subject = fault.subject_type, fault.subject
            found.append(rows.fault(fault))
            found += [rows.fault_line(subject, fault.id, line) for line in fault.lines]
    if estate == content.estate.id:
        for facade in content.facades:
            found += [_sight(facade.id, sight) for sight in facade.sights]
        for order in content.orders:
            row = rows.order(order, None)
            found += [
                row,
                *(rows.order_line(row.part, (order.number, order.opened_at), line) for line in order.lines),
            ]
    severities = rows.severities((fault.id, fault.lines) for fault in content.faults)
    return Book(tuple(found), rows.minutes(content.raw, estate), severities)


def _sight(facade: str, sight: Sight) -> Row:
    sha256 = sight_sha256(sight.rows, sight.px_per_m)
    return rows.sight(facade, sight.camera, (sight.begin, sight.end), sha256)


def _estate_of(content: Content) -> Callable[[str], str]:
    """The estate of a device; of its nodes, which are no other estate's, the certificate's."""
    estates = {camera.id: camera.estate for camera in content.raw.cameras}
    estates |= {camera.agent: camera.estate for camera in content.raw.cameras}
    return lambda subject: estates.get(subject, content.estate.id)


def contradictions(content: Content) -> tuple[Words, ...]:
    """Where rows that figures are made of are not those that are told, and attested, beside them."""
    told = {
        _counted(fault)
        for fault in content.faults
        if (fault.subject_type == "camera" and fault.kind in OF_PICTURE)
        or (fault.subject_type == "agent" and fault.kind == AGENT_OFFLINE)
    }
    found = [
        Words(
            f"故障 {each[1]} {each[2]}（{beijing(each[4])} 起）：计算所用的与列出的不同",
            f"fault {each[2]} of {each[1]} since {beijing(each[4])}: what is counted is not what is told",
        )
        for each in sorted(told ^ set(map(_counted, content.raw.faults)), key=repr)
    ]
    lines: dict[int, list[tuple[datetime, str, str]]] = {}
    for line in content.raw.lines:
        lines.setdefault(line.number, []).append((line.at, line.what, line.by))
    for order in content.orders:
        is_counted = content.begin <= order.opened_at < content.end
        found += _of_order(order, lines.get(order.number, [] if is_counted else None))
    return tuple(found[:MOST])


def _counted(fault: Fault | FaultSpan) -> tuple[str, str, str, str, datetime, datetime | None]:
    """What figures are made of."""
    return (fault.subject_type, fault.subject, fault.kind, fault.severity, fault.since, fault.cleared_at)


def _of_order(order: WorkOrder, lines: list[tuple[datetime, str, str]] | None) -> Iterator[Words]:
    """lines: that are counted; None: none have to be."""
    told = [(line.at, line.what, line.by) for line in order.lines]
    if lines is not None and lines != told:
        yield Words(
            f"工单 {order.number}：计算所用的记录与列出的不同",
            f"order {order.number}: the lines that are counted are not those that are told",
        )
    for name, at, whats in (
        ("taken_at", order.taken_at, {"taken"}),
        ("finished_at", order.finished_at, {"finished"}),
        ("overdue_at", order.overdue_at, {"overdue"}),
        ("closed_at", order.closed_at, {what for _, what, _ in told}),
    ):
        if at is not None and not any(line[0] == at and line[1] in whats for line in told):
            yield Words(
                f"工单 {order.number}：{name} {beijing(at)} 在其记录中没有依据",
                f"order {order.number}: no line of its history says {name} {beijing(at)}",
            )
