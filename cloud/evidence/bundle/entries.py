"""The log's entries as an evidence file holds them, read for what they say."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from dataclasses import dataclass
from typing import Any

from cloud.core.words import Words
from cloud.evidence.bundle import members
from cloud.evidence.bundle.members import Line
from cloud.evidence.bundle.seen import Doubt, Seen, mapping


@dataclass(frozen=True, slots=True)
class Entry:
    """kind: audit, clip or alert. content: the row as it was when it came into the log."""

    line: Line
    kind: str
    content: dict[str, Any]


def read(line: Line, where: str) -> Entry:
    """An entry.

    Raises:
        Doubt: It is none.
    """
    found = mapping(line.entry, where)
    content = found.get("content")
    if not isinstance(content, dict):
        raise Doubt(Words(f"{where} 不是日志条目", f"{where} is no entry of the log"))
    return Entry(line, str(found.get("kind")), content)


def announcement(seen: Seen) -> Entry:
    """The entry by which the clip was announced: it holds the manifest with the device's signature.

    Raises:
        Doubt: There is none in the custody.
    """
    for number, line in enumerate(seen.custody.lines, 1):
        entry = read(line, f"{members.CUSTODY} 第 {number} 行 / line {number}")
        if entry.kind == "clip" and isinstance(entry.content.get("manifest"), str):
            return entry
    raise Doubt(
        Words(
            "保管记录里没有视频的入账条目：条目被删除",
            "the custody holds no entry by which the clip was announced: it was deleted",
        )
    )
