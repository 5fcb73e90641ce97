"""Logging in by the organisation's OpenID provider."""

import secrets
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from cloud import clock
from cloud.api import login, oidc
from cloud.api.oidc import Attempt, Provider, ProviderFailed
from cloud.api.problems import Problem
from cloud.api.routes.session import carry, come_from
from cloud.api.services import Services, Use
from cloud.core.claims import ClaimsRefused, Said
from cloud.store import accounts, audit, oidc_attempts
from cloud.store.accounts import NO_PASSWORD, Account
from cloud.store.audit import Act

router = APIRouter(prefix="/api/session/oidc", tags=["session"])

COOKIE: Final = "fallwatch_oidc"
LASTS: Final = timedelta(minutes=10)
ONWARD: Final = '<!doctype html><meta http-equiv="refresh" content="0;url=/"><title>Fallwatch</title>'
"""A page of ours, not a redirect: what follows a redirect from elsewhere does not carry our strict cookie."""


@router.get("", status_code=303, response_class=RedirectResponse)
async def leave(services: Use) -> Response:
    """To the provider. The browser carries the state, so that only it can come back with the answer."""
    provider = _provider(services)
    attempt = Attempt(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))
    try:
        address = await provider.way_there(attempt)
    except ProviderFailed as error:
        raise _failed(services, error) from error
    ends_at = clock.utc_now() + LASTS
    async with services.as_owner() as conn:
        kept = login.digest(attempt.state)
        await oidc_attempts.put(conn, kept, attempt.nonce, attempt.verifier, ends_at)
    response = RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER)
    response.set_cookie(
        COOKIE,
        attempt.state,
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        samesite="lax",  # It must come along on the way back from the provider.
        secure=services.secure_cookies,
        path="/api/session/oidc",
    )
    return response


@router.get("/callback", response_class=HTMLResponse)
async def come_back(
    request: Request,
    services: Use,
    state: Annotated[str, Query(max_length=200)],
    code: Annotated[str, Query(max_length=2000)] = "",
) -> Response:
    """Back from the provider: who they are is asked with the code, and a session is opened."""
    provider, now = _provider(services), clock.utc_now()
    if not secrets.compare_digest(request.cookies.get(COOKIE, "").encode(), state.encode()):
        raise Problem(HTTPStatus.FORBIDDEN, "this browser has not asked to log in")
    async with services.as_owner() as conn:
        kept = await oidc_attempts.take(conn, login.digest(state), now)
    if kept is None:
        raise Problem(HTTPStatus.FORBIDDEN, "this took too long, or was used before: log in again")
    try:
        subject, said = await provider.who(code, Attempt(state, *kept), now.timestamp())
    except ProviderFailed as error:
        raise _failed(services, error) from error
    except ClaimsRefused as error:
        services.log.warning("oidc_refused", reason=str(error))
        raise Problem(HTTPStatus.FORBIDDEN, str(error)) from error
    account = await _account(services, subject, said)
    opened = await login.opened(services, account, "oidc", come_from(request))
    response = HTMLResponse(ONWARD)
    carry(response, opened, services)
    response.delete_cookie(COOKIE, path="/api/session/oidc", httponly=True, samesite="lax")
    return response


async def _account(services: Services, subject: str, said: Said) -> Account:
    """Their account, made or brought to what the provider says: there it is decided who may do what."""
    async with services.as_owner() as conn:
        known = await accounts.of_provider(conn, subject)
        if known is None and await accounts.find(conn, said.username) is not None:
            # Whoever may choose a name at the provider must not become somebody who has it here.
            raise Problem(HTTPStatus.FORBIDDEN, f"{said.username} is the name of another account here")
        if known is not None and known.is_disabled:
            raise Problem(HTTPStatus.FORBIDDEN, "this account may not log in")
        username = said.username if known is None else known.username
        new = Account(
            username,
            said.name,
            said.name,
            said.role,
            NO_PASSWORD,
            said.estates,
            said.every_estate,
            has_second_factor=known is not None and known.has_second_factor,
        )
        if known is None or _rights(known) != _rights(new):
            await accounts.put(conn, new)
            await accounts.bind(conn, username, subject)
            told = {"role": said.role, "estates": sorted(said.estates), "every_estate": said.every_estate}
            act = Act("system", "account_set_by_provider", "account", username, content=told)
            await audit.enter(conn, act, clock.utc_now())
        found = await accounts.find(conn, username)
    assert found is not None
    return found


def _rights(account: Account) -> tuple[object, ...]:
    estates = None if account.every_estate else account.estates
    return account.display_zh, account.role, estates, account.every_estate


def _provider(services: Services) -> Provider:
    if services.provider is None:
        raise Problem(HTTPStatus.NOT_FOUND, "no provider is set up here")
    return services.provider


def _failed(services: Services, error: oidc.ProviderFailed) -> Problem:
    services.log.warning("oidc_failed", reason=str(error))
    return Problem(HTTPStatus.BAD_GATEWAY, "the organisation's login does not answer as it should")
