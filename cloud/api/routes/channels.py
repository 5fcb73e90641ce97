"""One's own channels and quiet hours: where one can be told, and when one would rather not."""

from collections.abc import Mapping
from datetime import time
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import StringConstraints

from cloud import clock
from cloud.api.auth import Anyone
from cloud.api.bodies import Body
from cloud.api.problems import Problem
from cloud.api.services import Services, Use
from cloud.api.shapes import Json
from cloud.core.channel import NoAddress, address, masked
from cloud.core.delivery import ChannelKind
from cloud.store import audit, duty
from cloud.store.accounts import Account
from cloud.store.audit import Act
from cloud.store.duty import ChannelRow
from cloud.store.pool import Connection

router = APIRouter(prefix="/api/me")

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
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error


def channel_shape(row: ChannelRow) -> Json:
    """A channel, its address masked: who has it can write there in the service's name."""
    return {
        "id": str(row.id),
        "kind": row.kind,
        "name": row.name,
        "address": masked(row.kind, row.address),
        "signed": bool(row.secret),
        "enabled": row.enabled,
    }


@router.get("/channels")
async def channels(account: Anyone, services: Use) -> Json:
    """One's channels in the order in which they are tried, and one's quiet hours."""
    return await _own(services, account)


@router.post("/channels")
async def add(body: NewChannel, account: Anyone, services: Use) -> Json:
    """One more; it is tried last."""
    async with services.acting(account) as conn:
        new = {"owner": account.username, "estate": None, "kind": body.kind, "name": body.name}
        await duty.add_channel(conn, new | {"address": address_of(body), "secret": body.secret})
        await _enter(conn, account, "added_channel", {"kind": body.kind})
    return await _own(services, account)


@router.delete("/channels/{channel}")
async def drop(channel: UUID, account: Anyone, services: Use) -> Json:
    """One is not told there any more."""
    async with services.acting(account) as conn:
        dropped = await duty.drop_channel(conn, channel, owner=account.username)
        await _enter(conn, account, "dropped_channel", {"channel": str(channel)} if dropped else {})
    return await _own(services, account)


@router.put("/quiet-hours")
async def quiet(body: Quiet, account: Anyone, services: Use) -> Json:
    """When one would rather not be told. Of a person at risk one is told all the same."""
    if (body.begins is None) != (body.ends is None):
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "quiet hours have a beginning and an end, or neither")
    hours = None if body.begins is None or body.ends is None else (body.begins, body.ends)
    async with services.acting(account) as conn:
        await duty.set_quiet_hours(conn, account.username, hours)
        await _enter(conn, account, "set_quiet_hours", body.model_dump(mode="json"))
    return await _own(services, account)


async def _enter(conn: Connection, account: Account, what: str, content: Mapping[str, object]) -> None:
    act = Act(account.username, what, "account", account.username, content=content)
    await audit.enter(conn, act, clock.utc_now())


async def _own(services: Services, account: Account) -> Json:
    async with services.reading(account) as conn:
        rows = await duty.channels_of(conn, account.username)
        hours = (await duty.quiet_hours(conn)).get(account.username)
    return {
        "channels": [channel_shape(row) for row in rows],
        "quiet_hours": None
        if hours is None
        else {"begins": hours.begins.isoformat("minutes"), "ends": hours.ends.isoformat("minutes")},
    }
