"""Clips from their announcement to the store."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from cloud.store import clips, estate_keys, evidence_checks, viewings
from cloud.store.estate_keys import KeyRow
from cloud.store.evidence_checks import Damage
from contracts.messages import ClipFailed, ClipSealed
from tests.fixtures.cloud import NOW
from tests.integration.queries.made import FALL, OTHER_FALL, At, Case, later

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

KEY = KeyRow(UUID(int=41), "garden", 1, "m1", b"wrapped", NOW, None)
ROTTEN = Damage(DIGEST, "rotten", "from byte 65536 on")


async def _begin(at: At) -> None:
    given = await viewings.of_alert(at.conn, at.oldest["alert"], "li", later(1))
    assert given is not None
    await viewings.begin(at.conn, given, "li", DIGEST, later(1))


CASES: Final[Mapping[str, Case]] = {
    "clips.announce": lambda at: clips.announce(
        at.conn, SEALED, signed_by="box-a", objection=None, at=later(1)
    ),
    "clips.fail": lambda at: clips.fail(at.conn, FAILED, later(1)),
    "clips.mismatch": lambda at: clips.mismatch(at.conn, DIGEST, "box-a"),
    "clips.announced": lambda at: clips.announced(at.conn, DIGEST, "box-a"),
    "clips.store": lambda at: clips.store(at.conn, DIGEST, "box-a", later(2)),
    "clips.of_event": lambda at: clips.of_event(at.conn, FALL.message_id),
    "clips.sealed": lambda at: clips.sealed(at.conn, FALL.message_id),
    "viewings.give": lambda at: viewings.give(at.conn, at.oldest["alert"], "li", ("police", "case 7"), NOW),
    "viewings.of_alert": lambda at: viewings.of_alert(at.conn, at.oldest["alert"], "li", later(1)),
    "viewings.of_clip": lambda at: viewings.of_clip(at.conn, DIGEST, "li", later(1)),
    "viewings.of_clip (of somebody else)": lambda at: viewings.of_clip(at.conn, DIGEST, "wang", later(1)),
    "viewings.begin": _begin,
    "viewings.custody": lambda at: viewings.custody(at.conn, at.oldest["alert"]),
    "estate_keys.lock": lambda at: estate_keys.lock(at.conn),
    "estate_keys.add": lambda at: estate_keys.add(at.conn, KEY),
    "estate_keys.newest": lambda at: estate_keys.newest(at.conn, "garden"),
    "estate_keys.rewrap": lambda at: estate_keys.rewrap(at.conn, KEY.id, "m2", b"again"),
    "estate_keys.find": lambda at: estate_keys.find(at.conn, KEY.id),
    "estate_keys.destroy": lambda at: estate_keys.destroy(at.conn, "garden", later(3)),
    "estate_keys.everything": lambda at: estate_keys.everything(at.conn),
    "evidence_checks.expected": lambda at: evidence_checks.expected(at.conn),
    "evidence_checks.still_expected": lambda at: evidence_checks.still_expected(at.conn, DIGEST),
    "evidence_checks.settle": lambda at: evidence_checks.settle(at.conn, [DIGEST], [ROTTEN], later(3)),
    "evidence_checks.damaged": lambda at: evidence_checks.damaged(at.conn),
    "evidence_checks.settle (healed)": lambda at: evidence_checks.settle(at.conn, [DIGEST], [], later(4)),
    "evidence_checks.alerts_of": lambda at: evidence_checks.alerts_of(at.conn, DIGEST),
    "evidence_checks.note": lambda at: evidence_checks.note(at.conn, NOW, later(4), {"read": 1}),
    "evidence_checks.last": lambda at: evidence_checks.last(at.conn),
}
