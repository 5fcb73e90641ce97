"""How a clip lies in the store: sealed with a key of its own, in segments, so that any range opens by itself.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its
Nonce-Reuse Misuse-Resistance, CRYPTO 2015, 7) with AES-256-GCM, and the layout that of Tink's AES-GCM-HKDF:

    header:  "FWE1" | id of the estate's key, 16 bytes | salt, 32 random bytes
    segment: 65,536 bytes of the clip, the last one shorter, each followed by its tag of 16 bytes
    key:     HKDF-SHA256 (RFC 5869) of the estate's key; salt as above, context: header and the clip's digest
    nonce:   7 zero bytes | number of the segment, 4 bytes | 1 in the last segment, else 0

A key is used for one clip only, so nonces never repeat. A segment cannot be changed, moved, left out or given
out as the last; a clip cannot be given out under another digest. Limit: 2^32 segments, 256 TiB.
"""

import hashlib
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC: Final = b"FWE1"
SALT_BYTES: Final = 32
HEADER_BYTES: Final = len(MAGIC) + 16 + SALT_BYTES
SEGMENT: Final = 64 * 1024
TAG: Final = 16
KEY_BYTES: Final = 32
CONTEXT: Final = b"fallwatch clip 1"


class Damaged(ValueError):  # noqa: N818 - says what was found
    """The sealed bytes are not those that were written, or not under this digest. The message says where."""


@dataclass(frozen=True, slots=True)
class Header:
    """The beginning of a sealed clip: by whose key it was sealed, and what makes its own key unique."""

    key: UUID
    salt: bytes

    def encode(self) -> bytes:
        """As it is written."""
        return MAGIC + self.key.bytes + self.salt

    @classmethod
    def decode(cls, found: bytes) -> Self:
        """As it was read.

        Raises:
            Damaged: These bytes begin no sealed clip.
        """
        if len(found) != HEADER_BYTES or not found.startswith(MAGIC):
            raise Damaged("this is no sealed clip")
        return cls(UUID(bytes=found[4:20]), found[20:])


@dataclass(frozen=True, slots=True)
class Span:
    """Segments `first`…`last`, both included, and where they lie: bytes begin…end - 1 of the object."""

    first: int
    last: int
    begin: int
    end: int


def segments(size: int) -> int:
    """How many a clip of `size` bytes has; an empty one has one, which is empty."""
    return max(1, -(-size // SEGMENT))


def sealed_size(size: int) -> int:
    """How long a clip of `size` bytes lies there."""
    return HEADER_BYTES + size + TAG * segments(size)


def plain_size(sealed: int) -> int:
    """How long the clip is that lies there as `sealed` bytes.

    Raises:
        Damaged: No clip is sealed into so many bytes.
    """
    body = sealed - HEADER_BYTES
    size = body - TAG * max(1, -(-body // (SEGMENT + TAG)))
    if size < 0 or sealed_size(size) != sealed:
        raise Damaged(f"no clip is sealed into {sealed} bytes")
    return size


def span(size: int, first: int, last: int) -> Span:
    """What to read for bytes `first`…`last` of a clip of `size` bytes."""
    begin, end = first // SEGMENT, last // SEGMENT
    stop = min((end + 1) * (SEGMENT + TAG), sealed_size(size) - HEADER_BYTES)
    return Span(begin, end, HEADER_BYTES + begin * (SEGMENT + TAG), HEADER_BYTES + stop)


class Cipher:
    """Seals and opens one clip."""

    def __init__(self, estate_key: bytes, header: Header, sha256: str) -> None:
        context = CONTEXT + header.encode() + bytes.fromhex(sha256)
        own = HKDF(SHA256(), KEY_BYTES, salt=header.salt, info=context).derive(estate_key)
        self._gcm = AESGCM(own)

    def sealed(self, pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
        """The segments of a clip of `size` bytes, read as pieces of SEGMENT bytes."""
        count = segments(size)
        for number, piece in enumerate(pieces if size else [b""]):
            yield self._gcm.encrypt(_nonce(number, is_last=number == count - 1), piece, None)

    def opened(self, found: bytes, size: int, where: Span) -> bytes:
        """The bytes of the clip in the segments `where`, of a clip of `size` bytes.

        Raises:
            Damaged: A segment is not what was written.
        """
        parts, count = [], segments(size)
        for number in range(where.first, where.last + 1):
            begin = (number - where.first) * (SEGMENT + TAG)
            piece = found[begin : begin + SEGMENT + TAG]
            try:
                parts.append(self._gcm.decrypt(_nonce(number, is_last=number == count - 1), piece, None))
            except (InvalidTag, ValueError) as error:
                at = number * SEGMENT
                raise Damaged(f"the clip is damaged in the 64 KiB from byte {at} on") from error
        return b"".join(parts)


def wrap(master: bytes, nonce: bytes, key: bytes, context: str) -> bytes:
    """An estate's key under the master key. nonce: 12 random bytes. context: whose key it is, bound to it."""
    return nonce + AESGCM(master).encrypt(nonce, key, context.encode())


def unwrap(master: bytes, wrapped: bytes, context: str) -> bytes:
    """The estate's key.

    Raises:
        Damaged: It was not wrapped by this master key, or as another's.
    """
    try:
        return AESGCM(master).decrypt(wrapped[:12], wrapped[12:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise Damaged(f"the key of {context} does not open") from error


def master_id(master: bytes) -> str:
    """How a wrapped key names its master key: the beginning of a digest, which tells nothing of it."""
    return hashlib.sha256(b"fallwatch master key" + master).hexdigest()[:16]


def _nonce(number: int, *, is_last: bool) -> bytes:
    return struct.pack(">7xIB", number, is_last)
