"""Gathers what the database knows of facades over a span of time, for their certificate."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

import numpy as np

from cloud.core import plan
from cloud.core.cells import CameraSight, Modelled, modelled
from cloud.core.certificate.content import (
    Alert,
    Asked,
    Content,
    Facade,
    Fault,
    Line,
    Name,
    Plan,
    Sight,
    WorkOrder,
)
from cloud.core.ledger import Raw
from cloud.core.refused import objection
from cloud.store import accounts, alerts, cells, certified, ledger, log, plans, registry, work_order_lists
from cloud.store.alerts import AlertRow
from cloud.store.ledger import Scope
from cloud.store.log import Leaf
from cloud.store.pool import Connection, Principal
from cloud.store.registry import FacadeRow
from cloud.store.work_order_lists import WorkOrderRow

LONGEST: Final = timedelta(days=366)
EVERY: Final = 1_000_000
"""Orders: no estate has so many."""

Told = TypeVar("Told")


class CannotCertify(Exception):  # noqa: N818 - says what is so
    """There is nothing that could be certified. The message says why."""


class NoSuchPlace(CannotCertify):
    """There is no such estate, facade or cell."""


class NotThisSpan(CannotCertify):
    """The span is none, is too long, or lies ahead."""

    said = objection(
        "certificate_span",
        "begin must lie before end and in the past, at most {days} days before end",
        days=LONGEST.days,
    )

    def __init__(self) -> None:
        super().__init__(str(self.said))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which certificate: of these facades, None: all of the estate, over [begin, end).

    cell: (floor, bay), of one facade. notes: whether whoever asks may read what people wrote about alerts.
    principal: by whose rights rows are read; None: the command's, which reads all.
    """

    estate: str
    facades: tuple[str, ...] | None
    begin: datetime
    end: datetime
    by: str
    purpose: str
    cell: tuple[int, int] | None = None
    notes: bool = True
    principal: Principal | None = None


async def content(conn: Connection, wanted: Wanted, least_s: float, now: datetime) -> Content:
    """Everything but the figures.

    Raises:
        CannotCertify: The span is none, or lies ahead; there is no such place.
    """
    if not wanted.begin < min(wanted.end, now) or wanted.end - wanted.begin > LONGEST:
        raise NotThisSpan
    estate, chosen = await _places(conn, wanted)
    span = wanted.begin, wanted.end
    kept = await cells.kept(conn, span, now, [facade.id for facade in chosen], finely=True)
    known = modelled(kept)
    facades = tuple(_facade(row, known[row.id], wanted.cell) for row in chosen if row.id in known)
    if wanted.cell and not facades:
        raise NoSuchPlace("nobody has entered where this facade stands: nothing is known of its cells")
    orders = await _orders(conn, wanted, kept.raw, chosen)
    whole, numbers = await ledger.told(conn, Scope(wanted.estate), kept.raw), {one.number for one in orders}
    raw = replace(whole, lines=tuple(line for line in whole.lines if line.number in numbers))
    found = await alerts.observed(conn, [camera.id for camera in raw.cameras], *span)
    seeing = await registry.cameras(conn, [camera.id for camera in raw.cameras])
    names = {row.id: Name(id=row.id, zh=row.name_zh, en=row.name_en) for row in seeing}
    people = await accounts.display_names(conn)
    zh, en = people.get(wanted.by, (wanted.by, wanted.by))
    gathered = Content(
        estate=estate,
        begin=wanted.begin,
        end=wanted.end,
        cell=wanted.cell,
        asked=Asked(by=Name(id=wanted.by, zh=zh, en=en), at=now, purpose=wanted.purpose),
        plan=await _plan(conn, wanted),
        least_s=least_s,
        facades=facades,
        not_modelled=tuple(_name(row) for row in chosen if row.id not in known),
        raw=raw,
        doubts=kept.doubts,
        faults=await _faults(conn, wanted, raw),
        alerts=await _alerts(conn, wanted, found),
        orders=await _told(conn, orders),
        cameras=tuple(names[camera.id] for camera in raw.cameras if camera.id in names),
        people=(),
        notes=wanted.notes,
    )
    named = sorted(_named(gathered) & people.keys())
    spoken = tuple(Name(id=each, zh=people[each][0], en=people[each][1]) for each in named)
    return gathered.model_copy(update={"people": spoken})


