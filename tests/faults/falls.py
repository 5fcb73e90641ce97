"""Falls and clips as a camera's worker puts them into the outbox, from a process of its own."""

import hashlib
import random
from collections.abc import Callable
from pathlib import Path
from typing import Final
from uuid import UUID

from contracts.base import Durable
from contracts.messages import FallingObject
from edge.clock import utc_now
from edge.outbox.store import Clip, Outbox, Stored
from tests.faults.box import Box
from tests.faults.place import CAMERA
from tests.fixtures.cloud import Device

MIB: Final = 1024**2


def fall(outbox: Outbox, box: Box, boot: UUID) -> Stored:
    """A fall, decided now."""
    camera = f"{box.name}-{CAMERA}"
    return outbox.append(boot, utc_now(), _numbered(box, boot, lambda device: device.fall(camera=camera)))


def clip(outbox: Outbox, box: Box, boot: UUID, size_bytes: int, luck: random.Random) -> Clip:
    """A fall whose clip is sealed: the file is there, and waits for upload."""
    event = FallingObject.model_validate_json(fall(outbox, box, boot).body)
    content = luck.randbytes(size_bytes)
    digest = hashlib.sha256(content).hexdigest()
    path = box.data / "clips" / f"{digest}.mp4"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    sealed = Clip(digest, path, size_bytes, event.message_id)
    outbox.append(boot, utc_now(), _numbered(box, boot, lambda device: device.clip(event, content)), sealed)
    return sealed


def stored(folder: Path, sha256: str) -> bool:
    """Whether the cloud keeps these bytes."""
    found = [path for path in folder.rglob("*") if sha256 in path.name and path.is_file()]
    return any(hashlib.sha256(path.read_bytes()).hexdigest() == sha256 for path in found)


def _numbered(box: Box, boot: UUID, make: Callable[[Device], Durable]) -> Callable[[int], Durable]:
    at = utc_now()
    return lambda seq: make(Device(box.name, box.credentials, boot, at, iter([seq])))
