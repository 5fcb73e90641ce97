"""Follows the whole log from its first entry, trusting nothing that is kept beside the entries."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Protocol

from cloud.core import merkle
from cloud.core.head import Head, Unbelieved, believed
from cloud.core.merkle import Place, Unproved
from cloud.evidence.heads import Signer
from cloud.store import log, pool
from cloud.store.log import HeadRow, Leaf
from cloud.store.pool import Connection, Pool

AT_ONCE: Final = 2_000
TOLD: Final = 20
"""Sentences: whoever reads more of them has understood."""


class Told(Protocol):
    """Where the findings go."""

    entries: int
    heads: int
    log: list[str]


async def follow(opened: Pool, signer: Signer | None, told: Told) -> None:
    """Every entry is there and is what was hashed; nodes follow from them; heads are what was signed.

    Without a signer nobody says whose signatures count: they are not looked at.
    """
    async with pool.transaction(opened, snapshot=True) as conn:
        told.entries = await log.size(conn)
        found = await log.heads(conn, 1, 2**62)
        told.heads = len(found)
        walk = _Walk(told)
        told.log += _chain(found, signer)
        told.log += [
            f"head {head.number} speaks of {head.size} entries, and {told.entries} are left"
            for head in found
            if head.size > told.entries
        ][:1]
        # Blocks end at heads, so that each head's root is at hand when it is judged.
        ends = {*range(AT_ONCE, told.entries, AT_ONCE), told.entries}
        ends |= {head.size for head in found if head.size <= told.entries}
        for begin, end in pairwise(sorted({0, *ends})):
            await walk.over(conn, begin, end)
            walk.judge(head for head in found if head.size == end)


def _chain(found: list[HeadRow], signer: Signer | None) -> list[str]:
    """What is wrong with heads as such: numbers, signatures, the one before."""
    wrong, previous = [], ""
    for number, row in enumerate(found, 1):
        try:
            head = (
                Head.model_validate_json(row.content)
                if signer is None
                else believed(row.signed, signer.trusted)
            )
        except (Unbelieved, ValueError) as error:
            wrong.append(str(error) if signer else f"head {row.number} cannot be read")
        else:
            if (head.number, head.size, row.number) != (row.number, row.size, number):
                wrong.append(
                    f"in the place of head {number} stands head {head.number} of {head.size} entries"
                )
            elif head.previous != previous:
                wrong.append(f"head {number} does not follow the one before it")
        previous = row.signed.digest
    return wrong[:TOLD]


@dataclass
class _Walk:
    """Where we are: as many entries as were looked at, and the edge of their tree."""

    told: Told
    size: int = 0
    edge: dict[Place, bytes] = field(default_factory=dict)
    is_lost: bool = False
    """A head had another root: all later ones will, and it is told once."""

    def tell(self, what: str) -> None:
        if len(self.told.log) < TOLD:
            self.told.log.append(what)

    async def over(self, conn: Connection, begin: int, end: int) -> None:
        """Look at entries begin + 1…end."""
        leaves = await log.leaves(conn, begin + 1, end)
        digests = await asyncio.to_thread(self._digests, {leaf.index: leaf for leaf in leaves}, begin, end)
        full = await asyncio.to_thread(merkle.grown, begin, self.edge, digests)
        try:
            kept = await log.read(conn, full)
        except Unproved as error:
            self.tell(str(error))
        else:
            if kept != full:
                self.tell(f"the tree over entries {begin + 1} to {end} is not the one that follows from them")
        at = self.edge | full | {(0, begin + i): digest for i, digest in enumerate(digests)}
        self.edge, self.size = {place: at[place] for place in merkle.edge_places(end)}, end

    def _digests(self, leaves: dict[int, Leaf], begin: int, end: int) -> list[bytes]:
        digests = []
        for index in range(begin + 1, end + 1):
            leaf = leaves.get(index)
            if leaf is None:
                self.tell(f"entry {index} is missing")
                digests.append(bytes(merkle.HASH_BYTES))
                continue
            if merkle.leaf_hash(leaf.entry) != leaf.hash:
                self.tell(f"entry {index}, {leaf.kind} {leaf.subject}, is not what was sealed")
            # What follows is judged by what was sealed, so that one change is told as one.
            digests.append(leaf.hash)
        return digests

    def judge(self, heads: Iterable[HeadRow]) -> None:
        """Hold heads of as many entries as we have seen against their root."""
        root = merkle.root(self.size, self.edge).hex()
        for row in heads:
            if not self.is_lost and f'"root":"{root}"' not in row.content:
                self.is_lost = True
                self.tell(f"entries 1 to {row.size} are not those of which head {row.number} speaks")
