"""What holds for every request: no foreign site may change anything, and pages load only our own."""

from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import FilteringBoundLogger

from cloud.api import problems
from cloud.metrics import ApiMetrics
from cloud.store.accounts import Account

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none';"
        " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
MUTATING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
REFUSALS: Final = frozenset({403, 404})
TOO_LARGE: Final = "the body is larger than is taken here"
UPLOADS: Final = "/api/evidence/uploads/"
"""Devices come here with a token instead of a cookie, so no foreign page can borrow anything."""


class Guard:
    """ASGI middleware, the outermost: also what the library answers by itself passes here."""

    def __init__(self, app: ASGIApp, metrics: ApiMetrics, log: FilteringBoundLogger) -> None:
        self._app = app
        self._metrics = metrics
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless it may not; count it, and complete its answer's headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        is_replaced = False

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(scope, message)
            await send(message)

        async def completed(message: Message) -> None:
            nonlocal is_replaced
            if _says_plainly_too_large(message):
                is_replaced = True
                await problems.answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE)(scope, receive, sent)
            elif not is_replaced:
                await sent(message)

        if _may_be_forged(scope):
            refusal = problems.answer(HTTPStatus.FORBIDDEN, "the header X-Fallwatch: 1 is missing")
            await refusal(scope, receive, completed)
            return
        await self._app(scope, receive, completed)

    def _complete(self, scope: Scope, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        # Answers are personal. Pages and scripts may be kept, but an upgrade must reach them.
        kept = "no-store" if scope["path"].startswith("/api/") else "no-cache"
        headers.setdefault("Cache-Control", kept)
        # The route's pattern, not the path: paths have no end.
        route = getattr(scope.get("route"), "path", "other")
        self._metrics.requests.labels(scope["method"], route, str(message["status"])).inc()
        account = scope.get("state", {}).get("account")
        if message["status"] in REFUSALS and isinstance(account, Account):
            # Estates of others are not shown, so who asks for them gets 404: both are told.
            self._log.warning(
                "access_refused",
                username=account.username,
                role=account.role,
                method=scope["method"],
                route=route,
                path=scope["path"],
                status=message["status"],
            )
            self._metrics.refusals.labels(account.role, route).inc()


def _says_plainly_too_large(message: Message) -> bool:
    """The library refuses a body by its announced length in plain text, past every handler of ours."""
    if message["type"] != "http.response.start" or message["status"] != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return False
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/plain")


def _may_be_forged(scope: Scope) -> bool:
    """A form of another site can send our cookie along, but not a header of its own (OWASP)."""
    if scope["method"] not in MUTATING or scope["path"].startswith(UPLOADS):
        return False
    return Headers(scope=scope).get("x-fallwatch") != "1"
