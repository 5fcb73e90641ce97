"""Whether the members of a file are those that its index lists, and no others."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cloud.core.words import Words
from cloud.evidence.bundle.seen import Doubt, Seen


@dataclass(frozen=True, slots=True)
class Names:
    """order: of all members. indexed: which of them the index lists. optional: which may be missing."""

    order: Sequence[str]
    indexed: Collection[str]
    optional: Collection[str] = ()


def intact(seen: Seen, wanted: Mapping[str, str], names: Names) -> Words:
    """That every member is there, none is beside them, and each has the SHA-256 that is `wanted`.

    Raises:
        Doubt: It is not so.
    """
    doubts = [*_absent(seen, wanted, names), *_changed(seen, wanted)]
    if doubts:
        raise Doubt(*doubts)
    count = len(seen.listed)
    return Words(
        f"{count} 个成员齐全，每个的 SHA-256 都与清单一致",
        f"all {count} members are there, each with the SHA-256 that index.json lists",
    )


def _absent(seen: Seen, wanted: Mapping[str, str], names: Names) -> Iterator[Words]:
    """What is missing, and what does not belong here."""
    for name in dict.fromkeys((*names.order, *wanted)):
        if name not in seen.listed and (name in wanted or name not in names.optional):
            yield Words(f"缺少 {name}", f"{name} is missing")
    for name in seen.listed:
        if name not in names.order:
            yield Words(f"多出了不属于证据文件的 {name}", f"{name} does not belong in an evidence file")
        elif name in names.indexed and name not in wanted:
            yield Words(f"清单 index.json 没有列出 {name}", f"index.json does not list {name}")


def _changed(seen: Seen, wanted: Mapping[str, str]) -> Iterator[Words]:
    for name in seen.damaged:
        yield Words(f"{name} 的校验码不符，已损坏", f"{name} is damaged: its check sum differs")
    for name, digest in seen.digests.items():
        if digest != wanted.get(name, digest):
            yield Words(
                f"{name} 被改动：SHA-256 为 {digest}，清单写的是 {wanted[name]}",
                f"{name} was changed: SHA-256 {digest}, index.json says {wanted[name]}",
            )