async def custody(conn: Connection, content: Content) -> list[Leaf]:
    """The log's entries about the alerts and their clips, in its order; none where notes are left out."""
    if not content.notes:
        return []
    told = Counter(
        (alert.id, line.what, line.by, line.note) for alert in content.alerts for line in alert.lines
    )
    leaves = await log.about(conn, "clip", [fall.event for fall in content.raw.falls])
    for leaf in await log.about(conn, "alert", [alert.id for alert in content.alerts]):
        entry = json.loads(leaf.entry)["content"]
        key = entry["alert"], entry["what"], entry["by"], entry["note"]
        # What was done since the rows were read is no part of this certificate.
        if told[key] > 0:
            told[key] -= 1
            leaves.append(leaf)
    return sorted(leaves, key=lambda leaf: leaf.index)


async def _places(conn: Connection, wanted: Wanted) -> tuple[Name, list[FacadeRow]]:
    estate = next((row for row in await registry.estates(conn) if row.id == wanted.estate), None)
    if estate is None:
        raise NoSuchPlace(f"there is no estate {wanted.estate}")
    own = {row.id: row for row in await registry.facades(conn, wanted.estate)}
    asked = list(own) if wanted.facades is None else list(dict.fromkeys(wanted.facades))
    if unknown := [facade for facade in asked if facade not in own]:
        raise NoSuchPlace(f"there is no facade {', '.join(unknown)} in {wanted.estate}")
    if not asked:
        raise CannotCertify(f"{wanted.estate} has no facades")
    if wanted.cell and len(asked) != 1:
        raise CannotCertify("a cell is of one facade: name it")
    return Name(id=estate.id, zh=estate.name_zh, en=estate.name_en), [own[facade] for facade in asked]


def _named(content: Content) -> set[str]:
    """Usernames of whoever did something that is told."""
    histories = (
        *(alert.lines for alert in content.alerts),
        *(fault.lines for fault in content.faults),
        *(order.lines for order in content.orders),
    )
    lines = [line for history in histories for line in history]
    return {
        content.asked.by.id,
        *(line.by for line in lines),
        *(line.what.partition(":")[2] for line in lines),  # whom something was assigned to
        *(doubt.ended_by or "" for doubt in content.doubts),
        *(planned.entered_by for planned in content.raw.planned),
        "" if content.plan is None else content.plan.entered_by,
    }


def _name(row: FacadeRow) -> Name:
    return Name(id=row.id, zh=row.name_zh, en=row.name_en)


def _facade(row: FacadeRow, known: Modelled, cell: tuple[int, int] | None) -> Facade:
    floors, bays = np.array(known.grid.floors), np.array(known.grid.bays)
    rows, columns = np.arange(len(floors)), np.arange(len(bays))
    if cell is not None:
        rows, columns = np.flatnonzero(floors == cell[0]), np.flatnonzero(bays == cell[1])
        if not rows.size or not columns.size:
            raise NoSuchPlace(f"{row.id} has no floor {cell[0]} with a bay {cell[1]}")
    part = np.ix_(rows, columns)
    return Facade(
        id=row.id,
        name=_name(row),
        building=row.building,
        begin=known.span[0],
        end=known.span[1],
        floors=tuple(map(int, floors[rows])),
        bays=tuple(map(int, bays[columns])),
        spans_px=known.grid.spans_px,
        object_m=known.grid.object_m,
        sights=tuple(_sight(sight, part) for sight in known.sights),
    )


def _sight(sight: CameraSight, part: Any) -> Sight:
    return Sight(
        camera=sight.camera,
        begin=sight.begins_at,
        end=sight.ends_at,
        rows=tuple("".join(map(str, row)) for row in sight.reason[part]),
        px_per_m=tuple(tuple(round(float(each), 2) for each in row) for row in sight.finely.fall_px_m[part]),
    )


