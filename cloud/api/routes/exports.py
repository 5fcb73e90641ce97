"""Evidence files: made on demand, for a purpose that is kept in the log."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import StreamingResponse

from cloud.api.auth import Desk
from cloud.api.bodies import Body, Why
from cloud.api.problems import Problem
from cloud.api.services import Use
from cloud.evidence.bundle.collect import CannotExport, NoSuchAlert
from cloud.evidence.bundle.container import CHUNK_BYTES
from cloud.evidence.bundle.export import Order, export
from cloud.evidence.heads import LogBroken
from cloud.evidence.stamping import AuthorityAway
from cloud.store import alerts

router = APIRouter(prefix="/api/alerts")

ZIP: Final = "application/zip"


class Exporting(Body):
    """For whom and why it is taken out."""

    purpose: Why


@router.post("/{alert}/export", response_class=StreamingResponse)
async def take_out(alert: UUID, body: Exporting, account: Desk, services: Use) -> StreamingResponse:
    """The evidence file for the police or a court; the export is entered into the log first."""
    async with services.reading(account) as conn:
        if await alerts.find(conn, alert) is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such alert")
    if services.exporting is None:
        raise Problem(
            HTTPStatus.CONFLICT,
            "nothing can be proved here: set evidence.keys, evidence.time_stamp, device_ca",
        )
    folder = await asyncio.to_thread(_fresh, services.staging)
    try:
        # Drawing takes a core: one at a time, so that alerts do not wait for it.
        async with services.drawing:
            path = await export(services.exporting, Order(alert, account.username, body.purpose), folder)
        file = await asyncio.to_thread(path.open, "rb")
    except (CannotExport, LogBroken, AuthorityAway) as error:
        raise _told(error) from error
    finally:
        # An open file outlives its name: nothing is left behind, however the sending ends.
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    services.log.info("evidence_exported", alert=str(alert), by=account.username)
    headers = {
        "Content-Length": str(os.fstat(file.fileno()).st_size),
        "Content-Disposition": f'attachment; filename="{path.name}"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_sent(file), media_type=ZIP, headers=headers)


def _sent(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _fresh(staging: Path) -> Path:
    staging.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="export-", dir=staging))


def _told(error: CannotExport | LogBroken | AuthorityAway) -> Problem:
    """What stops an export, as the answer that says what to do."""
    match error:
        case NoSuchAlert():
            return Problem(HTTPStatus.NOT_FOUND, str(error))
        case AuthorityAway():
            return Problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), headers={"Retry-After": "60"})
        case _:
            return Problem(HTTPStatus.CONFLICT, str(error))
