"""In which order the bureau ranks estates, buildings and facades: by one figure, the same way each time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from cloud.core.ranking import Standing

By = Literal["blind", "availability", "picture", "overdue", "oldest", "name"]
Level = Literal["estate", "building", "facade"]
_DIGITS: Final = re.compile(r"([0-9]+)")

Id = TypeVar("Id", str, tuple[str, str])


@dataclass(frozen=True, slots=True)
class Order:
    """What is worst by a figure comes first; names as in a directory. is_reversed: the other way round."""

    by: By = "blind"
    is_reversed: bool = False


WORST: Final = Order()


def ranked(found: Mapping[Id, Standing], names: Mapping[Id, str], order: Order = WORST) -> list[Id]:
    """Ids in an order; what is not known comes last either way.

    What is equal is told apart by blind share, then by the oldest blind spot, then by late work, the worst
    first, then by id.
    """
    tied: list[Id] = sorted(found, key=lambda one: (*_worst(found[one]), one))
    if order.by == "name":
        return sorted(tied, key=lambda one: directory_key(names[one]), reverse=order.is_reversed)
    sizes = {one: badness(found[one], order.by) for one in tied}
    known = sorted(
        (one for one in tied if sizes[one] is not None),
        key=lambda one: sizes[one] or 0.0,
        reverse=not order.is_reversed,
    )
    return known + [one for one in tied if sizes[one] is None]


def badness(one: Standing, by: By) -> float | None:
    """The larger the worse; None where nobody can say."""
    match by:
        case "blind":
            return one.value("blind")
        case "availability" | "picture":
            share = one.value(by)
            return None if share is None else -share
        case "oldest":
            return one.oldest_blind_s if one.cells else None
        case _:
            return one.overdue


def directory_key(name: str) -> list[tuple[int, int, bytes]]:
    """Names as a directory has them: by pinyin, numbers by their size.

    In GB 18030 the 3,755 characters of GB 2312's first level stand by pinyin, rarer ones behind by radical.
    """
    parts = (part for part in _DIGITS.split(name.casefold()) if part)
    return [(0, int(part), b"") if part.isdecimal() else (1, 0, part.encode("gb18030")) for part in parts]


def _worst(one: Standing) -> tuple[bool, float, float, int]:
    share = one.value("blind")
    return share is None, -(share or 0.0), -one.oldest_blind_s, -one.overdue
