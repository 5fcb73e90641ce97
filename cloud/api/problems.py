"""Errors of the HTTP interface as problem details (RFC 9457), made in one place."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from cloud.core.machine import Forbidden
from cloud.evidence.blobs import KeyLost, OtherBytes, StoreDown
from cloud.store.pool import DatabaseDown, RowRefused

BY_US: Final = "Value error, "
"""How pydantic begins what our own checks say."""
MEDIA_TYPE = "application/problem+json"


_BODY: Final = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "For the person who must act."},
        "fields": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Which fields of the body do not fit, and why.",
        },
    },
}
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    status: {"description": description, "content": {MEDIA_TYPE: {"schema": _BODY}}}
    for status, description in (
        (
            "4XX",
            (
                "401: log in first. 403: not among one's duties. 404: not there, or another estate's."
                " 409: its state forbids that. 413: too large. 422: it does not fit. 429: too often."
            ),
        ),
        ("5XX", "503: the database or the evidence store is away; try again."),
    )
}
"""How the description of the interface tells of them."""


class Problem(Exception):  # noqa: N818 - the RFC's word
    """An answer that says what is wrong."""

    def __init__(
        self, status: HTTPStatus, detail: str, *, headers: Mapping[str, str] | None = None, **more: object
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers
        self.more = more


def answer(
    status: HTTPStatus,
    detail: str,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Response:
    """A problem as a response."""
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        **(more or {}),
    }
    return JSONResponse(body, status_code=status.value, headers=headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem."""

    @app.exception_handler(Problem)
    async def problem(_: Request, error: Problem) -> Response:
        return answer(error.status, error.detail, error.headers, error.more)

    @app.exception_handler(Forbidden)
    async def forbidden(_: Request, error: Forbidden) -> Response:
        return answer(HTTPStatus.CONFLICT, str(error), more={"state": error.state})

    @app.exception_handler(DatabaseDown)
    async def database_down(_: Request, __: DatabaseDown) -> Response:
        return answer(HTTPStatus.SERVICE_UNAVAILABLE, "the database cannot be reached", {"Retry-After": "5"})

    @app.exception_handler(StoreDown)
    async def store_down(request: Request, error: StoreDown) -> Response:
        request.app.state.services.log.error("evidence_store_down", reason=str(error))
        return answer(
            HTTPStatus.SERVICE_UNAVAILABLE, "the evidence store cannot be reached", {"Retry-After": "5"}
        )

    @app.exception_handler(OtherBytes)
    async def other_bytes(request: Request, error: OtherBytes) -> Response:
        request.app.state.services.log.error("evidence_other_bytes", reason=str(error))
        return answer(HTTPStatus.INTERNAL_SERVER_ERROR, "other bytes are stored under this digest")

    @app.exception_handler(KeyLost)
    async def key_lost(request: Request, error: KeyLost) -> Response:
        request.app.state.services.log.error("evidence_key_lost", reason=str(error))
        return answer(HTTPStatus.GONE, "the key with which this clip was sealed is not to be had")

    @app.exception_handler(RowRefused)
    async def row_refused(_: Request, __: RowRefused) -> Response:
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, "these values cannot be stored")

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        found = error.errors()
        detail = f"{'.'.join(str(step) for step in found[0]['loc'])}: {found[0]['msg']}"
        fields = {
            ".".join(str(step) for step in one["loc"][1:]): one["msg"].removeprefix(BY_US)
            for one in reversed(found)
        }
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, detail, more={"fields": fields})

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> Response:
        return answer(HTTPStatus(error.status_code), str(error.detail), error.headers)
