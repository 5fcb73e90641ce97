"""Checks an evidence file against the trust anchors: no network, no database, no clock.

Each check returns the sentence of what holds, or raises `Doubt` with a sentence for each thing that does not.
They do not wait for one another's success: what is wrong in one place does not hide what is wrong in another.
"""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from collections.abc import Callable, Sequence
from typing import Final

from cloud.core.words import Words
from cloud.evidence.bundle import diagnose, members, sealed, signed, under
from cloud.evidence.bundle.anchors import Anchors
from cloud.evidence.bundle.intact import Names, intact
from cloud.evidence.bundle.report import Check, Report
from cloud.evidence.bundle.seen import Doubt, Seen


def report(
    seen: Seen, anchors: Anchors, checks: Sequence[tuple[str, Words, Callable[[Seen, Anchors], Words]]]
) -> Report:
    """What each check says."""
    return Report([_made(name, title, check, seen, anchors) for name, title, check in checks])


def _made(
    name: str, title: Words, check: Callable[[Seen, Anchors], Words], seen: Seen, anchors: Anchors
) -> Check:
    try:
        return Check(name, title, ok=True, words=(check(seen, anchors),))
    except Doubt as doubt:
        return Check(name, title, ok=False, words=doubt.words)


def complete(seen: Seen, _: Anchors) -> Words:
    """Whether every member is there, none is beside them, and each is the one that the index lists."""
    index = seen.part(members.Index, members.INDEX)
    wanted = {each.name: each.sha256 for each in index.members}
    return intact(seen, wanted, Names(members.ORDER, members.INDEXED, members.OPTIONAL))


def clip(seen: Seen, _: Anchors) -> Words:
    """Whether the original clip is byte for byte the one that the device signed."""
    manifest = seen.manifest
    digest = seen.digests.get(members.CLIP)
    if digest is None:
        raise Doubt(Words(f"缺少原始视频 {members.CLIP}", f"the original {members.CLIP} is missing"))
    if digest != manifest.sha256:
        raise Doubt(
            Words(
                f"{members.CLIP} 不是设备签名的视频：SHA-256 为 {digest}，设备签名的是 {manifest.sha256}",
                f"{members.CLIP} is not what the device signed: SHA-256 {digest}, signed {manifest.sha256}",
            ),
            *diagnose.clip(seen, manifest),
        )
    film = seen.film(members.CLIP)
    frames = 0 if film is None else len(film.shown_s)
    return Words(
        f"原始视频与设备封存时一字不差：{manifest.duration_s:.2f} 秒，{frames} 帧，SHA-256 {digest}",
        f"the original is what the device sealed, byte for byte: {manifest.duration_s:.2f} s,"
        f" {frames} frames, SHA-256 {digest}",
    )


def annotated(seen: Seen, _: Anchors) -> Words:
    """Whether the annotated copy says of itself that it is one, and of which original."""
    if members.COPY not in seen.listed:
        return Words("没有标注副本", "there is no annotated copy")
    film = seen.film(members.COPY)
    if film is None or film.comment != f"{members.COPY_COMMENT}{seen.manifest.sha256}":
        raise Doubt(
            Words(
                f"{members.COPY} 没有注明是哪段原始视频的标注副本",
                f"{members.COPY} does not say of which original it is an annotated copy",
            )
        )
    return Words(
        "标注副本已注明“标注副本 非原始证据”，只供观看，不作证据",
        "the annotated copy is marked as such; it is for looking at, not evidence",
    )


CHECKS: Final[tuple[tuple[str, Words, Callable[[Seen, Anchors], Words]], ...]] = (
    ("members", Words("文件成员", "Members"), complete),
    ("clip", Words("原始视频", "Original clip"), clip),
    ("manifest", Words("设备签名", "Device's signature"), signed.manifest),
    ("certificate", Words("设备证书", "Device's certificate"), signed.certificate),
    ("revocation", Words("证书吊销", "Revoked certificates"), signed.revocation),
    ("facts", Words("案情与清单", "Facts and manifest"), signed.facts),
    ("heads", Words("日志树头", "Heads of the log"), under.heads),
    ("stamps", Words("可信时间戳", "Time stamps"), sealed.stamps),
    ("recorded", Words("视频入账", "Clip in the log"), sealed.recorded),
    ("growth", Words("日志只增不改", "The log only grew"), sealed.growth),
    ("custody", Words("保管记录", "Custody"), sealed.custody),
    ("export", Words("导出封存", "Export sealed"), sealed.export),
    ("seal", Words("封条", "Seal"), sealed.whole),
    ("annotated", Words("标注副本", "Annotated copy"), annotated),
)
"""(name, title, check), in the order in which they build on each other."""
