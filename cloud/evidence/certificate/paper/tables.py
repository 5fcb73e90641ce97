"""The paper's tables: rows of texts."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from cloud.core.certificate import words
from cloud.core.certificate.content import Content, Fault, Line, WorkOrder
from cloud.core.certificate.figures import Figures, Loss, OfFacade
from cloud.evidence.bundle.steps import ALERT, REASONS

MOST_LOSSES: Final = 30
"""Of a facade on paper, the longest; all stand in the JSON."""
MS: Final = timedelta(milliseconds=1)
Rows = list[list[str]]


def losses(content: Content, of: OfFacade) -> tuple[Rows, str]:
    """Stretches in which cells were not watched that otherwise are; and what was left out."""
    names = {camera.id: camera.zh for camera in content.cameras}
    told = sorted(of.losses, key=lambda loss: loss.begin - loss.end)[:MOST_LOSSES]
    rows = [
        [
            words.minute(loss.begin),
            words.minute(loss.end),
            words.long(loss.end - loss.begin),
            f"{loss.cells}",
            _causes(loss, names),
            "事先登记的检修" if loss.excused else "计入",
        ]
        for loss in sorted(told, key=lambda loss: loss.begin)
    ]
    rest = len(of.losses) - len(told)
    return rows, f"另有 {rest} 次较短的中断，列在 certificate.json。" if rest else ""


def _causes(loss: Loss, names: Mapping[str, str]) -> str:
    by_camera: dict[str, list[str]] = {}
    for camera, why in loss.causes:
        by_camera.setdefault(camera, []).append(words.why(why))
    said = [
        f"{names.get(camera, camera)}：{'、'.join(dict.fromkeys(whys))}" for camera, whys in by_camera.items()
    ]
    return "；".join(said)


def cameras(content: Content, figures: Figures, numbers: Mapping[str, int], names: Mapping[str, str]) -> Rows:
    """Each camera: how long it watched, and why not at other times."""
    rows = []
    span = (content.until - content.begin) / MS
    for of in figures.cameras:
        downs = "；".join(f"{words.why(why)} {words.long(lasts * MS)}" for why, lasts in of.downs)
        rows.append(
            [
                str(numbers.get(of.camera, "")),
                names.get(of.camera, of.camera),
                words.share(of.up_ms / span if span else None),
                downs or "没有中断",
            ]
        )
    return rows


def faults(content: Content, names: Mapping[str, str]) -> Rows:
    """How soon each fault was noticed, acknowledged and over."""
    people = _people(content)
    return [_fault(content, fault, names, people) for fault in content.faults]


def _fault(content: Content, fault: Fault, names: Mapping[str, str], people: Mapping[str, str]) -> list[str]:
    noticed = _first(fault.lines, "raised")
    acknowledged = _first(fault.lines, "acknowledged")
    order = _order_of(content, fault)
    taken = "" if order is None or order.taken_at is None else f"\n接单 {_after(fault.since, order.taken_at)}"
    repaired = "" if order is None or not order.measure else f"\n{order.measure}"
    by = "" if acknowledged is None else f"\n{people.get(acknowledged.by, acknowledged.by)}"
    return [
        names.get(fault.subject, fault.subject),
        words.why(fault.kind),
        words.minute(fault.since),
        _after(fault.since, None if noticed is None else noticed.at),
        _after(fault.since, None if acknowledged is None else acknowledged.at) + by + taken,
        ("未恢复" if fault.cleared_at is None else _after(fault.since, fault.cleared_at)) + repaired,
    ]


def _order_of(content: Content, fault: Fault) -> WorkOrder | None:
    """The repair that was open while the fault lasted."""
    return next(
        (
            order
            for order in content.orders
            if order.source == "fault"
            and order.subject == fault.subject
            and order.kind == fault.kind
            and (order.closed_at is None or order.closed_at >= fault.since)
            and (fault.cleared_at is None or order.opened_at <= fault.cleared_at)
        ),
        None,
    )


def alerts(content: Content, names: Mapping[str, str]) -> Rows:
    """Each alert and what was done."""
    people, facades = _people(content), _places(content)
    rows = []
    for alert in content.alerts:
        where = facades.get(alert.facade or "", alert.facade or "")
        place = f"\n{alert.floor} 层" + (f"第 {alert.bay} 开间" if alert.bay else "") if alert.floor else ""
        done = [
            f"{words.minute(line.at)} {people.get(line.by, '系统' if line.by == 'system' else line.by)}："
            f"{_deed(line)}"
            for line in alert.lines
        ]
        clip = words.CLIPS.get(alert.clip or "", "没有视频")
        rows.append(
            [
                words.minute(alert.observed_at),
                f"{where}{place}",
                names.get(alert.camera, alert.camera),
                "\n".join(done),
                clip + (f"\n{alert.clip_sha256[:12]}…" if alert.clip_sha256 else ""),
            ]
        )
    return rows


def _deed(line: Line) -> str:
    what, _, detail = line.what.partition(":")
    said = ALERT.get(what, what)
    said = f"{said}，{REASONS.get(detail, detail)}" if detail else said
    return f"{said}（{line.note}）" if line.note else said


def orders(content: Content, names: Mapping[str, str]) -> Rows:
    """Work other than patrols."""
    places = _places(content)
    return [_order(order, places, names) for order in content.orders if order.source != "patrol"]


def patrols(content: Content, names: Mapping[str, str]) -> Rows:
    """What somebody went and looked at."""
    places = _places(content)
    return [_order(order, places, names) for order in content.orders if order.source == "patrol"]


def _order(order: WorkOrder, places: Mapping[str, str], names: Mapping[str, str]) -> list[str]:
    where = places.get(order.facade or "", order.facade or "") or names.get(
        order.subject or "", order.subject or ""
    )
    what = words.why(order.kind) if order.kind else order.title
    late = "（超期）" if order.overdue_at else ""
    return [
        str(order.number),
        words.SOURCES[order.source],
        where or "全小区",
        what,
        words.minute(order.opened_at),
        _after(order.opened_at, order.taken_at),
        _after(order.opened_at, order.finished_at) + late,
        (order.measure or "")
        + ("" if order.measure is None else "，")
        + words.STATES.get(order.state, order.state),
    ]


def _people(content: Content) -> dict[str, str]:
    return {person.id: person.zh for person in content.people}


def _places(content: Content) -> dict[str, str]:
    """Names of facades, also of those of which the certificate does not speak."""
    known = [] if content.plan is None else content.plan.content.get("facades", [])
    return {
        **{each["id"]: each["name"]["zh"] for each in known},
        **{name.id: name.zh for name in content.not_modelled},
        **{facade.id: facade.name.zh for facade in content.facades},
    }


def _first(lines: Sequence[Line], what: str) -> Line | None:
    return next((line for line in lines if line.what.partition(":")[0] == what), None)


def _after(since: datetime, at: datetime | None) -> str:
    """How much later, and when."""
    if at is None:
        return "—"
    return f"{words.long(at - since)}后" if at >= since else words.minute(at)
