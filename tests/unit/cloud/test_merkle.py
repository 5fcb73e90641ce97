"""The log's tree: proofs that hold, and that do not once anything has changed."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from cloud.core import merkle
from cloud.core.merkle import Place, Unproved

ENTRIES = [f"entry {i}".encode() for i in range(70)]
LEAVES = [merkle.leaf_hash(entry) for entry in ENTRIES]


def kept(size: int, *, batch: int = 7) -> dict[Place, bytes]:
    """What the database would hold of a tree that grew in batches."""
    at: dict[Place, bytes] = {}
    for begin in range(0, size, batch):
        fresh = LEAVES[begin : min(begin + batch, size)]
        edge = {place: at[place] for place in merkle.edge_places(begin)}
        at |= merkle.grown(begin, edge, fresh)
        at |= {(0, begin + i): leaf for i, leaf in enumerate(fresh)}
    return at


def library(size: int) -> InmemoryTree:
    tree = InmemoryTree()
    tree.append_entries(ENTRIES[:size])
    return tree


@settings(max_examples=30)
@given(size=st.integers(0, 70), batch=st.integers(1, 70))
def test_a_tree_that_grows_in_batches_has_the_root_that_the_library_computes(size: int, batch: int) -> None:
    at = kept(size, batch=batch)
    assert (
        merkle.root(size, {place: at[place] for place in merkle.edge_places(size)})
        == library(size).get_root()
    )
    assert merkle.whole_root(LEAVES[:size]) == library(size).get_root()


@settings(max_examples=30)
@given(st.data())
def test_every_entry_is_proved_from_the_places_that_were_asked_for(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    index = data.draw(st.integers(1, size))
    at = kept(size)
    proof = merkle.inclusion(index, size, {p: at[p] for p in merkle.inclusion_places(index, size)})
    assert proof == library(size).prove_inclusion(index).serialize()
    merkle.require_inclusion(ENTRIES[index - 1], index, size, library(size).get_root(), proof)


@settings(max_examples=30)
@given(st.data())
def test_a_log_continues_every_state_that_it_had(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    prior = data.draw(st.integers(1, size))
    at = kept(size)
    proof = merkle.consistency(prior, size, {p: at[p] for p in merkle.consistency_places(prior, size)})
    old, new = library(prior).get_root(), library(size).get_root()
    merkle.require_consistency((prior, old), (size, new), proof)
    with pytest.raises(Unproved):
        merkle.require_consistency((prior, hashlib.sha256(old).digest()), (size, new), proof)


def test_hashes_are_those_of_the_standard() -> None:
    # RFC 9162, 2.1.1: a zero byte before an entry, a one before two children.
    a, b = (hashlib.sha256(b"\0" + entry).digest() for entry in ENTRIES[:2])
    assert merkle.whole_root([a, b]) == hashlib.sha256(b"\1" + a + b).digest()
    assert merkle.whole_root([]) == hashlib.sha256(b"").digest()


def test_a_proof_reads_few_places_of_a_long_log() -> None:
    assert len(merkle.inclusion_places(12_345, 1_000_003)) < 40
    assert len(merkle.consistency_places(700_000, 1_000_003)) < 40
    assert len(merkle.edge_places(1_000_003)) < 21


class TestWhatIsNotProved:
    size, index = 70, 33
    root = merkle.whole_root(LEAVES)

    def proof(self) -> merkle.Json:
        at = kept(self.size)
        return merkle.inclusion(self.index, self.size, at)

    @pytest.mark.parametrize(
        "change",
        [
            {"entry": b"entry 32!"},
            {"index": 34},
            {"size": 69},
            {"expected_root": bytes(32)},
            {"proof": {}},
            {"proof": {"type": "consistency", "metadata": {}, "rule": [], "path": []}},
        ],
        ids=["entry", "index", "size", "root", "nothing", "another kind"],
    )
    def test_another(self, change: dict[str, object]) -> None:
        given = {
            "entry": ENTRIES[self.index - 1],
            "index": self.index,
            "size": self.size,
            "expected_root": self.root,
            "proof": self.proof(),
        }
        merkle.require_inclusion(**given)  # type: ignore[arg-type]
        with pytest.raises(Unproved):
            merkle.require_inclusion(**(given | change))  # type: ignore[arg-type]

    def test_a_path_that_was_touched(self) -> None:
        proof = self.proof()
        proof["path"][3] = "00" * 32
        with pytest.raises(Unproved):
            merkle.require_inclusion(ENTRIES[32], 33, 70, self.root, proof)

    def test_a_leaf_given_out_as_a_node(self) -> None:
        # Without the prefixes two children could pass as one entry.
        pair = LEAVES[0] + LEAVES[1]
        assert merkle.leaf_hash(pair) != merkle.whole_root(LEAVES[:2])
