"""PDFs, each set in a program of its own: the services do not load the typesetter."""

import asyncio
import sys


class NotPrinted(RuntimeError):  # noqa: N818 - says what is so
    """The PDF could not be set. The message says why."""


async def printed(program: str, given: bytes, within_s: float) -> bytes:
    """The PDF that a program of ours, a module, makes of what it is given on its standard input.

    Raises:
        NotPrinted: No Chinese font is installed, the typesetter failed or took too long.
    """
    pipe = asyncio.subprocess.PIPE
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", program, stdin=pipe, stdout=pipe, stderr=pipe
    )
    try:
        made, said = await asyncio.wait_for(running.communicate(given), within_s)
    except TimeoutError as error:
        raise NotPrinted(f"the PDF was not set within {within_s:.0f} s") from error
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()
    if running.returncode:
        why = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise NotPrinted(why or "the PDF could not be set")
    return made
