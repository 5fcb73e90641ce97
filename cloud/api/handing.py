"""Files as answers: small ones as they are, others from a folder of their own, of which nothing is left."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from http import HTTPStatus
from pathlib import Path, PurePath
from typing import BinaryIO, Final

from starlette.responses import Response, StreamingResponse

from cloud.api.problems import Problem, objected
from cloud.api.services import Services
from cloud.core.refused import objection
from cloud.evidence.bundle.collect import CannotExport, NoSuchAlert
from cloud.evidence.bundle.container import CHUNK_BYTES
from cloud.evidence.certificate.collect import CannotCertify, NoSuchPlace, NotThisSpan
from cloud.evidence.heads import LogBroken
from cloud.evidence.stamping import AuthorityAway
from cloud.printing import NotPrinted

TYPES: Final = {
    ".pdf": "application/pdf",
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
    ".yaml": "application/yaml",
}


def attached(content: bytes, name: str) -> Response:
    """A file to save; its name tells of what kind it is."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=TYPES[PurePath(name).suffix], headers=headers)


async def handed(services: Services, make: Callable[[Path], Awaitable[Path]]) -> StreamingResponse:
    """The answer that hands out the file which `make` leaves in the folder that it is given.

    Raises:
        Problem: 404, 409 or 503: what stopped it, and what to do.
    """
    folder = await asyncio.to_thread(_fresh, services.staging)
    try:
        # Drawing takes a core: one at a time, so that alerts do not wait for it.
        async with services.drawing:
            path = await make(folder)
        file = await asyncio.to_thread(path.open, "rb")
    except (NoSuchAlert, NoSuchPlace) as error:
        raise Problem(HTTPStatus.NOT_FOUND, str(error)) from error
    except AuthorityAway as error:
        later = {"Retry-After": "60"}
        away = objection("time_stamp_away", "no time stamp is to be had now: {why}", why=str(error))
        raise objected(HTTPStatus.SERVICE_UNAVAILABLE, away, headers=later) from error
    except NotThisSpan as error:
        raise objected(HTTPStatus.CONFLICT, error.said) from error
    except (CannotExport, CannotCertify, LogBroken, NotPrinted) as error:
        raise Problem(HTTPStatus.CONFLICT, str(error)) from error
    finally:
        # An open file outlives its name: nothing is left behind, however the sending ends.
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    headers = {
        "Content-Length": str(os.fstat(file.fileno()).st_size),
        "Content-Disposition": f'attachment; filename="{path.name}"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_sent(file), media_type=TYPES[".zip"], headers=headers)


def _sent(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _fresh(staging: Path) -> Path:
    staging.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="export-", dir=staging))
