"""Who is asking, and whether they may: sessions kept by the server, roles by route, failed logins counted."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Depends, Request

from cloud import clock
from cloud.api.passwords import NOBODY, matches
from cloud.api.problems import Problem
from cloud.api.services import Services, Use
from cloud.core.access import Duty, may
from cloud.store import accounts
from cloud.store.accounts import Account

COOKIE: Final = "fallwatch_session"
LIMIT_WINDOW: Final = timedelta(minutes=5)
LIMIT_BY_NAME: Final = 5
LIMIT_BY_ADDRESS: Final = 20


async def log_in(
    services: Services, username: str, password: str, address: str
) -> tuple[Account, str, datetime]:
    """(account, session token, end of the session).

    Raises:
        Problem: 401 for a wrong name or password, 429 after too many of them.
    """
    now = clock.utc_now()
    async with services.as_owner() as conn:
        by_name, by_address = await accounts.failures(conn, username, address, now - LIMIT_WINDOW)
        account = await accounts.find(conn, username)
    if by_name >= LIMIT_BY_NAME or by_address >= LIMIT_BY_ADDRESS:
        services.metrics.logins.labels("limited").inc()
        services.log.warning("login_limited", username=username, address=address)
        retry_after = str(int(LIMIT_WINDOW.total_seconds()))
        raise Problem(
            HTTPStatus.TOO_MANY_REQUESTS,
            "too many failed logins; try again in a few minutes",
            headers={"Retry-After": retry_after},
        )
    async with services.hashing:
        right = await asyncio.to_thread(matches, account.password_hash if account else NOBODY, password)
    if account is None or not right:
        async with services.as_owner() as conn:
            await accounts.note_failure(conn, username, address, now)
        services.metrics.logins.labels("refused").inc()
        services.log.warning("login_refused", username=username, address=address)
        raise Problem(HTTPStatus.UNAUTHORIZED, "name or password is wrong")
    token = secrets.token_urlsafe(32)
    ends_at = now + services.session_life
    async with services.as_owner() as conn:
        await accounts.open_session(conn, _digest(token), account.username, now, ends_at)
    services.metrics.logins.labels("accepted").inc()
    services.log.info("login", username=username, role=account.role)
    return account, token, ends_at


async def log_out(services: Services, request: Request) -> None:
    """End the session that the request carries, if any."""
    if token := request.cookies.get(COOKIE):
        async with services.as_owner() as conn:
            await accounts.close_session(conn, _digest(token))


async def who(request: Request, services: Services) -> Account | None:
    """Whose session the request carries; None when it carries none that is still open."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    async with services.as_owner() as conn:
        return await accounts.of_session(conn, _digest(token), clock.utc_now())


async def _anyone(request: Request, services: Use) -> Account:
    account = await who(request, services)
    if account is None:
        raise Problem(HTTPStatus.UNAUTHORIZED, "log in first")
    request.state.account = account  # Who was refused is told by the guard.
    return account


Anyone = Annotated[Account, Depends(_anyone)]


def _holding(duty: Duty) -> Callable[[Account], Coroutine[Any, Any, Account]]:
    async def check(account: Anyone) -> Account:
        if not may(account.role, duty):
            raise Problem(HTTPStatus.FORBIDDEN, f"the duty {duty} is not among those of {account.role}")
        return account

    return check


Desk = Annotated[Account, Depends(_holding("desk"))]
Maintenance = Annotated[Account, Depends(_holding("maintenance"))]
Bureau = Annotated[Account, Depends(_holding("coverage"))]
Ledger = Annotated[Account, Depends(_holding("ledger"))]
Auditor = Annotated[Account, Depends(_holding("audit"))]
Administrator = Annotated[Account, Depends(_holding("accounts"))]
Granter = Annotated[Account, Depends(_holding("grants"))]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
