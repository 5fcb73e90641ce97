"""The outbox of notifications: one row for each subject, round, step and recipient, claimed by one sender."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from cloud.core import delivery as machine
from cloud.core.delivery import ChannelKind
from cloud.core.escalation import SubjectType
from cloud.core.quiet import URGENCIES, Urgency
from cloud.core.routing import Told
from cloud.core.wording import Words
from cloud.store.changes import Change
from cloud.store.pool import Connection


@dataclass(frozen=True, slots=True)
class New:
    """Somebody is to be told something. silenced: they were told often enough of this device."""

    subject_type: str
    subject: UUID
    round: int
    step: int
    recipient: str
    estate: str
    device: str | None
    urgency: Urgency
    unstable: bool
    title: str
    body: str
    silenced: bool
    next_try_at: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notification that is this sender's until its lease ends, and by which channel it goes.

    address, secret: empty where the channel is sealed, until it is opened.
    """

    id: UUID
    title: str
    body: str
    urgency: Urgency
    attempts: int
    maybe_came: bool
    kind: ChannelKind
    address: str = field(repr=False)
    secret: str = field(repr=False)
    subject_type: str
    subject: UUID
    step: int
    estate: str
    channel: UUID
    sealed: bytes | None
    sealed_by: str | None


@dataclass(frozen=True, slots=True)
class NotificationRow:
    """A notification as lists show it."""

    id: UUID
    subject_type: SubjectType
    subject: UUID
    step: int
    recipient: str
    urgency: Urgency
    unstable: bool
    title: str
    state: machine.State
    channel_kind: ChannelKind | None
    channel_name: str | None
    attempts: int
    maybe_came: bool
    created_at: datetime
    next_try_at: datetime | None
    settled_at: datetime | None
    detail: str


@dataclass(frozen=True, slots=True)
class ChannelTest:
    """What became of a test of a channel."""

    state: machine.State
    attempts: int
    created_at: datetime
    settled_at: datetime | None
    detail: str


async def told(conn: Connection, device: str, recipient: str, begin: datetime) -> list[Told]:
    """When a recipient was told of a device after `begin`; not what was silenced or cancelled."""
    rows = await conn.execute(
        "SELECT created_at, unstable FROM notification WHERE device = %s AND recipient = %s"
        " AND created_at > %s AND state NOT IN ('silenced', 'cancelled') ORDER BY created_at",
        (device, recipient, begin),
    )
    return [Told(*row) for row in await rows.fetchall()]


async def insert(conn: Connection, new: New, at: datetime) -> UUID | None:
    """Write it down, by the recipient's first channel; None where the same is there already.

    Somebody without a channel cannot be reached, and the row says so.
    """
    channel = None if new.silenced else await _next_channel(conn, new.recipient, [])
    state: machine.State = "silenced" if new.silenced else "waiting" if channel else "unreachable"
    row = await (
        await conn.execute(
            "INSERT INTO notification (subject_type, subject, round, step, recipient, estate, device,"
            " urgency, unstable, title, body, state, channel, created_at, next_try_at, settled_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (subject_type, subject, round, step, recipient) DO NOTHING RETURNING id",
            (
                new.subject_type,
                new.subject,
                new.round,
                new.step,
                new.recipient,
                new.estate,
                new.device,
                new.urgency,
                new.unstable,
                new.title,
                new.body,
                state,
                channel,
                at,
                new.next_try_at if state == "waiting" else None,
                None if state == "waiting" else at,
            ),
        )
    ).fetchone()
    return None if row is None else row[0]


async def _next_channel(conn: Connection, recipient: str, tried: list[UUID]) -> UUID | None:
    shared = recipient.removeprefix("channel:") if recipient.startswith("channel:") else None
    row = await (
        await conn.execute(
            "SELECT id FROM channel WHERE enabled AND id <> ALL(%s) AND"
            " CASE WHEN %s::text IS NULL THEN owner = %s ELSE id::text = %s END"
            " ORDER BY position, id LIMIT 1",
            (tried, shared, recipient, shared),
        )
    ).fetchone()
    return None if row is None else row[0]


async def cancel(conn: Connection, subject_type: str, subject: UUID, at: datetime) -> list[Change]:
    """What waits is not sent any more: somebody has answered."""
    rows = await conn.execute(
        "UPDATE notification SET state = 'cancelled', next_try_at = NULL, settled_at = %s"
        " WHERE subject_type = %s AND subject = %s AND state = 'waiting' RETURNING id",
        (at, subject_type, subject),
    )
    return [Change("notification", str(row[0])) for row in await rows.fetchall()]


