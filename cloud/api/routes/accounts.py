"""Who may log in, as what and for which estates: the administrator's."""

import asyncio
from http import HTTPStatus
from typing import Annotated, Self

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from cloud import clock
from cloud.api import shapes
from cloud.api.answers import people
from cloud.api.auth import Administrator
from cloud.api.bodies import NO_NUL, Slug
from cloud.api.passwords import hashed
from cloud.api.problems import Problem
from cloud.api.services import Services, Use
from cloud.core import password as passwords
from cloud.core.access import Role, within
from cloud.store import accounts, audit, registry, second_factors, sessions
from cloud.store.accounts import Account
from cloud.store.audit import Act
from cloud.store.pool import Connection

router = APIRouter(prefix="/api/accounts", tags=["accounts"])

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$"
Username = Annotated[str, Path(max_length=64, pattern=NAME_PATTERN)]
Shown = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True, pattern=NO_NUL)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]


class Rights(BaseModel):
    """What somebody may do, and where."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    display_zh: Shown
    display_en: Shown
    role: Role
    estates: tuple[Slug, ...] = Field(default=(), max_length=1000)
    every_estate: bool = False
    disabled: bool = False

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if self.every_estate == bool(self.estates):
            raise ValueError("name the estates, or say every_estate")
        return self


class Adding(Rights):
    """Somebody new."""

    username: Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
    password: Password


class Resetting(BaseModel):
    """Another password, told to its owner by other means."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    password: Password


@router.get("")
async def overview(account: Administrator, services: Use) -> people.Accounts:
    """The accounts about which one may decide, and the estates that one may give."""
    now = clock.utc_now()
    async with services.as_owner() as conn:
        known = [found for found in await accounts.listed(conn) if _is_within(found, account)]
        open_sessions = await sessions.number(conn, [found.username for found in known], now)
        estates = await registry.estates(conn)
    return {
        "now": shapes.instant(now),
        "accounts": [shapes.account(found, open_sessions.get(found.username, 0)) for found in known],
        "estates": [
            shapes.thing(row.id, row.name_zh, row.name_en)
            for row in estates
            if account.every_estate or row.id in account.estates
        ],
    }


@router.post("", status_code=201)
async def add(body: Adding, account: Administrator, services: Use) -> people.Account:
    """Somebody new. 409 where the name is taken."""
    _expect_within(body, account)
    kept = await _kept(services, body.password, body.username)
    new = _account(body.username, body, kept)
    async with services.administering(account) as conn:
        if await accounts.find(conn, body.username) is not None:
            raise Problem(HTTPStatus.CONFLICT, "the name is taken")
        await _put(conn, new, account, "account_added")
    return shapes.account(new, 0)


@router.put("/{username}")
async def change(username: Username, body: Rights, account: Administrator, services: Use) -> people.Account:
    """Another role, other estates, other names; it ends their sessions."""
    _expect_within(body, account)
    async with services.administering(account) as conn:
        known = await _found(conn, username, account)
        if username == account.username and (body.disabled or body.role != known.role):
            raise Problem(HTTPStatus.CONFLICT, "one's own role is for another administrator to take away")
        new = _account(username, body, known.password_hash)
        await _put(conn, new, account, "account_changed")
    return shapes.account(new, 0)


@router.put("/{username}/password", status_code=204)
async def reset(username: Username, body: Resetting, account: Administrator, services: Use) -> Response:
    """Another password for somebody who has lost theirs; it ends their sessions."""
    kept = await _kept(services, body.password, username)
    async with services.administering(account) as conn:
        await _found(conn, username, account)
        await accounts.set_password(conn, username, kept)
        await audit.enter(conn, _act(account, "password_reset", username), clock.utc_now())
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.delete("/{username}/sessions", status_code=204)
async def log_out(username: Username, account: Administrator, services: Use) -> Response:
    """Log somebody out everywhere."""
    async with services.administering(account) as conn:
        await _found(conn, username, account)
        count = await sessions.end_all(conn, username)
        await audit.enter(conn, _act(account, "sessions_ended", username, count=count), clock.utc_now())
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.delete("/{username}/second-factor", status_code=204)
async def forget_factor(username: Username, account: Administrator, services: Use) -> Response:
    """Forget the second factor of somebody whose telephone is gone; it ends their sessions."""
    async with services.administering(account) as conn:
        await _found(conn, username, account)
        await second_factors.remove(conn, username)
        await sessions.end_all(conn, username)
        await audit.enter(conn, _act(account, "second_factor_reset", username), clock.utc_now())
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def _kept(services: Services, password: str, username: str) -> str:
    if reason := passwords.objection(password, username):
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, reason)
    async with services.hashing:
        return await asyncio.to_thread(hashed, password)


def _account(username: str, body: Rights, password_hash: str) -> Account:
    return Account(
        username,
        body.display_zh,
        body.display_en,
        body.role,
        password_hash,
        frozenset(body.estates),
        body.every_estate,
        is_disabled=body.disabled,
    )


async def _put(conn: Connection, new: Account, by: Account, action: str) -> None:
    now = clock.utc_now()
    await accounts.put(conn, new)
    await accounts.disable(conn, new.username, now if new.is_disabled else None)
    told = {"role": new.role, "estates": sorted(new.estates), "every_estate": new.every_estate}
    await audit.enter(conn, _act(by, action, new.username, **told, disabled=new.is_disabled), now)


async def _found(conn: Connection, username: str, account: Account) -> Account:
    found = await accounts.find(conn, username)
    if found is None or not _is_within(found, account):
        raise Problem(HTTPStatus.NOT_FOUND, "there is no such account")
    return found


def _is_within(found: Account, account: Account) -> bool:
    return within(found.estates, account.estates, every=found.every_estate, own_every=account.every_estate)


def _expect_within(body: Rights, account: Account) -> None:
    wanted = frozenset(body.estates)
    if not within(wanted, account.estates, every=body.every_estate, own_every=account.every_estate):
        raise Problem(HTTPStatus.FORBIDDEN, "nobody can give rights to estates that they do not see")


def _act(account: Account, action: str, username: str, **content: object) -> Act:
    return Act(account.username, action, "account", username, content=content)
