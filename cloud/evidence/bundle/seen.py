"""An evidence file as it is read: every member hashed once, small ones parsed on demand."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, BinaryIO, Final, TypeVar

from pydantic import BaseModel, ValidationError

from cloud.core import mp4
from cloud.core.head import SignedHead
from cloud.core.words import Words
from cloud.evidence.bundle import container, members
from cloud.evidence.bundle.container import Member
from contracts.messages import ClipManifest

Shape = TypeVar("Shape", bound=BaseModel)

MAX_TEXT_BYTES: Final = 8 << 20
MAX_TABLE_BYTES: Final = 32 << 20
"""Of a film's tables: four hours take less."""
BOX_HEAD: Final = 16


class Doubt(Exception):  # noqa: N818 - it is an answer, not a failure
    """What a check found wrong: a sentence for each thing, saying what and where."""

    def __init__(self, *words: Words) -> None:
        super().__init__("; ".join(each.en for each in words))
        self.words = words


@dataclass(frozen=True)
class Seen:
    """digests: SHA-256 of each member. damaged: whose CRC is not the container's. pieces: of the clip."""

    file: BinaryIO
    listed: Mapping[str, Member]
    digests: Mapping[str, str]
    damaged: tuple[str, ...]
    pieces: tuple[str, ...]
    _read: dict[str, BaseModel] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def manifest(self) -> ClipManifest:
        """What the device signed."""
        try:
            return ClipManifest.model_validate_json(self.read(members.MANIFEST), extra="ignore")
        except ValidationError as error:
            raise _unreadable(members.MANIFEST) from error

    @property
    def custody(self) -> members.Custody:
        """The lines of custody."""
        return self.part(members.Custody, members.CUSTODY)

    @property
    def proofs(self) -> members.Proofs:
        """What connects the entries with the heads."""
        return self.part(members.Proofs, members.PROOFS)

    @property
    def export(self) -> members.Line:
        """The log's entry of this export."""
        return self.part(members.Line, members.EXPORT)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What the page says."""
        return mapping(self.read(members.FACTS), members.FACTS)

    def read(self, name: str, limit: int = MAX_TEXT_BYTES) -> bytes:
        """The bytes of a small member.

        Raises:
            Doubt: It is missing, or too long.
        """
        member = self.listed.get(name)
        if member is None:
            raise Doubt(Words(f"缺少 {name}，无法核验", f"{name} is missing, so this cannot be checked"))
        try:
            return container.content(self.file, member, limit)
        except container.Refused as refused:
            raise Doubt(refused.words) from refused

    def part(self, shape: type[Shape], name: str, limit: int = MAX_TEXT_BYTES) -> Shape:
        """A member as what it must be, read once; its bytes must be those that we write.

        Raises:
            Doubt: It is missing, or is not.
        """
        known = self._read.get(name)
        if isinstance(known, shape):
            return known
        content = self.read(name, limit)
        try:
            found = shape.model_validate_json(content)
        except ValidationError as error:
            raise _unreadable(name) from error
        if members.text(found) != content:
            raise _unreadable(name)
        self._read[name] = found
        return found

    def head(self, name: str) -> SignedHead:
        """A head of the log.

        Raises:
            Doubt: It is missing, or no head.
        """
        lines = self.read(name).decode("utf-8", "replace").split("\n")
        if len(lines) != 3 or lines[2]:
            raise _unreadable(name)
        return SignedHead(lines[0], lines[1])

    def film(self, name: str) -> mp4.Film | None:
        """The tables of a film; None where it has none that can be read."""
        member = self.listed[name]
        at = 0
        while at + BOX_HEAD <= member.size_bytes:
            self.file.seek(member.offset + at)
            head = self.file.read(BOX_HEAD)
            size, kind = int.from_bytes(head[:4]), head[4:8]
            body = 16 if size == 1 else 8
            size = int.from_bytes(head[8:16]) if size == 1 else size or member.size_bytes - at
            if size < body or at + size > member.size_bytes:
                return None
            if kind == b"moov" and size <= MAX_TABLE_BYTES:
                self.file.seek(member.offset + at + body)
                return _film(self.file.read(size - body))
            at += size
        return None


def look(file: BinaryIO) -> Seen:
    """Reads every byte once.

    Raises:
        Refused: It is no evidence file.
    """
    found = {member.name: member for member in container.listed(file)}
    digests, damaged = {}, []
    pieces: tuple[str, ...] = ()
    for name, member in found.items():
        whole, crc, parts = hashlib.sha256(), 0, []
        for chunk in container.chunks(file, member):
            whole.update(chunk)
            crc = zlib.crc32(chunk, crc)
            if name == members.CLIP:
                parts += members.pieces(chunk)
        digests[name] = whole.hexdigest()
        if crc != member.crc32:
            damaged.append(name)
        pieces += tuple(parts)
    return Seen(file, found, digests, tuple(damaged), pieces)


def mapping(content: bytes | str, where: str) -> dict[str, Any]:
    """A JSON object.

    Raises:
        Doubt: It is none.
    """
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _unreadable(where) from error
    if not isinstance(found, dict):
        raise _unreadable(where)
    return found


def _film(moov: bytes) -> mp4.Film | None:
    try:
        return mp4.film(moov)
    except mp4.NotMp4:
        return None


def _unreadable(name: str) -> Doubt:
    return Doubt(
        Words(f"{name} 无法读取，或不是本系统写出的样子", f"{name} cannot be read, or was rewritten")
    )
