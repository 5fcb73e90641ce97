"""Who is told of what: who is on call, whom an estate tells step by step, and what became of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from cloud import clock
from cloud.api import shapes
from cloud.api.answers import people
from cloud.api.auth import Arranger, Rostered
from cloud.api.bodies import Body, SlugInPath
from cloud.api.problems import Problem
from cloud.api.routes.channels import NewChannel, keep, send_test, shapes_of
from cloud.api.services import Use
from cloud.core import on_call
from cloud.core.access import Duty, Role, may
from cloud.core.escalation import Person, Policy, SharedChannel
from cloud.core.on_call import Calendar, Override, Rotation
from cloud.store import accounts, audit, changes, duty, notifications, registry
from cloud.store.accounts import Account
from cloud.store.audit import Act
from cloud.store.notifications import NotificationRow
from cloud.store.pool import Connection

router = APIRouter(prefix="/api/duty")

AHEAD: Final = timedelta(days=14)
ROLES: Final[tuple[Role, ...]] = ("desk", "maintenance", "manager")
"""Roles that are on call."""


class NewRotation(Rotation):
    """The shifts of a role."""

    role: Role


class NewOverride(Body):
    """Somebody else for a while; null: nobody."""

    role: Role
    person: on_call.Username | None
    begins_at: AwareDatetime
    ends_at: AwareDatetime


@router.get("")
async def overview(
    account: Rostered,
    services: Use,
    estate: Annotated[str | None, Query(max_length=63)] = None,
) -> people.DutyPage:
    """Who is on call now and for 14 days, the policy, and the last notifications with their outcome."""
    now = clock.utc_now()
    async with services.reading(account) as conn:
        change = await changes.newest(conn)
        estates = await registry.estates(conn)
        chosen = next((one for one in estates if estate in {None, one.id}), None)
        if estate is not None and chosen is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such estate")
        shown = None if chosen is None else await _estate(conn, chosen.id, now, account)
        names = await accounts.display_names(conn)
    return {
        "now": shapes.instant(now),
        "change": change,
        "people": shapes.people(names),
        "estates": [shapes.thing(one.id, one.name_zh, one.name_en) for one in estates],
        "chosen": None if chosen is None else chosen.id,
        "duty": shown,
    }


@router.put("/{estate}/policy")
async def set_policy(estate: SlugInPath, body: Policy, account: Arranger, services: Use) -> people.Duty:
    """Whom to tell from now on, step by step."""
    now = clock.utc_now()
    async with services.acting(account) as conn:
        await _expect_estate(conn, estate)
        await _expect_known(conn, estate, body)
        await duty.set_policy(conn, estate, body, account.username, now)
        return await _arranged(conn, account, estate, body.model_dump(mode="json"), now)


@router.put("/{estate}/rotation")
async def set_rotation(
    estate: SlugInPath, body: NewRotation, account: Arranger, services: Use
) -> people.Duty:
    """Who takes turns from now on."""
    now = clock.utc_now()
    rotation = Rotation(shifts=body.shifts)
    async with services.acting(account) as conn:
        await _expect_estate(conn, estate)
        members = (await duty.members(conn, estate)).get(body.role, [])
        if strangers := on_call.strangers(rotation, members):
            names = ", ".join(strangers)
            why = f"not {body.role} of {estate}: {names}"
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, why, fields={"people": names})
        await duty.set_rotation(conn, estate, body.role, rotation, by=account.username, at=now)
        return await _arranged(conn, account, estate, body.model_dump(mode="json"), now)


@router.post("/{estate}/overrides")
async def add_override(
    estate: SlugInPath, body: NewOverride, account: Arranger, services: Use
) -> people.Duty:
    """Somebody else for a while. Of two that overlap the later one counts."""
    now = clock.utc_now()
    if not now < body.ends_at or not body.begins_at < body.ends_at:
        why = "it ends before it begins, or has ended already"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, why, fields={"ends_at": why})
    async with services.acting(account) as conn:
        await _expect_estate(conn, estate)
        if body.person is not None:
            await _expect_people(conn, estate, {body.person})
        new = Override(body.person, body.begins_at, body.ends_at)
        await duty.add_override(conn, estate, body.role, new, by=account.username, at=now)
        return await _arranged(conn, account, estate, body.model_dump(mode="json"), now)


@router.delete("/{estate}/overrides/{override}")
async def drop_override(estate: SlugInPath, override: UUID, account: Arranger, services: Use) -> people.Duty:
    """The rotation counts again."""
    now = clock.utc_now()
    async with services.acting(account) as conn:
        await _expect_estate(conn, estate)
        await duty.drop_override(conn, estate, override)
        return await _arranged(conn, account, estate, {"override_dropped": str(override)}, now)


@router.post("/{estate}/channels")
async def add_channel(estate: SlugInPath, body: NewChannel, account: Arranger, services: Use) -> people.Duty:
    """A channel that many of the estate read; steps of the policy may name it."""
    now = clock.utc_now()
    async with services.acting(account) as conn:
        await _expect_estate(conn, estate)
        await keep(conn, body, services.channel_keys, estate=estate)
        return await _arranged(conn, account, estate, {"channel": body.name, "kind": body.kind}, now)


@router.delete("/{estate}/channels/{channel}")
async def drop_channel(estate: SlugInPath, channel: UUID, account: Arranger, services: Use) -> people.Duty:
    """Nobody is told there any more. 409 while a step of the policy names it."""
    now = clock.utc_now()
    async with services.acting(account) as conn:
        await _expect_estate(conn, estate)
        policy = await duty.policy(conn, estate)
        if channel in _channels(policy):
            raise Problem(HTTPStatus.CONFLICT, "a step of the policy names this channel")
        await duty.drop_channel(conn, channel, estate=estate)
        return await _arranged(conn, account, estate, {"channel_dropped": str(channel)}, now)


@router.post("/{estate}/channels/{channel}/test")
async def test_channel(estate: SlugInPath, channel: UUID, account: Arranger, services: Use) -> people.Duty:
    """Send a test message by a channel of the estate; what became of it stands in `last_test`."""
    async with services.acting(account) as conn:
        zone = await duty.zone(conn, estate)
        if zone is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such estate")
        row = await duty.channel(conn, channel)
        await send_test(conn, row if row is not None and row.estate == estate else None, account, zone)
        return await _arranged(conn, account, estate, {"channel_tested": str(channel)}, clock.utc_now())


def _channels(policy: Policy) -> set[UUID]:
    steps = policy.everything()
    return {step.whom.channel for step in steps if isinstance(step.whom, SharedChannel)}


async def _expect_estate(conn: Connection, estate: str) -> None:
    if await duty.zone(conn, estate) is None:
        raise Problem(HTTPStatus.NOT_FOUND, "there is no such estate")


async def _expect_people(conn: Connection, estate: str, people: set[str]) -> None:
    known = {person for members in (await duty.members(conn, estate)).values() for person in members}
    if strangers := people - known:
        names = ", ".join(sorted(strangers))
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, f"nobody of {estate}: {names}", fields={"person": names}
        )


async def _expect_known(conn: Connection, estate: str, policy: Policy) -> None:
    """A step that tells nobody is found now and not at night."""
    steps = policy.everything()
    await _expect_people(
        conn, estate, {step.whom.username for step in steps if isinstance(step.whom, Person)}
    )
    own = {row.id for row in await duty.channels_of_estate(conn, estate)}
    if _channels(policy) - own:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"no channel of {estate}")


async def _arranged(
    conn: Connection, account: Account, estate: str, content: Mapping[str, object], now: datetime
) -> people.Duty:
    """What was arranged is entered; the estate as it is from now on."""
    await audit.enter(conn, Act(account.username, "arranged", "estate", estate, content=content), now)
    return await _estate(conn, estate, now, account)


async def _estate(conn: Connection, estate: str, now: datetime, account: Account) -> people.Duty:
    zone = await duty.zone(conn, estate)
    assert zone is not None
    calendars = await duty.calendars(conn, estate, now)
    members = await duty.members(conn, estate)
    policy = await duty.policy_row(conn, estate)
    theirs: dict[Duty, tuple[str, ...]] = {"desk": ("alert",), "maintenance": ("fault", "work_order")}
    subjects = [subject for held, of in theirs.items() if may(account.role, held) for subject in of]
    return {
        "zone": zone.key,
        "may_arrange": may(account.role, "arranging"),
        "on_call": [
            _duty(role, calendars.get(role, Calendar(Rotation())), members.get(role, []), (now, zone))
            for role in ROLES
        ],
        "rotations": {role: calendars[role].rotation for role in ROLES if role in calendars},
        "overrides": [
            {
                "id": str(row.id),
                "role": row.role,
                "person": row.person,
                "begins_at": shapes.instant(row.begins_at),
                "ends_at": shapes.instant(row.ends_at),
                "set_by": row.set_by,
            }
            for row in await duty.overrides(conn, estate, now)
        ],
        "policy": await duty.policy(conn, estate),
        "policy_set_by": None if policy is None else policy.set_by,
        "policy_set_at": None if policy is None else shapes.instant(policy.set_at),
        "channels": await shapes_of(conn, await duty.channels_of_estate(conn, estate)),
        "notifications": [_notification(row) for row in await notifications.lately(conn, estate, subjects)],
    }


def _duty(role: Role, calendar: Calendar, members: list[str], at: tuple[datetime, ZoneInfo]) -> people.OnCall:
    now, zone = at
    stretches = on_call.stretches(calendar, now, now + AHEAD, zone)
    return {
        "role": role,
        "members": members,
        "people": list(stretches[0].duty.people),
        "source": stretches[0].duty.source,
        "until": shapes.instant(stretches[0].ends_at),
        "ahead": [
            {
                "begins_at": shapes.instant(stretch.begins_at),
                "ends_at": shapes.instant(stretch.ends_at),
                "people": list(stretch.duty.people),
                "source": stretch.duty.source,
            }
            for stretch in stretches
        ],
    }


def _notification(row: NotificationRow) -> people.Notification:
    return {
        "id": str(row.id),
        "subject_type": row.subject_type,
        "subject": str(row.subject),
        "step": row.step,
        "recipient": row.recipient,
        "urgency": row.urgency,
        "unstable": row.unstable,
        "title": row.title,
        "state": row.state,
        "channel": None if row.channel_kind is None else {"kind": row.channel_kind, "name": row.channel_name},
        "attempts": row.attempts,
        "maybe_came": row.maybe_came,
        "created_at": shapes.instant(row.created_at),
        "next_try_at": shapes.maybe(row.next_try_at),
        "settled_at": shapes.maybe(row.settled_at),
        "detail": row.detail,
    }
