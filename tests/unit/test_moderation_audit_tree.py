"""The tree against the known vectors, the RFC's own recursive definition, and proofs that were tampered with."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from moderation.audit.tree import (
    EMPTY_ROOT,
    Frontier,
    ProofBuilder,
    consistency_ranges,
    hash_leaf,
    hash_node,
    inclusion_ranges,
    is_consistent,
    is_included,
    proof_from,
    root_of,
    split_hashes,
)

# The leaves and roots that certificate transparency's implementations test themselves with.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH as RFC 6962 section 2.1 writes it."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return hash_leaf(leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hash_node(naive_root(leaves[:split]), naive_root(leaves[split:]))


def hashes(size: int) -> list[bytes]:
    return [hash_leaf(b"%d" % index) for index in range(size)]


@pytest.mark.parametrize("size", range(9))
def test_known_roots(size: int) -> None:
    assert root_of(map(hash_leaf, LEAVES[:size])).hex() == ROOTS[size]
    assert naive_root(LEAVES[:size]).hex() == ROOTS[size]


def test_a_node_is_no_leaf() -> None:
    left, right = hash_leaf(b"a"), hash_leaf(b"b")
    assert hash_leaf(left + right) != hash_node(left, right)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 64, 100])
def test_growing_is_the_same_from_anywhere(size: int) -> None:
    leaves = [b"%d" % index for index in range(size)]
    grown = Frontier()
    for cut in range(size):
        frontier = Frontier.from_bytes(cut, grown.to_bytes())
        for leaf in leaves[cut:]:
            frontier.append(hash_leaf(leaf))
        assert frontier.root() == naive_root(leaves)
        grown.append(hash_leaf(leaves[cut]))


@pytest.mark.parametrize("size", range(1, 20))
def test_every_leaf_is_proven_and_nowhere_else(size: int) -> None:
    leaves = hashes(size)
    root = root_of(leaves)
    for index in range(size):
        path = proof_from(inclusion_ranges(index, size), leaves.__getitem__)
        assert is_included(leaves[index], index, size, path, root)
        assert not is_included(hash_leaf(b"another"), index, size, path, root)
        assert not is_included(leaves[index], index, size, [*path, root], root)
        for other in range(size):
            assert (other == index) == is_included(leaves[index], other, size, path, root)


@pytest.mark.parametrize("size", range(1, 20))
def test_every_older_tree_is_proven(size: int) -> None:
    leaves = hashes(size)
    root = root_of(leaves)
    for old in range(1, size + 1):
        proof = proof_from(consistency_ranges(old, size), leaves.__getitem__)
        assert is_consistent(old, size, root_of(leaves[:old]), root, proof)
        changed = [*leaves[: old - 1], hash_leaf(b"another")]
        assert not is_consistent(old, size, root_of(changed), root, proof)
        assert not is_consistent(old, size, root_of(leaves[:old]), root, [*proof, root])
        if proof:
            assert not is_consistent(old, size, root_of(leaves[:old]), root, proof[:-1])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 200), st.data())
def test_a_changed_path_proves_nothing(size: int, data: st.DataObject) -> None:
    leaves = hashes(size)
    root = root_of(leaves)
    index = data.draw(st.integers(0, size - 1))
    builder = ProofBuilder(inclusion_ranges(index, size))
    for place, leaf in enumerate(leaves):
        builder.feed(place, leaf)
    path = builder.proof()
    assert is_included(leaves[index], index, size, path, root)
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        path[at] = bytes([path[at][0] ^ 1]) + path[at][1:]
        assert not is_included(leaves[index], index, size, path, root)


def test_nonsense_is_refused() -> None:
    leaf = hash_leaf(b"x")
    assert not is_included(leaf, 1, 1, [], leaf)
    assert not is_included(leaf, -1, 1, [], leaf)
    assert not is_consistent(0, 1, EMPTY_ROOT, leaf, [])
    assert not is_consistent(2, 1, leaf, leaf, [])
    assert not is_consistent(3, 4, leaf, leaf, [])
    with pytest.raises(ValueError, match="whole hashes"):
        split_hashes(b"x")
    with pytest.raises(ValueError, match="tree of 3"):
        Frontier.from_bytes(3, leaf)
