"""Has the broker throw out agents that were cut off, for as long as they are.

A list of revoked certificates keeps them from connecting again; a connection that exists lives on until
somebody ends it. mosquitto's dynamic security ends all of a user, whatever they call themselves.
"""

import asyncio
import json
from typing import Final

from structlog.typing import FilteringBoundLogger

from cloud.ingest.link import Link, LinkLost, Outgoing
from cloud.store import identities
from cloud.store.pool import DatabaseDown, Pool, transaction

CONTROL: Final = "$CONTROL/dynamic-security/v1"
EVERY_S: Final = 5.0


async def throw_out(pool: Pool, link: Link, log: FilteringBoundLogger) -> None:
    """Until the connection breaks, which whoever reads from it notices too."""
    told: set[str] = set()
    while True:
        try:
            async with transaction(pool) as conn:
                agents = await identities.outcasts(conn)
            for agent in agents:
                await link.publish(Outgoing(CONTROL, commands(agent)))
                if agent not in told:
                    log.warning("agent_thrown_out", agent=agent)
        except DatabaseDown as error:
            log.warning("outcasts_postponed", reason=str(error))
        except LinkLost:
            return
        else:
            told = set(agents)
        await asyncio.sleep(EVERY_S)


def commands(agent: str) -> bytes:
    """A user that is disabled loses its connections. It must exist for that; a second creation is refused."""
    return json.dumps(
        {
            "commands": [
                {"command": "createClient", "username": agent},
                {"command": "disableClient", "username": agent},
            ]
        }
    ).encode()
