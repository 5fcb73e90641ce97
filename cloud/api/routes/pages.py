"""The pages: each role has its own, and what is not for it says so."""

from collections.abc import Callable, Coroutine
from importlib import metadata
from typing import Any, Final
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


@router.get("/me")
async def me(request: Request, services: Use) -> Response:
    """One's own login; everybody's."""
    account = await auth.who(request, services)
    if account is None:
        return RedirectResponse("/login?next=/me", status_code=303)
    return _page(request, services, "me", account)


def _for_holders_of(page: str) -> Callable[[Request, Services], Coroutine[Any, Any, Response]]:
    """Answers with a page those whose it is, and tells others why not."""

    async def show(request: Request, services: Use) -> Response:
        """The page, the way to the login, or that it is another's."""
        account = await auth.who(request, services)
        if account is None:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"/login?next={quote(request.url.path + query)}", status_code=303)
        if auth.lacks_factor(account, services):
            return RedirectResponse("/me", status_code=303)
        if page not in access.pages(account.role):
            request.state.account = account
            return _page(request, services, "forbidden", account, status=403)
        return _page(request, services, page, account)

    return show


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


for _name in access.PAGES:
    router.get(f"/{_name}")(_for_holders_of(_name))
