"""Escalations: begun for what wants an answer, moved by the clock, ended by an answer.

Whoever raises an alert or a fault need not know of them: what wants an answer is read from its state, so none
is missed. Each run writes notifications in the transaction that moves the escalation; a run that is repeated,
or that two timers make at once, writes nothing twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from cloud.core import escalation as machine
from cloud.core import quiet, routing, wording
from cloud.core.routing import Recipients, Roster
from cloud.core.wording import Facts, Named
from cloud.store import duty, registry
from cloud.store import notifications as rows
from cloud.store.changes import Change
from cloud.store.pool import Connection

AT_ONCE: Final = 100

WANTED: Final = (
    "SELECT 'alert' AS subject_type, alert.id AS subject, agent.estate, alert.raised_at AS since"
    " FROM alert JOIN agent ON agent.id = alert.agent"
    " WHERE alert.state = 'raised' AND alert.shelved_until IS NULL"
    " UNION ALL SELECT 'fault', fault.id, fault.estate, fault.announced_at FROM fault"
    " WHERE fault.state = 'raised' AND fault.announced_at IS NOT NULL"
    " AND fault.suppressed_by IS NULL AND fault.shelved_until IS NULL"
    " UNION ALL SELECT 'work_order', id, estate, overdue_at FROM work_order"
    " WHERE overdue_at IS NOT NULL AND state IN ('open', 'assigned', 'taken', 'waiting')"
)
"""What wants an answer: raised, seen by nobody, not shelved; of faults those that have lasted long enough to
be announced and are not the consequence of another; orders that are overdue, until somebody has finished."""


@dataclass(frozen=True, slots=True)
class Held:
    """An escalation that is locked until the transaction's end."""

    subject_type: machine.SubjectType
    subject: UUID
    estate: str
    round: int
    escalation: machine.Escalation


async def advance(conn: Connection, at: datetime, public_url: str = "") -> list[Change]:
    """All that is due: begin, end, hurry on and tell. public_url: where links lead; empty: no links."""
    await _begin(conn, at)
    ended = await _end(conn, at)
    await _hurry(conn, at)
    return [*ended, *await _tell(conn, at, public_url)]


async def _begin(conn: Connection, at: datetime) -> None:
    """What wants an answer and has no escalation gets one, from when it has; what does again, a new round."""
    found = await conn.execute(
        "SELECT wanted.subject_type, wanted.subject, wanted.estate,"  # noqa: S608 - constant
        " CASE WHEN escalation.subject IS NULL THEN least(wanted.since, %s) ELSE %s END"
        f" FROM ({WANTED}) wanted"
        " LEFT JOIN escalation USING (subject_type, subject)"
        " WHERE escalation.subject IS NULL OR escalation.state = 'ended'"
        " ORDER BY wanted.subject_type, wanted.since, wanted.subject LIMIT %s",
        (at, at, AT_ONCE),
    )
    policies: dict[str, machine.Policy] = {}
    for subject_type, subject, estate, since in await found.fetchall():
        if estate not in policies:
            policies[estate] = await duty.policy(conn, estate)
        begun = machine.begun(policies[estate].steps(subject_type), since)
        await conn.execute(
            "INSERT INTO escalation (subject_type, subject, estate, state, step, begun_at, next_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (subject_type, subject) DO UPDATE"
            " SET state = excluded.state, step = excluded.step, begun_at = excluded.begun_at,"
            " next_at = excluded.next_at, round = escalation.round + 1 WHERE escalation.state = 'ended'",
            (subject_type, subject, estate, begun.state, begun.step, since, begun.next_at),
        )


async def _end(conn: Connection, at: datetime) -> list[Change]:
    """Somebody answered: what was not sent yet is not sent any more."""
    held = await _held(
        conn,
        "state <> 'ended' AND NOT EXISTS (SELECT 1 FROM"  # noqa: S608 - constant
        f" ({WANTED}) wanted WHERE wanted.subject_type = escalation.subject_type"
        " AND wanted.subject = escalation.subject)",
    )
    changed: list[Change] = []
    for each in held:
        after, _ = machine.step(each.escalation, machine.Answered(), (), at)
        await _move(conn, each, after)
        changed += await rows.cancel(conn, each.subject_type, each.subject, at)
    return changed


