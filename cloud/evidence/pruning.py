"""Prunes by the settings: rows in the database, then the clips' objects that no row needs any more."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final

from cloud.core.retention import Kind, cutoffs
from cloud.store import pool, retention
from cloud.store.pool import Pool

OBJECTS_AT_ONCE: Final = 100

Delete = Callable[[str], Awaitable[None]]
"""Deletes the object of that digest; one that is not there is no error."""


async def prune(
    opened: Pool, days: Mapping[str, int | None], delete: Delete | None, at: datetime
) -> dict[Kind, int]:
    """Prune each kind in a transaction of its own; how many rows of each went.

    delete: None where there is no evidence store: then no clip is pruned.

    Raises:
        DatabaseDown, StoreDown: What was done is done; the rest is for the next time.
    """
    pruned: dict[Kind, int] = {}
    for kind, before in cutoffs(days, at).items():
        if kind == "clips" and delete is None:
            continue
        async with pool.transaction(opened) as conn:
            pruned[kind] = await retention.prune(conn, kind, before, at)
    if delete is not None:
        while await _delete_some(opened, delete):
            pass
    return pruned


async def _delete_some(opened: Pool, delete: Delete) -> int:
    async with pool.transaction(opened) as conn:
        due = await retention.due_blobs(conn, OBJECTS_AT_ONCE)
        for sha256 in due:
            await delete(sha256)
            await retention.blob_gone(conn, sha256)
        return len(due)
