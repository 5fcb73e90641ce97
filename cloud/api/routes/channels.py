"""One's own channels and quiet hours: where one can be told, and when one would rather not."""

from collections.abc import Mapping, Sequence
from datetime import UTC, time, timedelta, tzinfo
from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import StringConstraints

from cloud import clock
from cloud.api import shapes
from cloud.api.answers import people
from cloud.api.auth import Anyone
from cloud.api.bodies import Body
from cloud.api.problems import Problem
from cloud.api.services import Services, Use
from cloud.core import wording
from cloud.core.channel import NoAddress, address
from cloud.core.delivery import ChannelKind
from cloud.core.wording import Named
from cloud.notify.seal import ChannelKeys
from cloud.store import audit, changes, duty, notifications, registry
from cloud.store.accounts import Account
from cloud.store.audit import Act
from cloud.store.duty import ChannelRow
from cloud.store.notifications import ChannelTest
from cloud.store.pool import Connection

router = APIRouter(prefix="/api/me")

TEST_EVERY: Final = timedelta(seconds=10)
"""Who can add a channel could else flood a stranger with tests."""

Line = Annotated[
    str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True, pattern=r"^[^\x00-\x1f]*$")
]


class NewChannel(Body):
    """address: of e-mail, of a webhook, or a robot's whole address or key. secret: what it is signed with."""

    kind: ChannelKind
    name: Line
    address: Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f]*$")]
    secret: Annotated[str, StringConstraints(max_length=200, pattern=r"^[\x21-\x7e]*$")] = ""


class Quiet(Body):
    """Local hours in which what may wait is not told; both null: told at any hour."""

    begins: time | None
    ends: time | None


def address_of(new: NewChannel) -> str:
    """The address as it is kept.

    Raises:
        Problem: 422, it is none.
    """
    try:
        return address(new.kind, new.address)
    except NoAddress as error:
        why = str(error)
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, why, fields={"address": why}) from error


async def keep(
    conn: Connection,
    new: NewChannel,
    keys: ChannelKeys | None,
    *,
    owner: str | None = None,
    estate: str | None = None,
) -> None:
    """Keep a new channel, sealed where there is a key.

    Raises:
        Problem: 422, its address is none.
    """
    kept = address_of(new)
    columns = {"owner": owner, "estate": estate, "kind": new.kind, "name": new.name}
    sealed = None if keys is None else keys.sealed(uuid4(), kept, new.secret)
    await duty.add_channel(conn, columns | {"address": kept, "secret": new.secret}, sealed)


async def shapes_of(conn: Connection, rows: Sequence[ChannelRow]) -> list[people.Channel]:
    """Channels, their addresses masked: who has one can write there in the service's name."""
    tests = await notifications.last_tests(conn, [row.id for row in rows])
    return [_shape(row, tests.get(row.id)) for row in rows]


def _shape(row: ChannelRow, test: ChannelTest | None) -> people.Channel:
    return {
        "id": str(row.id),
        "kind": row.kind,
        "name": row.name,
        "address": row.shown,
        "signed": row.signed,
        "enabled": row.enabled,
        "last_test": None
        if test is None
        else {
            "state": test.state,
            "attempts": test.attempts,
            "created_at": shapes.instant(test.created_at),
            "settled_at": shapes.maybe(test.settled_at),
            "detail": test.detail,
        },
    }


async def send_test(conn: Connection, row: ChannelRow | None, account: Account, zone: tzinfo) -> None:
    """Have a test message sent by a channel, as `notify` sends everything else.

    Raises:
        Problem: 404, there is no such channel; 429, the last test was just now.
    """
    if row is None:
        raise Problem(HTTPStatus.NOT_FOUND, "there is no such channel")
    now = clock.utc_now()
    last = (await notifications.last_tests(conn, [row.id])).get(row.id)
    if last is not None and now - last.created_at < TEST_EVERY:
        wait = {"Retry-After": str(int(TEST_EVERY.total_seconds()))}
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "a test was sent just now", headers=wait)
    said = wording.tested(Named(account.display_zh, account.display_en), now, zone)
    _, changed = await notifications.insert_test(conn, row.id, row.estate or "", said, now)
    await changes.record(conn, changed, now)


@router.get("/channels")
async def channels(account: Anyone, services: Use) -> people.Channels:
    """One's channels in the order in which they are tried, and one's quiet hours."""
    return await _own(services, account)


@router.post("/channels")
async def add(body: NewChannel, account: Anyone, services: Use) -> people.Channels:
    """One more; it is tried last."""
    async with services.acting(account) as conn:
        await keep(conn, body, services.channel_keys, owner=account.username)
        await _enter(conn, account, "added_channel", {"kind": body.kind})
    return await _own(services, account)


@router.delete("/channels/{channel}")
async def drop(channel: UUID, account: Anyone, services: Use) -> people.Channels:
    """One is not told there any more."""
    async with services.acting(account) as conn:
        dropped = await duty.drop_channel(conn, channel, owner=account.username)
        await _enter(conn, account, "dropped_channel", {"channel": str(channel)} if dropped else {})
    return await _own(services, account)


@router.post("/channels/{channel}/test")
async def test(channel: UUID, account: Anyone, services: Use) -> people.Channels:
    """Send a test message by one of one's channels; what became of it stands in `last_test`."""
    async with services.acting(account) as conn:
        row = await duty.channel(conn, channel)
        own = row if row is not None and row.owner == account.username else None
        first = next(iter(await registry.estates(conn)), None)
        zone = None if first is None else await duty.zone(conn, first.id)
        await send_test(conn, own, account, zone or UTC)
        await _enter(conn, account, "tested_channel", {"channel": str(channel)})
    return await _own(services, account)


@router.put("/quiet-hours")
async def quiet(body: Quiet, account: Anyone, services: Use) -> people.Channels:
    """When one would rather not be told. Of a person at risk one is told all the same."""
    if (body.begins is None) != (body.ends is None):
        why = "quiet hours have a beginning and an end, or neither"
        field = "begins" if body.begins is None else "ends"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, why, fields={field: why})
    hours = None if body.begins is None or body.ends is None else (body.begins, body.ends)
    async with services.acting(account) as conn:
        await duty.set_quiet_hours(conn, account.username, hours)
        await _enter(conn, account, "set_quiet_hours", body.model_dump(mode="json"))
    return await _own(services, account)


async def _enter(conn: Connection, account: Account, what: str, content: Mapping[str, object]) -> None:
    act = Act(account.username, what, "account", account.username, content=content)
    await audit.enter(conn, act, clock.utc_now())


async def _own(services: Services, account: Account) -> people.Channels:
    async with services.reading(account) as conn:
        shown = await shapes_of(conn, await duty.channels_of(conn, account.username))
        hours = (await duty.quiet_hours(conn)).get(account.username)
    return {
        "channels": shown,
        "quiet_hours": None
        if hours is None
        else {"begins": hours.begins.isoformat("minutes"), "ends": hours.ends.isoformat("minutes")},
    }
