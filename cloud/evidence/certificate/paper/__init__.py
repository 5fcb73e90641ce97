"""The certificate as a PDF, set in a program of its own: the services do not load the typesetter."""

import asyncio
import sys
from typing import Final

from cloud.core.parts import Part
from contracts.base import Instant

SETTING_S: Final = 300.0
"""A thousand facades take less."""


class Chain(Part):
    """The head of the log under which everything here stands. lines: how many of its entries are here."""

    head: int
    size: int
    root: str
    at: Instant
    stamped_at: Instant
    lines: int


class NotPrinted(RuntimeError):  # noqa: N818 - says what is so
    """The PDF could not be set. The message says why."""


async def printed(certificate: bytes, chain: Chain) -> bytes:
    """The PDF of `certificate.json`.

    Raises:
        NotPrinted: No Chinese font is installed, or the typesetter failed.
    """
    argv = (sys.executable, "-m", "cloud.evidence.certificate.paper")
    pipe = asyncio.subprocess.PIPE
    program = await asyncio.create_subprocess_exec(*argv, stdin=pipe, stdout=pipe, stderr=pipe)
    given = f"{chain.model_dump_json()}\n".encode() + certificate
    try:
        made, said = await asyncio.wait_for(program.communicate(given), SETTING_S)
    except TimeoutError as error:
        raise NotPrinted(f"the PDF was not set within {SETTING_S:.0f} s") from error
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
    if program.returncode:
        raise NotPrinted(
            said.decode(errors="replace").strip().rpartition("\n")[2] or "the PDF could not be set"
        )
    return made
