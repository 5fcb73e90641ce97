"""The bureau's month and its registry as tables: every share with its parts, and how it is counted again."""
# ruff: noqa: RUF001 - it speaks Chinese

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from cloud.core.days import ZONE
from cloud.core.equipment_record import FIELDS, Item, missing, told
from cloud.core.ranking import Figure, Key, Review, Standing
from cloud.core.ranks import WORST, By, Order, ranked
from cloud.core.sheets import Formula, Sheet

HOW: Final = """\
盲区占比 = 应监看而无监看的格·秒 ÷ 应监看的格·秒。一格是一层一开间；
有看得清这一格的摄像机正常工作，才算受监看。
应监看 = 统计区间（从建模起）减去事先登记、且因此无人监看的检修时间。
在线率 = 在线秒 ÷ 应在线秒；图像完好率 = 图像完好秒 ÷ 在线秒。定义与台账相同。
多个立面、多台摄像机相加后再除，不是各自比率的平均。
未建模的立面不知道哪一格看得见，不计入分子分母，另列个数。
盲格 = 当月受监看时间不到应监看时间一半的格。长期盲格 = 月末已连续无监看超过设定天数的格。
最久盲区 = 月末已连续无监看最久的一格，有多少天。逾期 = 月末已过期限仍未完工的工单。
月份按北京时间划分。进行中的月份算到“计至”；月末后七天内，断网设备补传的数据还会使数字变化。
Blind share = cell-seconds due and not watched / cell-seconds due.
Availability = online / due seconds; picture = sound / online seconds, as in the ledger.
Shares of estates are sums divided, never means of shares.
"""
SHEETS: Final = """\
“小区”页的分子分母是公式，由“立面”“摄像机”两页相加；“楼栋”页的盲区由“立面”页相加；改动任何一行，占比随之重算。
立面、楼栋的在线率和完好率，是看这些立面的摄像机之和，每台只算一次。
Estates' shares are formulas over the sheets 立面 and 摄像机, buildings' blind shares over 立面.
"""
_DAY_S: Final = 86_400.0
_FACADES, _CAMERAS = "立面", "摄像机"
BY_WORDS: Final[Mapping[By, str]] = {
    "blind": "盲区占比",
    "availability": "在线率",
    "picture": "图像完好率",
    "overdue": "逾期工单",
    "oldest": "最久盲区",
    "name": "名称",
}

_HEAD: Final = (
    *("小区", "编号", "无监看格·秒", "应监看格·秒", "盲区占比", "在线秒", "应在线秒", "在线率", "图像完好秒"),
    *("图像完好率", "格数", "盲格", "长期盲格", "最久盲区（天）", "逾期工单", "立面数", "未建模立面"),
)
_SEEING: Final = ("在线秒", "应在线秒", "在线率", "图像完好秒", "图像完好率")
_BUILDING_HEAD: Final = (
    *(
        "小区",
        "小区编号",
        "楼栋",
        "编号",
        "无监看格·秒",
        "应监看格·秒",
        "盲区占比",
        "格数",
        "盲格",
        "长期盲格",
    ),
    *("最久盲区（天）", "逾期工单", "立面数", "未建模立面", *_SEEING),
)
_FACADE_HEAD: Final = (
    *("小区", "小区编号", "楼栋", "立面", "编号", "无监看格·秒", "应监看格·秒", "盲区占比", "格数", "盲格"),
    *("长期盲格", "最久盲区（天）", "逾期工单", "已建模", *_SEEING),
)
_CAMERA_HEAD: Final = (
    *("小区", "小区编号", "摄像机", "编号", "在线秒", "应在线秒", "在线率", "图像完好秒", "图像完好率"),
    *("有录像秒", "检修扣除秒"),
)


@dataclass(frozen=True)
class Month:
    """What a file tells. names: of estates. order: in which they, their buildings and facades stand."""

    review: Review
    names: Mapping[str, str]
    order: Order = WORST

    @cached_property
    def estates(self) -> Mapping[str, Standing]:
        """As they stood, in order."""
        after = {estate: both[1] for estate, both in self.review.estates.items()}
        return {one: after[one] for one in ranked(after, self.names, self.order)}


