"""Logging in and out, and who is logged in."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, StringConstraints

from cloud.api import auth, shapes
from cloud.api.auth import Anyone
from cloud.api.services import Use
from cloud.api.shapes import Json

router = APIRouter(prefix="/api/session")

Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class Credentials(BaseModel):
    """What somebody logs in with."""

    username: Word
    password: Word


@router.post("")
async def log_in(body: Credentials, request: Request, response: Response, services: Use) -> Json:
    """Open a session; its token goes into a cookie that scripts cannot read."""
    address = request.client.host if request.client else "unknown"
    account, token, ends_at = await auth.log_in(services, body.username, body.password, address)
    response.set_cookie(
        auth.COOKIE,
        token,
        expires=ends_at,
        httponly=True,
        samesite="strict",
        secure=services.secure_cookies,
        path="/",
    )
    return {"user": shapes.user(account)}


@router.get("")
async def current(account: Anyone) -> Json:
    """Who is logged in."""
    return {"user": shapes.user(account)}


@router.delete("", status_code=204)
async def log_out(request: Request, services: Use) -> Response:
    """Close the session."""
    await auth.log_out(services, request)
    response = Response(status_code=204)
    response.delete_cookie(
        auth.COOKIE, path="/", httponly=True, samesite="strict", secure=services.secure_cookies
    )
    return response
