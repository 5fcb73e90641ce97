"""`fallwatch demo`: starts the whole product here, shows where to look, ends it without a trace."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from fallwatch.demo import database, mark, outage, stack
from fallwatch.demo.layout import Var
from fallwatch.demo.outage import Schedule
from fallwatch.demo.progress import Progress
from fallwatch.demo.proof import ProofError, prove
from fallwatch.demo.stack import Stack, Wish
from fallwatch.local.children import PartError

WATCH_S = 0.5
IN_A_HURRY = Schedule(first_s=15)
"""With --once the camera dies earlier: nobody is there to look at it first."""


@click.command()
@click.option(
    "--video",
    envvar="VIDEO",
    metavar="FILE|RTSP-URL",
    help="What camera 1 shows; an address with a password belongs into the environment variable VIDEO.",
)
@click.option("--once", is_flag=True, help="Prove the walk of one fall, print it as JSON, and end.")
@click.option(
    "--var",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var"),
    show_default=True,
    help="Where everything lies that survives a restart.",
)
def command(video: str | None, folder: Path, *, once: bool) -> None:
    """Run the whole product on this machine until Ctrl-C.

    DATABASE_URL, MQTT_URL and S3_URL in the environment point it at real servers instead of its own.
    """
    progress = Progress()
    var = Var(folder.absolute())
    wish = Wish(var, video or None, dict(os.environ))
    try:
        with _interruptible(), mark.claimed(var.root), stack.running(wish, progress) as running:
            if once:
                _once(running, progress)
            else:
                _tell(running, var, progress)
                asyncio.run(_watch(running, Schedule(), progress))
    except KeyboardInterrupt:
        progress.say("stopped; the data stay in " + str(var.root))
    except (PartError, ProofError, OSError, ConnectionError) as error:
        print(f"demo: {error}", file=sys.stderr)
        sys.exit(1)


def _once(running: Stack, progress: Progress) -> None:
    progress.say("started; waiting for a fall, its evidence, and a camera's fault (at most 120 s)")
    result = asyncio.run(_prove(running, progress))
    print(json.dumps(result, ensure_ascii=False), flush=True)


async def _prove(running: Stack, progress: Progress) -> dict[str, object]:
    """The proof, while the outage takes its course; whichever fails first is the reason."""
    watching = asyncio.ensure_future(_watch(running, IN_A_HURRY, progress))
    proving = asyncio.ensure_future(prove(running, progress))
    try:
        done, _ = await asyncio.wait({watching, proving}, return_when=asyncio.FIRST_COMPLETED)
        if watching in done:
            watching.result()
        return await proving
    finally:
        for task in (watching, proving):
            task.cancel()
        await asyncio.gather(watching, proving, return_exceptions=True)


async def _watch(running: Stack, schedule: Schedule, progress: Progress) -> None:
    """Until cancelled: see that all parts live, and let camera 2 die and come back."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    while True:
        running.expect_running()
        told = outage.apply(running.camera_west, away=schedule.is_away(loop.time() - began_s))
        if told is not None:
            progress.say(told)
        await asyncio.sleep(WATCH_S)


def _tell(running: Stack, var: Var, progress: Progress) -> None:
    progress.say("ready")
    people = [
        f"  {person.username:<8} {running.passwords[person.username]:<14} {person.en}"
        for person in database.PEOPLE
    ]
    end = [
        f"  what people are told: {running.addresses.letters_url}",
        f"  logs: {var.logs}",
        "  Ctrl-C ends it.",
    ]
    print("\n".join(["", f"  {running.addresses.page_url}", "", *people, "", *end, ""]), flush=True)


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM and a closed terminal end the demo as Ctrl-C does."""

    def interrupt(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)

    # A shell starts background jobs with SIGINT ignored, and asyncio takes over Python's own handler only.
    handlers: dict[signal.Signals, Callable[[int, FrameType | None], object]] = {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGTERM: interrupt,
        signal.SIGHUP: interrupt,
    }
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