def month_sheets(month: Month, cameras: Mapping[str, Sequence[tuple[str, str]]]) -> list[Sheet]:
    """Estates in order, their buildings, facades and cameras, and how all of it is counted.

    cameras: (id, name) of each estate.
    """
    facades, of_cameras = _facades(month), _cameras(month, cameras)
    buildings = _buildings(month, len(facades) + 1)
    ends = len(facades) + 1, len(of_cameras) + 1
    rows = [
        [month.names[estate], estate, *_sums(line, one, ends)]
        for line, (estate, one) in enumerate(month.estates.items(), 2)
    ]
    rows.append(["合计", "", *_totals(len(rows) + 1, month.review.total[1])])
    until = month.review.counted[1].until
    about: list[list[Any]] = [["月份", f"{month.review.month:%Y-%m}"], ["计至", until]]
    about += [["排序", order_words(month.order)], *(["说明", line] for line in (HOW + SHEETS).splitlines())]
    return [
        Sheet("小区", _HEAD, rows, frozenset({4, 7, 9})),
        Sheet("楼栋", _BUILDING_HEAD, buildings, frozenset({6, 16, 18})),
        Sheet(_FACADES, _FACADE_HEAD, facades, frozenset({7, 16, 18})),
        Sheet(_CAMERAS, _CAMERA_HEAD, of_cameras, frozenset({6, 8})),
        Sheet("说明", ("项目", "内容"), about),
    ]


def order_words(asked: Order) -> str:
    """In which order a file is, for people."""
    if asked.by == "name":
        return "按名称，从后到前" if asked.is_reversed else "按名称"
    return f"按{BY_WORDS[asked.by]}，{'从好到差' if asked.is_reversed else '从差到好'}"


def building_name(identity: str) -> str:
    """What people call a building: 3 栋; one that has no number is called as it is."""
    return f"{identity} 栋" if identity[:1].isdecimal() and identity.isascii() else identity


def _sums(line: int, one: Standing, ends: tuple[int, int]) -> list[Any]:
    """An estate's row from its columns C on; its id stands in B."""

    def total(sheet: str, column: str, value: float) -> Formula:
        end = ends[0] if sheet == _FACADES else ends[1]
        area, ids = (f"'{sheet}'!${letter}$2:${letter}${end}" for letter in (column, "B"))
        return Formula(f"=SUMIFS({area},{ids},$B{line})", value)

    blind, online, sound = (one.figures[key] for key in ("blind", "availability", "picture"))
    return [
        total(_FACADES, "F", blind.numerator),
        total(_FACADES, "G", blind.denominator),
        _share("C", "D", line, blind.value),
        total(_CAMERAS, "E", online.numerator),
        total(_CAMERAS, "F", online.denominator),
        _share("F", "G", line, online.value),
        total(_CAMERAS, "H", sound.numerator),
        _share("I", "F", line, sound.value),
        total(_FACADES, "I", one.cells),
        total(_FACADES, "J", one.blind_cells),
        total(_FACADES, "K", one.long_blind_cells),
        *(_days(one.oldest_blind_s), one.overdue, one.facades, one.unmodelled),
    ]


def _totals(last: int, one: Standing) -> list[Any]:
    """The row below the estates, whose last is `last`."""

    def total(column: str, value: float) -> Formula:
        return Formula(f"=SUM({column}2:{column}{last})", value)

    line = last + 1
    blind, online, sound = (one.figures[key] for key in ("blind", "availability", "picture"))
    return [
        *(total("C", blind.numerator), total("D", blind.denominator), _share("C", "D", line, blind.value)),
        *(total("F", online.numerator), total("G", online.denominator), _share("F", "G", line, online.value)),
        *(total("I", sound.numerator), _share("I", "F", line, sound.value), total("K", one.cells)),
        *(total("L", one.blind_cells), total("M", one.long_blind_cells), _days(one.oldest_blind_s)),
        *(total("O", one.overdue), total("P", one.facades), total("Q", one.unmodelled)),
    ]


def _share(part: str, whole: str, line: int, value: float | None) -> Formula:
    text = f'=IF({whole}{line}>0,{part}{line}/{whole}{line},"")'
    return Formula(text, "" if value is None else value)


