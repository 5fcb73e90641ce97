"""What stands on the paper, as plain texts and drawings for the template: a certificate in Chinese."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

import hashlib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import groupby
from typing import Any, Final

import numpy as np

from cloud.core.cell_history import Flags
from cloud.core.certificate import drawing, words
from cloud.core.certificate.content import SEEN, Certificate, Content, Facade
from cloud.core.certificate.counting import Counts, flags, last
from cloud.core.certificate.figures import Figures, OfFacade
from cloud.core.certificate.regions import named, regions
from cloud.core.day_digest.facts import window
from cloud.evidence.certificate.paper import Chain, OfDay
from cloud.evidence.certificate.paper.site import plan_of
from cloud.evidence.certificate.paper.tables import MS, alerts, cameras, faults, losses, orders, patrols

MOST_REGIONS: Final = 6
SOON: Final = timedelta(hours=36)
"""A day is closed in the night after it; the service's own alarm says where it is not."""
MOST_DIFFERENCES: Final = 6
"""Of a day, on paper: all stand in days.json."""
COARSE: Final = 3
"""`geometry.looking.Reason.TOO_COARSE`: from here on enough is seen, but not finely enough."""


def view(certificate: Certificate, text: bytes, chain: Chain) -> dict[str, Any]:
    """Everything that the template needs."""
    content, figures = certificate.content, certificate.figures
    numbers = {camera.id: number for number, camera in enumerate(content.raw.cameras, 1)}
    names = {camera.id: camera.zh for camera in content.cameras}
    pairs = list(zip(content.facades, figures.facades, strict=True))
    facades = [_facade(content, facade, of, numbers) for facade, of in pairs]
    sha256 = hashlib.sha256(text).hexdigest()
    return {
        "number": sha256[:16].upper(),
        "sha256": sha256,
        "estate": content.estate.zh,
        "what": _what(content),
        "span": f"{words.day(content.begin)} 至 {words.day(content.end)}",
        "as_of": words.instant(content.raw.as_of),
        "asked": {
            "by": f"{content.asked.by.zh}（{content.asked.by.id}）",
            "at": words.instant(content.asked.at),
            "purpose": content.asked.purpose,
        },
        "sums": _sums(certificate),
        "said": list(_said(certificate)),
        "english": _english(certificate),
        "blind": [
            {"facade": told["name"], "cells": of.never, "of": of.cells, "parts": told["blind"]}
            for told, of in zip(facades, figures.facades, strict=True)
            if of.never
        ],
        "not_modelled": [name.zh for name in content.not_modelled],
        "plan": plan_of(content, numbers),
        "days": drawing.days([(facade.name.zh, of) for facade, of in pairs]) if pairs else "",
        "facades": facades,
        "cameras": cameras(content, figures, numbers, names),
        "faults": faults(content, names),
        "alerts": alerts(content, names),
        "orders": orders(content, names),
        "patrols": patrols(content, names),
        "ledger": [_ratio(each.key, each.numerator, each.denominator, each.value) for each in figures.ledger],
        "method": _method(content),
        "chain": _chain(chain),
        "warnings": list(_warnings(chain)),
        "digests": list(_digests(chain, {content.estate.id: content.estate.zh})),
        "notes": content.notes,
    }


def _what(content: Content) -> str:
    if content.cell and content.facades:
        return f"{content.facades[0].name.zh} {content.cell[0]} 层第 {content.cell[1]} 开间"
    places = [facade.name.zh for facade in content.facades] + [name.zh for name in content.not_modelled]
    return places[0] if len(places) == 1 else f"{len(places)} 个立面"


def _sums(certificate: Certificate) -> list[list[str]]:
    figures = certificate.figures
    never = sum(of.never for of in figures.facades)
    lost = sum(loss.end > loss.begin for of in figures.facades for loss in of.losses)
    return [
        ["受监看比例", words.share(figures.share), "受监看的格·时间 ÷ 应监看的格·时间"],
        ["可监看部分的比例", words.share(_could(figures)), "受监看 ÷ 摄像机全部正常时看得到的格·时间"],
        ["应监看的格", str(figures.cells), f"{len(figures.facades)} 个立面"],
        ["始终无摄像机可监看的格", str(never), "摄像机全部正常时也看不到，计为未受监看"],
        ["监看中断", f"{lost} 次", "逐次列明起止、原因"],
    ]


def _could(figures: Figures) -> float | None:
    """What of that which a camera would have watched, had all worked, was watched."""
    return figures.watched_ms / figures.could_ms if figures.could_ms else None


