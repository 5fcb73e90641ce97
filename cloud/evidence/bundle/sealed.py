"""What the log vouches for: signed and time-stamped heads, and that every entry here is under them."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from datetime import timedelta

from pydantic import ValidationError

from cloud.core.words import Words, beijing
from cloud.evidence.bundle import members
from cloud.evidence.bundle.anchors import Anchors
from cloud.evidence.bundle.entries import announcement, read
from cloud.evidence.bundle.members import Line
from cloud.evidence.bundle.seen import Doubt, Seen, mapping
from cloud.evidence.bundle.under import EARLY, grown, head_of, outside, sealed, stamped_at, unproved


def stamps(seen: Seen, anchors: Anchors) -> Words:
    """Whether the trusted authority vouches for both heads, and their own times can be believed."""
    found, doubts = stamped_at(seen, anchors)
    clock = seen.manifest.clock
    known = clock.uncertainty_s
    if known is not None:
        sealed_at = seen.manifest.sealed_at - timedelta(seconds=(clock.offset_s or 0) + known)
        if sealed_at > found[0] + EARLY:
            doubts.append(
                Words(
                    f"设备自称封存于 {beijing(sealed_at)}，晚于时间戳 {beijing(found[0])}",
                    f"the device says that it sealed at {beijing(sealed_at)}, after the stamp"
                    f" {beijing(found[0])}",
                )
            )
    if doubts:
        raise Doubt(*doubts)
    return Words(
        f"时间戳机构证明：视频的记录不晚于 {beijing(found[0])}，本次导出不晚于 {beijing(found[1])}",
        f"the time-stamping authority vouches: the clip's record existed by {beijing(found[0])}, this export"
        f" by {beijing(found[1])} UTC+8",
    )


def recorded(seen: Seen, anchors: Anchors) -> Words:
    """Whether the log holds this manifest, under the first head."""
    entry = announcement(seen)
    doubts = _differences(seen, entry.content)
    head = head_of(seen, anchors, members.FIRST_HEAD)
    doubts += outside(entry.line, head, seen.proofs.announced)
    if doubts:
        raise Doubt(*doubts)
    return Words(
        f"设备签名的清单是日志第 {entry.line.index} 条，在 {head.number} 号树头之下",
        f"the signed manifest is entry {entry.line.index} of the log, under head {head.number}",
    )


def growth(seen: Seen, anchors: Anchors) -> Words:
    """Whether nothing was taken from the log, or changed or reordered in it, between both heads."""
    first, last = (head_of(seen, anchors, name) for name in (members.FIRST_HEAD, members.LAST_HEAD))
    return grown(first, last, seen.proofs.grown)


def custody(seen: Seen, anchors: Anchors) -> Words:
    """Whether the lines of custody are entries of the log, and all that were there at the export."""
    lines = seen.custody.lines
    doubts = _missing(seen, lines)
    head = head_of(seen, anchors, members.LAST_HEAD)
    doubts += unproved(head, lines, seen.proofs.lines)
    if doubts:
        raise Doubt(*doubts)
    return Words(
        f"{len(lines)} 行保管记录都是日志原文，一行不缺",
        f"all {len(lines)} lines of custody are entries of the log, and none is missing",
    )


def export(seen: Seen, anchors: Anchors) -> Words:
    """Whether the export is an entry of the log, and names the very index that is here."""
    line = seen.export
    said = _exported(line)
    doubts = []
    digest = seen.digests.get(members.INDEX)
    if digest != said.index_sha256:
        doubts.append(
            Words(
                f"{members.INDEX} 被改写：SHA-256 为 {digest}，日志里的导出记录写的是 {said.index_sha256}",
                f"{members.INDEX} was rewritten: SHA-256 {digest}, the log's entry of the export says"
                f" {said.index_sha256}",
            )
        )
    head = head_of(seen, anchors, members.LAST_HEAD)
    doubts += outside(line, head, seen.proofs.export)
    if doubts:
        raise Doubt(*doubts)
    content = read(line, members.EXPORT).content
    return Words(
        f"导出是日志第 {line.index} 条，写有清单的哈希：{content.get('by')}，用途“{content.get('purpose')}”",
        f"the export is entry {line.index} of the log and names the digest of index.json: by"
        f" {content.get('by')}, for “{content.get('purpose')}”",
    )


def whole(seen: Seen, anchors: Anchors) -> Words:
    """Whether the log's key has signed the sums of all members, as they are here."""
    return sealed(seen, anchors, members.sums(seen.digests, members.ORDER))


def _differences(seen: Seen, content: dict[str, object]) -> list[Words]:
    """Where the manifest in the file is not the one in the log, field by field."""
    there = str(content.get("manifest"))
    here = seen.read(members.MANIFEST).decode("utf-8", "replace")
    if here == there:
        return []
    then, now = mapping(there, "the log"), mapping(here, members.MANIFEST)
    fields = [key for key in {**then, **now} if then.get(key) != now.get(key)]
    return [
        Words(
            f"{members.MANIFEST} 的 {key} 是 {now.get(key)}，日志里的是 {then.get(key)}",
            f"{key} in {members.MANIFEST} is {now.get(key)}, in the log it is {then.get(key)}",
        )
        for key in fields
    ] or [Words(f"{members.MANIFEST} 与日志里的不同", f"{members.MANIFEST} differs from the log's")]


def _missing(seen: Seen, lines: tuple[Line, ...]) -> list[Words]:
    """Which entries the export named as custody and are not here, or the other way round."""
    said, here = _exported(seen.export).custody, tuple(line.index for line in lines)
    if said == here:
        return []
    doubts = [
        Words(
            f"保管记录缺少日志第 {index} 条：被删除", f"entry {index} of the log is missing: it was deleted"
        )
        for index in said
        if index not in here
    ]
    doubts += [
        Words(f"保管记录多出日志第 {index} 条", f"entry {index} of the log does not belong here")
        for index in here
        if index not in said
    ]
    return doubts or [Words("保管记录的次序被改动", "the lines of custody were reordered")]


def _exported(line: Line) -> members.Exported:
    content = read(line, members.EXPORT).content
    another = Doubt(Words(f"{members.EXPORT} 不是导出记录", f"{members.EXPORT} is no entry of an export"))
    if content.get("action") != members.ACTION:
        raise another
    try:
        return members.Exported.model_validate(content.get("content"))
    except ValidationError as error:
        raise another from error
