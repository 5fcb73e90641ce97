"""Where rows are not what the log says of a day, in sentences: table, day, camera, and what."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from datetime import date, datetime, timedelta
from typing import Any, Final

from cloud.core.day_digest.comparing import Difference
from cloud.core.day_digest.facts import Fact
from cloud.core.day_digest.tables import MINUTES, TABLES, Table
from cloud.core.words import BEIJING, Words

NOTHING: Final = Words("没有", "nothing")


def said(day: date, difference: Difference) -> Words:
    """One difference."""
    line = difference.was or difference.now
    assert line is not None
    table = TABLES[line[0]]
    if table is MINUTES:
        return _minutes(day, difference, line)
    place = Words(f"{difference.part} {day} {table.zh}", f"{difference.part} {day} {table.name}")
    if difference.was is not None and difference.now is not None:
        return _changed(place, table, difference.was, difference.now)
    told = _told(table, line)
    if difference.now is None:
        return Words(
            f"{place.zh}：日志记有 {told}，现在没有这样的记录",
            f"{place.en}: the log has {told}, no such row is left",
        )
    return Words(
        f"{place.zh}：现有 {told}，日志没有这样的记录",
        f"{place.en}: there is {told}, of which the log knows nothing",
    )


def _changed(place: Words, table: Table, was: Fact, now: Fact) -> Words:
    pairs = [
        (name, _value(one), _value(other))
        for name, one, other in zip(table.fields, was[1:], now[1:], strict=True)
        if one != other
    ]
    which = " ".join(map(_value, was[1 : 1 + table.key]))
    zh = "，".join(f"{name} 日志为 {one}，现为 {other}" for name, one, other in pairs)
    en = ", ".join(f"{name} is {other}, the log says {one}" for name, one, other in pairs)
    return Words(f"{place.zh} {which}：{zh}", f"{place.en} {which}: {en}")


def _minutes(day: date, difference: Difference, line: Fact) -> Words:
    _, camera, begin, count, _ = line
    first = datetime.fromisoformat(begin).astimezone(BEIJING)
    last = first + timedelta(minutes=count)
    was, now = (NOTHING if one is None else _seconds(one[-1]) for one in (difference.was, difference.now))
    zh, en = f"{first:%H:%M}–{last:%H:%M}", f"{first:%H:%M}-{last:%H:%M} UTC+8"
    return Words(
        f"camera/{camera} {day} {MINUTES.zh} {zh}：每分钟监看，日志为 {was.zh}，现为 {now.zh}",
        f"camera/{camera} {day} {MINUTES.name} {en}: watched of each minute {now.en}, the log says {was.en}",
    )


def _seconds(ms: int) -> Words:
    return Words(f"{ms / 1000:g} 秒", f"{ms / 1000:g} s")


def _told(table: Table, line: Fact) -> str:
    told = (f"{name} {_value(value)}" for name, value in zip(table.fields, line[1:], strict=True))
    return ", ".join(told)


def _value(value: Any) -> str:
    """Instants as clocks in China show them."""
    if value is None or value == "":
        return "—"
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) and value.endswith("Z") else None
    except ValueError:
        at = None
    return str(value) if at is None else f"{at.astimezone(BEIJING):%m-%d %H:%M:%S}"
