"""Reads rows out of a damaged SQLite file page by page, where SQLite itself gives the whole file up.

Format: https://www.sqlite.org/fileformat2.html, sections 1.5 (freelist), 1.6 (b-trees), 2.1 (records) and 4
(write-ahead log).
Nothing here trusts what it reads: whoever uses a row checks it.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

PAGE: Final = 4096
"""SQLite's default, which ours are made with; what a damaged header says is not asked."""
WAL_HEADER: Final = 32
FRAME: Final = 24
INDEX_HEADER: Final = 48
TABLE_LEAF, INDEX_LEAF, INDEX_INTERIOR = 0x0D, 0x0A, 0x02
TABLE_ROOM: Final = PAGE - 35
INDEX_ROOM: Final = (PAGE - 12) * 64 // 255 - 23
LEAST: Final = (PAGE - 12) * 32 // 255 - 23
MAX_PAYLOAD: Final = 2 * 1024**2
INTEGER_BYTES: Final = (0, 1, 2, 3, 4, 6, 8)

Value = int | float | str | bytes | None


@dataclass(frozen=True, slots=True)
class Found:
    """A row as it lies on a page. rowid: None for tables without one, and for indexes."""

    rowid: int | None
    values: tuple[Value, ...]


class Unreadable(ValueError):  # noqa: N818 - says what is so
    """These bytes are no row."""


