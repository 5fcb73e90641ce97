"""Where rows are not what the log says of a day, in sentences: table, day, camera, and what."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from datetime import date, datetime, timedelta
from typing import Any, Final

from cloud.core.day_digest.comparing import Difference
from cloud.core.day_digest.facts import Fact
from cloud.core.day_digest.tables import FAULT, INSTANTS, MINUTES, TABLES, Table
from cloud.core.wording import KINDS
from cloud.core.words import BEIJING, Words

PARTS: Final = {
    "camera": "摄像机",
    "agent": "边缘盒",
    "facade": "立面",
    "estate": "小区",
    "orders": "小区",
}
FIELDS: Final = {
    "agent": "所属边缘盒",
    "at": "时间",
    "begins_at": "开始",
    "by": "操作人",
    "camera": "摄像机",
    "cleared_at": "恢复",
    "ended_at": "结束",
    "ended_by": "确认人",
    "ends_at": "结束",
    "entered_at": "登记时间",
    "entered_by": "登记人",
    "estate": "小区",
    "facade": "立面",
    "fault": "故障",
    "first_seen_at": "首次上线",
    "kind": "类型",
    "note": "备注",
    "number": "编号",
    "opened_at": "开单",
    "reason": "原因",
    "severity": "级别",
    "sha256": "视野摘要",
    "since": "起始",
    "source": "来源",
    "state": "状态",
    "subject": "设备",
    "subject_type": "设备类别",
    "title": "事项",
    "what": "事项",
}
NOTHING: Final = Words("没有", "nothing")


def said(day: date, difference: Difference) -> Words:
    """One difference."""
    line = difference.was or difference.now
    assert line is not None
    table = TABLES[line[0]]
    if table is MINUTES:
        return _minutes(day, difference, line)
    place = Words(f"{_part(difference.part)} {day} {table.zh}", f"{difference.part} {day} {table.name}")
    if difference.was is not None and difference.now is not None:
        return _changed(place, table, difference.was, difference.now)
    told = _told(table, line)
    if difference.now is None:
        return Words(
            f"{place.zh}：日志记有（{told.zh}），现在没有这样的记录",
            f"{place.en}: the log has ({told.en}), no such row is left",
        )
    return Words(
        f"{place.zh}：现有（{told.zh}），日志没有这样的记录",
        f"{place.en}: there is ({told.en}), of which the log knows nothing",
    )


def _changed(place: Words, table: Table, was: Fact, now: Fact) -> Words:
    pairs = [
        (name, _value(name, one), _value(name, other))
        for name, one, other in zip(table.fields, was[1:], now[1:], strict=True)
        if one != other
    ]
    known = table.fields[: table.key] if table is not FAULT else ("kind", "since")
    which = [_value(name, was[1 + table.place(name)]) for name in known]
    zh = "，".join(f"{FIELDS.get(name, name)}日志为 {one.zh}，现为 {other.zh}" for name, one, other in pairs)
    en = ", ".join(f"{name} is {other.en}, the log says {one.en}" for name, one, other in pairs)
    return Words(
        f"{place.zh} {' '.join(each.zh for each in which)}：{zh}",
        f"{place.en} {' '.join(each.en for each in which)}: {en}",
    )


def _minutes(day: date, difference: Difference, line: Fact) -> Words:
    _, camera, begin, count, _ = line
    first = datetime.fromisoformat(begin).astimezone(BEIJING)
    last = first + timedelta(minutes=count)
    was, now = (NOTHING if one is None else _seconds(one[-1]) for one in (difference.was, difference.now))
    zh, en = f"{first:%H:%M}–{last:%H:%M}", f"{first:%H:%M}-{last:%H:%M} UTC+8"
    return Words(
        f"摄像机 {camera} {day} {zh} 每分钟监看：日志为 {was.zh}，现为 {now.zh}",
        f"camera/{camera} {day} {MINUTES.name} {en}: watched of each minute {now.en}, the log says {was.en}",
    )


def _seconds(ms: int) -> Words:
    return Words(f"{ms / 1000:g} 秒", f"{ms / 1000:g} s")


def _told(table: Table, line: Fact) -> Words:
    told = [(name, value) for name, value in zip(table.fields, line[1:], strict=True) if value is not None]
    shown = [(name, _value(name, value)) for name, value in told if name != "id"]
    return Words(
        "，".join(f"{FIELDS.get(name, name)} {value.zh}" for name, value in shown),
        ", ".join(f"{name} {value.en}" for name, value in shown),
    )


def _part(part: str) -> str:
    what, _, name = part.partition("/")
    return f"{PARTS.get(what, what)} {name}" if name else PARTS.get(what, what)


def _value(name: str, value: Any) -> Words:
    """Instants as clocks in China show them; of a digest, its beginning."""
    if value is None or value == "":
        return Words("—", "—")
    if name == "kind":
        return Words(KINDS.get(value, (value,))[0], value)
    if name in INSTANTS:
        told = f"{datetime.fromisoformat(value).astimezone(BEIJING):%m-%d %H:%M:%S}"
    else:
        told = str(value)[:12] if name in {"sha256", "fault"} else str(value)
    return Words(told, told)
