"""Whether an ingest is alive and at work, for whoever starts it again or looks why nothing is stored."""

from dataclasses import dataclass

from cloud.store import migrate
from cloud.store.pool import DatabaseDown, Pool, transaction


@dataclass(slots=True)
class Health:
    """What the ingest itself knows. leaving: it has been told to end."""

    subscribed: bool = False
    leaving: bool = False


async def up() -> str | None:
    """Always well: what shows is that the event loop turns and answers."""
    return None


async def ready(health: Health, pool: Pool) -> str | None:
    """Why nothing is stored by it now; None where it is at work."""
    if health.leaving:
        return "it is ending"
    if not health.subscribed:
        return "the broker cannot be reached"
    try:
        async with transaction(pool) as conn:
            return None if await migrate.is_current(conn) else "the database is not migrated"
    except DatabaseDown as error:
        return f"the database cannot be reached: {error}"
