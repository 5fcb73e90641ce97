"""The audit log: who looked at, took out or changed what, when and why. Rows are only ever added."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg.rows import class_row

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


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the audit log."""

    id: int
    at: datetime
    by: str
    action: str
    subject_type: str
    subject: str
    estate: str | None
    purpose: str
    content: dict[str, Any]


async def before(conn: Connection, number: int | None, by: str | None, limit: int) -> list[Entry]:
    """At most `limit` entries with a smaller number, the newest first; `by`: of somebody only."""
    async with conn.cursor(row_factory=class_row(Entry)) as cursor:
        await cursor.execute(
            "SELECT id, at, by, action, subject_type, subject, estate, purpose, content FROM audit"
            " WHERE (%(number)s::bigint IS NULL OR id < %(number)s) AND (%(by)s::text IS NULL OR by = %(by)s)"
            " ORDER BY id DESC LIMIT %(limit)s",
            {"number": number, "by": by, "limit": limit},
        )
        return await cursor.fetchall()


async def entered_since(conn: Connection, act: Act, begin: datetime) -> bool:
    """Whether the same was done by the same since `begin`: who looks again in between has looked once."""
    rows = await conn.execute(
        "SELECT 1 FROM audit WHERE subject_type = %s AND subject = %s AND by = %s AND action = %s"
        " AND at >= %s LIMIT 1",
        (act.subject_type, act.subject, act.by, act.action, begin),
    )
    return await rows.fetchone() is not None


async def numbers(conn: Connection, subjects: Iterable[tuple[str, str]]) -> list[int]:
    """The numbers of all rows about these, each as (subject_type, subject), in their order."""
    wanted = list(subjects)
    rows = await conn.execute(
        "SELECT id FROM audit JOIN unnest(%s::text[], %s::text[]) AS wanted (subject_type, subject)"
        " USING (subject_type, subject) ORDER BY id",
        ([kind for kind, _ in wanted], [subject for _, subject in wanted]),
    )
    return [int(number) for (number,) in await rows.fetchall()]
