"""Who is asking, and whether they may: the session that a request carries, and the duties of its role."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie

from cloud import clock
from cloud.api.login import digest
from cloud.api.problems import Problem
from cloud.api.services import Services, Use
from cloud.core.access import Duty, may
from cloud.store import audit, sessions
from cloud.store.accounts import NO_PASSWORD, Account
from cloud.store.audit import Act

COOKIE: Final = "fallwatch_session"
CARRIED: Final = APIKeyCookie(
    name=COOKIE, scheme_name="session", description="From `POST /api/session`.", auto_error=False
)


async def log_out(services: Services, request: Request) -> None:
    """End the session that the request carries, if any."""
    if token := request.cookies.get(COOKIE):
        async with services.as_owner() as conn:
            username = await sessions.end(conn, digest(token))
            if username is not None:
                await audit.enter(conn, Act(username, "logged_out", "account", username), clock.utc_now())


async def who(request: Request, services: Services, *, is_use: bool = True) -> Account | None:
    """Whose session the request carries; None when it carries none that is still open.

    is_use: somebody is there, and the session does not end for want of use.
    """
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    now, kept = clock.utc_now(), digest(token)
    async with services.as_owner() as conn:
        found = await sessions.whose(conn, kept, now, services.sessions.idle)
        if found is not None and is_use:
            await sessions.use(conn, kept, now)
    return found


async def _anyone_yet(request: Request, services: Use, _: Annotated[str | None, Depends(CARRIED)]) -> Account:
    account = await who(request, services)
    if account is None:
        raise Problem(HTTPStatus.UNAUTHORIZED, "log in first")
    request.state.account = account  # Who was refused is told by the guard.
    return account


AnyoneYet = Annotated[Account, Depends(_anyone_yet)]
"""Also somebody whose role asks for a second factor that they have not set up: they may do that, no more."""


async def _anyone(account: AnyoneYet, services: Use) -> Account:
    if lacks_factor(account, services):
        raise Problem(HTTPStatus.FORBIDDEN, "set up your second factor first", second_factor=True)
    return account


def lacks_factor(account: Account, services: Services) -> bool:
    """Whether somebody must set up a second factor before anything else."""
    # Who logs in by the organisation's provider has shown there what they must.
    has = account.has_second_factor or account.password_hash == NO_PASSWORD
    return account.role in services.sessions.factor_for and not has


Anyone = Annotated[Account, Depends(_anyone)]


def _holding(duty: Duty) -> Callable[[Account], Coroutine[Any, Any, Account]]:
    async def check(account: Anyone) -> Account:
        if not may(account.role, duty):
            raise Problem(HTTPStatus.FORBIDDEN, f"the duty {duty} is not among those of {account.role}")
        return account

    return check


Desk = Annotated[Account, Depends(_holding("desk"))]
Maintenance = Annotated[Account, Depends(_holding("maintenance"))]
Certifier = Annotated[Account, Depends(_holding("certificates"))]
Ledger = Annotated[Account, Depends(_holding("ledger"))]
Looker = Annotated[Account, Depends(_holding("pictures"))]
"""May see pictures of people, some only with leave: `leave.expect_…`."""
Overseer = Annotated[Account, Depends(_holding("oversight"))]
Inspector = Annotated[Account, Depends(_holding("inspection"))]
Auditor = Annotated[Account, Depends(_holding("audit"))]
Administrator = Annotated[Account, Depends(_holding("accounts"))]
Rostered = Annotated[Account, Depends(_holding("roster"))]
Arranger = Annotated[Account, Depends(_holding("arranging"))]
Granter = Annotated[Account, Depends(_holding("grants"))]
Planner = Annotated[Account, Depends(_holding("planning"))]
