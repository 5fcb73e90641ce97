"""What the log vouches for: signed and time-stamped heads, and that every entry here is under them."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from datetime import datetime, timedelta
from typing import Final

from pydantic import ValidationError

from cloud.core import merkle, time_stamp
from cloud.core.head import Head, SignedHead, Unbelieved, believed
from cloud.core.signature import has_signed
from cloud.core.words import Words, beijing
from cloud.evidence.bundle import members
from cloud.evidence.bundle.anchors import Anchors
from cloud.evidence.bundle.entries import announcement, read
from cloud.evidence.bundle.members import Inclusion, Line
from cloud.evidence.bundle.seen import Doubt, Seen, mapping

EARLY: Final = timedelta(minutes=1)
"""So far may the clocks of the service and of the authority lie apart."""
LATE: Final = timedelta(hours=1)
"""An export waits for its stamp; later than this the head's own time is not to be believed."""


def heads(seen: Seen, anchors: Anchors) -> Words:
    """Whether a key of the log has signed both heads."""
    first, last = (_head(seen, anchors, name) for name in (members.FIRST_HEAD, members.LAST_HEAD))
    if (last.number, last.size, last.at) < (first.number, first.size, first.at):
        raise Doubt(
            Words(
                f"最后的树头（{last.number} 号）早于第一个（{first.number} 号）",
                f"the last head, {last.number}, is earlier than the first, {first.number}",
            )
        )
    return Words(
        f"{first.number} 号（{first.size} 条）和 {last.number} 号（{last.size} 条）由所信任的日志密钥签名",
        f"heads {first.number} ({first.size} entries) and {last.number} ({last.size} entries) are signed by"
        " the trusted key of the log",
    )


def stamps(seen: Seen, anchors: Anchors) -> Words:
    """Whether the trusted authority vouches for both heads, and their own times can be believed."""
    pairs = ((members.FIRST_HEAD, members.FIRST_STAMP), (members.LAST_HEAD, members.LAST_STAMP))
    found = [_stamped(seen, anchors, head, stamp) for head, stamp in pairs]
    doubts = []
    for (name, _), at in zip(pairs, found, strict=True):
        claimed = _claimed(seen.head(name))
        if claimed is None:
            continue
        latest = claimed + LATE if name == members.LAST_HEAD else at
        if not claimed - EARLY <= at <= latest:
            doubts.append(
                Words(
                    f"{name} 自称签于 {beijing(claimed)}，时间戳机构证明的是 {beijing(at)}：时间被移动",
                    f"{name} says {beijing(claimed)}, the time stamp {beijing(at)} UTC+8: a time was shifted",
                )
            )
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
    head = _head(seen, anchors, members.FIRST_HEAD)
    doubts += _outside(entry.line, head, seen.proofs.announced)
    if doubts:
        raise Doubt(*doubts)
    return Words(
        f"设备签名的清单是日志第 {entry.line.index} 条，在 {head.number} 号树头之下",
        f"the signed manifest is entry {entry.line.index} of the log, under head {head.number}",
    )


def growth(seen: Seen, anchors: Anchors) -> Words:
    """Whether nothing was taken from the log, or changed or reordered in it, between both heads."""
    first, last = (_head(seen, anchors, name) for name in (members.FIRST_HEAD, members.LAST_HEAD))
    proof = seen.proofs.grown.model_dump(mode="json")
    try:
        merkle.require_consistency(
            (first.size, bytes.fromhex(first.root)), (last.size, bytes.fromhex(last.root)), proof
        )
    except merkle.Unproved as error:
        raise Doubt(
            Words(
                f"{last.number} 号树头的日志不是 {first.number} 号的延续："
                f"前 {first.size} 条里有条目被删除、改动或换序",
                f"the log of head {last.number} does not continue that of head {first.number}: among its"
                f" first {first.size} entries some were deleted, changed or reordered ({error})",
            )
        ) from error
    return Words(
        f"从 {first.number} 号到 {last.number} 号树头，日志的前 {first.size} 条没有被删除、改动或换序",
        f"from head {first.number} to head {last.number} none of the first {first.size} entries was deleted,"
        " changed or reordered",
    )