async def _hurry(conn: Connection, at: datetime) -> None:
    """Where nobody of the steps told so far could be reached, the next comes now."""
    held = await _held(
        conn,
        "state = 'running' AND step > 0 AND next_at > %s AND NOT EXISTS (SELECT 1 FROM notification"
        " WHERE (subject_type, subject, round) = (escalation.subject_type, escalation.subject,"
        " escalation.round) AND notification.state NOT IN ('failed', 'unreachable'))",
        at,
    )
    for each in held:
        after, _ = machine.step(each.escalation, machine.NobodyReached(), (), at)
        await _move(conn, each, after)


async def _tell(conn: Connection, at: datetime, public_url: str) -> list[Change]:
    held = await _held(conn, "state = 'running' AND next_at <= %s", at)
    estates: dict[str, tuple[Roster, machine.Policy]] = {}
    changed: list[Change] = []
    for each in held:
        if each.estate not in estates:
            roster = await duty.roster(conn, each.estate, at)
            estates[each.estate] = roster, await duty.policy(conn, each.estate)
        roster, policy = estates[each.estate]
        steps = policy.steps(each.subject_type)
        after, effects = machine.step(each.escalation, machine.TimePassed(), steps, at)
        await _move(conn, each, after)
        facts = await _facts(conn, each, public_url)
        for effect in effects:
            found = routing.recipients(steps[effect.step].whom, roster, at, facts.responsible)
            told = await _write(conn, each, effect.step, facts, _Among(found, roster, at))
            changed += [Change("notification", str(row)) for row in told]
    return changed


async def _held(conn: Connection, condition: str, *values: object) -> list[Held]:
    """Locked; those that another timer holds are left to it."""
    found = await conn.execute(
        "SELECT subject_type, subject, estate, round, state, step, next_at FROM escalation"  # noqa: S608 - own text
        f" WHERE {condition} ORDER BY next_at NULLS LAST, subject LIMIT {AT_ONCE}"
        " FOR UPDATE OF escalation SKIP LOCKED",
        values,
    )
    return [_of_row(row) for row in await found.fetchall()]


def _of_row(row: tuple[Any, ...]) -> Held:
    subject_type, subject, estate, round_, *machine_row = row
    return Held(subject_type, subject, estate, round_, machine.Escalation(*machine_row))


