"""What a notification says: Chinese first, English below. No floor, no flat, no face: it leaves the house.

A chat robot's messages lie with its operator. Where something came from is for those who log in.
"""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final
from uuid import UUID

from cloud.core.escalation import SubjectType

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "agent_offline": ("边缘盒离线", "edge box offline"),
    "supply_lost": ("供电或网络中断", "power or network gone"),
    "evidence_damaged": ("证据录像损坏或丢失", "evidence damaged or missing"),
    "chattering": ("反复掉线", "comes and goes"),
    "camera_lost": ("断流", "picture lost"),
    "lost": ("断流", "picture lost"),
    "stalled": ("画面卡住", "stream stalled"),
    "frozen": ("画面冻结", "picture frozen"),
    "dark": ("画面太暗", "picture dark"),
    "over_exposed": ("画面过曝", "picture over-exposed"),
    "covered": ("镜头被遮挡", "lens covered"),
    "defocused": ("画面虚焦", "picture out of focus"),
    "moved": ("摄像机被移动", "camera moved"),
    "soiled": ("镜头脏污", "lens soiled"),
    "unrecorded": ("没有监看记录", "nothing recorded"),
    "worker_crashing": ("分析程序反复崩溃", "camera's program keeps crashing"),
    "unstable": ("画面不稳定", "picture unstable"),
}
"""Kinds of faults that people know by a name; of others the device's own words or the bare name are told."""

SEVERITIES: Final[Mapping[str, tuple[str, str]]] = {
    "critical": ("紧急", "critical"),
    "high": ("高", "high"),
    "notice": ("一般", "notice"),
    "serious": ("严重", "serious"),
    "warning": ("预警", "warning"),
}


SOURCES: Final[Mapping[str, tuple[str, str]]] = {
    "fault": ("设备故障", "device fault"),
    "blind_spot": ("盲区整改", "blind spot"),
    "patrol": ("巡查发现", "patrol"),
    "complaint": ("投诉", "complaint"),
    "inspection": ("检查", "inspection"),
}
"""What work orders come from. Their titles are typed by people and may name a flat: they are not told."""

PAGES: Final[Mapping[SubjectType, str]] = {
    "alert": "desk?alert=",
    "fault": "maintenance?fault=",
    "work_order": "maintenance?order=",
}


@dataclass(frozen=True, slots=True)
class Named:
    """What something is called."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is told of an alert or a fault. place: a facade, or the device. kind: of a fault.

    number: the subject's short name, by which people speak of it. link: to its page, where one is known.
    source: of a work order that is overdue, which came `at` to its deadline.
    """

    number: str
    estate: Named
    place: Named
    severity: str
    at: datetime
    kind: str | None = None
    what: Named | None = None
    source: str | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A title of one line, and a text."""

    title: str
    body: str


def link(public_url: str, subject_type: SubjectType, subject: UUID) -> str:
    """The address of a subject's page; empty where nobody has said where the pages are reached."""
    return f"{public_url.rstrip('/')}/{PAGES[subject_type]}{subject}" if public_url else ""


def words(facts: Facts, step: int, zone: tzinfo, *, in_gap: bool, unstable: bool) -> Words:
    """What to say. step: of the escalation, from 0. in_gap: nobody was on call."""
    zh, en = _subject(facts, unstable=unstable)
    severity = SEVERITIES.get(facts.severity, (facts.severity, facts.severity))
    local = facts.at.astimezone(zone)
    hour = f"{local:%Y-%m-%d %H:%M:%S}"
    lines_zh = [_at(facts.estate.zh, facts.place.zh), f"时间：{hour}", f"等级：{severity[0]}"]
    lines_en = [_at(facts.estate.en, facts.place.en), f"At {hour} local, severity {severity[1]}"]
    if facts.source is not None:
        lines_zh[1] = f"期限：{hour}"
        lines_en[1] = f"Due {hour} local, severity {severity[1]}"
    if step and facts.source is not None:
        lines_zh.append(f"仍未完成，已升级到第 {step + 1} 步")
        lines_en.append(f"It is still not finished: step {step + 1}")
    elif step:
        lines_zh.append(f"无人确认，已升级到第 {step + 1} 步，请立即处理")
        lines_en.append(f"Nobody has acknowledged it: step {step + 1}")
    if in_gap:
        lines_zh.append("此时无人排班，已通知全体")
        lines_en.append("Nobody is on call now: everybody is told")
    if unstable:
        lines_zh.append("该设备反复异常，一小时内不再逐次通知")
        lines_en.append("It does not settle; for an hour single events are not told")
    if facts.link:
        lines_zh.append(facts.link)
    body = "\n".join([*lines_zh, f"编号 {facts.number}", "", en, *lines_en])
    return Words(f"【檐哨】{zh}：{facts.estate.zh} {facts.place.zh}".strip(), body)


def tested(who: Named, at: datetime, zone: tzinfo) -> Words:
    """A test of a channel, which somebody asked for."""
    hour = f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    return Words(
        "【檐哨】测试消息",
        f"{who.zh}于 {hour} 发送了这条测试消息，没有发生任何事情。收到即说明此处能收到通知。\n\n"
        f"{who.en} sent this test at {hour}; nothing has happened. Messages reach this place.",
    )


def _at(estate: str, place: str) -> str:
    return f"{estate} · {place}" if place else estate


def _subject(facts: Facts, *, unstable: bool) -> tuple[str, str]:
    if facts.source is not None:
        zh, en = SOURCES[facts.source]
        return f"工单超期 {zh}", f"Work order overdue: {en}"
    if facts.kind is None:
        return "疑似高空抛物", "Something fell from height"
    if unstable:
        return "设备反复异常", "Device unstable"
    if facts.what is not None:
        return facts.what.zh, facts.what.en
    zh, en = KINDS.get(facts.kind, (facts.kind, facts.kind))
    return f"设备故障 {zh}", f"Device fault: {en}"
