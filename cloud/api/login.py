"""Logging in: passwords and second factors checked, failures counted, sessions opened."""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from cloud import clock
from cloud.api import factor
from cloud.api.passwords import NOBODY, matches
from cloud.api.problems import Problem
from cloud.api.services import Services
from cloud.store import accounts, audit, sessions
from cloud.store.accounts import Account
from cloud.store.audit import Act
from cloud.store.pool import Connection
from cloud.store.sessions import By, Opening

LIMIT_WINDOW: Final = timedelta(minutes=5)
LIMIT_BY_NAME: Final = 5
LIMIT_BY_ADDRESS: Final = 20


@dataclass(frozen=True, slots=True)
class From:
    """Where somebody knocks from."""

    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was opened. The token is nowhere but here and in the browser."""

    account: Account
    token: str
    ends_at: datetime


async def by_password(services: Services, username: str, password: str, code: str, come: From) -> Opened:
    """A session for a name with its password, and with a code where the account has a second factor.

    Raises:
        Problem: 401 for a wrong name, password or code (`second_factor: true` where only that is
            missing), 429 after too many of them.
    """
    now = clock.utc_now()
    async with services.as_owner() as conn:
        await _expect_few_failures(services, conn, username, come, now)
        account = await accounts.find(conn, username)
    async with services.hashing:
        known = account.password_hash if account else NOBODY
        right = await asyncio.to_thread(matches, known, password)
    if account is None or not right or account.is_disabled:
        raise await _refused(services, username, come, "name or password is wrong")
    by: By = "password"
    if account.has_second_factor:
        if not code:
            raise Problem(HTTPStatus.UNAUTHORIZED, "the second factor is missing", second_factor=True)
        async with services.as_owner() as conn:
            shown = await factor.check(conn, services.factor_keys(), username, code, now)
        if shown is None:
            raise await _refused(services, username, come, "the code is wrong", is_factor=True)
        by = shown
    return await opened(services, account, by, come)


async def opened(services: Services, account: Account, by: By, come: From) -> Opened:
    """A new session, and its entry in the audit log."""
    now, token = clock.utc_now(), secrets.token_urlsafe(32)
    ends_at = now + services.sessions.life
    async with services.as_owner() as conn:
        opening = Opening(digest(token), account.username, by, come.address, come.browser)
        await sessions.begin(conn, opening, now, ends_at)
        told = {"by": by, "address": come.address}
        await audit.enter(
            conn, Act(account.username, "logged_in", "account", account.username, content=told), now
        )
    services.metrics.logins.labels("accepted").inc()
    services.log.info("login", username=account.username, role=account.role, by=by)
    return Opened(account, token, ends_at)


def digest(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


async def _expect_few_failures(
    services: Services, conn: Connection, username: str, come: From, now: datetime
) -> None:
    by_name, by_address = await accounts.failures(conn, username, come.address, now - LIMIT_WINDOW)
    if by_name < LIMIT_BY_NAME and by_address < LIMIT_BY_ADDRESS:
        return
    services.metrics.logins.labels("limited").inc()
    services.log.warning("login_limited", username=username, address=come.address)
    raise Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too many failed logins; try again in a few minutes",
        headers={"Retry-After": str(int(LIMIT_WINDOW.total_seconds()))},
    )


async def _refused(
    services: Services, username: str, come: From, detail: str, *, is_factor: bool = False
) -> Problem:
    async with services.as_owner() as conn:
        await accounts.note_failure(conn, username, come.address, clock.utc_now())
    services.metrics.logins.labels("refused").inc()
    services.log.warning("login_refused", username=username, address=come.address)
    return Problem(HTTPStatus.UNAUTHORIZED, detail, second_factor=is_factor)
