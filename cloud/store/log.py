"""The append-only log in the database: rows that wait get their place, and places are read for proofs.

Audit rows, states of clips, steps of alerts and closed days come here by triggers (migrations 0024, 0050).
Whoever proves something reads `entry`, never the row that it came from: its bytes are what was hashed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from psycopg.rows import class_row

from cloud.core import merkle
from cloud.core.head import SignedHead
from cloud.core.merkle import Place
from cloud.store.pool import Connection

LOCK: Final = 0x4C6F6720  # "Log "
AT_ONCE: Final = 1_000

Kind = Literal["audit", "clip", "alert", "day"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """An entry with its place, counted from 1. hash: as it is kept; nobody has compared it with the entry."""

    index: int
    kind: Kind
    subject: str
    """What it speaks of: the number of an audit row, the event of a clip, the id of an alert, estate/day."""
    entry: bytes
    hash: bytes
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class HeadRow:
    """A signed head, with its time stamp where an authority has given one."""

    number: int
    size: int
    at: datetime
    content: str
    signature: str
    time_stamp: bytes | None
    stamped_at: datetime | None

    @property
    def signed(self) -> SignedHead:
        """As it is checked."""
        return SignedHead(self.content, self.signature)


async def lock(conn: Connection) -> None:
    """Be the only one who appends or signs, until the transaction ends."""
    await conn.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))


async def seal(conn: Connection, at: datetime, limit: int = AT_ONCE) -> int:
    """Give at most `limit` committed rows their places, in the order of their numbers; how many.

    A row whose transaction commits later comes with a later run: what decides is that it still waits.

    Raises:
        Unproved: The log has fewer entries than were signed for, or a hole.
    """
    await lock(conn)
    before = await size(conn)
    last = await newest_head(conn)
    if last is not None and before < last.size:
        raise merkle.Unproved(f"head {last.number} speaks of {last.size} entries, and {before} are left")
    rows = await conn.execute(
        "DELETE FROM log_waiting WHERE id IN (SELECT id FROM log_waiting ORDER BY id LIMIT %s)"
        " RETURNING id, kind, subject, entry",
        (limit,),
    )
    waiting = sorted(await rows.fetchall())
    if not waiting:
        return 0
    hashes = [merkle.leaf_hash(entry) for _, _, _, entry in waiting]
    full = merkle.grown(before, await read(conn, merkle.edge_places(before)), hashes)
    await conn.execute(
        "INSERT INTO log_leaf (index, kind, subject, entry, hash, sealed_at)"
        " SELECT %s + row_number, kind, subject, entry, hash, %s"
        " FROM unnest(%s::text[], %s::text[], %s::bytea[], %s::bytea[])"
        " WITH ORDINALITY AS new (kind, subject, entry, hash, row_number)",
        (
            before,
            at,
            [kind for _, kind, _, _ in waiting],
            [subject for _, _, subject, _ in waiting],
            [entry for _, _, _, entry in waiting],
            hashes,
        ),
    )
    await conn.execute(
        "INSERT INTO log_node (level, position, hash)"
        " SELECT * FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[])",
        ([level for level, _ in full], [position for _, position in full], list(full.values())),
    )
    return len(waiting)


async def seal_all(conn: Connection, at: datetime) -> None:
    """Give every committed row that waits its place. Raises as `seal`."""
    while await seal(conn, at) == AT_ONCE:
        pass


async def waiting(conn: Connection) -> int:
    """How many rows have no place yet."""
    row = await (await conn.execute("SELECT count(*) FROM log_waiting")).fetchone()
    assert row is not None
    return int(row[0])


async def size(conn: Connection) -> int:
    """How many leaves there are."""
    row = await (await conn.execute("SELECT coalesce(max(index), 0) FROM log_leaf")).fetchone()
    assert row is not None
    return int(row[0])


async def read(conn: Connection, places: Iterable[Place]) -> dict[Place, bytes]:
    """The hashes at these places.

    Raises:
        Unproved: One is missing: somebody has taken it out.
    """
    wanted = list(places)
    levels, positions = [level for level, _ in wanted], [position for _, position in wanted]
    rows = await conn.execute(
        "WITH wanted AS (SELECT * FROM unnest(%s::smallint[], %s::bigint[]) AS wanted (level, position))"
        " SELECT level, position, hash FROM log_node JOIN wanted USING (level, position)"
        " UNION ALL SELECT 0, position, hash FROM log_leaf JOIN wanted ON index = position + 1"
        " WHERE level = 0",
        (levels, positions),
    )
    found = {(level, position): hash_ for level, position, hash_ in await rows.fetchall()}
    for level, position in wanted:
        if (level, position) not in found:
            first = (position << level) + 1
            raise merkle.Unproved(f"the log has a hole: level {level} from entry {first} on is missing")
    return found


async def inclusion(conn: Connection, index: int, size: int) -> merkle.Json:
    """The proof that leaf `index` is among the first `size`."""
    return merkle.inclusion(index, size, await read(conn, merkle.inclusion_places(index, size)))


async def consistency(conn: Connection, prior: int, size: int) -> merkle.Json:
    """The proof that the first `prior` leaves are the beginning of the first `size`."""
    return merkle.consistency(prior, size, await read(conn, merkle.consistency_places(prior, size)))


async def root(conn: Connection, size: int) -> bytes:
    """The root of the first `size` leaves, from what is kept of the tree."""
    return merkle.root(size, await read(conn, merkle.edge_places(size)))


_LEAVES: Final = "SELECT index, kind, subject, entry, hash, sealed_at FROM log_leaf"


async def leaves(conn: Connection, first: int, last: int) -> list[Leaf]:
    """Leaves `first`…`last`, both included."""
    async with conn.cursor(row_factory=class_row(Leaf)) as cursor:
        await cursor.execute(f"{_LEAVES} WHERE index BETWEEN %s AND %s ORDER BY index", (first, last))
        return await cursor.fetchall()


async def about(conn: Connection, kind: Kind, subjects: Iterable[str]) -> list[Leaf]:
    """Every entry of a kind about these subjects, in the order of the log."""
    async with conn.cursor(row_factory=class_row(Leaf)) as cursor:
        await cursor.execute(
            f"{_LEAVES} WHERE kind = %s AND subject = ANY (%s) ORDER BY index", (kind, list(subjects))
        )
        return await cursor.fetchall()


async def places(conn: Connection, kind: Kind, subjects: Iterable[str]) -> dict[str, int]:
    """Subject → index of the newest entry of that kind about it; none where it still waits."""
    rows = await conn.execute(
        "SELECT subject, max(index) FROM log_leaf WHERE kind = %s AND subject = ANY (%s) GROUP BY subject",
        (kind, list(subjects)),
    )
    return dict(await rows.fetchall())


_HEADS: Final = (
    "SELECT number, size, at, content, signature, response AS time_stamp, stamped_at"
    " FROM log_head LEFT JOIN log_time_stamp ON head = number"
)


async def newest_head(conn: Connection) -> HeadRow | None:
    """The head that was signed last."""
    async with conn.cursor(row_factory=class_row(HeadRow)) as cursor:
        await cursor.execute(f"{_HEADS} ORDER BY number DESC LIMIT 1")
        return await cursor.fetchone()


async def head_covering(conn: Connection, index: int) -> HeadRow | None:
    """The first head that speaks of leaf `index`, a time-stamped one before others; None: none does yet."""
    async with conn.cursor(row_factory=class_row(HeadRow)) as cursor:
        await cursor.execute(f"{_HEADS} WHERE size >= %s ORDER BY response IS NULL, number LIMIT 1", (index,))
        return await cursor.fetchone()


async def heads(conn: Connection, first: int, last: int) -> list[HeadRow]:
    """Heads `first`…`last`, both included."""
    async with conn.cursor(row_factory=class_row(HeadRow)) as cursor:
        await cursor.execute(f"{_HEADS} WHERE number BETWEEN %s AND %s ORDER BY number", (first, last))
        return await cursor.fetchall()


async def put_head(conn: Connection, number: int, size: int, at: datetime, signed: SignedHead) -> None:
    """Keep a head."""
    await conn.execute(
        "INSERT INTO log_head (number, size, at, content, signature) VALUES (%s, %s, %s, %s, %s)",
        (number, size, at, signed.text, signed.signature),
    )


async def unstamped(conn: Connection, limit: int) -> list[HeadRow]:
    """Heads without a time stamp, oldest first."""
    async with conn.cursor(row_factory=class_row(HeadRow)) as cursor:
        await cursor.execute(f"{_HEADS} WHERE response IS NULL ORDER BY number LIMIT %s", (limit,))
        return await cursor.fetchall()


async def put_time_stamp(
    conn: Connection, number: int, response: bytes, stamped_at: datetime, at: datetime
) -> None:
    """Keep an authority's answer; where two have asked, the first counts."""
    await conn.execute(
        "INSERT INTO log_time_stamp (head, response, stamped_at, received_at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (head) DO NOTHING",
        (number, response, stamped_at, at),
    )
