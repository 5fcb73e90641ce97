"""When each frame of an MP4 is shown, read from its tables alone (ISO/IEC 14496-12, 8.6 to 8.7): no decoder.

So that whoever checks a clip can say at which second frames are missing, without a video library.
"""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise, repeat
from typing import Final

from cloud.core.words import Words

MAX_FRAMES: Final = 1_000_000
"""More than four hours at 60 frames a second; a table that claims more is refused, not unrolled."""
GAP_FACTOR: Final = 1.9
"""A frame that comes this many usual intervals after the one before has lost at least one between them."""


class NotMp4(ValueError):  # noqa: N818 - it is an answer, not a failure
    """The tables cannot be read."""


@dataclass(frozen=True, slots=True)
class Film:
    """shown_s: when each frame is shown, seconds from the first, in that order. length_s: of the whole."""

    shown_s: tuple[float, ...]
    length_s: float
    comment: str
    stored: tuple[tuple[int, int, float], ...]
    """(first byte in the file, bytes, when it is shown) of each frame, in decoding order."""

    def shown_between(self, first: int, last: int) -> tuple[float, float] | None:
        """From when to when the frames are shown that have bytes among `first`…`last`; None: no frame has."""
        hit = [at for begin, size, at in self.stored if begin <= last and first < begin + size]
        return (min(hit), max(hit)) if hit else None


@dataclass(frozen=True, slots=True)
class Gap:
    """No frame from after `begin_s` until `end_s`, where about `missing` should be."""

    begin_s: float
    end_s: float
    missing: int

    def words(self) -> Words:
        """As a sentence's part."""
        return Words(
            f"{self.begin_s:.2f}–{self.end_s:.2f} 秒之间缺约 {self.missing} 帧",
            f"about {self.missing} frames are missing between {self.begin_s:.2f} s and {self.end_s:.2f} s",
        )


def film(moov: bytes) -> Film:
    """What the content of a `moov` box says of the first video track.

    Raises:
        NotMp4: It cannot be read, or claims more frames than any clip has.
    """
    try:
        track = next(_video_tracks(moov))
        timescale = _timescale(track)
        table = _box(track, "mdia", "minf", "stbl")
        durations = _durations(_box(table, "stts"))
        decoded = [0, *accumulate(durations)]
        offsets = _offsets(table, len(durations))
        places = _places(table)
    except (struct.error, StopIteration, KeyError, ZeroDivisionError) as error:
        raise NotMp4("the tables of the film cannot be read") from error
    if not durations:
        raise NotMp4("the film holds no frame")
    shown = [at + offset for at, offset in zip(decoded, offsets, strict=False)]
    first = min(shown)
    shown_s = [(at - first) / timescale for at in shown]
    stored = tuple((*place, at) for place, at in zip(places, shown_s, strict=False))
    length_s = max(shown_s) + durations[-1] / timescale
    return Film(tuple(sorted(shown_s)), length_s, _comment(moov), stored)


def gaps(shown_s: Sequence[float]) -> tuple[Gap, ...]:
    """Where frames are missing, told by the median interval of the others."""
    intervals = [later - earlier for earlier, later in pairwise(shown_s)]
    if not intervals:
        return ()
    usual = sorted(intervals)[len(intervals) // 2]
    return tuple(
        Gap(earlier, later, max(1, round((later - earlier) / usual) - 1))
        for earlier, later in pairwise(shown_s)
        if usual > 0 and later - earlier > GAP_FACTOR * usual
    )


def boxes(content: bytes) -> Iterator[tuple[str, bytes]]:
    """(type, content) of the boxes that stand one after the other.

    Raises:
        NotMp4: A box is longer than what holds it.
    """
    at = 0
    while at + 8 <= len(content):
        size, kind = struct.unpack_from(">I4s", content, at)
        head = 8
        if size == 1 and at + 16 <= len(content):
            (size,) = struct.unpack_from(">Q", content, at + 8)
            head = 16
        end = len(content) if size == 0 else at + size
        if (size and size < head) or end > len(content):
            raise NotMp4("a box is longer than what holds it")
        yield kind.decode("latin-1"), content[at + head : end]
        at = end


def _box(content: bytes, *path: str) -> bytes:
    for name in path:
        content = next(inner for kind, inner in boxes(content) if kind == name)
    return content


def _video_tracks(moov: bytes) -> Iterator[bytes]:
    for kind, track in boxes(moov):
        if kind == "trak" and _box(track, "mdia", "hdlr")[8:12] == b"vide":
            yield track


def _timescale(track: bytes) -> int:
    header = _box(track, "mdia", "mdhd")
    (found,) = struct.unpack_from(">I", header, 20 if header[0] == 1 else 12)
    return int(found)


def _runs(table: bytes, value: str) -> list[tuple[int, int]]:
    """(how often, value) of a run-length table, after its version and flags."""
    (count,) = struct.unpack_from(">I", table, 4)
    if count > MAX_FRAMES:
        raise NotMp4("a table claims more entries than any clip has")
    runs = [struct.unpack_from(f">I{value}", table, 8 + 8 * index) for index in range(count)]
    if sum(times for times, _ in runs) > MAX_FRAMES:
        raise NotMp4("the film claims more frames than any clip has")
    return [(int(times), int(found)) for times, found in runs]


def _durations(table: bytes) -> list[int]:
    return list(chain.from_iterable(repeat(value, times) for times, value in _runs(table, "I")))


def _offsets(table: bytes, frames: int) -> list[int]:
    """From decoding to showing; nothing where the film has no pictures in two directions."""
    found = next((inner for kind, inner in boxes(table) if kind == "ctts"), None)
    if found is None:
        return [0] * frames
    return list(chain.from_iterable(repeat(value, times) for times, value in _runs(found, "i")))


def _places(table: bytes) -> list[tuple[int, int]]:
    """(first byte, bytes) of each sample: sizes by sample, offsets by chunk, samples by run of chunks."""
    sizes = _sizes(_box(table, "stsz"))
    chunks = _chunk_offsets(table)
    (count,) = struct.unpack_from(">I", runs := _box(table, "stsc"), 4)
    entries = [struct.unpack_from(">II", runs, 8 + 12 * index) for index in range(min(count, len(chunks)))]
    places: list[tuple[int, int]] = []
    for (first, samples), (after, _) in pairwise([*entries, (len(chunks) + 1, 0)]):
        for chunk in chunks[first - 1 : after - 1]:
            at = chunk
            for size in sizes[len(places) : len(places) + samples]:
                places.append((at, size))
                at += size
    return places


def _sizes(table: bytes) -> list[int]:
    size, count = struct.unpack_from(">II", table, 4)
    if count > MAX_FRAMES:
        raise NotMp4("the film claims more frames than any clip has")
    return [size] * count if size else list(struct.unpack_from(f">{count}I", table, 12))


def _chunk_offsets(table: bytes) -> list[int]:
    kind, content = next((kind, inner) for kind, inner in boxes(table) if kind in {"stco", "co64"})
    (count,) = struct.unpack_from(">I", content, 4)
    if count > MAX_FRAMES:
        raise NotMp4("the film claims more pieces than any clip has")
    return list(struct.unpack_from(f">{count}{'Q' if kind == 'co64' else 'I'}", content, 8))


def _comment(moov: bytes) -> str:
    """The comment that iTunes-style metadata carries, which is where muxers put ours; empty without."""
    try:
        items = _box(_box(moov, "udta", "meta")[4:], "ilst")
        return _box(items, "\xa9cmt", "data")[8:].decode("utf-8", "replace")
    except (StopIteration, NotMp4):
        return ""
