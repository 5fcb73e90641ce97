"""Faults of devices: one open at a time of each kind and device, their figures, their history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import class_row

from cloud.core import fault as machine
from cloud.core.machine import Record
from cloud.store import shelf
from cloud.store.pool import Connection, Jsonb
from contracts.devices import Severity


@dataclass(frozen=True, slots=True)
class FaultRow:
    """A fault with its work order. what, advice: words {zh, en} of the device, where it has said any.

    picture: names its thumbnail's content, None where it has none. suppressed_by: the fault from which it
    follows. beneath: how many open ones follow from it. announced_at: None while its cause may still show.
    """

    id: UUID
    kind: str
    subject_type: machine.SubjectKind
    subject: str
    estate: str
    state: machine.State
    severity: Severity
    since: datetime
    reason: str
    value: float | None
    baseline: float | None
    threshold: float | None
    unit: str
    what: dict[str, str] | None
    advice: dict[str, str] | None
    picture: str | None
    cleared_at: datetime | None
    close_reason: str | None
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    shelved_until: datetime | None
    shelve_reason: str | None
    suppressed_by: UUID | None
    announced_at: datetime | None
    beneath: int
    work_order: UUID | None


_MACHINE = (
    "SELECT id, kind, subject_type, subject, tell_at, severity, announced_at, state, acknowledged_by,"
    " acknowledged_at, cleared_at, close_reason, suppressed_by::text, shelved_by, shelved_at, shelved_until,"
    " shelve_reason FROM fault"
)
"""What a fault is, and what its machine needs to know of it."""
_LOCK = "FOR NO KEY UPDATE"
"""Whoever puts another fault beneath this one need not wait: it only has to stay."""


@dataclass(frozen=True, slots=True)
class Held:
    """A fault that is locked until the transaction's end."""

    id: UUID
    kind: str
    subject: machine.Subject
    fault: machine.Fault


async def hold_condition(conn: Connection, subject: machine.Subject, kind: str) -> Held | None:
    """The open fault of this kind and device, locked; who asks next for the condition waits until commit.

    The lock is of the condition, not of a row: where none is open, only one finds that out and raises it.
    """
    await conn.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", (f"{kind} {subject.type} {subject.id}",)
    )
    rows = await conn.execute(
        f"{_MACHINE} WHERE kind = %s AND subject_type = %s AND subject = %s AND state <> 'closed' {_LOCK}",
        (kind, subject.type, subject.id),
    )
    return _held(await rows.fetchone())


async def insert(
    conn: Connection,
    subject: machine.Subject,
    kind: str,
    finding: machine.Finding,
    *,
    estate: str,
    fault: machine.Fault,
    since: datetime,
) -> UUID:
    """A new fault of a condition that is held. It begins no earlier than the last of its kind ended."""
    row = await (
        await conn.execute(
            "INSERT INTO fault (kind, subject_type, subject, estate, state, tell_at, announced_at, since,"
            " reason, severity, value, baseline, threshold, unit, what, advice, thumbnail)"
            " SELECT %(kind)s, %(type)s, %(id)s, %(estate)s, %(state)s, %(tell_at)s, %(announced_at)s,"
            " greatest(%(since)s, (SELECT max(cleared_at) FROM fault WHERE kind = %(kind)s"
            " AND subject_type = %(type)s AND subject = %(id)s)), %(reason)s, %(severity)s, %(value)s,"
            " %(baseline)s, %(threshold)s, %(unit)s, %(what)s, %(advice)s, %(thumbnail)s RETURNING id",
            {
                "kind": kind,
                "type": subject.type,
                "id": subject.id,
                "estate": estate,
                "state": fault.state,
                "tell_at": fault.tell_at,
                "announced_at": fault.announced_at,
                "since": since,
                **_columns(finding),
            },
        )
    ).fetchone()
    assert row is not None
    return UUID(str(row[0]))


async def hold(conn: Connection, fault: UUID, *, skip_locked: bool = False) -> Held | None:
    """A fault, locked. skip_locked: None where another holds it, instead of waiting."""
    lock = f"{_LOCK} SKIP LOCKED" if skip_locked else _LOCK
    return _held(await (await conn.execute(f"{_MACHINE} WHERE id = %s {lock}", (fault,))).fetchone())


