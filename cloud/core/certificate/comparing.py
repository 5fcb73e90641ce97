"""Where a certificate's figures do not follow from its own rows: a sentence each, with the minutes."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from pydantic import BaseModel

from cloud.core.certificate.content import Content
from cloud.core.certificate.figures import Figures, Loss, OfFacade
from cloud.core.words import Words, beijing

MOST: Final = 12
"""Sentences: who reads more learns nothing from them."""


def differences(content: Content, told: Figures, counted: Figures) -> tuple[Words, ...]:
    """Where `told`, of the certificate, is not what was counted from its rows; nothing where it is."""
    if told == counted:
        return ()
    names = {facade.id: facade.name.zh for facade in content.facades}
    found = [
        *(
            words
            for one, other in zip(told.facades, counted.facades, strict=False)
            if one.facade == other.facade
            for words in _minutes(names.get(one.facade, one.facade), one, other)
        ),
        *_numbers(told, counted),
    ]
    return tuple(found[:MOST])


def _minutes(name: str, told: OfFacade, counted: OfFacade) -> Iterator[Words]:
    """When a facade's cells were lost by the one and not by the other."""
    if told.losses == counted.losses:
        return
    edges = sorted({at for loss in (*told.losses, *counted.losses) for at in (loss.begin, loss.end)})
    said, is_so = _Timeline(told.losses), _Timeline(counted.losses)
    last: tuple[datetime, datetime, int, int] | None = None
    for begin, end in pairwise(edges):
        here, there = said.lost(begin), is_so.lost(begin)
        if here == there:
            continue
        if last is not None and last[1:] == (begin, here, there):
            last = (last[0], end, here, there)
            continue
        if last is not None:
            yield _differ(name, counted.facade, last)
        last = (begin, end, here, there)
    if last is not None:
        yield _differ(name, counted.facade, last)


def _differ(name: str, facade: str, piece: tuple[datetime, datetime, int, int]) -> Words:
    begin, end, said, is_so = piece
    return Words(
        f"{name}：{beijing(begin)} 至 {beijing(end)}，证明书写的是 {said.bit_count()} 格失去监看，"
        f"按其原始记录应为 {is_so.bit_count()} 格",
        f"{facade}, {beijing(begin)} to {beijing(end)} UTC+8: the certificate says that {said.bit_count()}"
        f" cells were lost, by its own rows it is {is_so.bit_count()}",
    )


class _Timeline:
    """Losses, which are sorted and apart, as the cells that were lost at an instant."""

    def __init__(self, losses: Sequence[Loss]) -> None:
        self._losses = losses
        self._begins = [loss.begin for loss in losses]

    def lost(self, at: datetime) -> int:
        """A bit for each cell that was lost then."""
        number = bisect_right(self._begins, at) - 1
        if number < 0 or self._losses[number].end <= at:
            return 0
        return int("".join(self._losses[number].rows).replace("x", "1").replace(".", "0") or "0", 2)


def _numbers(told: Figures, counted: Figures) -> Iterator[Words]:
    """Which figures differ, by where they stand in `certificate.json`."""
    for where, one, other in _walk("figures", _plain(told), _plain(counted)):
        yield Words(
            f"{where}：证明书写的是 {one}，按其原始记录应为 {other}",
            f"{where}: the certificate says {one}, its own rows give {other}",
        )


def _plain(figures: BaseModel) -> Any:
    return figures.model_dump(mode="json")


def _walk(where: str, told: Any, counted: Any) -> Iterator[tuple[str, str, str]]:
    if told == counted:
        return
    if isinstance(told, dict) and isinstance(counted, dict):
        for key in counted:
            yield from _walk(f"{where}.{key}", told.get(key), counted[key])
    elif isinstance(told, list) and isinstance(counted, list) and len(told) == len(counted):
        for number, (one, other) in enumerate(zip(told, counted, strict=True)):
            yield from _walk(f"{where}[{_title(other, number)}]", one, other)
    elif isinstance(told, list) and isinstance(counted, list):
        yield where, f"{len(told)} 项/items", f"{len(counted)} 项/items"
    else:
        yield where, str(told), str(counted)


def _title(of: Any, number: int) -> str:
    """What a person calls an item of a list: its facade, camera or key; else its place."""
    if isinstance(of, dict):
        return str(of.get("facade") or of.get("camera") or of.get("key") or of.get("begin") or number)
    return str(number)
