"""What a certificate calls things, in Chinese."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from cloud.core.certificate.attesting import State
from cloud.core.wording import KINDS
from cloud.core.words import BEIJING

WHYS: Final[Mapping[str, str]] = {
    "unknown": "原因不明",
    "never_reported": "尚未接入",
    "pose_doubted": "移动后朝向未经人工确认",
    "no_power": "断电",
    **{kind: zh for kind, (zh, _) in KINDS.items()},
    "noisy": "画面噪点过多",
    "striped": "画面条纹",
    "colour_cast": "画面偏色",
    "low_frame_rate": "帧率过低",
    "ir_cut_stuck": "红外滤片卡住",
}
BLIND: Final = (
    "没有摄像机拍到",
    "被建筑、围墙或树木遮挡",
    "被隐私遮罩盖住",
    "有摄像机，但距离过远，分辨率不足",
    "有摄像机，但视角过陡，分辨率不足",
)
"""By `geometry.looking.Reason`."""
SOURCES: Final[Mapping[str, str]] = {
    "fault": "设备故障",
    "blind_spot": "盲区整改",
    "patrol": "巡查",
    "complaint": "投诉",
    "inspection": "检查",
}
STATES: Final[Mapping[str, str]] = {
    "open": "待派单",
    "assigned": "已派单",
    "taken": "处理中",
    "waiting": "等待中",
    "finished": "待复核",
    "closed": "已关闭",
    "cancelled": "已作废",
    "raised": "未确认",
    "acknowledged": "已确认",
    "confirmed": "已处置",
}
CLIPS: Final[Mapping[str, str]] = {
    "pending": "视频未到",
    "stored": "视频签名未获信任",
    "verified": "视频已核对",
    "failed": "视频未能保留",
    "pruned": "视频保存期满已删除",
}
LEDGER: Final[Mapping[str, str]] = {
    "availability": "在线率",
    "picture": "图像完好率",
    "recording": "监看记录完整率",
    "clips": "片段完整率",
    "mtta": "平均接单时间",
    "mttr": "平均修复时间",
    "on_time": "按时完成率",
}
DAYS: Final[Mapping[State, str]] = {
    "agrees": "一致",
    "late": "一致，有补报",
    "differs": "与日志不符",
    "unclosed": "尚无日摘要",
    "before": "早于日摘要启用",
}
"""By `attesting.State`."""
LONGEST_WHY: Final = 40
"""Characters of a device's own words."""


def why(told: str) -> str:
    """Why a camera did not watch."""
    found = WHYS.get(told, told)
    return found if len(found) <= LONGEST_WHY else f"{found[:LONGEST_WHY]}…"


def minute(at: datetime) -> str:
    """An instant as clocks in China show it, to the second where it has any."""
    local = at.astimezone(BEIJING)
    return f"{local:%m-%d %H:%M:%S}" if local.second or local.microsecond else f"{local:%m-%d %H:%M}"


def instant(at: datetime) -> str:
    """The same with its year."""
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"


def day(at: datetime) -> str:
    """The day, and the hour where it is not midnight."""
    local = at.astimezone(BEIJING)
    said = f"{local.year} 年 {local.month} 月 {local.day} 日"
    return said if local.hour == local.minute == local.second == 0 else f"{said} {local:%H:%M:%S}"


def day_of(at: datetime) -> str:
    """The day in which it lies."""
    local = at.astimezone(BEIJING)
    return f"{local.year} 年 {local.month} 月 {local.day} 日"


def long(lasts: timedelta) -> str:
    """A length of time."""
    seconds = round(lasts.total_seconds())
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    if days:
        return f"{days} 天 {hours} 小时" if hours else f"{days} 天"
    if hours:
        return f"{hours} 小时 {minutes} 分" if minutes else f"{hours} 小时"
    if minutes:
        return f"{minutes} 分 {seconds} 秒" if seconds and minutes < 10 else f"{minutes} 分钟"
    return f"{seconds} 秒"


def share(value: float | None) -> str:
    """A share, never rounded up to all: 100 % means all of it."""
    if value is None:
        return "—"
    percent = 100 * value
    if value < 1 and percent >= 99.995:
        return "99.99%"
    return f"{percent:.2f}%" if percent >= 99 and value < 1 else f"{percent:.1f}%"