def _buildings(month: Month, last: int) -> list[list[Any]]:
    """last: the line of the last facade."""
    after = {building: both[1] for building, both in month.review.buildings.items()}
    rank = {estate: number for number, estate in enumerate(month.estates)}
    ordered = ranked(after, {one: building_name(one[1]) for one in after}, month.order)

    def total(line: int, column: str, value: float) -> Formula:
        area, ids, own = (f"'{_FACADES}'!${each}$2:${each}${last}" for each in (column, "B", "C"))
        return Formula(f"=SUMIFS({area},{ids},$B{line},{own},$D{line})", value)

    rows: list[list[Any]] = []
    for line, building in enumerate(sorted(ordered, key=lambda one: rank[one[0]]), 2):
        (estate, identity), one = building, after[building]
        blind = one.figures["blind"]
        rows.append(
            [
                *(month.names[estate], estate, building_name(identity), identity),
                *(total(line, "F", blind.numerator), total(line, "G", blind.denominator)),
                *(_share("E", "F", line, blind.value), total(line, "I", one.cells)),
                *(total(line, "J", one.blind_cells), total(line, "K", one.long_blind_cells)),
                *(_days(one.oldest_blind_s), one.overdue, one.facades, one.unmodelled),
                *_seeing(one, line, "O"),
            ]
        )
    return rows


def _seeing(one: Standing, line: int, first: str) -> list[Any]:
    """How the cameras that look at it did: five columns, of which this is the first."""
    online_s, due_s, _, sound_s = (chr(ord(first) + number) for number in range(4))
    online, sound = one.figures["availability"], one.figures["picture"]
    return [
        *(online.numerator, online.denominator, _share(online_s, due_s, line, online.value)),
        *(sound.numerator, _share(sound_s, online_s, line, sound.value)),
    ]


def _facades(month: Month) -> list[list[Any]]:
    after = {identity: both[1] for identity, both in month.review.facades.items()}
    called = {place.id: place.name_zh for place in month.review.places}
    of_estate = {estate: number for number, estate in enumerate(month.estates)}
    rank = {identity: number for number, identity in enumerate(ranked(after, called, month.order))}
    ordered = sorted(month.review.places, key=lambda place: (of_estate[place.estate], rank[place.id]))
    rows: list[list[Any]] = []
    for line, place in enumerate(ordered, 2):
        one = after[place.id]
        blind = one.figures["blind"]
        rows.append(
            [
                *(month.names[place.estate], place.estate, place.building, place.name_zh, place.id),
                *(blind.numerator, blind.denominator, _share("F", "G", line, blind.value)),
                *(one.cells, one.blind_cells, one.long_blind_cells, _days(one.oldest_blind_s), one.overdue),
                *(not one.unmodelled, *_seeing(one, line, "O")),
            ]
        )
    return rows


def _cameras(month: Month, cameras: Mapping[str, Sequence[tuple[str, str]]]) -> list[list[Any]]:
    counted, names = month.review.counted[1], month.names
    rows: list[list[Any]] = []
    for estate in month.estates:
        for identity, name in cameras.get(estate, ()):
            one, line = counted.cameras.get(identity), len(rows) + 2
            if one is None:
                rows.append([names[estate], estate, name, identity, *("",) * 7])
                continue
            online, sound = Figure(one.online_s, one.due_s), Figure(one.sound_s, one.online_s)
            rows.append(
                [
                    *(names[estate], estate, name, identity, one.online_s, one.due_s),
                    *(_share("E", "F", line, online.value), one.sound_s, _share("H", "E", line, sound.value)),
                    *(one.recorded_s, one.excluded_s),
                ]
            )
    return rows


def _days(seconds: float) -> float:
    return round(seconds / _DAY_S, 1)


FIELD_WORDS: Final[Mapping[str, str]] = {
    "name_zh": "名称",
    "maker": "厂商",
    "model": "型号",
    "serial": "序列号",
    "place": "安装位置",
    "lon_deg": "小区经度",
    "lat_deg": "小区纬度",
    "height_m": "安装高度（米）",
    "facades": "监看立面",
    "resolution": "分辨率",
    "quantity": "监测量",
    "firmware": "固件",
    "first_seen_at": "首次上报",
    "installed_on": "安装日期",
    "installer": "安装单位",
    "keeper": "管理单位",
    "keeper_phone": "联系电话",
}
_KINDS: Final = {"camera": "摄像机", "sensor": "传感器"}


