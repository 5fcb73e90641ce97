"""Tells systemd that the agent is ready, how it is, and that it is alive, as long as that is true."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

from structlog.typing import FilteringBoundLogger

from edge.clock import monotonic_s
from edge.core import watchdog

Notify = Callable[[str], None]
"""Says something to systemd."""
UNWATCHED_S: Final = 10.0
"""How often the state is told where systemd does not wait for it."""


async def run(
    notify: Notify,
    ping_every_s: float | None,
    signs: Callable[[], Mapping[str, float]],
    state: Callable[[], str],
    log: FilteringBoundLogger,
) -> None:
    """Says READY=1, then WATCHDOG=1 for ever, unless something that must move does not.

    It runs in the agent's own loop: when that hangs, nothing is said. signs: when each camera's supervision
    last showed a sign of life, monotonic seconds. state: one line for people.
    """
    notify("READY=1")
    while True:
        hanging = watchdog.silent(signs(), monotonic_s())
        if hanging:
            log.error("watchdog_withheld", silent=hanging)
            notify(f"STATUS=hangs: {', '.join(hanging)}")
        else:
            notify(f"STATUS={state()}")
            if ping_every_s is not None:
                notify("WATCHDOG=1")
        await asyncio.sleep(ping_every_s or UNWATCHED_S)