async def hold_of_order(conn: Connection, order: UUID) -> Held | None:
    """The newest fault of a work order, locked; None where the order is about none."""
    rows = await conn.execute(
        f"{_MACHINE} WHERE id = (SELECT fault FROM work_order_fault WHERE work_order = %s"  # noqa: S608 - constants
        f" ORDER BY bound_at DESC, fault LIMIT 1) {_LOCK}",
        (order,),
    )
    return _held(await rows.fetchone())


async def hold_shelved(conn: Connection, at: datetime) -> list[Held]:
    """Faults whose time on the shelf is over, locked; two timers at once share them."""
    return await _hold_due(conn, "shelved_until <= %s ORDER BY id", at)


async def hold_untold(conn: Connection, at: datetime) -> list[Held]:
    """Faults of which it is time to tell people, locked; two timers at once share them."""
    due = "announced_at IS NULL AND suppressed_by IS NULL AND state <> 'closed' AND tell_at <= %s"
    return await _hold_due(conn, f"{due} ORDER BY tell_at, id", at)


async def _hold_due(conn: Connection, which: LiteralString, at: datetime) -> list[Held]:
    rows = await conn.execute(f"{_MACHINE} WHERE {which} {_LOCK} SKIP LOCKED", (at,))
    return [held for row in await rows.fetchall() if (held := _held(row)) is not None]


async def severity(conn: Connection, fault: UUID) -> Severity:
    """How grave a fault is.

    Raises:
        KeyError: There is no such fault.
    """
    row = await (await conn.execute("SELECT severity FROM fault WHERE id = %s", (fault,))).fetchone()
    if row is None:
        raise KeyError(fault)
    found: Severity = row[0]
    return found


def _held(row: tuple[Any, ...] | None) -> Held | None:
    if row is None:
        return None
    identity, kind, subject_type, subject, tell_at, severity, announced_at, *alarm = row
    state, acknowledged_by, acknowledged_at, cleared_at, close_reason, suppressed_by, *shelved = alarm
    return Held(
        identity,
        kind,
        machine.Subject(subject_type, subject),
        machine.Fault(
            tell_at,
            severity,
            machine.Alarm(
                latched=False,
                state=state,
                acknowledged_by=acknowledged_by,
                acknowledged_at=acknowledged_at,
                closed_at=cleared_at,
                close_reason=close_reason,
                suppressed_by=suppressed_by,
                shelf=shelf.read(*shelved),
            ),
            announced_at,
        ),
    )


async def renew(conn: Connection, fault: UUID, finding: machine.Finding) -> None:
    """Newer figures; the picture stays where no newer one comes."""
    await conn.execute(
        "UPDATE fault SET reason = %(reason)s, severity = %(severity)s, value = %(value)s,"
        " baseline = %(baseline)s, threshold = %(threshold)s, unit = %(unit)s, what = %(what)s,"
        " advice = %(advice)s, thumbnail = coalesce(%(thumbnail)s, thumbnail) WHERE id = %(fault)s",
        {"fault": fault, **_columns(finding)},
    )


async def move(conn: Connection, fault: UUID, after: machine.Fault) -> None:
    """What the machine made of it. A device's clock may say that it ended before it began: then at once."""
    alarm = after.alarm
    await conn.execute(
        "UPDATE fault SET state = %s, severity = %s, tell_at = %s, announced_at = %s, acknowledged_by = %s,"
        " acknowledged_at = %s, cleared_at = CASE WHEN %s::timestamptz IS NOT NULL"
        " THEN greatest(%s::timestamptz, since) END, close_reason = %s, suppressed_by = %s, shelved_by = %s,"
        " shelved_at = %s, shelved_until = %s, shelve_reason = %s WHERE id = %s",
        (
            alarm.state,
            after.severity,
            after.tell_at,
            after.announced_at,
            alarm.acknowledged_by,
            alarm.acknowledged_at,
            alarm.closed_at,
            alarm.closed_at,
            alarm.close_reason,
            alarm.suppressed_by,
            *shelf.columns(alarm.shelf),
            fault,
        ),
    )


