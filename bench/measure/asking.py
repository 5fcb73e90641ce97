"""How long a query takes with the rights of whoever asks."""

import time
from collections.abc import Awaitable, Callable

from cloud.store import pool
from cloud.store.pool import Connection, Pool, Principal

Query = Callable[[Connection], Awaitable[object]]


async def asked(opened: Pool, who: Principal, query: Query, times: int) -> tuple[list[float], object]:
    """Milliseconds, each time in a transaction of its own that is not counted; and the last answer."""
    took: list[float] = []
    answer: object = None
    for _ in range(times):
        async with pool.transaction(opened, snapshot=True, as_=who) as conn:
            begin_s = time.perf_counter()
            answer = await query(conn)
            took.append((time.perf_counter() - begin_s) * 1000)
    return took, answer