def _english(certificate: Certificate) -> str:
    """The summary for whoever reads no Chinese."""
    content, figures = certificate.content, certificate.figures
    if figures.share is None:
        return "Nothing was due to be watched."
    never = sum(of.never for of in figures.facades)
    more = content.elsewhere
    return (
        f"Cells: {figures.cells}, of facades: {len(figures.facades)}."
        f" Watched: {words.share(figures.share)} of the cell-time;"
        f" not watched: {words.share(1 - figures.share)}. Cells that no camera sees: {never}."
        f" Alerts: {len(content.alerts)}; faults: {len(content.faults)}."
        + (f" Not counted: {more} cameras of other estates that see these facades." if more else "")
    )


def _said(certificate: Certificate) -> Iterator[str]:
    """The summary in plain words."""
    content, figures = certificate.content, certificate.figures
    if figures.share is None:
        yield "在此期间没有任何立面单元处于应监看的状态，本证明不能说明曾有监看。"
    else:
        yield (
            f"在此期间，应监看的立面共 {figures.cells} 格，按“格×时间”合计有"
            f" {words.share(figures.share)} 受到监看，"
            f"{words.share(1 - figures.share)} 未受监看。"
        )
    if content.elsewhere:
        yield (
            f"另有 {content.elsewhere} 台他小区的摄像机也拍到这些立面，其状态不在出具人权限之内，未予计入："
            "实际受监看的只会多于、不会少于本证明所列。"
        )
    never = sum(of.never for of in figures.facades)
    if never:
        yield f"其中 {never} 格自始至终没有任何摄像机能够监看，位置和原因见下文“没有受到监看的部分”。"
    losses = [loss for of in figures.facades for loss in of.losses]
    if losses:
        longest = max(losses, key=lambda loss: loss.end - loss.begin)
        yield (
            f"其余各格的监看曾中断 {len(losses)} 次，最长一次 {words.long(longest.end - longest.begin)}"
            f"（{words.minute(longest.begin)} 起，{longest.cells} 格）；每次的起止和原因见各立面。"
        )
    else:
        yield "其余各格在此期间没有中断过监看。"
    excused = sum(loss.excused for loss in losses)
    if excused:
        yield f"{excused} 次中断属于事先登记的检修，相应时间不计入应监看时间。"
    yield (
        f"期间共有高空抛物警情 {len(content.alerts)} 起，设备故障 {len(content.faults)} 起，"
        f"外墙巡查 {sum(order.source == 'patrol' for order in content.orders)} 次，处置情况见下文。"
    )
    if content.until < content.end:
        yield f"出具时此期间尚未结束：本证明只涉及 {words.instant(content.until)} 以前。"


def _ever(facade: Facade) -> Flags:
    """(R, C): which cells a camera would have watched at any time, had all worked."""
    ever = np.zeros(facade.shape, dtype=np.bool_)
    for sight in facade.sights:
        ever |= flags(sight.rows, SEEN)
    return ever


def _reasons(facade: Facade) -> Counts:
    """(R, C): how far the camera that comes farthest gets: `geometry.looking.Reason`, at the end."""
    best = np.zeros(facade.shape, dtype=np.int64)
    for sight in last(facade):
        best = np.maximum(best, np.array([[int(each) for each in row] for row in sight.rows]))
    return best


def _parts(facade: Facade, ever: Flags, best: Counts) -> Iterator[str]:
    for reason, said in enumerate(words.BLIND):
        cells = ~ever & (best == reason)
        if not cells.any():
            continue
        found = regions(cells)
        where = "、".join(named(region, facade.floors, facade.bays) for region in found[:MOST_REGIONS])
        more = f" 等 {len(found)} 处" if len(found) > MOST_REGIONS else ""
        yield f"{int(cells.sum())} 格{said}：{where}{more}"


def _facade(content: Content, facade: Facade, of: OfFacade, numbers: Mapping[str, int]) -> dict[str, Any]:
    seen = [sight.camera for sight in facade.sights if any(SEEN in row for row in sight.rows)]
    watchers = sorted({numbers[camera] for camera in seen if camera in numbers})
    lasting = max((each for row in of.longest_blind_ms for each in row), default=0)
    listed, more = losses(content, of)
    best = _reasons(facade)
    return {
        "name": facade.name.zh,
        "building": facade.building,
        "size": f"{max(facade.floors)} 层 × {max(facade.bays)} 开间，{of.cells} 格",
        "span": _span(content, facade),
        "share": words.share(of.share),
        "unwatched": words.share(None if of.share is None else 1 - of.share),
        "never": of.never,
        "blind": list(_parts(facade, _ever(facade), best)),
        "longest": words.long(lasting * MS),
        "cameras": "、".join(f"{number} 号" for number in watchers) or "没有",
        "watched_map": drawing.watched(of, facade.floors, facade.bays),
        "smallest_map": drawing.smallest(of, best >= COARSE, facade.floors, facade.bays),
        "columns": len(facade.bays),
        "days": drawing.days([("逐日", of)]),
        "losses": listed,
        "quiet": "可监看的各格在此期间没有中断。"
        if of.never < of.cells
        else "没有可监看的格，故无中断可列。",
        "more": more,
    }