async def write_down(conn: Connection, fault: UUID, record: Record) -> None:
    """A line in its history."""
    await conn.execute(
        "INSERT INTO fault_history (fault, at, what, by, note) VALUES (%s, %s, %s, %s, %s)",
        (fault, record.at, record.what, record.by, record.note),
    )


def _columns(finding: machine.Finding) -> dict[str, Any]:
    return {
        "reason": finding.reason,
        "severity": finding.severity,
        "value": finding.value,
        "baseline": finding.baseline,
        "threshold": finding.threshold,
        "unit": finding.unit,
        "what": None if finding.what is None else Jsonb(finding.what.model_dump()),
        "advice": None if finding.advice is None else Jsonb(finding.advice.model_dump()),
        "thumbnail": finding.thumbnail,
    }


async def is_open(conn: Connection, subject: machine.Subject, kind: str) -> bool:
    """Whether this condition is there now."""
    row = await (
        await conn.execute(
            "SELECT 1 FROM fault WHERE kind = %s AND subject_type = %s AND subject = %s"
            " AND state <> 'closed'",
            (kind, subject.type, subject.id),
        )
    ).fetchone()
    return row is not None


async def raised_since(
    conn: Connection, subject: machine.Subject, kind: str, begin: datetime
) -> list[datetime]:
    """When this condition was raised after `begin`, for itself and not beneath a cause."""
    rows = await conn.execute(
        "SELECT since FROM fault WHERE kind = %s AND subject_type = %s AND subject = %s AND since > %s"
        " AND suppressed_by IS NULL ORDER BY since",
        (kind, subject.type, subject.id, begin),
    )
    return [row[0] for row in await rows.fetchall()]


async def since(conn: Connection, begin: datetime, limit: int = 200) -> list[FaultRow]:
    """Open faults, and those cleared after `begin`; newest first."""
    async with conn.cursor(row_factory=class_row(FaultRow)) as cursor:
        await cursor.execute(
            "SELECT fault.id, fault.kind, fault.subject_type, fault.subject, fault.estate,"
            " fault.state, fault.severity, fault.since, fault.reason,"
            " fault.value, fault.baseline, fault.threshold, fault.unit, fault.what, fault.advice,"
            " left(encode(sha256(fault.thumbnail), 'hex'), 12) AS picture,"
            " fault.cleared_at, fault.close_reason, fault.acknowledged_by, fault.acknowledged_at,"
            " fault.shelved_until, fault.shelve_reason, fault.suppressed_by, fault.announced_at,"
            " (SELECT count(*) FROM fault under WHERE under.suppressed_by = fault.id"
            " AND under.state <> 'closed') AS beneath, bound.work_order"
            " FROM fault LEFT JOIN work_order_fault bound ON bound.fault = fault.id"
            " WHERE fault.state <> 'closed' OR fault.cleared_at > %s"
            " ORDER BY fault.state = 'closed', fault.since DESC, fault.id LIMIT %s",
            (begin, limit),
        )
        return await cursor.fetchall()


async def newest_picture(conn: Connection, camera: str) -> tuple[UUID, str] | None:
    """(fault, name of its thumbnail's content): the newest picture that there is of a camera."""
    row = await (
        await conn.execute(
            "SELECT id, left(encode(sha256(thumbnail), 'hex'), 12) FROM fault WHERE subject_type = 'camera'"
            " AND subject = %s AND thumbnail IS NOT NULL ORDER BY since DESC, id LIMIT 1",
            (camera,),
        )
    ).fetchone()
    return None if row is None else (row[0], row[1])


async def thumbnail(conn: Connection, fault: UUID) -> bytes | None:
    """The picture of a fault, a JPEG; None when there is no such fault or it has none."""
    row = await (await conn.execute("SELECT thumbnail FROM fault WHERE id = %s", (fault,))).fetchone()
    return None if row is None else row[0]
