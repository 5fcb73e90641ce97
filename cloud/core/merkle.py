"""The Merkle tree of the log (RFC 9162, 2.1): how it grows, and proofs that can be checked by anybody.

Nothing is stored here. A tree is known by its *places*: the root of 2^level leaves that begin at
position · 2^level stands at (level, position), so a leaf's hash at (0, index - 1). Who asks for a proof first
asks which places it takes, reads those, and a log of any length costs a few dozen rows. Hashes and proofs are
pymerkle's: SHA-256, a zero byte before an entry, a one before two children.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from pymerkle import BaseMerkleTree, ConsistencyProof, InclusionProof, InvalidProof

Place = tuple[int, int]
Json = dict[str, Any]

ALGORITHM: Final = "sha256"
HASH_BYTES: Final = 32


class Unproved(ValueError):  # noqa: N818 - says what was found
    """A proof does not hold. The message says in which respect."""


class _Tree(BaseMerkleTree):
    """pymerkle's tree of `size` leaves over hashes that are at hand."""

    def __init__(self, size: int, at: Callable[[Place], bytes]) -> None:
        super().__init__(ALGORITHM)
        self._size, self._at = size, at

    def _get_subroot(self, offset: int, width: int) -> bytes:
        level = width.bit_length() - 1
        return self._at((level, offset >> level))

    def _get_leaf(self, index: int) -> bytes:
        return self._at((0, index - 1))

    def _get_leaves(self, offset: int, width: int) -> list[bytes]:
        return [self._at((0, position)) for position in range(offset, offset + width)]

    def _get_size(self) -> int:
        return self._size

    def _encode_entry(self, data: bytes) -> bytes:
        return data

    def _store_leaf(self, data: bytes, digest: bytes) -> int:  # noqa: ARG002 - the library's signature
        raise TypeError("this tree is read, not written")


_HASHER: Final = _Tree(0, lambda _: b"")


def leaf_hash(entry: bytes) -> bytes:
    """What stands for an entry in the tree."""
    return bytes(_HASHER.hash_buff(entry))


def grown(size: int, edge: Mapping[Place, bytes], leaves: Iterable[bytes]) -> dict[Place, bytes]:
    """Every place above level 0 that becomes full when `leaves`, hashes, follow the first `size`.

    edge: the hashes at `edge_places(size)`.
    """
    full: dict[Place, bytes] = {}
    waiting = dict(edge)
    for position, leaf in enumerate(leaves, size):
        place, digest = (0, position), leaf
        while place[1] % 2:
            left = waiting.pop((place[0], place[1] - 1))
            place, digest = (place[0] + 1, place[1] // 2), bytes(_HASHER.hash_pair(left, digest))
            full[place] = digest
        waiting[place] = digest
    return full


def edge_places(size: int) -> set[Place]:
    """The roots of the full subtrees that `size` leaves consist of: all that root and growth depend on."""
    return _taken(size, lambda tree: tree.get_root())


def root(size: int, at: Mapping[Place, bytes]) -> bytes:
    """The root of the first `size` leaves. at: the hashes at `edge_places(size)`."""
    return bytes(_Tree(size, at.__getitem__).get_root())


def inclusion_places(index: int, size: int) -> set[Place]:
    """What the proof that leaf `index`, counted from 1, is among the first `size` is made of."""
    return _taken(size, lambda tree: tree.prove_inclusion(index))


def inclusion(index: int, size: int, at: Mapping[Place, bytes]) -> Json:
    """That proof, as JSON. at: the hashes at `inclusion_places(index, size)`."""
    proof: Json = _Tree(size, at.__getitem__).prove_inclusion(index).serialize()
    return proof


def consistency_places(prior: int, size: int) -> set[Place]:
    """What the proof that the first `prior` leaves are the beginning of the first `size` is made of."""
    return _taken(size, lambda tree: tree.prove_consistency(prior))


def consistency(prior: int, size: int, at: Mapping[Place, bytes]) -> Json:
    """That proof, as JSON. at: the hashes at `consistency_places(prior, size)`. prior: at least 1."""
    proof: Json = _Tree(size, at.__getitem__).prove_consistency(prior).serialize()
    return proof


def require_inclusion(entry: bytes, index: int, size: int, expected_root: bytes, proof: Json) -> None:
    """Nothing, where `entry` is leaf `index` of the tree of `size` leaves with that root.

    The entry itself is hashed, never a hash that somebody gave along with it.

    Raises:
        Unproved: It is not, as far as this proof shows.
    """
    try:
        InclusionProof.deserialize(proof).verify(
            leaf_hash(entry), expected_root, index=index, size=size, algorithm=ALGORITHM
        )
    except (InvalidProof, ValueError, TypeError) as error:
        raise Unproved(str(error) or "the proof cannot be read") from error


def require_consistency(prior: tuple[int, bytes], later: tuple[int, bytes], proof: Json) -> None:
    """Nothing, where the tree `prior`, (size, root), is the beginning of the tree `later`.

    Raises:
        Unproved: It is not, as far as this proof shows.
    """
    try:
        ConsistencyProof.deserialize(proof).verify(
            prior[1], later[1], prior_size=prior[0], later_size=later[0], algorithm=ALGORITHM
        )
    except (InvalidProof, ValueError, TypeError) as error:
        raise Unproved(str(error) or "the proof cannot be read") from error


def whole_root(leaves: Sequence[bytes]) -> bytes:
    """The root of a tree from the hashes of all its leaves, trusting nothing that was kept beside them."""
    at = {(0, position): leaf for position, leaf in enumerate(leaves)}
    at.update(grown(0, {}, leaves))
    return root(len(leaves), at)


def _taken(size: int, ask: Callable[[_Tree], object]) -> set[Place]:
    """The places at which pymerkle looks when it is asked; what it finds there does not matter yet."""
    places: set[Place] = set()

    def at(place: Place) -> bytes:
        places.add(place)
        return bytes(HASH_BYTES)

    ask(_Tree(size, at))
    return places
