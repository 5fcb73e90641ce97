"""The audit log: who looked at, took out or changed what, when and why. Rows are only ever added."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cloud.store.pool import Connection, Jsonb


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody did. by: a username, an agent, or `system`.

    action: a verb in the past, `viewed`, `closed`. subject_type, subject: what it was done to, by its table's
    name and key. estate: whose it is; None where it is nobody's alone. purpose: why, in their own words,
    where asked for. content: what else a reader needs to know of it, no secrets.
    """

    by: str
    action: str
    subject_type: str
    subject: str
    estate: str | None = None
    purpose: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)


async def enter(conn: Connection, act: Act, at: datetime) -> int:
    """Write it down in the transaction in which it is done; its number."""
    row = await (
        await conn.execute(
            "INSERT INTO audit (at, by, action, subject_type, subject, estate, purpose, content)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
            (
                at,
                act.by,
                act.action,
                act.subject_type,
                act.subject,
                act.estate,
                act.purpose,
                Jsonb(dict(act.content)),
            ),
        )
    ).fetchone()
    assert row is not None
    return int(row[0])
