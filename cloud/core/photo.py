"""Whether a photograph is what it says it is: a whole JPEG or PNG of a usual size, and nothing besides.

No pixel is decoded. What is looked at is the frame around them, from the first byte to the last, so that
nothing else can travel in a photograph's clothes.
"""

import zlib
from dataclasses import dataclass
from typing import Final, Literal

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_SIDE_PX: Final = 8192
MediaType = Literal["image/jpeg", "image/png"]

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8"
_SCAN, _END = 0xDA, 0xD9
_SIZES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Start of frame, of every process (ITU-T T.81, table B.1)."""
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length."""


class NotAPhoto(ValueError):  # noqa: N818 - it is an answer, not a failure
    """The bytes are not what they are said to be."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph that is whole."""

    media_type: MediaType
    width_px: int
    height_px: int


def examined(content: bytes, said: str) -> Photo:
    """What `content` is, which is said to be of the media type `said`.

    Raises:
        NotAPhoto: It is too large, no whole JPEG or PNG, something follows it, or it is not what was said.
    """
    if len(content) > MAX_BYTES:
        raise NotAPhoto(f"a photograph has at most {MAX_BYTES // 1024 // 1024} MiB")
    if content.startswith(_PNG):
        photo = Photo("image/png", *_png(content))
    elif content.startswith(_JPEG):
        photo = Photo("image/jpeg", *_jpeg(content))
    else:
        raise NotAPhoto("this is neither a JPEG nor a PNG")
    if photo.media_type != said:
        raise NotAPhoto(f"this is {photo.media_type} and was said to be {said or 'nothing'}")
    if not (0 < photo.width_px <= MAX_SIDE_PX and 0 < photo.height_px <= MAX_SIDE_PX):
        raise NotAPhoto(f"a photograph is at most {MAX_SIDE_PX} pixels wide and high")
    return photo


def _png(content: bytes) -> tuple[int, int]:
    """(width, height); every chunk is whole (ISO/IEC 15948, 5.3)."""
    at, size, pixels = len(_PNG), (0, 0), False
    while at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4])
        kind, end = content[at + 4 : at + 8], at + 8 + length
        if end + 4 > len(content) or zlib.crc32(content[at + 4 : end]) != int.from_bytes(
            content[end : end + 4]
        ):
            break
        if (kind == b"IHDR") != (at == len(_PNG)):
            break
        if kind == b"IHDR":
            size = (int.from_bytes(content[at + 8 : at + 12]), int.from_bytes(content[at + 12 : at + 16]))
        pixels |= kind == b"IDAT"
        at = end + 4
        if kind == b"IEND":
            if at == len(content) and pixels:
                return size
            break
    raise NotAPhoto("this PNG is broken, or something follows it")


def _jpeg(content: bytes) -> tuple[int, int]:
    """(width, height); every segment is whole (ITU-T T.81, B.1.1)."""
    at, size, scanned = 2, (0, 0), False
    while at + 2 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # A fill byte.
            at += 1
        elif marker == _END:
            if at + 2 == len(content) and scanned and all(size):
                return size
            break
        elif marker in _ALONE:
            at += 2
        else:
            length = int.from_bytes(content[at + 2 : at + 4])
            if length < 2 or at + 2 + length > len(content):
                break
            if marker in _SIZES:
                height, width = content[at + 5 : at + 7], content[at + 7 : at + 9]
                size = (int.from_bytes(width), int.from_bytes(height))
            at += 2 + length
            if marker == _SCAN:
                scanned = True
                at = _after_scan(content, at)
    raise NotAPhoto("this JPEG is broken, or something follows it")


def _after_scan(content: bytes, at: int) -> int:
    """Where the next marker is that does not belong to the coded data."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            return len(content)
        if content[at + 1] != 0 and content[at + 1] not in _ALONE:
            return at
        at += 2
