"""Publishes what is wanted of each agent, retained, after its commit; all of it again on each connection."""

import asyncio
from typing import Final

from structlog.typing import FilteringBoundLogger

from cloud import clock
from cloud.ingest.link import Link, LinkLost, Outgoing
from cloud.store import desired
from cloud.store.pool import DatabaseDown, Pool, transaction
from contracts import topics
from contracts.messages import encode

LOOK_EVERY_S: Final = 1.0


async def publish(pool: Pool, link: Link, log: FilteringBoundLogger) -> None:
    """Publish until the connection breaks, which whoever reads from it notices too.

    A broker may have lost what it retained, hence all again at first. A copy harms nothing: the agent passes
    over a version that it knows.
    """
    again = True
    while True:
        try:
            if await _once(pool, link, log, again=again):
                again = False
        except DatabaseDown as error:
            log.warning("desired_postponed", reason=str(error))
        except LinkLost:
            return
        await asyncio.sleep(LOOK_EVERY_S)


async def _once(pool: Pool, link: Link, log: FilteringBoundLogger, *, again: bool) -> bool:
    """One round in one transaction; False where it was another program's turn."""
    async with transaction(pool) as conn:
        states = await desired.to_publish(conn, again=again)
        if states is None:
            return False
        for agent, state in states:
            await link.publish(Outgoing(topics.desired(agent), encode(state), retain=True))
            await desired.published(conn, agent, state.version, clock.utc_now())
            log.info("desired_published", agent=agent, version=state.version, again=again)
    return True