class Pages:
    """A database's pages as they are now: those in the file, and over them those in the log."""

    def __init__(self, database: BinaryIO, log: bytes) -> None:
        self._replaced: list[bytes] = []
        self._database = database
        self._logged: dict[int, bytes] = {}
        self._count = -(-database.seek(0, io.SEEK_END) // PAGE)
        for number, page in _frames(log):
            if 0 < number <= self._count or number in self._logged:
                self._replaced.append(self[number])
            self._logged[number] = page
        self._unused = self._freelist()
        self._numbers = ({*range(2, self._count + 1)} | {*self._logged}) - {1}

    def used(self) -> Iterator[bytes]:
        """What is: all pages but those that the file says are free."""
        for number in sorted(self._numbers - self._unused):
            yield self[number]

    def former(self) -> Iterator[bytes]:
        """What was: pages changed since by the log, and those that the list, right or not, calls free."""
        yield from self._replaced
        for number in sorted(self._numbers & self._unused):
            yield self[number]

    def __getitem__(self, number: int) -> bytes:
        """A page; zeros where the disk gives nothing."""
        if number in self._logged:
            return self._logged[number]
        if not 0 < number <= self._count:
            raise Unreadable("there is no such page")
        try:
            self._database.seek((number - 1) * PAGE)
            page = self._database.read(PAGE)
        except OSError:
            page = b""
        return page.ljust(PAGE, b"\0")

    def _freelist(self) -> set[int]:
        """Free pages, as far as their list can be followed (section 1.5.1)."""
        found: set[int] = set()
        try:
            (trunk,) = struct.unpack_from(">I", self[1], 32)
            while trunk and trunk not in found:
                found.add(trunk)
                page = self[trunk]
                trunk, leaves = struct.unpack_from(">II", page)
                found.update(struct.unpack_from(f">{min(leaves, PAGE // 4 - 2)}I", page, 8))
        except Unreadable:
            pass  # a damaged list ends here
        return found


def _frames(log: bytes) -> Iterator[tuple[int, bytes]]:
    """Frames of the log's present round, in order; those behind them are left over from earlier ones."""
    begins = range(WAL_HEADER, len(log) - FRAME - PAGE + 1, FRAME + PAGE)
    salts = [log[begin + 8 : begin + 16] for begin in begins]
    named = log[16:24]
    present = named if named in salts else next((salt for salt in salts if any(salt)), named)
    for begin, salt in zip(begins, salts, strict=True):
        if salt == present:
            (number,) = struct.unpack_from(">I", log, begin)
            yield number, log[begin + FRAME : begin + FRAME + PAGE]


def rows(page: bytes, all_pages: Pages) -> Iterator[Found]:
    """The rows on a page; what cannot be read is passed over.

    all_pages: where the rest of a long row lies.
    """
    kind = page[0]
    if kind not in {TABLE_LEAF, INDEX_LEAF, INDEX_INTERIOR}:
        return
    head = 12 if kind == INDEX_INTERIOR else 8
    (count,) = struct.unpack_from(">H", page, 3)
    for index in range(min(count, (PAGE - head) // 2)):
        (begin,) = struct.unpack_from(">H", page, head + 2 * index)
        try:
            yield _row(kind, page, begin, all_pages)
        except (IndexError, struct.error, ValueError):
            continue


def _row(kind: int, page: bytes, begin: int, all_pages: Pages) -> Found:
    at = begin + 4 if kind == INDEX_INTERIOR else begin
    size, at = _varint(page, at)
    rowid = None
    if kind == TABLE_LEAF:
        rowid, at = _varint(page, at)
    payload = _payload(page, at, size, TABLE_ROOM if kind == TABLE_LEAF else INDEX_ROOM, all_pages)
    return Found(rowid, _record(payload))


def _payload(page: bytes, at: int, size: int, room: int, all_pages: Pages) -> bytes:
    """A row's bytes, the rest of a long one gathered from its chain of pages."""
    if size > MAX_PAYLOAD:
        raise Unreadable("longer than any row")
    if size <= room:
        return page[at : at + size]
    here = LEAST + (size - LEAST) % (PAGE - 4)
    if here > room:
        here = LEAST
    parts = [page[at : at + here]]
    (following,) = struct.unpack_from(">I", page, at + here)
    left = size - here
    while left > 0:
        further = all_pages[following]
        parts.append(further[4 : 4 + min(left, PAGE - 4)])
        left -= PAGE - 4
        (following,) = struct.unpack_from(">I", further)
    return b"".join(parts)


def _record(payload: bytes) -> tuple[Value, ...]:
    head, at = _varint(payload, 0)
    types = []
    while at < head:
        serial, at = _varint(payload, at)
        types.append(serial)
    values = []
    for serial in types:
        value, at = _value(payload, at, serial)
        values.append(value)
    return tuple(values)


def _value(payload: bytes, at: int, serial: int) -> tuple[Value, int]:
    if serial == 0:
        return None, at
    if serial in {8, 9}:
        return serial - 8, at
    if serial < len(INTEGER_BYTES):
        end = at + INTEGER_BYTES[serial]
        return int.from_bytes(_cut(payload, at, end), signed=True), end
    if serial == 7:
        return struct.unpack_from(">d", payload, at)[0], at + 8
    if serial < 12:
        raise Unreadable("a type that is not used")
    end = at + (serial - 12) // 2
    raw = _cut(payload, at, end)
    return (raw if serial % 2 == 0 else raw.decode()), end


def _cut(payload: bytes, at: int, end: int) -> bytes:
    if end > len(payload):
        raise Unreadable("ends too early")
    return payload[at:end]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for index in range(8):
        byte = data[at + index]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + index + 1
    return value << 8 | data[at + 8], at + 9


def log_damage(log: bytes, index: bytes) -> str | None:
    """What is wrong with a write-ahead log in a way that no torn write explains; None when nothing is.

    SQLite reads a log up to the first frame whose checksum is wrong and is silent about those after it: after
    a torn write there are none, after damage there are. Its index (`-shm`), which a kill leaves behind, says
    how many frames were whole; it is written after them, so it never runs ahead.
    """
    frames = list(_checked(log))
    wrong = next((number for number, whole in enumerate(frames, 1) if not whole), None)
    known = _indexed(log, index)
    if known > len(frames):
        return f"{known - len(frames)} frames of its log are gone"
    if frames and _checksum(log[:24], (0, 0), log) != struct.unpack_from(">II", log, 24):
        return "the head of its log is not as it was written"
    if wrong is not None and (known >= wrong or any(frames[wrong:])):
        return f"frame {wrong} of its log is not as it was written, and it was written whole"
    return None


def _checked(log: bytes) -> Iterator[bool]:
    """Of each frame, whether its checksum holds, which goes on from the frame before (section 4.2)."""
    salt = log[16:24]
    before = struct.unpack_from(">II", log, 24) if len(log) >= WAL_HEADER else (0, 0)
    for begin in range(WAL_HEADER, len(log) - FRAME - PAGE + 1, FRAME + PAGE):
        after = struct.unpack_from(">II", log, begin + 16)
        content = log[begin : begin + 8] + log[begin + FRAME : begin + FRAME + PAGE]
        yield log[begin + 8 : begin + 16] == salt and _checksum(content, before, log) == after
        before = after


def _indexed(log: bytes, index: bytes) -> int:
    """How many frames the index counts (WalIndexHdr in SQLite's wal.c); 0 if it is of another round."""
    if len(index) < INDEX_HEADER or (len(log) >= WAL_HEADER and log[16:24] != index[32:40]):
        return 0
    (frames,) = struct.unpack_from("=I", index, 16)
    return int(frames)


def _checksum(content: bytes, before: tuple[int, ...], log: bytes) -> tuple[int, int]:
    """The log's own checksum, in the byte order that its head names."""
    first, second = before
    order = ">" if log[3] & 1 else "<"
    words = struct.unpack(f"{order}{len(content) // 4}I", content)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return first, second
