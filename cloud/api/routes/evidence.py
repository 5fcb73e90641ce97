"""Clips: devices bring them in pieces, the desk plays them from any second."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Path, Request, Response
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse

from cloud import clock
from cloud.api import leave
from cloud.api.auth import Looker
from cloud.api.problems import Problem
from cloud.api.services import Services, Use
from cloud.evidence import receive, token
from cloud.evidence.blobs import StoreDown
from cloud.evidence.receive import Wanted
from cloud.evidence.verify import Objection
from cloud.store import changes, clips, identities, registry, viewings
from cloud.store.accounts import Account
from cloud.store.clips import ClipRow
from cloud.store.viewings import Viewing

router = APIRouter(prefix="/api/evidence")

Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
PLAYED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The whole clip.", "content": {"video/mp4": {}}},
    206: {"description": "The range that was asked for.", "content": {"video/mp4": {}}},
}
MAX_PIECE_BYTES: Final = 2**30
"""A device may send a whole clip in one piece; what it announced bounds it further."""
RANGE: Final = re.compile(r"^bytes=(\d*)-(\d*)$")


@router.head("/uploads/{sha256}", response_class=Response)
async def reached(sha256: Digest, request: Request, services: Use) -> Response:
    """How much of an announced clip is here: `Upload-Offset`; all of it only once it is in the store."""
    row, estate = await _wanted(services, request, sha256)
    wanted = _as_wanted(row, estate)
    async with _refusals(services, row, wanted):
        found, complete = await receive.reached(services.blobs, services.staging, wanted)
    if complete and row.state == "pending":
        await _stored(services, row)
    return Response(headers={"Upload-Offset": str(found), "Upload-Length": str(row.size_bytes)})


@router.patch("/uploads/{sha256}", status_code=204, max_body_size=MAX_PIECE_BYTES)
async def append(
    sha256: Digest, request: Request, services: Use, upload_offset: Annotated[int, Header(ge=0)]
) -> Response:
    """Append bytes at `Upload-Offset`. The last piece has the whole clip checked and stored."""
    row, estate = await _wanted(services, request, sha256)
    wanted = _as_wanted(row, estate)
    try:
        async with _refusals(services, row, wanted):
            found, complete = await receive.append(
                services.blobs, services.staging, wanted, upload_offset, request.stream()
            )
    except ClientDisconnect:
        services.metrics.uploads.labels("interrupted").inc()
        return Response(status_code=HTTPStatus.BAD_REQUEST)
    if complete:
        await _stored(services, row)
    return Response(status_code=HTTPStatus.NO_CONTENT, headers={"Upload-Offset": str(found)})


@asynccontextmanager
async def _refusals(services: Services, row: ClipRow, wanted: Wanted) -> AsyncIterator[None]:
    """What stops an upload, as the answer that tells the device what to do."""
    try:
        yield
    except receive.WrongOffset as refused:
        raise Problem(
            HTTPStatus.CONFLICT, str(refused), headers={"Upload-Offset": str(refused.offset)}
        ) from refused
    except receive.Busy as refused:
        raise _busy(row, receive.waiting(services.staging, wanted), str(refused)) from refused
    except receive.TooLong as refused:
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(refused)) from refused
    except receive.WrongDigest as refused:
        await _mismatch(services, row)
        services.metrics.uploads.labels("wrong_digest").inc()
        services.log.warning(
            "upload_wrong_digest", message_id=str(row.event), sha256=row.sha256, agent=row.agent
        )
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(refused)) from refused
    except StoreDown:
        services.metrics.uploads.labels("store_down").inc()
        raise


def _busy(row: ClipRow, offset: int, detail: str) -> Problem:
    if offset == row.size_bytes:
        # All bytes have come and are not in the store yet: told of this offset, the device would be done.
        return Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": "1"})
    return Problem(HTTPStatus.CONFLICT, detail, headers={"Upload-Offset": str(offset)})


async def _wanted(services: Services, request: Request, sha256: str) -> tuple[ClipRow, str]:
    """The clip that the caller, a device, has announced, and its estate."""
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not text:
        raise Problem(
            HTTPStatus.UNAUTHORIZED, "a device's token is needed", headers={"WWW-Authenticate": "Bearer"}
        )
    if services.ca is None:
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "no device authority is configured")
    try:
        held = token.uploading(text, sha256, services.ca, clock.utc_now())
    except Objection as objection:
        raise _unbelieved(services, sha256, str(objection)) from objection
    async with services.as_owner() as conn:
        if not await identities.counts(conn, held):
            raise _unbelieved(services, sha256, "the certificate was revoked")
        await identities.know(conn, held, clock.utc_now())
        row = await clips.announced(conn, sha256, held.agent)
        if row is None:
            raise Problem(HTTPStatus.NOT_FOUND, f"{held.agent} has not announced this clip")
        return row, await registry.estate_of_agent(conn, held.agent)


def _unbelieved(services: Services, sha256: str, reason: str) -> Problem:
    services.log.warning("upload_refused", sha256=sha256, reason=reason)
    return Problem(HTTPStatus.UNAUTHORIZED, reason, headers={"WWW-Authenticate": "Bearer"})


def _as_wanted(row: ClipRow, estate: str) -> Wanted:
    assert row.sha256 is not None
    assert row.size_bytes is not None
    return Wanted(row.sha256, row.size_bytes, estate)


async def _stored(services: Services, row: ClipRow) -> None:
    assert row.sha256 is not None
    now = clock.utc_now()
    async with services.as_owner() as conn:
        await changes.record(conn, await clips.store(conn, row.sha256, row.agent, now), now)
    services.metrics.uploads.labels("stored").inc()
    services.log.info("clip_stored", message_id=str(row.event), sha256=row.sha256, agent=row.agent)


async def _mismatch(services: Services, row: ClipRow) -> None:
    assert row.sha256 is not None
    now = clock.utc_now()
    async with services.as_owner() as conn:
        await changes.record(conn, await clips.mismatch(conn, row.sha256, row.agent), now)


@router.get("/clips/{sha256}", response_class=StreamingResponse, responses=PLAYED)
async def play(
    sha256: Digest,
    account: Looker,
    services: Use,
    wanted: Annotated[str | None, Header(alias="Range")] = None,
) -> Response:
    """A clip, or the range of it that is asked for (RFC 9110, 14)."""
    given = await _allowed(services, account, sha256)
    clip = await services.blobs.find(sha256)
    if clip is None:
        raise Problem(HTTPStatus.NOT_FOUND, "there is no such clip")
    await _entered(services, account, given, sha256)
    size = clip.size
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{sha256}"',
        # What a browser kept could be looked at later without anybody knowing.
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'inline; filename="{sha256[:16]}.mp4"',
    }
    span = byte_range(wanted, size)
    if span is None:
        first, last, status = 0, size - 1, HTTPStatus.OK
    else:
        first, last = span
        if first > last:
            raise Problem(
                HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
                f"the clip has {size} bytes",
                headers={"Content-Range": f"bytes */{size}"},
            )
        status = HTTPStatus.PARTIAL_CONTENT
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    headers["Content-Length"] = str(last - first + 1)
    return StreamingResponse(
        clip.read(first, last), status_code=status, headers=headers, media_type="video/mp4"
    )


async def _allowed(services: Services, account: Account, sha256: str) -> Viewing:
    """Why this person may look at this clip.

    Raises:
        Problem: 404 where they may not know of it, 403 where nobody has said why they look.
    """
    async with services.reading(account) as conn:
        await leave.expect_for_clip(conn, account, sha256, clock.utc_now())
        try:
            given = await viewings.of_clip(conn, sha256, account.username, clock.utc_now())
        except KeyError as error:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such clip") from error
    if given is None:
        raise Problem(
            HTTPStatus.FORBIDDEN,
            "say first why you look at this video: POST /api/alerts/{alert}/viewings",
            needs="purpose",
        )
    return given


async def _entered(services: Services, account: Account, given: Viewing, sha256: str) -> None:
    if given.viewed_at is not None:
        return
    try:
        async with services.acting(account) as conn:
            await viewings.begin(conn, given, account.username, sha256, clock.utc_now())
    except viewings.AlreadyBegun:
        return


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """(first, last) of a single byte range; first > last when it lies outside; None: send the whole."""
    match = RANGE.match(header or "")
    if match is None or match.group() == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        # An empty suffix asks for nothing, which cannot be satisfied.
        return (max(0, size - int(last)), size - 1) if int(last) else (size, size - 1)
    end = min(int(last), size - 1) if last else size - 1
    if last and int(last) < int(first):
        return None
    return (int(first), end) if int(first) < size else (size, size - 1)
