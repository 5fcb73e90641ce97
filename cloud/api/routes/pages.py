"""The pages: each role has its own, and what is not for it says so."""

from importlib import metadata
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from cloud.api import auth, shapes
from cloud.api.services import Services, Use
from cloud.core import access
from cloud.store.accounts import Account

router = APIRouter(include_in_schema=False)

VERSION: Final = metadata.version("fallwatch")


@router.get("/")
async def home(request: Request, services: Use) -> Response:
    """To the page of one's role."""
    account = await auth.who(request, services)
    page = "login" if account is None else access.pages(account.role)[0]
    return RedirectResponse(f"/{page}", status_code=303)


@router.get("/login")
async def login(request: Request, services: Use) -> Response:
    """Where one logs in."""
    account = await auth.who(request, services)
    return _page(request, services, "login", account)


@router.get("/desk")
async def desk(request: Request, services: Use) -> Response:
    """The desk."""
    return await _for(request, services, "desk")


@router.get("/maintenance")
async def maintenance(request: Request, services: Use) -> Response:
    """Device maintenance."""
    return await _for(request, services, "maintenance")


@router.get("/bureau")
async def bureau(request: Request, services: Use) -> Response:
    """Coverage for the bureau."""
    return await _for(request, services, "bureau")


@router.get("/ledger")
async def ledger(request: Request, services: Use) -> Response:
    """The ledger of work and its figures."""
    return await _for(request, services, "ledger")


@router.get("/duty")
async def duty(request: Request, services: Use) -> Response:
    """Who is on call, who was told."""
    return await _for(request, services, "duty")


@router.get("/accounts")
async def accounts(request: Request, services: Use) -> Response:
    """Who may log in."""
    return await _for(request, services, "accounts")


@router.get("/grants")
async def grants(request: Request, services: Use) -> Response:
    """Leave to see pictures of people."""
    return await _for(request, services, "grants")


@router.get("/audit")
async def audit(request: Request, services: Use) -> Response:
    """The audit log."""
    return await _for(request, services, "audit")


@router.get("/me")
async def me(request: Request, services: Use) -> Response:
    """One's own login; everybody's."""
    account = await auth.who(request, services)
    if account is None:
        return RedirectResponse("/login?next=/me", status_code=303)
    return _page(request, services, "me", account)


async def _for(request: Request, services: Services, page: str) -> Response:
    account = await auth.who(request, services)
    if account is None:
        return RedirectResponse(f"/login?next={quote(request.url.path)}", status_code=303)
    if auth.lacks_factor(account, services):
        return RedirectResponse("/me", status_code=303)
    if page not in access.pages(account.role):
        request.state.account = account
        return _page(request, services, "forbidden", account, status=403)
    return _page(request, services, page, account)


def _page(
    request: Request, services: Services, page: str, account: Account | None, status: int = 200
) -> Response:
    context = {
        "user": None if account is None else shapes.user(account),
        "page": page,
        "provider": services.provider is not None,
        "version": VERSION,
    }
    response = services.templates.TemplateResponse(request, f"{page}.html", context, status_code=status)
    response.headers["Cache-Control"] = "no-store"
    return response
