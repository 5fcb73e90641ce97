"""Looks at the evidence: which clips ought to be there, which were not found whole, and when was looked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, get_args

from cloud.core.fault import EVIDENCE_DAMAGED, Subject, evidence_damaged
from cloud.store import maintenance
from cloud.store.changes import Change
from cloud.store.pool import Connection, Jsonb

Kind = Literal["missing", "rotten", "locked"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Damage:
    """A clip that is not there whole. locked: its key is not to be had."""

    sha256: str
    kind: Kind
    detail: str


async def expected(conn: Connection) -> list[str]:
    """The digest of every clip that was stored, each once, in order."""
    rows = await conn.execute(
        "SELECT DISTINCT sha256 FROM clip WHERE state IN ('stored', 'verified') ORDER BY sha256"
    )
    return [row[0] for row in await rows.fetchall()]


async def still_expected(conn: Connection, sha256: str) -> bool:
    """Whether a clip ought to be there now: it may have been taken away in order while we looked."""
    row = await conn.execute(
        "SELECT 1 FROM clip WHERE sha256 = %s AND state IN ('stored', 'verified') LIMIT 1", (sha256,)
    )
    return await row.fetchone() is not None


async def damaged(conn: Connection) -> list[Damage]:
    """What was not found whole when it was looked for last."""
    rows = await conn.execute("SELECT sha256, kind, detail FROM clip_damage ORDER BY sha256")
    return [Damage(*row) for row in await rows.fetchall()]


async def settle(
    conn: Connection, read: Sequence[str], found: Sequence[Damage], at: datetime
) -> tuple[list[Damage], list[str]]:
    """(damage that is new, clips that are whole again), after `read` were read and `found` was found."""
    before = {damage.sha256: damage for damage in await damaged(conn)}
    now = {damage.sha256: damage for damage in found}
    healed = [sha256 for sha256 in read if sha256 in before and sha256 not in now]
    await conn.execute(
        "DELETE FROM clip_damage WHERE sha256 = ANY (%s) OR NOT EXISTS (SELECT FROM clip"
        " WHERE clip.sha256 = clip_damage.sha256 AND clip.state IN ('stored', 'verified'))",
        (healed,),
    )
    for damage in found:
        await conn.execute(
            "INSERT INTO clip_damage (sha256, kind, detail, found_at) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (sha256) DO UPDATE SET kind = excluded.kind, detail = excluded.detail",
            (damage.sha256, damage.kind, damage.detail, at),
        )
    fresh = [
        damage for damage in found if (old := before.get(damage.sha256)) is None or old.kind != damage.kind
    ]
    return fresh, healed


async def tell(conn: Connection, at: datetime) -> list[Change]:
    """Raise, renew and clear the faults of estates that have clips, by what is damaged now."""
    rows = await conn.execute(
        "SELECT agent.estate, count(DISTINCT sha256) FILTER (WHERE kind = 'missing'),"
        " count(DISTINCT sha256) FILTER (WHERE kind = 'rotten'),"
        " count(DISTINCT sha256) FILTER (WHERE kind = 'locked')"
        " FROM clip JOIN agent ON agent.id = clip.agent LEFT JOIN clip_damage USING (sha256)"
        " GROUP BY agent.estate ORDER BY agent.estate"
    )
    changes: list[Change] = []
    for estate, *damaged in await rows.fetchall():
        subject = Subject("estate", estate)
        if any(damaged):
            found = evidence_damaged(*damaged)
            # No cause will show that it could follow from.
            changes += await maintenance.raise_fault(
                conn, subject, EVIDENCE_DAMAGED, found, estate=estate, since=at, at=at, wait=timedelta(0)
            )
        else:
            changes += await maintenance.clear_fault(conn, subject, EVIDENCE_DAMAGED, at)
    return changes


async def alerts_of(conn: Connection, sha256: str) -> list[tuple[str, str]]:
    """(alert, estate) of the falls that a clip shows."""
    rows = await conn.execute(
        "SELECT alert.id::text, agent.estate FROM clip JOIN alert ON alert.message_id = clip.event"
        " JOIN agent ON agent.id = alert.agent WHERE clip.sha256 = %s",
        (sha256,),
    )
    return list(await rows.fetchall())


async def note(conn: Connection, began: datetime, ended: datetime, report: Mapping[str, Any]) -> None:
    """That somebody looked."""
    await conn.execute(
        "INSERT INTO evidence_check (began_at, ended_at, report) VALUES (%s, %s, %s)",
        (began, ended, Jsonb(dict(report))),
    )


async def last(conn: Connection) -> datetime | None:
    """When a look at the evidence began last."""
    row = await (await conn.execute("SELECT max(began_at) FROM evidence_check")).fetchone()
    assert row is not None
    return row[0]  # type: ignore[no-any-return]
