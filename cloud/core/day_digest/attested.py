"""What the log's entries of a day attest: lines that have the digests that stand there. Pure."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field

from cloud.core.day_digest.comparing import folded
from cloud.core.day_digest.facts import Fact, Parts, digest, read
from cloud.core.head import Digest
from cloud.core.parts import Part
from cloud.core.words import Words


class OfPart(Part):
    """What an entry says of a part. sha256: of its lines in canonical form."""

    lines: Annotated[int, Field(ge=0)]
    sha256: Digest


class Said(Part):
    """What an entry of the log says of a day. number: 0 as it was closed; then what came late."""

    estate: str
    day: date
    number: int
    closed_at: AwareDatetime
    parts: dict[str, OfPart]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the log, and the lines that are kept beside it.

    said: None where it is none of a day. facts: part → its lines, in canonical form; None: they are gone.
    """

    said: Said | None
    facts: Mapping[str, str] | None


def content(entry: bytes | str) -> Said | None:
    """What an entry of the log says of a day; None where it is none of a day."""
    try:
        return Said.model_validate(json.loads(entry)["content"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


@dataclass(frozen=True, slots=True)
class Attested:
    """parts: what is attested. late: how many lines came after the day was closed.

    doubted: parts of which nothing is, as their lines are not those of the log; doubts: why.
    """

    parts: Parts
    late: int
    doubted: frozenset[str]
    doubts: tuple[Words, ...]


def attested(
    estate: str, day: date, entries: Sequence[Entry], wanted: Collection[str] | None = None
) -> Attested:
    """What a day's entries, in the log's order, say of these parts; None: of all."""
    doubts = [] if _are_of(estate, day, entries) else [_disordered(estate, day)]
    told: dict[str, list[set[Fact]]] = {}
    doubted: set[str] = set()
    late = 0
    for number, entry in enumerate(entries):
        for part, of in entry.said.parts.items() if entry.said else ():
            if wanted is not None and part not in wanted:
                continue
            late += of.lines if number else 0
            lines = _lines(part, of.sha256, entry.facts)
            if lines is None:
                doubted.add(part)
                doubts.append(_unlike(estate, day, part))
            else:
                told.setdefault(part, []).append(lines)
    parts = {part: folded(lines) for part, lines in told.items() if part not in doubted}
    return Attested(parts, late, frozenset(doubted), tuple(doubts))


def lost(estate: str, day: date) -> Words:
    """What is to be said of a day that was closed, and of which the log has no entry."""
    return Words(
        f"{estate} {day}：日志里没有这一天的日摘要，条目被删除",
        f"{estate} {day}: the log has no digest of this day any more: its entry was deleted",
    )


def _are_of(estate: str, day: date, entries: Sequence[Entry]) -> bool:
    """Whether they are the day's, each once and in their order."""
    return all(
        entry.said is not None
        and (entry.said.estate, entry.said.day, entry.said.number) == (estate, day, number)
        for number, entry in enumerate(entries)
    )


def _lines(part: str, sha256: str, facts: Mapping[str, str] | None) -> set[Fact] | None:
    told = None if facts is None else facts.get(part)
    if told is None or digest(told) != sha256:
        return None
    try:
        return read(told)
    except ValueError:
        return None


def _disordered(estate: str, day: date) -> Words:
    return Words(
        f"{estate} {day}：日志里这一天的条目不是逐条相续的，这一天被重新封存过",
        f"{estate} {day}: its entries in the log do not follow each other: the day was closed anew",
    )


def _unlike(estate: str, day: date, part: str) -> Words:
    return Words(
        f"{estate} {day}：{part} 的日摘要原文缺失或被改动，与日志里的摘要不符",
        f"{estate} {day}: the lines kept of {part} are missing or changed: they have not the log's digest",
    )
