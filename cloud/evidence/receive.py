"""Receives a clip in as many pieces as the line allows; keeps it only with the announced digest."""

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cloud.evidence.blobs import Blobs


class UploadRefused(ValueError):  # noqa: N818 - it is an answer, not a failure
    """The upload cannot go on like this."""


class WrongOffset(UploadRefused):
    """The bytes do not continue what is here; `offset` says where they must."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"continue at byte {offset}")
        self.offset = offset


class Busy(UploadRefused):
    """Another upload of the same clip is under way."""


class TooLong(UploadRefused):
    """More bytes than were announced."""


class WrongDigest(UploadRefused):
    """All bytes have come, and they are not the announced ones. They have been thrown away."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A clip as it was announced."""

    sha256: str
    size_bytes: int
    estate: str
    """Whose key it is sealed with."""


def waiting(staging: Path, wanted: Wanted) -> int:
    """How many bytes have arrived and are not in the store yet."""
    return _size(_part(staging, wanted))


async def reached(blobs: Blobs, staging: Path, wanted: Wanted) -> tuple[int, bool]:
    """(how many bytes are here, whether the clip is complete, checked and stored).

    Where all bytes have arrived and the last step failed, the store being down or we being killed, it is done
    now: a device that hears of all its bytes deletes its copy.

    Raises:
        Busy, WrongDigest: The last step is being done, or all bytes are here and are not the announced ones.
        OtherBytes, StoreDown: Of the evidence store.
    """
    if await blobs.holds(wanted.sha256):
        return wanted.size_bytes, True
    part = _part(staging, wanted)
    size = await asyncio.to_thread(_size, part)
    if size < wanted.size_bytes:
        return size, False
    with await asyncio.to_thread(_opened, part) as file:
        _lock(file)
        size = os.fstat(file.fileno()).st_size
        return size, size == wanted.size_bytes and await _kept(blobs, part, wanted)


async def append(
    blobs: Blobs, staging: Path, wanted: Wanted, begin: int, body: AsyncIterator[bytes]
) -> tuple[int, bool]:
    """Append `body` at `begin`; (new offset, whether the clip is complete, checked and stored).

    What arrived before a broken line stays, so that the next try continues there.

    Raises:
        UploadRefused: One of its kinds.
        OtherBytes, StoreDown: Of the evidence store.
    """
    if await blobs.holds(wanted.sha256):
        if begin != wanted.size_bytes:
            raise WrongOffset(wanted.size_bytes)
        return wanted.size_bytes, True
    part = _part(staging, wanted)
    with await asyncio.to_thread(_opened, part) as file:
        _lock(file)
        size = os.fstat(file.fileno()).st_size
        if size < wanted.size_bytes:
            size = await _write(file, wanted, begin, body)
        return size, size == wanted.size_bytes and await _kept(blobs, part, wanted)


async def _kept(blobs: Blobs, part: Path, wanted: Wanted) -> bool:
    """All bytes have arrived: check them and put them into the store."""
    digest = await asyncio.to_thread(_digest, part)
    if digest != wanted.sha256:
        await asyncio.to_thread(part.unlink)
        raise WrongDigest(f"the bytes have digest {digest}")
    await blobs.put(wanted.sha256, part, wanted.estate)
    await asyncio.to_thread(part.unlink)
    return True


async def _write(file: BinaryIO, wanted: Wanted, begin: int, body: AsyncIterator[bytes]) -> int:
    reached = os.fstat(file.fileno()).st_size
    if begin != reached:
        raise WrongOffset(reached)
    try:
        async for chunk in body:
            if reached + len(chunk) > wanted.size_bytes:
                raise TooLong(f"{wanted.size_bytes} bytes were announced")
            await asyncio.to_thread(file.write, chunk)
            reached += len(chunk)
    finally:
        file.flush()
        await asyncio.to_thread(os.fsync, file.fileno())
    return reached


def _opened(part: Path) -> BinaryIO:
    part.parent.mkdir(parents=True, exist_ok=True)
    return part.open("ab")


def _lock(file: BinaryIO) -> None:
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Busy("another upload of this clip is under way") from error


def _size(part: Path) -> int:
    try:
        return part.stat().st_size
    except FileNotFoundError:
        return 0


def _part(staging: Path, wanted: Wanted) -> Path:
    return staging / f"{wanted.sha256}.part"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
