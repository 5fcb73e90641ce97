"""The audit log: who looked at, took out or changed what, when and why. Rows are only ever added."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cloud.store import whose
from cloud.store.pool import Connection, Jsonb


class NotEntered(RuntimeError):  # noqa: N818 - named for what is so
    """Something was done that nobody could read about afterwards: a mistake in the program."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody did. by: a username, an agent, or `system`.

    action: a verb in the past, `viewed`, `closed`. subject_type, subject: what it was done to, by its table's
    name and key. estate: whose it is; None: looked up by the subject, and left empty where it is nobody's
    alone. purpose: why, in their own words, where asked for. content: what else a reader needs to know of it,
    no secrets.
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
            "INSERT INTO audit (at, by, action, subject_type, subject, estate, purpose, content)"  # noqa: S608 - constants
            f" SELECT %s, %s, %s, subject_type, subject, coalesce(%s, {whose.estate_of('subject_type')}),"
            " %s, %s"
            " FROM (VALUES (%s, %s)) AS given (subject_type, subject) RETURNING id",
            (
                at,
                act.by,
                act.action,
                act.estate,
                act.purpose,
                Jsonb(dict(act.content)),
                act.subject_type,
                act.subject,
            ),
        )
    ).fetchone()
    assert row is not None
    return int(row[0])


async def expect_entry(conn: Connection) -> None:
    """Look, before a commit, that an entry was made in this transaction.

    Raises:
        NotEntered: None was.
    """
    row = await (await conn.execute("SELECT current_setting('fallwatch.entered', true)")).fetchone()
    if row != ("yes",):
        raise NotEntered("a change or a look at something personal without an entry in the audit log")
