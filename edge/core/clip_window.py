"""Which packets make a clip: from a key frame early enough to a packet late enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class Mark(Protocol):
    """What must be known of an encoded packet. Times are seconds on the stream's own clock."""

    @property
    def pts_s(self) -> float:
        """Presentation time."""

    @property
    def dts_s(self) -> float:
        """Decoding time; packets are ordered by it."""

    @property
    def is_keyframe(self) -> bool:
        """Whether decoding can begin here."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A clip's event, from `start_s` to `end_s`, and how much around it is wanted, all in seconds."""

    start_s: float
    end_s: float
    before_s: float
    after_s: float


@dataclass(frozen=True, slots=True)
class Window:
    """Packets `first` up to but not including `stop`, in decoding order; what is shown before `first` is out.

    complete: whether all the time that was wanted, before and after, is in it.
    """

    first: int
    stop: int
    complete: bool


def is_ready(wanted: Wanted, newest_dts_s: float) -> bool:
    """Whether everything that is wanted after the event has arrived (nothing earlier can come any more)."""
    return newest_dts_s >= wanted.end_s + wanted.after_s


def choose(wanted: Wanted, packets: Sequence[Mark]) -> Window | None:
    """The packets of the clip, or None when no picture of the event can be shown.

    It begins with the last key frame that is at least `before_s` before the event, else with the first that
    is left; it ends with the first packet decoded `after_s` after the event, else with the last there is.
    """
    from_s, until_s = wanted.start_s - wanted.before_s, wanted.end_s + wanted.after_s
    first: int | None = None
    for index, packet in enumerate(packets):
        if packet.is_keyframe and (first is None or packet.pts_s <= from_s):
            first = index
    if first is None or packets[first].pts_s > wanted.end_s:
        return None
    late = (index for index in range(first, len(packets)) if packets[index].dts_s >= until_s)
    last = next(late, None)
    stop = len(packets) if last is None else last + 1
    if packets[stop - 1].dts_s < wanted.start_s:
        return None
    return Window(first, stop, complete=last is not None and packets[first].pts_s <= from_s)