def custody(seen: Seen, anchors: Anchors) -> Words:
    """Whether the lines of custody are entries of the log, and all that were there at the export."""
    lines = seen.custody.lines
    doubts = [*_missing(seen, lines)]
    head = _head(seen, anchors, members.LAST_HEAD)
    proofs = {proof.metadata.index: proof for proof in seen.proofs.lines}
    for number, line in enumerate(lines, 1):
        try:
            _require_under(head, line, proofs.get(line.index))
        except merkle.Unproved as error:
            doubts.append(
                Words(
                    f"{members.CUSTODY} 第 {number} 行不是日志第 {line.index} 条的原文：内容或次序被改动",
                    f"line {number} of {members.CUSTODY} is not entry {line.index} of the log: changed or"
                    f" reordered ({error})",
                )
            )
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
    head = _head(seen, anchors, members.LAST_HEAD)
    doubts += _outside(line, head, seen.proofs.export)
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
    said, signature = seen.read(members.SUMS), seen.read(members.SUMS_SIGNATURE)
    if said != members.sums(seen.digests):
        raise Doubt(
            Words(
                f"{members.SUMS} 与文件里的成员不符：有成员在封存之后被改动",
                f"{members.SUMS} does not fit the members: one was changed after they were sealed",
            )
        )
    if not any(has_signed(key, said, signature) for key in anchors.log_keys):
        raise Doubt(
            Words(
                f"{members.SUMS} 不是所信任的日志密钥签名的：封条是伪造的",
                f"{members.SUMS} is not signed by the trusted key of the log: the seal is forged",
            )
        )
    return Words("日志密钥对全部成员的哈希签了名", "the key of the log has signed the digests of all members")


def _head(seen: Seen, anchors: Anchors, name: str) -> Head:
    try:
        return believed(seen.head(name), anchors.log_keys)
    except Unbelieved as error:
        raise Doubt(
            Words(
                f"{name} 不是所信任的日志密钥签名的：内容被改动，或出自另一份日志",
                f"{name} is not signed by the trusted key of the log: {error}",
            )
        ) from error


def _claimed(found: SignedHead) -> datetime | None:
    try:
        return Head.model_validate_json(found.text).at
    except ValidationError:
        return None


def _stamped(seen: Seen, anchors: Anchors, head: str, stamp: str) -> datetime:
    try:
        return time_stamp.stamped(seen.read(stamp), seen.head(head).document, anchors.tsa_roots).at
    except time_stamp.Unstamped as error:
        reason = str(error).partition(": ErrorStack")[0]  # the rest is the library's own affair
        raise Doubt(
            Words(
                f"{stamp} 不是所信任的时间戳机构为 {head} 所盖：时间戳被改动，或盖的是别的数据",
                f"{stamp} is no time stamp of the trusted authority for {head}: {reason}",
            )
        ) from error


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


def _outside(line: Line, head: Head, proof: Inclusion) -> list[Words]:
    """What is wrong where the proof does not show that an entry is under a head."""
    try:
        _require_under(head, line, proof)
    except merkle.Unproved as error:
        return [
            Words(
                f"日志第 {line.index} 条不在 {head.number} 号树头之下：条目被删除、改动或换序",
                f"entry {line.index} is not under head {head.number}: deleted, changed or reordered"
                f" ({error})",
            )
        ]
    return []


def _require_under(head: Head, line: Line, proof: Inclusion | None) -> None:
    if proof is None:
        raise merkle.Unproved("there is no proof of it")
    shown = proof.model_dump(mode="json")
    merkle.require_inclusion(line.entry.encode(), line.index, head.size, bytes.fromhex(head.root), shown)
