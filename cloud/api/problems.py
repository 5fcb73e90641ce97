"""Errors of the HTTP interface as problem details (RFC 9457), made in one place."""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from cloud.api.answers import base as answers
from cloud.core.machine import Forbidden
from cloud.core.refused import Objection, Refused
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
        "objections": {
            "type": "array",
            "description": "What is wrong, each with a code that stays, and what its sentence names.",
            "items": {
                "type": "object",
                "required": ["code", "detail", "values", "field", "at"],
                "properties": {
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                    "values": {"type": "object", "additionalProperties": {"type": ["string", "number"]}},
                    "field": {"type": ["string", "null"], "description": "Of the body."},
                    "at": {
                        "type": ["object", "null"],
                        "description": "Where in an uploaded file: a line, a feature.",
                        "properties": {
                            "of": {"type": "string"},
                            "number": {"type": "integer"},
                            "name": {"type": "string"},
                        },
                    },
                },
            },
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


def refused(error: Refused | ValidationError) -> Problem:
    """422 for what cannot be as somebody wants it: a sentence each, with a code by which pages say it."""
    if isinstance(error, Refused):
        found, detail = _told(error), str(error)
    else:
        found = list(_found(error.errors()))
        detail = "; ".join(each["detail"] for each in found)
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, objections=found)


def objected(status: HTTPStatus, *objections: Objection, headers: Mapping[str, str] | None = None) -> Problem:
    """A problem of which pages have the sentences, by their codes."""
    said = "; ".join(map(str, objections))
    return Problem(status, said, headers=headers, objections=[answered(each) for each in objections])


def answered(each: Objection, field: str | None = None) -> answers.Objection:
    """An objection as it is told."""
    return {
        "code": each.code,
        "detail": each.template.format(**each.values),
        "values": dict(each.values),
        "field": field,
        "at": None if each.at is None else {"of": each.at.of, "number": each.at.number, "name": each.at.name},
    }


def _told(error: Refused, field: str | None = None) -> list[answers.Objection]:
    return [answered(each, field) for each in error.objections]


def _found(errors: Sequence[Any], skip: int = 0) -> Iterator[answers.Objection]:
    """What a model says is wrong. skip: steps of each place that are not the body's."""
    for one in errors:
        context = one.get("ctx", {})
        field = ".".join(str(step) for step in one["loc"][skip:])
        if isinstance(own := context.get("error"), Refused):
            yield from _told(own, field)
            continue
        values = {key: value for key, value in context.items() if isinstance(value, str | int | float)}
        said = one["msg"].removeprefix(BY_US)
        yield {
            "code": one["type"],
            "detail": f"{field}: {said}" if field else said,
            "values": values,
            "field": field,
            "at": None,
        }


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem."""
    _install_refusals(app)

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

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> Response:
        return answer(HTTPStatus(error.status_code), str(error.detail), error.headers)


def _install_refusals(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    async def cannot_be(_: Request, error: Refused) -> Response:
        found = refused(error)
        return answer(found.status, found.detail, more=found.more)

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
        more = {"fields": fields, "objections": list(_found(found, skip=1))}
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, detail, more=more)
