"""The bureau's month and its registry as tables: every share with its parts, and how it is counted again."""
# ruff: noqa: RUF001 - it speaks Chinese

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from cloud.core.days import ZONE
from cloud.core.equipment_record import FIELDS, Item, missing, told
from cloud.core.ranking import Counted, Figure, Key, Place, Review, Standing, worst_first
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
“小区”页的分子分母是公式，由“立面”“摄像机”两页相加；改动任何一行，占比随之重算。
Estates' shares are formulas over the sheets 立面 and 摄像机.
"""
_DAY_S: Final = 86_400.0
_FACADES, _CAMERAS = "立面", "摄像机"

_HEAD: Final = (
    *("小区", "编号", "无监看格·秒", "应监看格·秒", "盲区占比", "在线秒", "应在线秒", "在线率", "图像完好秒"),
    *("图像完好率", "格数", "盲格", "长期盲格", "最久盲区（天）", "逾期工单", "立面数", "未建模立面"),
)
_FACADE_HEAD: Final = (
    *("小区", "小区编号", "楼栋", "立面", "编号", "无监看格·秒", "应监看格·秒", "盲区占比", "格数", "盲格"),
    *("长期盲格", "最久盲区（天）", "逾期工单", "已建模"),
)
_CAMERA_HEAD: Final = (
    *("小区", "小区编号", "摄像机", "编号", "在线秒", "应在线秒", "在线率", "图像完好秒", "图像完好率"),
    *("有录像秒", "检修扣除秒"),
)


def month_sheets(
    review: Review,
    places: Sequence[Place],
    cameras: Mapping[str, Sequence[tuple[str, str]]],
    names: Mapping[str, str],
    counted: Counted,
) -> list[Sheet]:
    """Estates worst first, their facades, their cameras, and how all of it is counted.

    cameras: (id, name) of each estate. names: of estates.
    """
    after = {estate: both[1] for estate, both in review.estates.items()}
    order = worst_first(after)
    facades = _facades(review, places, names, order)
    of_cameras = _cameras(cameras, names, counted, order)
    ends = len(facades) + 1, len(of_cameras) + 1
    rows = [
        [names[estate], estate, *_sums(line, after[estate], ends)] for line, estate in enumerate(order, 2)
    ]
    rows.append(["合计", "", *_totals(len(order) + 1, review.total[1])])
    until = min(counted.counted_at.values(), default=None)
    about: list[list[Any]] = [["月份", f"{review.month:%Y-%m}"], ["计至", until]]
    about += [["说明", line] for line in (HOW + SHEETS).splitlines()]
    return [
        Sheet("小区", _HEAD, rows, frozenset({4, 7, 9})),
        Sheet(_FACADES, _FACADE_HEAD, facades, frozenset({7})),
        Sheet(_CAMERAS, _CAMERA_HEAD, of_cameras, frozenset({6, 8})),
        Sheet("说明", ("项目", "内容"), about),
    ]


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


def _facades(
    review: Review, places: Sequence[Place], names: Mapping[str, str], order: Sequence[str]
) -> list[list[Any]]:
    after = {place.id: review.facades[place.id][1] for place in places}
    rank = {identity: number for number, identity in enumerate(worst_first(after))}
    ordered = sorted(places, key=lambda place: (order.index(place.estate), rank[place.id]))
    rows: list[list[Any]] = []
    for line, place in enumerate(ordered, 2):
        one = after[place.id]
        blind = one.figures["blind"]
        rows.append(
            [
                *(names[place.estate], place.estate, place.building, place.name_zh, place.id),
                *(blind.numerator, blind.denominator, _share("F", "G", line, blind.value)),
                *(one.cells, one.blind_cells, one.long_blind_cells, _days(one.oldest_blind_s), one.overdue),
                not one.unmodelled,
            ]
        )
    return rows


def _cameras(
    cameras: Mapping[str, Sequence[tuple[str, str]]],
    names: Mapping[str, str],
    counted: Counted,
    order: Sequence[str],
) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for estate in order:
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


def report(
    review: Review, places: Sequence[Place], names: Mapping[str, str], counted: Counted, at: datetime
) -> dict[str, Any]:
    """The month as texts for the typesetter: totals, estates, the worst facades, and how all is counted."""
    estates = {estate: both[1] for estate, both in review.estates.items()}
    facades = {identity: both[1] for identity, both in review.facades.items()}
    called = {place.id: f"{names[place.estate]} {place.name_zh}" for place in places}
    worst = worst_first(facades)
    before, after = review.total
    until = min(counted.counted_at.values(), default=None)
    return {
        "at_s": int(at.timestamp()),
        "month": f"{review.month:%Y 年 %m 月}",
        "until": "未计" if until is None else f"{until.astimezone(ZONE):%Y-%m-%d %H:%M}",
        "totals": [
            ["盲区占比", *_beside(before, after, "blind")],
            ["在线率", *_beside(before, after, "availability")],
            ["图像完好率", *_beside(before, after, "picture")],
            ["长期盲格", f"{after.long_blind_cells}", f"上月 {before.long_blind_cells}"],
            ["逾期工单", f"{after.overdue}", f"上月 {before.overdue}"],
        ],
        "head": list(_REPORT_HEAD),
        "estates": [_printed(names[one], estates[one]) for one in worst_first(estates)],
        "facades": [_printed(called[one], facades[one]) for one in worst[:_FACADES_PRINTED]],
        "left": max(0, len(worst) - _FACADES_PRINTED),
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
