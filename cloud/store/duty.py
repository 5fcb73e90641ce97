"""Who can be told of what: policies, rotations and their overrides, channels, quiet hours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg.rows import class_row

from cloud.core.access import Role
from cloud.core.channel import Sealed, masked
from cloud.core.delivery import ChannelKind
from cloud.core.escalation import USUAL, Policy
from cloud.core.on_call import Calendar, Override, Rotation
from cloud.core.quiet import QuietHours
from cloud.core.routing import Roster
from cloud.store import whose
from cloud.store.pool import Connection, Jsonb


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """Where somebody can be told. owner: whose; estate: or which estate's. shown: of its address."""

    id: UUID
    owner: str | None
    estate: str | None
    kind: ChannelKind
    name: str
    shown: str
    signed: bool
    position: int
    enabled: bool


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A channel that is not sealed with the newest key: as it is, or with another."""

    id: UUID
    address: str | None
    secret: str | None
    sealed: Sealed | None


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """A change of who is on call. person None: nobody."""

    id: UUID
    role: Role
    person: str | None
    begins_at: datetime
    ends_at: datetime
    set_by: str


@dataclass(frozen=True, slots=True)
class SetRow:
    """Something that a person has set, and when."""

    content: dict[str, Any]
    set_by: str
    set_at: datetime


async def zone(conn: Connection, estate: str) -> ZoneInfo | None:
    """The time zone of an estate; None where there is no such estate."""
    row = await (await conn.execute("SELECT zone FROM estate WHERE id = %s", (estate,))).fetchone()
    return None if row is None else ZoneInfo(row[0])


async def policy(conn: Connection, estate: str) -> Policy:
    """Whom the estate tells; the usual where it has set nothing."""
    found = await policy_row(conn, estate)
    return USUAL if found is None else Policy.model_validate(found.content)


async def policy_row(conn: Connection, estate: str) -> SetRow | None:
    """The policy as it was set, None where it was not."""
    async with conn.cursor(row_factory=class_row(SetRow)) as cursor:
        await cursor.execute(
            "SELECT content, set_by, set_at FROM escalation_policy WHERE estate = %s", (estate,)
        )
        return await cursor.fetchone()


async def set_policy(conn: Connection, estate: str, new: Policy, by: str, at: datetime) -> None:
    """From now on these are told; escalations that run go on with it."""
    await conn.execute(
        "INSERT INTO escalation_policy VALUES (%s, %s, %s, %s) ON CONFLICT (estate) DO UPDATE"
        " SET content = excluded.content, set_by = excluded.set_by, set_at = excluded.set_at",
        (estate, Jsonb(new.model_dump(mode="json")), by, at),
    )


async def rotations(conn: Connection, estate: str) -> dict[str, Rotation]:
    """Role → its rotation."""
    rows = await conn.execute("SELECT role, content FROM rotation WHERE estate = %s", (estate,))
    return {role: Rotation.model_validate(content) for role, content in await rows.fetchall()}


async def set_rotation(
    conn: Connection, estate: str, role: str, new: Rotation, *, by: str, at: datetime
) -> None:
    """From now on these take turns."""
    await conn.execute(
        "INSERT INTO rotation VALUES (%s, %s, %s, %s, %s) ON CONFLICT (estate, role) DO UPDATE"
        " SET content = excluded.content, set_by = excluded.set_by, set_at = excluded.set_at",
        (estate, role, Jsonb(new.model_dump(mode="json")), by, at),
    )


async def overrides(conn: Connection, estate: str, after: datetime) -> list[OverrideRow]:
    """Those that end after that instant, in the order in which they were set."""
    async with conn.cursor(row_factory=class_row(OverrideRow)) as cursor:
        await cursor.execute(
            "SELECT id, role, person, begins_at, ends_at, set_by FROM duty_override"
            " WHERE estate = %s AND ends_at > %s ORDER BY set_at, id",
            (estate, after),
        )
        return await cursor.fetchall()


async def add_override(
    conn: Connection, estate: str, role: str, new: Override, *, by: str, at: datetime
) -> UUID:
    """Somebody else is on call for a while."""
    row = await (
        await conn.execute(
            "INSERT INTO duty_override (estate, role, person, begins_at, ends_at, set_by, set_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
            (estate, role, new.person, new.begins_at, new.ends_at, by, at),
        )
    ).fetchone()
    assert row is not None
    found: UUID = row[0]
    return found


async def drop_override(conn: Connection, estate: str, override: UUID) -> bool:
    """The rotation counts again; False where there is no such override."""
    done = await conn.execute("DELETE FROM duty_override WHERE estate = %s AND id = %s", (estate, override))
    return done.rowcount > 0


async def members(conn: Connection, estate: str) -> dict[str, list[str]]:
    """Role → who has it in an estate."""
    rows = await conn.execute(
        "SELECT role, array_agg(username ORDER BY username) FROM account"  # noqa: S608 - a constant
        f" WHERE {whose.sees('%s')} GROUP BY role ORDER BY role",
        (estate,),
    )
    return dict(await rows.fetchall())


async def calendars(conn: Connection, estate: str, at: datetime) -> dict[str, Calendar]:
    """Role → its duty from `at` on."""
    found = await rotations(conn, estate)
    told: dict[str, list[Override]] = {}
    for row in await overrides(conn, estate, at):
        told.setdefault(row.role, []).append(Override(row.person, row.begins_at, row.ends_at))
    return {
        role: Calendar(found.get(role, Rotation()), tuple(told.get(role, ()))) for role in {*found, *told}
    }


async def quiet_hours(conn: Connection) -> dict[str, QuietHours]:
    """Whose quiet hours are when."""
    rows = await conn.execute("SELECT username, begins, ends FROM quiet_hours")
    return {username: QuietHours(begins, ends) for username, begins, ends in await rows.fetchall()}


async def set_quiet_hours(conn: Connection, username: str, hours: tuple[time, time] | None) -> None:
    """What may wait is not told to this person then; None: it is told at any hour."""
    if hours is None:
        await conn.execute("DELETE FROM quiet_hours WHERE username = %s", (username,))
        return
    await conn.execute(
        "INSERT INTO quiet_hours VALUES (%s, %s, %s) ON CONFLICT (username) DO UPDATE"
        " SET begins = excluded.begins, ends = excluded.ends",
        (username, *hours),
    )


async def roster(conn: Connection, estate: str, at: datetime) -> Roster:
    """The people of an estate as of `at`."""
    found = await zone(conn, estate)
    assert found is not None, estate
    return Roster(
        zone=found,
        members=await members(conn, estate),
        duty=await calendars(conn, estate, at),
        quiet=await quiet_hours(conn),
    )


_CHANNEL = "SELECT id, owner, estate, kind, name, shown, signed, position, enabled FROM channel"


async def channels_of(conn: Connection, username: str) -> list[ChannelRow]:
    """Somebody's channels, in the order in which they are tried."""
    async with conn.cursor(row_factory=class_row(ChannelRow)) as cursor:
        await cursor.execute(f"{_CHANNEL} WHERE owner = %s ORDER BY position, id", (username,))
        return await cursor.fetchall()