async def _plan(conn: Connection, wanted: Wanted) -> Plan | None:
    """The one that held at the end of the span."""
    held = [each for each in await plans.versions(conn, wanted.estate) if each.holds_from < wanted.end]
    found = await plans.of_version(conn, wanted.estate, held[-1].version) if held else None
    if found is None:
        return None
    version = held[-1]
    return Plan(
        version=version.version,
        sha256=version.sha256,
        entered_at=version.entered_at,
        entered_by=version.entered_by,
        content=plan.content(found),
    )


async def _orders(
    conn: Connection, wanted: Wanted, raw: Raw, chosen: Sequence[FacadeRow]
) -> list[WorkOrderRow]:
    """Of these facades, their cameras and boxes; and at no facade, as patrols of a building or the estate."""
    facades, buildings = {row.id for row in chosen}, {row.building for row in chosen}
    devices = {camera.id for camera in raw.cameras} | {camera.agent for camera in raw.cameras}
    asked = work_order_lists.Wanted(estate=wanted.estate, begin=wanted.begin, end=wanted.end)
    return [
        order
        for order in reversed(await work_order_lists.select(conn, asked, limit=EVERY))
        if (order.facade in facades)
        or (order.subject in devices)
        or (order.facade is None and order.subject is None and order.building in {None, *buildings})
    ]


async def _told(conn: Connection, orders: Sequence[WorkOrderRow]) -> tuple[WorkOrder, ...]:
    lines = _by(
        (row.work_order, row) for row in await work_order_lists.history(conn, [order.id for order in orders])
    )
    return tuple(
        WorkOrder(
            number=order.number,
            source=order.source,
            kind=order.kind,
            subject=order.subject,
            facade=order.facade,
            floor=order.floor,
            bay=order.bay,
            title=order.title,
            state=order.state,
            opened_at=order.opened_at,
            due_at=order.due_at,
            taken_at=order.taken_at,
            finished_at=order.finished_at,
            closed_at=order.closed_at,
            overdue_at=order.overdue_at,
            measure=order.measure,
            lines=_lines(lines.get(order.id, [])),
        )
        for order in orders
    )


async def _faults(conn: Connection, wanted: Wanted, raw: Raw) -> tuple[Fault, ...]:
    agents = {camera.agent for camera in raw.cameras}
    span = wanted.begin, wanted.end
    rows = await certified.faults(conn, wanted.estate, [camera.id for camera in raw.cameras], agents, span)
    lines = _by((row.of, row) for row in await certified.fault_lines(conn, [row.id for row in rows]))
    return tuple(
        Fault(
            id=str(row.id),
            subject_type=row.subject_type,
            subject=row.subject,
            kind=row.kind,
            severity=row.severity,
            since=row.since,
            cleared_at=row.cleared_at,
            reason=row.reason,
            lines=_lines(lines.get(row.id, [])),
        )
        for row in rows
    )


async def _alerts(conn: Connection, wanted: Wanted, found: Sequence[AlertRow]) -> tuple[Alert, ...]:
    lines = _by((row.of, row) for row in await certified.alert_lines(conn, [row.id for row in found]))
    sha256 = await certified.clips(conn, [row.message_id for row in found])
    return tuple(
        Alert(
            id=str(row.id),
            camera=row.camera,
            facade=row.facade,
            observed_at=row.observed_at,
            floor=None if row.place is None else row.place.get("floor"),
            bay=None if row.place is None else row.place.get("bay"),
            state=row.state,
            close_reason=row.close_reason,
            clip=row.clip_state,
            clip_sha256=sha256.get(row.message_id),
            lines=_lines(lines.get(row.id, []), notes=wanted.notes),
        )
        for row in found
    )


def _lines(rows: Iterable[Any], *, notes: bool = True) -> tuple[Line, ...]:
    return tuple(Line(at=row.at, what=row.what, by=row.by, note=row.note if notes else "") for row in rows)


def _by(pairs: Iterable[tuple[UUID, Told]]) -> dict[UUID, list[Told]]:
    found: dict[UUID, list[Told]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found
