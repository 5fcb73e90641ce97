"""A worker that ends at the very moment in which it is told to end does not take the agent with it."""

import asyncio
from typing import cast

import pytest

from edge import supervisor


class JustEnded:
    """What asyncio shows of a process that has ended and is not yet known to have: it cannot be signalled."""

    returncode = None

    def __init__(self, *, hangs: bool) -> None:
        self.hangs = hangs
        self.killed = False

    def terminate(self) -> None:
        if not self.hangs:
            raise ProcessLookupError

    def kill(self) -> None:
        self.killed = True
        raise ProcessLookupError

    async def wait(self) -> int:
        if self.hangs and not self.killed:
            await asyncio.Event().wait()
        return 0


async def test_one_that_ends_before_it_is_told() -> None:
    await supervisor._end(cast("asyncio.subprocess.Process", JustEnded(hangs=False)))


async def test_one_that_ends_before_it_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STOP_S", 0.01)
    child = JustEnded(hangs=True)
    await supervisor._end(cast("asyncio.subprocess.Process", child))
    assert child.killed
