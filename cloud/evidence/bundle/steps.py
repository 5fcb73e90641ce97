"""Entries of the log as lines of custody: when, who, what and why, in the words of the page."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import AwareDatetime, TypeAdapter

from cloud.evidence.bundle.facts import Step
from cloud.store.log import Leaf

INSTANT: Final[TypeAdapter[datetime | None]] = TypeAdapter(AwareDatetime | None)

REASONS: Final[Mapping[str, str]] = {
    "real_throw": "属实，高空抛物",
    "falling_part": "属实，建筑构件脱落",
    "false_bird": "误报，飞鸟",
    "false_insect": "误报，飞虫",
    "false_weather": "误报，雨雪落叶",
    "false_light": "误报，光影",
    "false_laundry": "误报，晾晒衣物",
    "false_other": "误报，其他",
}
ALERT: Final[Mapping[str, str]] = {
    "raised": "系统报警",
    "acknowledged": "确认警情，开始处理",
    "confirmed": "现场处置完毕",
    "closed": "结案",
    "reopened": "重新打开",
    "assigned": "指派",
    "note": "备注",
    "shelved": "搁置",
    "unshelved": "取消搁置",
    "suppressed": "归并到另一警情",
    "released": "取消归并",
}
AUDIT: Final[Mapping[str, str]] = {
    "viewed": "查看",
    "played": "播放视频",
    "exported": "导出证据文件",
    "shared": "提供给他人",
    "acknowledged": "确认警情",
    "closed": "结案",
    "held": "设为依法保留",
    "released": "解除依法保留",
    "asked_to_view": "说明用途，申请观看视频",
    "found_damaged": "巡检发现视频损坏或丢失",
    "found_whole": "巡检确认视频已恢复",
}
CLIP: Final[Mapping[str, str]] = {
    "pending": "设备报来视频的签名清单",
    "stored": "视频到齐，哈希相符，签名未获信任",
    "verified": "视频到齐，哈希与签名核对无误",
    "failed": "设备报告视频未能保留",
    "pruned": "保存期满，删除视频",
}


def step(leaf: Leaf) -> Step:
    """An entry as a line. What has no word here is told as it was written."""
    content = json.loads(leaf.entry)["content"]
    made = {"audit": _audit, "clip": _clip, "alert": _alert}[leaf.kind](content)
    by, what, why, at = made
    return Step(index=leaf.index, at=INSTANT.validate_python(at), by=by, what=what, why=why)


def _audit(content: Mapping[str, Any]) -> tuple[str, str, str, Any]:
    action = content["action"]
    return content["by"], AUDIT.get(action, action), content["purpose"], content["at"]


def _alert(content: Mapping[str, Any]) -> tuple[str, str, str, Any]:
    what, _, detail = content["what"].partition(":")
    words, detail = ALERT.get(what, what), REASONS.get(detail, detail)
    return content["by"], f"{words}：{detail}" if detail else words, content["note"], content["at"]


def _clip(content: Mapping[str, Any]) -> tuple[str, str, str, Any]:
    what = CLIP[content["state"]]
    if content["state"] == "pending" and content["hash_matches"] is False:
        what = "收到的视频哈希不符，已丢弃，等待重传"
    at = content["stored_at"] or content["announced_at"]
    return content["agent"], what, content["failed_reason"] or "", at
