"""The bureau's month as a PDF, set in a program of its own: the services do not load the typesetter."""

import asyncio
import json
import sys
from http import HTTPStatus
from typing import Any, Final

from cloud.api.problems import Problem

SETTING_S: Final = 60.0


async def printed(told: dict[str, Any]) -> bytes:
    """The PDF of `bureau_file.report`.

    Raises:
        Problem: 503, no Chinese font is installed, or the typesetter failed.
    """
    pipe = asyncio.subprocess.PIPE
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cloud.api.report", stdin=pipe, stdout=pipe, stderr=pipe
    )
    try:
        made, said = await asyncio.wait_for(program.communicate(json.dumps(told).encode()), SETTING_S)
    except TimeoutError as error:
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "the PDF was not set in time") from error
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
    if program.returncode:
        why = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, why or "the PDF could not be set")
    return made
