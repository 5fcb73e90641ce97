"""The rows from which it follows which cells of facades were watched when (`core.cells.histories`)."""

from collections.abc import Collection
from datetime import datetime

from cloud.core.cells import Kept
from cloud.core.spans import Span
from cloud.store import doubts, ledger, sights
from cloud.store.pool import Connection


async def kept(
    conn: Connection,
    span: Span,
    as_of: datetime,
    facades: Collection[str] | None = None,
    *,
    cameras: Collection[str] = (),
    finely: bool = False,
) -> Kept:
    """Of these facades over a span, as known `as_of` then; None: of all that may be seen.

    cameras: also of these, whether they see one of the facades or not. finely: with how finely each cell is
    seen.
    """
    grids = await sights.grids(conn, span, facades)
    seen = await sights.of_facades(conn, span, facades, finely=finely)
    of = sorted({*cameras, *(sight.camera for sight in seen)})
    return Kept(
        await ledger.watching(conn, of, span, as_of),
        grids,
        seen,
        await doubts.touching(conn, span, of),
    )
