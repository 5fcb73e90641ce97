"""The evidence store: clips by their SHA-256, put once, never changed; sealed with their estate's key.

A digest is always that of the clip itself, never of its sealed bytes.
"""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID

from cloud.core import sealed
from cloud.core.sealed import Cipher, Damaged, Header
from cloud.evidence.keys import KeyLost
from cloud.evidence.objects import Objects, StoreDown

__all__ = ["Blobs", "Clip", "KeyLost", "OtherBytes", "StoreDown"]

CHUNK_BYTES = 1024 * 1024
"""Read and handed on at once; a whole number of segments."""


class OtherBytes(Exception):  # noqa: N818 - says what was found
    """Under this digest lie bytes with another one. They are left as they are, for somebody to look at."""


class EstateKeys(Protocol):
    """Where the keys of estates come from."""

    async def newest(self, estate: str) -> tuple[UUID, bytes]:
        """(id, key) for the estate's next clip."""

    async def by_id(self, key: UUID) -> bytes:
        """A key by which a clip was sealed. Raises KeyLost."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip that is there. cipher: None where it lies there as it is."""

    objects: Objects
    path: str
    size: int
    cipher: Cipher | None

    async def read(self, first: int, last: int) -> AsyncIterator[bytes]:
        """Bytes `first`…`last`, both included, in pieces.

        Raises:
            OtherBytes: A sealed piece is not what was written.
            FileNotFoundError: It was taken away meanwhile.
            StoreDown: Of the store.
        """
        position = first
        while position <= last:
            end = min(position - position % CHUNK_BYTES + CHUNK_BYTES - 1, last)
            yield await self._piece(position, end)
            position = end + 1

    async def _piece(self, first: int, last: int) -> bytes:
        if self.cipher is None:
            return await self.objects.range(self.path, first, last + 1)
        where = sealed.span(self.size, first, last)
        found = await self.objects.range(self.path, where.begin, where.end)
        try:
            opened = await asyncio.to_thread(self.cipher.opened, found, self.size, where)
        except Damaged as error:
            raise OtherBytes(f"{self.path}: {error}") from error
        begin = first - where.first * sealed.SEGMENT
        return opened[begin : begin + last - first + 1]


class Blobs:
    """Clips in a store. keys: None where clips lie there as they are."""

    def __init__(self, objects: Objects, keys: EstateKeys | None = None) -> None:
        self.objects = objects
        self._keys = keys

    @classmethod
    def at(cls, url: str, keys: EstateKeys | None = None) -> "Blobs":
        """The store at `file:///folder` or `s3://bucket/prefix`, as `Objects.at`.

        Raises:
            ValueError: No such kind of store, or no usable address.
        """
        return cls(Objects.at(url), keys)

    async def put(self, sha256: str, file: Path, estate: str) -> None:
        """Store a file under its digest, sealed with the key of `estate`. A copy does nothing.

        Raises:
            OtherBytes: Other bytes lie under this digest.
            KeyLost: What lies there cannot be opened, or the estate's key cannot.
            StoreDown: Of the store.
        """
        if self._keys is None:
            done = await self.objects.put(plain_path(sha256), file)
        elif await self.objects.size(plain_path(sha256)) is not None:
            done = False
        else:
            done = await self.seal(sha256, file, estate)
        if not done:
            await self.holds(sha256)

    async def seal(self, sha256: str, file: Path, estate: str) -> bool:
        """Store a file sealed with the key of `estate`; False where one lies there sealed already.

        Raises:
            KeyLost, StoreDown: As `put`.
        """
        if self._keys is None:
            raise KeyLost("evidence.keys is not set")
        key, secret = await self._keys.newest(estate)
        header = Header(key, secrets.token_bytes(sealed.SALT_BYTES))
        beside = file.with_name(f"{file.name}.sealed")
        try:
            await asyncio.to_thread(_write_sealed, file, beside, header, Cipher(secret, header, sha256))
            return await self.objects.put(sealed_path(sha256), beside)
        finally:
            await asyncio.to_thread(beside.unlink, missing_ok=True)

    async def find(self, sha256: str) -> Clip | None:
        """The clip, to be read; None when it is not there.

        Raises:
            OtherBytes: What lies there is no clip that we sealed.
            KeyLost: It is sealed, and its key is not to be had.
            StoreDown: Of the store.
        """
        path = sealed_path(sha256)
        size = await self.objects.size(path)
        if size is None:
            path = plain_path(sha256)
            size = await self.objects.size(path)
            return None if size is None else Clip(self.objects, path, size, None)
        if self._keys is None:
            raise KeyLost("the clip is sealed, and evidence.keys is not set")
        try:
            header = Header.decode(await self.objects.range(path, 0, min(size, sealed.HEADER_BYTES)))
            length = sealed.plain_size(size)
        except Damaged as error:
            raise OtherBytes(f"{path}: {error}") from error
        return Clip(self.objects, path, length, Cipher(await self._keys.by_id(header.key), header, sha256))

    async def holds(self, sha256: str) -> bool:
        """Whether the clip is here; every byte of it is read and checked. Raises as `whole`."""
        return await self.whole(sha256) is not None

    async def whole(self, sha256: str) -> Clip | None:
        """The clip, every byte of it read and checked; None when it is not there.

        Raises:
            OtherBytes: Something is here, and it is not what the digest says.
            KeyLost, StoreDown: As `find`.
        """
        clip = await self.find(sha256)
        if clip is None:
            return None
        digest = hashlib.sha256()
        async for piece in clip.read(0, clip.size - 1):
            digest.update(piece)
        if digest.hexdigest() != sha256:
            raise OtherBytes(f"under {sha256} lie {clip.size} bytes with digest {digest.hexdigest()}")
        return clip

    async def delete(self, sha256: str) -> None:
        """Delete a clip, however it lies there; one that is not there is no error.

        Raises:
            StoreDown: Of the store.
        """
        for path in (sealed_path(sha256), plain_path(sha256)):
            await self.objects.delete(path)

    async def expect_there(self) -> None:
        """Raises StoreDown where the store does not answer, does not let us in or has no such bucket."""
        await self.objects.expect_there()


def plain_path(sha256: str) -> str:
    """Where a clip lies as it is. Two levels, so that no folder holds every clip."""
    return f"clips/{sha256[:2]}/{sha256}.mp4"


def sealed_path(sha256: str) -> str:
    """Where a clip lies sealed."""
    return f"clips/{sha256[:2]}/{sha256}.fwe"


def _write_sealed(file: Path, beside: Path, header: Header, cipher: Cipher) -> None:
    size = file.stat().st_size
    with file.open("rb") as plain, beside.open("wb") as out:
        out.write(header.encode())
        for segment in cipher.sealed(_pieces(plain), size):
            out.write(segment)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(sealed.SEGMENT):
        yield piece
