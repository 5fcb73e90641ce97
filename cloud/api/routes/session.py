"""Logging in and out, who is logged in, where, and with what."""

import asyncio
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from cloud import clock
from cloud.api import auth, factor, login, shapes
from cloud.api.answers import people
from cloud.api.auth import AnyoneYet
from cloud.api.bodies import NO_NUL
from cloud.api.login import From, Opened
from cloud.api.passwords import hashed, matches
from cloud.api.problems import Problem
from cloud.api.services import Services, Use
from cloud.core import password as passwords
from cloud.store import accounts, audit, second_factors, sessions
from cloud.store.accounts import Account
from cloud.store.audit import Act

router = APIRouter(prefix="/api/session", tags=["session"])

Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]
Code = Annotated[str, StringConstraints(max_length=40, pattern=r"^[A-Za-z0-9 -]*$")]


class Body(BaseModel):
    """What may hold secrets: an error never repeats it."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Credentials(Body):
    """What somebody logs in with. code: of their second factor, or a recovery code."""

    username: Word
    password: Word
    code: Code = ""


class Proof(Body):
    """A code of a second factor."""

    code: Code


class Changing(Body):
    """Another password."""

    old: Word
    new: Word


@router.post("")
async def log_in(body: Credentials, request: Request, response: Response, services: Use) -> people.LoggedIn:
    """Open a session; its token goes into a cookie that scripts cannot read."""
    opened = await login.by_password(services, body.username, body.password, body.code, come_from(request))
    carry(response, opened, services)
    return {"user": shapes.user(opened.account)}


def come_from(request: Request) -> From:
    """Where a request comes from."""
    address = request.client.host if request.client else "unknown"
    return From(address, request.headers.get("user-agent", "")[:200])


def carry(response: Response, opened: Opened, services: Services) -> None:
    """Give the browser its session."""
    response.set_cookie(
        auth.COOKIE,
        opened.token,
        expires=opened.ends_at,
        httponly=True,
        samesite="strict",
        secure=services.secure_cookies,
        path="/",
    )


@router.get("")
async def current(account: AnyoneYet, services: Use) -> people.Current:
    """Who is logged in, and whether they must set up a second factor before anything else."""
    return {"user": shapes.user(account), "second_factor_needed": auth.lacks_factor(account, services)}


@router.delete("", status_code=204)
async def log_out(request: Request, services: Use) -> Response:
    """Close the session."""
    await auth.log_out(services, request)
    return _without_session(services)


def _without_session(services: Services) -> Response:
    response = Response(status_code=HTTPStatus.NO_CONTENT)
    response.delete_cookie(
        auth.COOKIE, path="/", httponly=True, samesite="strict", secure=services.secure_cookies
    )
    return response


@router.get("/all")
async def everywhere(request: Request, account: AnyoneYet, services: Use) -> people.Sessions:
    """One's own open sessions, the newest first, and what is known of one's second factor."""
    now = clock.utc_now()
    async with services.as_owner() as conn:
        found = await sessions.of(conn, account.username, now)
        this = await sessions.current(conn, login.digest(request.cookies.get(auth.COOKIE, "")))
        left = await second_factors.recovery_left(conn, account.username)
    return {
        "now": shapes.instant(now),
        "sessions": [shapes.session(row, is_this=row.id == this) for row in found],
        "second_factor": {
            "set_up": account.has_second_factor,
            "recovery_codes_left": left,
            "possible": services.keys is not None,
            "needed": account.role in services.sessions.factor_for,
        },
    }


@router.delete("/all", status_code=204)
async def end_all(account: AnyoneYet, services: Use) -> Response:
    """Log out everywhere."""
    async with services.administering(account) as conn:
        count = await sessions.end_all(conn, account.username)
        await audit.enter(conn, _self(account, "sessions_ended", count=count), clock.utc_now())
    return _without_session(services)


@router.delete("/all/{session}", status_code=204)
async def end_one(session: UUID, account: AnyoneYet, services: Use) -> Response:
    """End one of one's own sessions."""
    async with services.administering(account) as conn:
        if not await sessions.end_one(conn, account.username, session):
            raise Problem(HTTPStatus.NOT_FOUND, "you have no such session")
        await audit.enter(conn, _self(account, "sessions_ended", count=1), clock.utc_now())
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post("/password", status_code=204)
async def change_password(body: Changing, account: AnyoneYet, services: Use) -> Response:
    """Another password; it ends all one's sessions."""
    if reason := passwords.objection(body.new, account.username):
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, reason)
    async with services.hashing:
        if not await asyncio.to_thread(matches, account.password_hash, body.old):
            raise Problem(HTTPStatus.CONFLICT, "the old password is another")
        kept = await asyncio.to_thread(hashed, body.new)
    async with services.administering(account) as conn:
        await accounts.set_password(conn, account.username, kept)
        await audit.enter(conn, _self(account, "password_changed"), clock.utc_now())
    return _without_session(services)


@router.post("/second-factor")
async def begin_factor(account: AnyoneYet, services: Use) -> people.FactorBegun:
    """A secret for one's telephone, as an address and as a picture; it counts once it is confirmed."""
    if account.has_second_factor:
        raise Problem(HTTPStatus.CONFLICT, "a second factor is set up already")
    now, keys = clock.utc_now(), services.factor_keys()
    async with services.administering(account) as conn:
        address, picture = await factor.begin(conn, keys, account.username, now)
        await audit.enter(conn, _self(account, "second_factor_begun"), now)
    return {"address": address, "picture": picture}


@router.post("/second-factor/confirm")
async def confirm_factor(body: Proof, account: AnyoneYet, services: Use) -> people.RecoveryCodes:
    """The telephone's first code; from then on it is asked for. The recovery codes are shown this once."""
    now, keys = clock.utc_now(), services.factor_keys()
    async with services.administering(account) as conn:
        codes = await factor.confirm(conn, keys, account.username, body.code, now)
        if codes is None:
            raise Problem(HTTPStatus.CONFLICT, "the code is wrong")
        await audit.enter(conn, _self(account, "second_factor_set_up"), now)
    return {"recovery_codes": codes}


@router.post("/second-factor/remove", status_code=204)
async def remove_factor(body: Proof, account: AnyoneYet, services: Use) -> Response:
    """Give one's second factor up, with a code that shows that one holds it."""
    now, keys = clock.utc_now(), services.factor_keys()
    async with services.administering(account) as conn:
        if await factor.check(conn, keys, account.username, body.code, now) is None:
            raise Problem(HTTPStatus.CONFLICT, "the code is wrong")
        await second_factors.remove(conn, account.username)
        await audit.enter(conn, _self(account, "second_factor_removed"), now)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _self(account: Account, action: str, **content: object) -> Act:
    return Act(account.username, action, "account", account.username, content=content)