async def claim(conn: Connection, at: datetime) -> Claimed | None:
    """The most urgent that is due, now this sender's; None where there is none.

    A channel over which something is being sent just now is left alone: one that hangs holds up one sender.
    """
    row = await (
        await conn.execute(
            "SELECT id, urgency, attempts FROM notification waiting"
            " WHERE state = 'waiting' AND next_try_at <= %s AND NOT EXISTS (SELECT 1 FROM notification busy"
            " WHERE busy.channel = waiting.channel AND busy.state = 'sending')"
            " ORDER BY array_position(%s::text[], urgency), next_try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED",
            (at, list(URGENCIES)),
        )
    ).fetchone()
    if row is None:
        return None
    identity, urgency, attempts = row
    after = machine.claim(machine.Delivery("waiting", urgency, None, attempts))
    await conn.execute(
        "UPDATE notification SET state = %s, attempts = %s, next_try_at = NULL, lease_until = %s"
        " WHERE id = %s",
        (after.state, after.attempts, at + machine.LEASE, identity),
    )
    async with conn.cursor(row_factory=class_row(Claimed)) as cursor:
        await cursor.execute(
            "SELECT notification.id, title, body, urgency, attempts, maybe_came, kind,"
            " coalesce(address, '') AS address, coalesce(secret, '') AS secret, subject_type, subject, step,"
            " notification.estate, channel.id AS channel, sealed, sealed_by"
            " FROM notification JOIN channel ON channel.id = notification.channel WHERE notification.id = %s",
            (identity,),
        )
        found = await cursor.fetchone()
    if found is None:  # The channel was taken away meanwhile.
        await settle(conn, identity, after.attempts, machine.Refused("the channel is gone", lasting=True), at)
    return found


async def settle(
    conn: Connection, identity: UUID, attempt: int, outcome: machine.Outcome, at: datetime
) -> list[Change]:
    """What became of an attempt. Somebody else's later attempt is not touched by it."""
    row = await (
        await conn.execute(
            "SELECT notification.state, urgency, kind, attempts, maybe_came, recipient, channel, tried"
            " FROM notification LEFT JOIN channel ON channel.id = notification.channel"
            " WHERE notification.id = %s FOR UPDATE OF notification",
            (identity,),
        )
    ).fetchone()
    if row is None or row[0] != "sending" or row[3] != attempt:
        return []
    *known, recipient, channel, tried = row
    used = [*tried, channel] if channel is not None else tried
    other = await _next_channel(conn, recipient, used)
    after, by = machine.settle(machine.Delivery(*known), outcome, at, others=other is not None)
    await conn.execute(
        "UPDATE notification SET state = %s, attempts = %s, maybe_came = %s, next_try_at = %s, channel = %s,"
        " tried = %s, lease_until = NULL, settled_at = %s, detail = %s WHERE id = %s",
        (
            after.state,
            after.attempts,
            after.maybe_came,
            after.next_try_at,
            other if by == "next_channel" else channel,
            used if by == "next_channel" else tried,
            None if after.state == "waiting" else at,
            "" if isinstance(outcome, machine.Taken) else outcome.detail[:500],
            identity,
        ),
    )
    return [Change("notification", str(identity))]


async def recover(conn: Connection, at: datetime) -> list[Change]:
    """Attempts whose lease has ended: their sender died, and nobody knows whether they came."""
    rows = await conn.execute(
        "SELECT id, attempts FROM notification WHERE state = 'sending' AND lease_until <= %s"
        " FOR UPDATE SKIP LOCKED",
        (at,),
    )
    changed: list[Change] = []
    for identity, attempt in await rows.fetchall():
        changed += await settle(conn, identity, attempt, machine.Unknown("the sender died"), at)
    return changed


async def insert_test(
    conn: Connection, channel: UUID, estate: str, said: Words, at: datetime
) -> tuple[UUID, list[Change]]:
    """A test of one channel, sent as everything else is. estate: whose it is; empty: its owner's alone."""
    row = await (
        await conn.execute(
            "INSERT INTO notification (subject_type, subject, round, step, recipient, estate, urgency, title,"
            " body, state, channel, created_at, next_try_at)"
            " SELECT 'test', %s, (SELECT coalesce(max(round) + 1, 0) FROM notification"
            " WHERE subject_type = 'test' AND subject = %s), 0, %s, %s, 'urgent', %s, %s, 'waiting', %s, %s,"
            " %s RETURNING id",
            (
                *(channel, channel, f"channel:{channel}", estate),
                *(said.title, said.body, channel, at, at),
            ),
        )
    ).fetchone()
    assert row is not None
    return row[0], [Change("notification", str(row[0]))]


async def last_tests(conn: Connection, channels: Sequence[UUID]) -> dict[UUID, ChannelTest]:
    """Channel → its last test."""
    rows = await conn.execute(
        "SELECT DISTINCT ON (recipient) channel, state, attempts, created_at, settled_at, detail"
        " FROM notification WHERE subject_type = 'test' AND recipient = ANY(%s)"
        " ORDER BY recipient, created_at DESC",
        ([f"channel:{channel}" for channel in channels],),
    )
    return {channel: ChannelTest(*row) for channel, *row in await rows.fetchall()}


async def lately(
    conn: Connection, estate: str, subjects: Sequence[str], limit: int = 100
) -> list[NotificationRow]:
    """The last notifications of an estate about alerts, faults or both, newest first."""
    async with conn.cursor(row_factory=class_row(NotificationRow)) as cursor:
        await cursor.execute(
            "SELECT notification.id, subject_type, subject, step, recipient, urgency, unstable, title, state,"
            " channel.kind AS channel_kind, channel.name AS channel_name, attempts, maybe_came, created_at,"
            " next_try_at, settled_at, detail FROM notification"
            " LEFT JOIN channel ON channel.id = notification.channel"
            " WHERE notification.estate = %s AND subject_type = ANY(%s)"
            " ORDER BY created_at DESC, notification.id LIMIT %s",
            (estate, list(subjects), limit),
        )
        return await cursor.fetchall()
