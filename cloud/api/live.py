"""Changes to browsers: one listener on the database, a bounded queue for each browser, replay."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Self

from structlog.typing import FilteringBoundLogger

from cloud import clock
from cloud.api.shapes import instant
from cloud.core.access import Duty, may
from cloud.metrics import ApiMetrics
from cloud.store import changes
from cloud.store.accounts import Account
from cloud.store.changes import LoggedChange
from cloud.store.pool import DatabaseDown, Pool, transaction

TOPICS: Final[Mapping[Duty, frozenset[str]]] = {
    "desk": frozenset({"alert", "clip", "camera", "agent", "handover"}),
    "maintenance": frozenset({"fault", "work_order", "camera", "agent", "sensor"}),
    "roster": frozenset({"notification"}),
    "oversight": frozenset({"camera", "agent", "fault", "minute"}),
    "ledger": frozenset({"work_order"}),
}
"""What each duty is told of."""
QUEUE_CHANGES: Final = 500
PAGE_CHANGES: Final = 500
PING_S: Final = 5.0
RETRY_S: Final = 2.0


@dataclass(eq=False, slots=True)
class Listener:
    """One browser. `closed` once it has been cut off."""

    topics: frozenset[str]
    estates: frozenset[str]
    queue: asyncio.Queue[LoggedChange | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_CHANGES))
    closed: bool = False

    @classmethod
    def of(cls, account: Account) -> Self:
        """Of what somebody may hear: the topics of their duties, in their estates."""
        topics = (told for duty, told in TOPICS.items() if may(account.role, duty))
        return cls(frozenset().union(*topics), account.estates)

    def hears(self, change: LoggedChange) -> bool:
        """Whether it may be told of a change."""
        return change.topic in self.topics and change.estate in self.estates


class Hub:
    """Fans changes out. `run` must be running for `stream` to hear anything; `alive` until it has ended."""

    def __init__(self, database_url: str, pool: Pool, metrics: ApiMetrics, log: FilteringBoundLogger) -> None:
        self._url = database_url
        self._pool = pool
        self._metrics = metrics
        self._log = log
        self._listeners: set[Listener] = set()
        self._last: int | None = None
        self.alive = True

    async def run(self) -> None:
        """Listen until cancelled. A database that is away is waited for; the log tells what was missed."""
        try:
            while True:
                try:
                    async with changes.listening(self._url) as wakeups:
                        # What was written before LISTEN took hold has woken nobody.
                        await self._catch_up()
                        async for _ in wakeups:
                            await self._catch_up()
                except DatabaseDown as error:
                    self._log.warning("live_lost", error=str(error))
                await asyncio.sleep(RETRY_S)
        finally:
            self.alive = False

    def close(self) -> None:
        """End every stream: the server is going down."""
        for listener in list(self._listeners):
            self._cut(listener)

    async def stream(
        self, account: Account, since: int | None, still: Callable[[], Awaitable[bool]]
    ) -> AsyncIterator[str]:
        """Server-sent events for one browser: what it missed after `since`, then what comes, and pings.

        Ends when the browser reads too slowly, when `still()` says no (asked at each ping), or on `close`.
        """
        with self._listening(Listener.of(account)) as listener:
            yield _ping()
            last = 0
            if since is not None:
                last = since
                async for change in self._missed(since):
                    last = change.id
                    if listener.hears(change):
                        yield _event(change)
            while not listener.closed:
                try:
                    async with asyncio.timeout(PING_S):
                        arrived = await listener.queue.get()
                except TimeoutError:
                    if not await still():
                        return
                    yield _ping()
                    continue
                if arrived is not None and arrived.id > last:
                    yield _event(arrived)

    async def _missed(self, since: int) -> AsyncIterator[LoggedChange]:
        """The log after `since`, page by page: a long absence must not fill the memory."""
        last = since
        while True:
            async with transaction(self._pool) as conn:
                page = await changes.since(conn, last, PAGE_CHANGES)
            for change in page:
                yield change
            if len(page) < PAGE_CHANGES:
                return
            last = page[-1].id

    async def _catch_up(self) -> None:
        if self._last is None:
            async with transaction(self._pool) as conn:
                self._last = await changes.newest(conn)
        async for change in self._missed(self._last):
            self._last = change.id
            reached = 0
            for listener in list(self._listeners):
                if listener.hears(change):
                    reached += self._offer(listener, change)
            if change.message_id is not None:
                self._log.info(
                    "change_sent",
                    message_id=str(change.message_id),
                    topic=change.topic,
                    subject=change.subject,
                    change=change.id,
                    browsers=reached,
                )

    def _offer(self, listener: Listener, change: LoggedChange) -> int:
        try:
            listener.queue.put_nowait(change)
        except asyncio.QueueFull:
            # It will come back and have the rest replayed.
            self._metrics.sse_overflows.inc()
            self._cut(listener)
            return 0
        return 1

    def _cut(self, listener: Listener) -> None:
        listener.closed = True
        self._listeners.discard(listener)
        if not listener.queue.full():
            listener.queue.put_nowait(None)

    @contextmanager
    def _listening(self, listener: Listener) -> Iterator[Listener]:
        self._listeners.add(listener)
        self._metrics.sse_clients.inc()
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
            self._metrics.sse_clients.dec()


def _event(change: LoggedChange) -> str:
    data = json.dumps({"topic": change.topic, "id": change.subject})
    return f"event: change\nid: {change.id}\ndata: {data}\n\n"


def _ping() -> str:
    return f"event: ping\ndata: {json.dumps({'now': instant(clock.utc_now())})}\n\n"
