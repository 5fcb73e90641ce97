"""Clips from their announcement to the store."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from cloud.store import clips
from contracts.messages import ClipFailed, ClipSealed
from tests.fixtures.cloud import NOW
from tests.integration.queries.made import FALL, OTHER_FALL, Case, later

DIGEST = "ab" * 32
SEALED = ClipSealed(
    message_id=UUID(int=21),
    agent="box-a",
    boot=UUID(int=1),
    seq=90,
    observed_at=NOW,
    camera="cam-east",
    event=FALL.message_id,
    sha256=DIGEST,
    size_bytes=1000,
    manifest="{}",
    signature="c2lnbmF0dXJl",
    certificate="-----BEGIN CERTIFICATE-----",
)
FAILED = ClipFailed(
    message_id=UUID(int=22),
    agent="box-a",
    boot=UUID(int=1),
    seq=91,
    observed_at=NOW,
    camera="cam-west",
    event=OTHER_FALL.message_id,
    reason="the disk was full",
)

CASES: Final[Mapping[str, Case]] = {
    "clips.announce": lambda at: clips.announce(
        at.conn, SEALED, signed_by="box-a", objection=None, at=later(1)
    ),
    "clips.fail": lambda at: clips.fail(at.conn, FAILED, later(1)),
    "clips.mismatch": lambda at: clips.mismatch(at.conn, DIGEST, "box-a"),
    "clips.announced": lambda at: clips.announced(at.conn, DIGEST, "box-a"),
    "clips.store": lambda at: clips.store(at.conn, DIGEST, "box-a", later(2)),
    "clips.of_event": lambda at: clips.of_event(at.conn, FALL.message_id),
    "clips.is_stored": lambda at: clips.is_stored(at.conn, DIGEST),
}
