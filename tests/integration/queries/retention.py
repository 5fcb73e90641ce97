"""What is pruned, and what is not: last, because it takes away what the other cases look at."""

from collections.abc import Mapping
from typing import Final

from cloud.core.retention import Kind
from cloud.store import evidence_checks, holds, partitions, retention
from tests.integration.queries.made import At, Case, later


def _pruned(kind: Kind) -> Case:
    return lambda at: retention.prune(at.conn, kind, later(1), later(99))


async def _lifted(at: At) -> bool:
    alert = at.oldest["alert"]
    return await holds.lift(at.conn, alert, at.oldest["legal_hold"], by="li", reason="over", at=later(100))


CASES: Final[Mapping[str, Case]] = {
    "partitions.drop": lambda at: partitions.drop(at.conn, "event", later(-60 * 24 * 60)),
    "retention.prune": _pruned("events"),
    "retention.prune (readings)": _pruned("readings"),
    "retention.prune (minutes)": _pruned("minutes"),
    "retention.prune (clips that are held)": lambda at: retention.prune(
        at.conn, "clips", later(99), later(99)
    ),
    "holds.lift": _lifted,
    "retention.prune (clips)": lambda at: retention.prune(at.conn, "clips", later(99), later(101)),
    "evidence_checks.tell": lambda at: evidence_checks.tell(at.conn, later(102)),
    "retention.prune (fault pictures)": _pruned("fault_pictures"),
    "retention.prune (dead letters)": _pruned("dead_letters"),
    "retention.due_blobs": lambda at: retention.due_blobs(at.conn, 5),
    "retention.blob_gone": lambda at: retention.blob_gone(at.conn, "ab" * 32),
}