async def channels_of_estate(conn: Connection, estate: str) -> list[ChannelRow]:
    """The channels that many of an estate read."""
    async with conn.cursor(row_factory=class_row(ChannelRow)) as cursor:
        await cursor.execute(f"{_CHANNEL} WHERE estate = %s ORDER BY position, id", (estate,))
        return await cursor.fetchall()


async def channel(conn: Connection, identity: UUID) -> ChannelRow | None:
    """One channel."""
    async with conn.cursor(row_factory=class_row(ChannelRow)) as cursor:
        await cursor.execute(f"{_CHANNEL} WHERE id = %s", (identity,))
        return await cursor.fetchone()


async def add_channel(conn: Connection, new: Mapping[str, Any], sealed: Sealed | None = None) -> UUID:
    """A channel with these columns; it is tried last. sealed: its address and secret are kept so only."""
    more: dict[str, Any] = {
        "id": None if sealed is None else sealed.channel,
        "shown": masked(new["kind"], new["address"]),
        "signed": bool(new["secret"]),
        "sealed": None if sealed is None else sealed.content,
        "sealed_by": None if sealed is None else sealed.by,
    }
    if sealed is not None:
        more |= {"address": None, "secret": None}
    own_id = ("id, ", "%(id)s, ") if sealed is not None else ("", "")
    row = await (
        await conn.execute(
            f"INSERT INTO channel ({own_id[0]}owner, estate, kind, name, address, secret, shown, signed,"  # noqa: S608 - own names
            f" sealed, sealed_by, position) VALUES ({own_id[1]}"
            " %(owner)s, %(estate)s, %(kind)s, %(name)s, %(address)s,"
            " %(secret)s, %(shown)s, %(signed)s, %(sealed)s, %(sealed_by)s, (SELECT"
            " coalesce(max(position) + 1, 0) FROM channel WHERE owner IS NOT DISTINCT FROM %(owner)s"
            " AND estate IS NOT DISTINCT FROM %(estate)s)) RETURNING id",
            {**new, **more},
        )
    ).fetchone()
    assert row is not None
    found: UUID = row[0]
    return found


async def hold_unsealed(conn: Connection, by: str) -> list[Unsealed]:
    """Channels that are not sealed with the key `by`, locked."""
    rows = await conn.execute(
        "SELECT id, address, secret, sealed_by, sealed FROM channel WHERE sealed_by IS DISTINCT FROM %s"
        " ORDER BY id FOR UPDATE",
        (by,),
    )
    return [
        Unsealed(id_, address, secret, None if sealed is None else Sealed(id_, key, sealed))
        for id_, address, secret, key, sealed in await rows.fetchall()
    ]


async def seal_channel(conn: Connection, sealed: Sealed) -> None:
    """Keep where it leads under that key only."""
    await conn.execute(
        "UPDATE channel SET address = NULL, secret = NULL, sealed = %s, sealed_by = %s WHERE id = %s",
        (sealed.content, sealed.by, sealed.channel),
    )


async def drop_channel(
    conn: Connection, identity: UUID, *, owner: str | None = None, estate: str | None = None
) -> bool:
    """Nobody is told there any more; False where there is no such channel of this owner's or estate's."""
    done = await conn.execute(
        "DELETE FROM channel WHERE id = %s AND owner IS NOT DISTINCT FROM %s"
        " AND estate IS NOT DISTINCT FROM %s",
        (identity, owner, estate),
    )
    return done.rowcount > 0
