"""Looks whether the evidence is there and is what it was: clips, what nobody knows of, and the log itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from cloud.evidence import closing, log_check
from cloud.evidence.blobs import Blobs, KeyLost, OtherBytes
from cloud.evidence.heads import Signer
from cloud.store import audit, changes, evidence_checks, pool
from cloud.store.audit import Act
from cloud.store.evidence_checks import Damage
from cloud.store.pool import Pool


@dataclass
class Report:
    """What was found. read_bytes: of clips that were whole. log: what is wrong with the log, in sentences.

    days: closed ones that were looked at; days_differ: where rows are not what the log says of them.
    """

    clips: int = 0
    read: int = 0
    read_bytes: int = 0
    damaged: list[Damage] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    entries: int = 0
    heads: int = 0
    log: list[str] = field(default_factory=list)
    days: int = 0
    days_differ: list[str] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        """Whether nothing is missing, changed or unreadable. What nobody knows of does no harm."""
        return not self.damaged and not self.log and not self.days_differ

    def as_object(self) -> dict[str, Any]:
        """As it is kept and printed."""
        return {
            "clips": self.clips,
            "read": self.read,
            "read_bytes": self.read_bytes,
            **{
                kind: [damage.sha256 for damage in self.damaged if damage.kind == kind]
                for kind in evidence_checks.KINDS
            },
            "unknown": self.unknown,
            "entries": self.entries,
            "heads": self.heads,
            "log": self.log,
            "days": self.days,
            "days_differ": self.days_differ,
        }


async def check(
    opened: Pool, blobs: Blobs, signer: Signer | None, at: datetime, wanted: Callable[[str], bool]
) -> Report:
    """Read the clips and the closed days whose digests are `wanted`, list the store, follow the whole log.

    Damage that is new is entered in the audit log for each alert that loses its video; what an estate's clips
    are like is its fault on the page of maintenance.

    Raises:
        StoreDown, DatabaseDown: It could not be looked. Nothing is kept: a store that is away is not damage.
    """
    report = Report()
    async with pool.transaction(opened) as conn:
        expected = await evidence_checks.expected(conn)
    report.clips = len(expected)
    listed = [path async for path, _ in blobs.objects.listed("clips")]
    chosen = [sha256 for sha256 in expected if wanted(sha256)]
    for sha256 in chosen:
        await _look(opened, blobs, sha256, report)
    report.unknown = await _unknown(opened, listed, set(expected))
    await log_check.follow(opened, signer, report)
    if not report.log:  # One that is broken attests nothing.
        report.days, differ = await closing.check_days(opened, wanted, at)
        report.days_differ = [words.en for words in differ[: log_check.TOLD]]
    async with pool.transaction(opened) as conn:
        fresh, healed = await evidence_checks.settle(conn, chosen, report.damaged, at)
        for damage in fresh:
            await _enter(conn, damage.sha256, "found_damaged", {"kind": damage.kind}, at)
        for sha256 in healed:
            await _enter(conn, sha256, "found_whole", {}, at)
        await changes.record(conn, await evidence_checks.tell(conn, at), at)
    return report


async def _look(opened: Pool, blobs: Blobs, sha256: str, report: Report) -> None:
    damage = None
    try:
        clip = await blobs.whole(sha256)
        if clip is None:
            damage = Damage(sha256, "missing", "nothing is stored under this digest")
        else:
            report.read_bytes += clip.size
    except FileNotFoundError:
        damage = Damage(sha256, "missing", "it was taken away while it was read")
    except OtherBytes as error:
        damage = Damage(sha256, "rotten", str(error))
    except KeyLost as error:
        damage = Damage(sha256, "locked", str(error))
    report.read += 1
    if damage is None:
        return
    async with pool.transaction(opened) as conn:
        if await evidence_checks.still_expected(conn, sha256):
            report.damaged.append(damage)


async def _unknown(opened: Pool, listed: Iterable[str], expected: set[str]) -> list[str]:
    """Objects that belong to no stored clip, now as before: one may have come in while we read."""
    strange = [path for path in listed if PurePosixPath(path).stem not in expected]
    async with pool.transaction(opened) as conn:
        return [
            path
            for path in sorted(strange)
            if not await evidence_checks.still_expected(conn, PurePosixPath(path).stem)
        ]


async def _enter(conn: pool.Connection, sha256: str, action: str, more: dict[str, str], at: datetime) -> None:
    for alert, estate in await evidence_checks.alerts_of(conn, sha256):
        await audit.enter(
            conn, Act("system", action, "alert", alert, estate, "", {"sha256": sha256, **more}), at
        )