def equipment_sheet(items: Sequence[Item], names: Mapping[str, str]) -> Sheet:
    """一机一档 as a table, and what each record lacks. names: of estates."""
    head = (
        *("小区", "小区编号", "类别", "编号", *FIELD_WORDS.values()),
        *("应有固件", "需升级", "联网", "保修至", "边缘盒软件", "档案完整", "缺项"),
    )
    return Sheet("一机一档", head, [_record(item, names) for item in items])


def _record(item: Item, names: Mapping[str, str]) -> list[Any]:
    lacking = missing(item)
    own = {field.key for field in FIELDS if item.kind in field.kinds}
    return [
        *(names[item.estate], item.estate, _KINDS[item.kind], item.id),
        *(told(item, key) if key in own else "" for key in FIELD_WORDS),
        *(item.wanted_firmware, item.upgrade_wanted, _networked(item), item.paper.warranty_until),
        *(item.software, not lacking, tuple(FIELD_WORDS[key] for key in lacking)),
    ]


def _networked(item: Item) -> str:
    return {None: "从未上报", True: "在线", False: "离线"}[item.networked]


def file_name(what: str, month: str, kind: str, at: datetime) -> str:
    """What an export is called."""
    return f"fallwatch-{what}-{month or f'{at:%Y%m%d}'}.{kind}"


_REPORT_HEAD: Final = (
    *("名称", "盲区占比", "无监看 / 应监看（格·时）", "在线率", "图像完好率", "盲格 / 格"),
    *("长期盲格", "最久盲区（天）", "逾期", "未建模"),
)
_FACADES_PRINTED: Final = 60
_HOUR_S: Final = 3600.0


def report(month: Month, at: datetime) -> dict[str, Any]:
    """The month as texts for the typesetter: totals, estates, the first facades, and how all is counted."""
    review, names = month.review, month.names
    facades = {identity: both[1] for identity, both in review.facades.items()}
    called = {place.id: f"{names[place.estate]} {place.name_zh}" for place in review.places}
    first = ranked(facades, called, month.order)
    before, after = review.total
    until = review.counted[1].until
    return {
        "at_s": int(at.timestamp()),
        "month": f"{review.month:%Y 年 %m 月}",
        "order": order_words(month.order),
        "until": "未计" if until is None else f"{until.astimezone(ZONE):%Y-%m-%d %H:%M}",
        "totals": [
            ["盲区占比", *_beside(before, after, "blind")],
            ["在线率", *_beside(before, after, "availability")],
            ["图像完好率", *_beside(before, after, "picture")],
            ["长期盲格", f"{after.long_blind_cells}", f"上月 {before.long_blind_cells}"],
            ["逾期工单", f"{after.overdue}", f"上月 {before.overdue}"],
        ],
        "head": list(_REPORT_HEAD),
        "estates": [_printed(names[estate], one) for estate, one in month.estates.items()],
        "facades": [_printed(called[one], facades[one]) for one in first[:_FACADES_PRINTED]],
        "left": max(0, len(first) - _FACADES_PRINTED),
        "how": HOW.splitlines(),
    }


def _beside(before: Standing, after: Standing, key: Key) -> list[str]:
    return [_percent(after.value(key)), f"上月 {_percent(before.value(key))}"]


def _printed(name: str, one: Standing) -> list[str]:
    blind = one.figures["blind"]
    return [
        *(name, _percent(blind.value)),
        f"{blind.numerator / _HOUR_S:.0f} / {blind.denominator / _HOUR_S:.0f}" if one.cells else "–",
        *(_percent(one.value("availability")), _percent(one.value("picture"))),
        f"{one.blind_cells} / {one.cells}" if one.cells else "–",
        *(f"{one.long_blind_cells}", f"{_days(one.oldest_blind_s)}", f"{one.overdue}", f"{one.unmodelled}"),
    ]


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.2f}%"
