"""What a file shows of the log: heads that its key has signed, stamps on them, and entries under them."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from pydantic import ValidationError

from cloud.core import merkle, time_stamp
from cloud.core.head import Head, SignedHead, Unbelieved, believed
from cloud.core.signature import has_signed
from cloud.core.words import Words, beijing
from cloud.evidence.bundle import members
from cloud.evidence.bundle.anchors import Anchors
from cloud.evidence.bundle.members import Consistency, Inclusion, Line
from cloud.evidence.bundle.seen import Doubt, Seen

EARLY: Final = timedelta(minutes=1)
"""So far may the clocks of the service and of the authority lie apart."""
LATE: Final = timedelta(hours=1)
"""An export waits for its stamp; later than this the head's own time is not to be believed."""


def heads(seen: Seen, anchors: Anchors) -> Words:
    """Whether a key of the log has signed both heads."""
    first, last = (head_of(seen, anchors, name) for name in (members.FIRST_HEAD, members.LAST_HEAD))
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


def head_of(seen: Seen, anchors: Anchors, name: str) -> Head:
    """A head that a trusted key of the log has signed.

    Raises:
        Doubt: It is missing, or none has.
    """
    try:
        return believed(seen.head(name), anchors.log_keys)
    except Unbelieved as error:
        raise Doubt(
            Words(
                f"{name} 不是所信任的日志密钥签名的：内容被改动，或出自另一份日志",
                f"{name} is not signed by the trusted key of the log: {error}",
            )
        ) from error


def claimed_at(found: SignedHead) -> datetime | None:
    """When a head says that it was signed; None where it cannot be read."""
    try:
        return Head.model_validate_json(found.text).at
    except ValidationError:
        return None


def stamped(seen: Seen, anchors: Anchors, head: str, stamp: str) -> datetime:
    """When the trusted authority saw a head.

    Raises:
        Doubt: It did not.
    """
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


def stamped_at(seen: Seen, anchors: Anchors) -> tuple[list[datetime], list[Words]]:
    """When the trusted authority saw the first and the last head; and which of them claims another time.

    Raises:
        Doubt: It did not see one of them.
    """
    pairs = ((members.FIRST_HEAD, members.FIRST_STAMP), (members.LAST_HEAD, members.LAST_STAMP))
    found = [stamped(seen, anchors, head, stamp) for head, stamp in pairs]
    doubts = []
    for (name, _), at in zip(pairs, found, strict=True):
        claimed = claimed_at(seen.head(name))
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
    return found, doubts


def grown(first: Head, last: Head, proof: Consistency) -> Words:
    """That nothing was taken from the log, or changed or reordered in it, between two heads.

    Raises:
        Doubt: The proof does not show it.
    """
    shown = proof.model_dump(mode="json")
    try:
        merkle.require_consistency(
            (first.size, bytes.fromhex(first.root)), (last.size, bytes.fromhex(last.root)), shown
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


def outside(line: Line, head: Head, proof: Inclusion) -> list[Words]:
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


def unproved(head: Head, lines: Sequence[Line], proofs: Sequence[Inclusion]) -> list[Words]:
    """Which lines of custody the proofs do not show to be entries under a head."""
    by_index = {proof.metadata.index: proof for proof in proofs}
    doubts = []
    for number, line in enumerate(lines, 1):
        try:
            _require_under(head, line, by_index.get(line.index))
        except merkle.Unproved as error:
            doubts.append(
                Words(
                    f"{members.CUSTODY} 第 {number} 行不是日志第 {line.index} 条的原文：内容或次序被改动",
                    f"line {number} of {members.CUSTODY} is not entry {line.index} of the log: changed or"
                    f" reordered ({error})",
                )
            )
    return doubts


def _require_under(head: Head, line: Line, proof: Inclusion | None) -> None:
    """Nothing, where the proof shows that an entry is under a head.

    Raises:
        Unproved: It does not.
    """
    if proof is None:
        raise merkle.Unproved("there is no proof of it")
    shown = proof.model_dump(mode="json")
    merkle.require_inclusion(line.entry.encode(), line.index, head.size, bytes.fromhex(head.root), shown)


def sealed(seen: Seen, anchors: Anchors, sums: bytes) -> Words:
    """That the log's key has signed the sums of all members, which are these.

    Raises:
        Doubt: It has not.
    """
    said, signature = seen.read(members.SUMS), seen.read(members.SUMS_SIGNATURE)
    if said != sums:
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