def _span(content: Content, facade: Facade) -> str:
    """Where it is not the whole span: since when anything is known of it."""
    if facade.begin == content.begin:
        return ""
    return f"该立面的覆盖自 {words.instant(facade.begin)} 起登记；此前的情况本证明不涉及。"


def _ratio(key: str, numerator: float, denominator: float, value: float | None) -> list[str]:
    name = words.LEDGER.get(key, key)
    if value is None:
        return [name, "—", "没有可计的"]
    if key in {"mtta", "mttr"}:
        return [name, words.long(timedelta(seconds=value)), f"{denominator:g} 次"]
    if key in {"clips", "on_time"}:
        return [name, words.share(value), f"{numerator:g} ÷ {denominator:g}"]
    return [name, words.share(value), f"{numerator / 3600:.1f} ÷ {denominator / 3600:.1f} 摄像机·小时"]


def _method(content: Content) -> dict[str, str]:
    facade = content.facades[0] if content.facades else None
    asked: Mapping[str, Any] = {} if content.plan is None else content.plan.content.get("coverage", {})
    return {
        "object": "10" if facade is None else f"{100 * facade.object_m:g}",
        "spans": "3" if facade is None else f"{facade.spans_px:g}",
        "density": "30" if facade is None else f"{facade.spans_px / facade.object_m:g}",
        "fall": words.share(float(asked.get("fall_share", 0.5))),
        "cell": words.share(float(asked.get("cell_share", 0.5))),
        "minute": f"{content.least_s:g}",
        "plan": "没有登记平面图"
        if content.plan is None
        else f"第 {content.plan.version} 版，{words.instant(content.plan.entered_at)} 由"
        f" {content.plan.entered_by} 登记，SHA-256 {content.plan.sha256}",
    }


def _warnings(chain: Chain) -> Iterator[str]:
    """Where rows are not what the log says: what must be read before anything else."""
    for day in chain.days:
        if day.state == "differs":
            told = day.differences[:MOST_DIFFERENCES]
            left = len(day.differences) - len(told)
            more = f"……另有 {left} 处，见 days.json" if left else ""
            yield f"{'；'.join(told)}{more}"
    yield from chain.contradictions[:MOST_DIFFERENCES]


def _digests(chain: Chain, names: Mapping[str, str]) -> Iterator[list[str]]:
    """Days in a row of which the same is to be said, as one."""
    days = [day for day in chain.days if day.within or day.state == "differs"]
    for (estate, state, tardy), run in groupby(days, lambda day: (day.estate, day.state, _tardy(day))):
        found = list(run)
        first, last = found[0].day, found[-1].day
        span = f"{first}" if first == last else f"{first} 至 {last}，{len(found)} 天"
        entries = [entry for day in found for entry in day.entries]
        late = sum(day.late for day in found)
        told = words.DAYS["agrees" if state == "late" else state] + (f"，补报 {late} 条" if late else "")
        yield [names.get(estate, estate), span, told + tardy, _places(entries)]


def _tardy(day: OfDay) -> str:
    """Where a day was closed so late that its rows might have been changed before: since when it stands."""
    if day.closed_at is None or day.closed_at - window(day.day)[1] <= SOON:
        return ""
    return f"，{words.day_of(day.closed_at)}才入日志"


def _places(entries: list[int]) -> str:
    """Of the log's entries."""
    if not entries:
        return "—"
    if len(entries) == 1:
        return f"第 {entries[0]} 条"
    return f"第 {min(entries)} 至 {max(entries)} 条，共 {len(entries)} 条"


def _chain(chain: Chain) -> dict[str, str]:
    return {
        "head": str(chain.head),
        "size": str(chain.size),
        "root": chain.root,
        "at": words.instant(chain.at),
        "stamped_at": words.instant(chain.stamped_at),
        "lines": str(chain.lines),
    }
