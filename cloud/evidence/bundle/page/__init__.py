"""The page that a judge reads: Chinese, with an English summary, complete in itself, printed on A4."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import resources
from typing import Any, Final

from jinja2 import Environment, StrictUndefined

from cloud.core.sketch import floor_words
from cloud.core.words import BEIJING, beijing
from cloud.evidence.bundle import members
from cloud.evidence.bundle.facts import Facts
from cloud.evidence.bundle.steps import REASONS
from contracts.base import Clock
from contracts.messages import Estimate

CONTENTS: Final = (
    (members.CLIP, "原始", "设备封存的原始视频，唯一作为证据的影像"),
    (members.MANIFEST, "原始", "设备签名的清单"),
    (members.SIGNATURE, "原始", "设备对清单的签名"),
    (members.DEVICE, "原始", "设备的证书"),
    (members.COPY, "标注副本", "画有轨迹的副本，非原始证据"),
    (members.TRACK_JSON, "计算结果", "轨迹，时间与像素坐标（另有同内容的 CSV）"),
    (members.SKETCH, "计算结果", "现场示意图"),
    (members.CUSTODY, "日志原文", "保管记录：与本事件有关的全部日志条目"),
    (members.FACTS, "计算结果", "本页所依据的数据"),
)


def page(facts: Facts, sketch: str, still: bytes, digests: Mapping[str, str]) -> str:
    """The page. sketch: SVG. still: JPEG, empty without. digests: SHA-256 of members by name."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters.update(FILTERS, person=_person(facts))
    clock_zh, clock_en = _clock(facts.manifest.clock, facts.time_is)
    return environment.from_string(_file("page.html")).render(
        facts=facts,
        css=_file("page.css"),
        sketch=sketch,
        still=base64.b64encode(still).decode(),
        reason=REASONS.get(facts.close_reason or "", facts.close_reason),
        visible_s=(facts.last_visible_at - facts.observed_at).total_seconds(),
        clock=clock_zh,
        clock_en=clock_en,
        contents=[(*each, digests[each[0]]) for each in CONTENTS if each[0] in digests],
        format=members.FORMAT,
    )


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _person(facts: Facts) -> Callable[[str], str]:
    def called(username: str) -> str:
        if username == "system":
            return "系统"
        found = facts.people.get(username)
        return username if found is None else f"{found.zh}（{username}）"

    return called


def _clock(clock: Clock, time_is: str) -> tuple[str, str]:
    """How far the time is to be trusted, in both languages."""
    if clock.uncertainty_s is not None:
        bound = f"{clock.uncertainty_s:.3f}"
        return f"不超过 ±{bound} 秒（设备与标准时间比对所得）", f"clock error within ±{bound} s"
    if time_is == "corrected":
        return "事发时设备尚未校时；随后测得偏差，上列时间已按此校正", "corrected: the clock was set later"
    return "未知：设备没有校时，时间以平台收到的时刻和第三方时间戳为准", "clock error unknown"


def _day(at: datetime) -> str:
    local = at.astimezone(BEIJING)
    return f"{local.year} 年 {local.month} 月 {local.day} 日 {local:%H 时 %M 分 %S 秒}"


def _estimate(value: Estimate, unit: str) -> str:
    return f"{value.value:.1f} {unit}（95% 的把握在 {value.low:.1f} 至 {value.high:.1f} 之间）"


FILTERS: Final[Mapping[str, Any]] = {
    "beijing": beijing,
    "day": _day,
    "estimate": _estimate,
    "floor": floor_words,
    "percent": lambda share: f"{100 * share:.0f}%",
}
