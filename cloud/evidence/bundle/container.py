"""The container of an evidence file: a ZIP that is its members and nothing else, each byte accounted for.

Members are stored uncompressed one after the other, with one fixed date, no extra fields and no comments
(APPNOTE 6.3.10, 4.3.7, 4.3.12, 4.3.16). So the same members always make the same bytes; any program opens it;
and a file that is not exactly what `write` would have made of the members that it lists is refused: there is
nowhere to hide a second member of the same name, a path that leads outside, or a bomb.
"""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from cloud.core.words import Words

MAX_FILE_BYTES: Final = 2**32 - 1
"""Beyond it a ZIP needs the 64-bit records, which we neither write nor read."""
MAX_MEMBERS: Final = 64
MAX_NAME: Final = 100
CHUNK_BYTES: Final = 1 << 20
NAME: Final = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*(?:/[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)*")

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_VERSION, _UNIX = 20, 3 << 8
_FIRST_DAY: Final = 0x0021
"""1 January 1980, the first day that a ZIP knows: when a file was made stands in its head, not here."""
_MODE: Final = 0o100644 << 16


class Refused(ValueError):  # noqa: N818 - it is an answer, not a failure
    """The file is no evidence file, or is built to deceive whoever opens it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(zh, en)


@dataclass(frozen=True, slots=True)
class Member:
    """A member as the container lists it. offset: where its bytes begin."""

    name: str
    size_bytes: int
    crc32: int
    offset: int


def write(sink: BinaryIO, members: Sequence[tuple[str, bytes | Path]]) -> None:
    """The container of these members, in their order. A member is its bytes, or the file that holds them.

    Raises:
        ValueError: A name is not allowed or stands twice, or the whole is too long.
        OSError: Of reading or writing.
    """
    names = [name for name, _ in members]
    if len(set(names)) != len(names) or not all(_is_allowed(name) for name in names):
        raise ValueError(f"names must differ and be plain: {names}")
    offset, listed = 0, []
    for name, content in members:
        size, crc = _measured(content)
        begin = offset + _LOCAL.size + len(name)
        member = Member(name, size, crc, begin)
        if begin + size > MAX_FILE_BYTES:
            raise ValueError("an evidence file has at most 4 GiB")
        sink.write(_local_header(member))
        sink.writelines(_chunks(content))
        listed.append(member)
        offset = begin + size
    sink.write(_directory(listed, offset))


def listed(file: BinaryIO) -> tuple[Member, ...]:
    """The members of a container, whose every byte outside of them has been checked.

    Raises:
        Refused: It is not exactly what `write` makes.
    """
    length = file.seek(0, 2)
    directory = _read_directory(file, length)
    members = _parsed(directory)
    names = [member.name for member in members]
    for name in names:
        if not _is_allowed(name):
            raise Refused(f"成员名 {name!r} 不被允许，可能指向文件之外", f"the name {name!r} is not allowed")
        if names.count(name) > 1:
            raise Refused(f"成员 {name} 出现两次", f"the member {name} is there twice")
    end = 0
    for member in members:
        header = _local_header(member)
        if member.offset != end + len(header):
            raise Refused(
                f"成员 {member.name} 不在应在的位置", f"the member {member.name} is not where it must be"
            )
        if _read_at(file, end, len(header)) != header:
            raise Refused(f"成员 {member.name} 的文件头被改动", f"the header of {member.name} was changed")
        end = member.offset + member.size_bytes
    if end + len(directory) != length or _directory(members, end) != directory:
        raise Refused(
            "文件目录不是本系统写出的样子", "the directory of the file is not what our program writes"
        )
    return members


def content(file: BinaryIO, member: Member, limit: int) -> bytes:
    """All bytes of a small member.

    Raises:
        Refused: It is longer than `limit`.
    """
    if member.size_bytes > limit:
        raise Refused(
            f"成员 {member.name} 有 {member.size_bytes} 字节，超过上限 {limit}",
            f"the member {member.name} has {member.size_bytes} bytes, more than {limit}",
        )
    return _read_at(file, member.offset, member.size_bytes)


def chunks(file: BinaryIO, member: Member) -> Iterator[bytes]:
    """The bytes of a member, piece by piece."""
    file.seek(member.offset)
    left = member.size_bytes
    while left:
        chunk = file.read(min(CHUNK_BYTES, left))
        if not chunk:
            raise Refused(f"成员 {member.name} 不完整", f"the member {member.name} ends too soon")
        left -= len(chunk)
        yield chunk


def _is_allowed(name: str) -> bool:
    return len(name) <= MAX_NAME and NAME.fullmatch(name) is not None


def _measured(content: bytes | Path) -> tuple[int, int]:
    size = crc = 0
    for chunk in _chunks(content):
        size += len(chunk)
        crc = zlib.crc32(chunk, crc)
    return size, crc


def _chunks(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _local_header(member: Member) -> bytes:
    name = member.name.encode()
    sizes = (member.crc32, member.size_bytes, member.size_bytes)
    return _LOCAL.pack(b"PK\3\4", _VERSION, 0, 0, 0, _FIRST_DAY, *sizes, len(name), 0) + name


def _central_header(member: Member) -> bytes:
    name = member.name.encode()
    sizes = (member.crc32, member.size_bytes, member.size_bytes)
    begin = member.offset - _LOCAL.size - len(name)
    versions = (_UNIX | _VERSION, _VERSION)
    head = _CENTRAL.pack(
        b"PK\1\2", *versions, 0, 0, 0, _FIRST_DAY, *sizes, len(name), 0, 0, 0, 0, _MODE, begin
    )
    return head + name


def _directory(members: Sequence[Member], begin: int) -> bytes:
    headers = b"".join(map(_central_header, members))
    return headers + _END.pack(b"PK\5\6", 0, 0, len(members), len(members), len(headers), begin, 0)


def _read_directory(file: BinaryIO, length: int) -> bytes:
    """The directory with its end record, which must be the last bytes of the file."""
    if not _END.size <= length <= MAX_FILE_BYTES:
        raise Refused("这不是证据文件", "this is no evidence file")
    end = _END.unpack(_read_at(file, length - _END.size, _END.size))
    signature, _, _, _, count, size, begin, _ = end
    longest = MAX_MEMBERS * (_CENTRAL.size + MAX_NAME)
    if signature != b"PK\5\6":
        raise Refused(
            "这不是证据文件，或末尾被截断、添加了内容",
            "this is no evidence file, or its end was cut or added to",
        )
    if count > MAX_MEMBERS or size > longest or begin + size + _END.size != length:
        raise Refused(
            "文件目录过大或位置不对，拒绝打开", "the directory is too long or misplaced: the file is refused"
        )
    return _read_at(file, begin, size + _END.size)


def _parsed(directory: bytes) -> tuple[Member, ...]:
    members, at = [], 0
    while at < len(directory) - _END.size:
        if at + _CENTRAL.size > len(directory):
            raise Refused("文件目录无法读取", "the directory cannot be read")
        fields = _CENTRAL.unpack_from(directory, at)
        crc32, compressed, size, name_length, begin = (*fields[7:11], fields[16])
        name = directory[at + _CENTRAL.size : at + _CENTRAL.size + name_length]
        if fields[0] != b"PK\1\2" or len(name) != name_length:
            raise Refused("文件目录无法读取", "the directory cannot be read")
        shown = name.decode("ascii", "replace")
        if fields[4] or compressed != size:
            raise Refused(
                f"成员 {shown} 是压缩的；证据文件从不压缩，拒绝解压",
                f"the member {shown} is compressed; an evidence file never is, so it is not unpacked",
            )
        members.append(Member(shown, size, crc32, begin + _LOCAL.size + name_length))
        at += _CENTRAL.size + name_length + fields[11] + fields[12]
    return tuple(members)


def _read_at(file: BinaryIO, offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)
