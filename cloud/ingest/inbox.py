"""Messages that have come and are not taken yet: bounded, counted where it is full, taken in batches."""

import asyncio
from collections import deque
from collections.abc import Callable

from cloud.ingest.reading import Envelope


class Inbox:
    """Filled by the broker's connection, emptied by whoever stores; both on one event loop."""

    def __init__(self, limit: int, on_drop: Callable[[], None]) -> None:
        """limit: how many may wait; on_drop is called for each beyond it. Agents send that one again."""
        self._waiting: deque[tuple[float, Envelope]] = deque(maxlen=limit)
        self._limit = limit
        self._on_drop = on_drop
        self._loop = asyncio.get_running_loop()
        self._taker: asyncio.Future[None] | None = None
        self._wanted = 0
        self._failure: Exception | None = None
        self._quiet_s: float | None = None

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def put(self, envelope: Envelope) -> None:
        """Takes a message in, or drops it."""
        if len(self._waiting) >= self._limit:
            self._on_drop()
            return
        self._waiting.append((self._loop.time(), envelope))
        if self._taker is not None and len(self._waiting) >= self._wanted:
            self._wake()

    def fail(self, failure: Exception) -> None:
        """Nothing more will come: whoever takes is told, once nothing waits."""
        self._failure = failure
        self._wake()

    def finish(self, quiet_s: float) -> None:
        """Little more will come: once nothing has for so long, `take` gives an empty list."""
        self._quiet_s = quiet_s
        self._wake()

    async def take(self, most: int, age_s: float) -> list[Envelope]:
        """The next messages in their order: at most so many, or fewer once the first has waited so long.

        Raises:
            Exception: What `fail` was told.
        """
        while not self._waiting:
            if self._failure is not None:
                raise self._failure
            quiet_s = self._quiet_s
            await self._reach(1, quiet_s)
            if quiet_s is not None and not self._waiting:
                return []
        first_s, _ = self._waiting[0]
        await self._reach(most, max(0.0, first_s + age_s - self._loop.time()))
        return [self._waiting.popleft()[1] for _ in range(min(most, len(self._waiting)))]

    async def _reach(self, count: int, timeout_s: float | None) -> None:
        """Waits until so many wait, the time is over, or nothing more will come."""
        if len(self._waiting) >= count or self._failure is not None:
            return
        self._wanted, self._taker = count, self._loop.create_future()
        try:
            await asyncio.wait({self._taker}, timeout=timeout_s)
        finally:
            self._taker = None

    def _wake(self) -> None:
        if self._taker is not None and not self._taker.done():
            self._taker.set_result(None)
