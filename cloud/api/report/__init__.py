"""The bureau's month as a PDF."""

import json
from http import HTTPStatus
from typing import Any, Final

from cloud import printing
from cloud.api.problems import Problem

SETTING_S: Final = 60.0


async def printed(told: dict[str, Any]) -> bytes:
    """The PDF of `bureau_file.report`.

    Raises:
        Problem: 503, no Chinese font is installed, or the typesetter failed.
    """
    try:
        return await printing.printed(__name__, json.dumps(told).encode(), SETTING_S)
    except printing.NotPrinted as error:
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error)) from error