async def _move(conn: Connection, held: Held, after: machine.Escalation) -> None:
    await conn.execute(
        "UPDATE escalation SET state = %s, step = %s, next_at = %s WHERE (subject_type, subject) = (%s, %s)",
        (after.state, after.step, after.next_at, held.subject_type, held.subject),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    facts: Facts
    urgency: quiet.Urgency
    device: str | None = None
    responsible: str | None = None


@dataclass(frozen=True, slots=True)
class _Among:
    recipients: Recipients
    roster: Roster
    at: datetime


async def _write(conn: Connection, held: Held, step: int, told: _Told, among: _Among) -> list[UUID]:
    """One row for each who is told at this step. Nobody to tell is a row as well, so that it can be seen."""
    found, roster, at = among.recipients, among.roster, among.at
    names: Sequence[str] = found.people
    if found.channel is not None:
        names = [f"channel:{found.channel}"]
    written: list[UUID] = []
    for name in names or ["nobody"]:
        before = [] if told.device is None else await rows.told(conn, told.device, name, at - routing.HOUR)
        telling = routing.telling(before, at)
        said = wording.words(
            told.facts, step, roster.zone, in_gap=found.in_gap, unstable=telling == "unstable"
        )
        new = rows.New(
            subject_type=held.subject_type,
            subject=held.subject,
            round=held.round,
            step=step,
            recipient=name,
            estate=held.estate,
            device=told.device,
            urgency=told.urgency,
            unstable=telling == "unstable",
            title=said.title,
            body=said.body,
            silenced=telling == "silent",
            next_try_at=routing.tell_at(name, told.urgency, roster, at),
        )
        if (row := await rows.insert(conn, new, at)) is not None:
            written.append(row)
    return written


async def _facts(conn: Connection, held: Held, public_url: str) -> _Told:
    of = {"alert": _of_alert, "fault": _of_fault, "work_order": _of_order}[held.subject_type]
    told = await of(conn, held)
    link = wording.link(public_url, held.subject_type, held.subject)
    return replace(told, facts=replace(told.facts, link=link))


async def _of_alert(conn: Connection, held: Held) -> _Told:
    row = await (
        await conn.execute(
            "SELECT alert.severity, alert.observed_at, estate.name_zh, estate.name_en,"  # noqa: S608 - constant
            " coalesce(facade.name_zh, camera.name_zh), coalesce(facade.name_en, camera.name_en)"
            " FROM alert JOIN camera ON camera.id = alert.camera JOIN estate ON estate.id = %s"
            f"{registry.FACADE} WHERE alert.id = %s",
            (held.estate, held.subject),
        )
    ).fetchone()
    assert row is not None
    severity, at, estate_zh, estate_en, zh, en = row
    facts = Facts(_number("A", held.subject), Named(estate_zh, estate_en), Named(zh, en), severity, at)
    return _Told(facts, quiet.of_alert(severity))


async def _of_fault(conn: Connection, held: Held) -> _Told:
    row = await (
        await conn.execute(
            "SELECT fault.severity, fault.since, fault.kind, fault.subject_type, fault.subject, fault.what,"  # noqa: S608 - constant
            " estate.name_zh, estate.name_en, coalesce(called.name_zh, fault.subject),"
            " coalesce(called.name_en, fault.subject) FROM fault JOIN estate ON estate.id = fault.estate"
            f" {_called('fault')} WHERE fault.id = %s",
            (held.subject,),
        )
    ).fetchone()
    assert row is not None
    severity, since, kind, device_type, device, what, estate_zh, estate_en, zh, en = row
    facts = Facts(
        _number("F", held.subject),
        Named(estate_zh, estate_en),
        Named(zh, en),
        severity,
        since,
        kind=kind,
        what=None if what is None else Named(what["zh"], what["en"]),
    )
    return _Told(facts, quiet.of_fault(severity), f"{device_type}:{device}")


async def _of_order(conn: Connection, held: Held) -> _Told:
    row = await (
        await conn.execute(
            "SELECT work_order.severity, due_at, source, number, responsible, estate.name_zh, estate.name_en,"  # noqa: S608 - constant
            " coalesce(called.name_zh, facade.name_zh, ''), coalesce(called.name_en, facade.name_en, '')"
            " FROM work_order JOIN estate ON estate.id = work_order.estate"
            f" LEFT JOIN facade ON facade.id = work_order.facade {_called('work_order')}"
            " WHERE work_order.id = %s",
            (held.subject,),
        )
    ).fetchone()
    assert row is not None
    severity, due_at, source, number, responsible, estate_zh, estate_en, zh, en = row
    facts = Facts(f"W-{number}", Named(estate_zh, estate_en), Named(zh, en), severity, due_at, source=source)
    return _Told(facts, quiet.OF_ORDER, responsible=responsible)


def _called(table: str) -> str:
    """A join that tells what the device is called that is the subject of a row of `table`."""
    each = " UNION ALL ".join(
        f"SELECT name_zh, name_en FROM {kind} WHERE {table}.subject_type = '{kind}'"  # noqa: S608 - own names
        f" AND id = {table}.subject"
        for kind in ("camera", "sensor", "agent", "node", "estate")
    )
    return f"LEFT JOIN LATERAL ({each} LIMIT 1) called ON true"


def _number(letter: str, subject: UUID) -> str:
    """A name short enough to be spoken."""
    return f"{letter}-{subject.hex[:8].upper()}"
