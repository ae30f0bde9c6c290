"""Core: a Merkle tree over a log that only grows, as RFC 6962 and RFC 9162 define it.

Leaves and nodes are hashed under different prefixes, so that neither can pass for the other. A `Frontier` holds what
is needed to grow the tree (a hash for each bit of its size), and proofs are named as ranges of leaves, so that whoever
reads a long log needs to hold no more than one page of it.

Source: RFC 6962 section 2.1 (hashes, paths), RFC 9162 sections 2.1.3.2 and 2.1.4.2 (checking them).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Final

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()

Range = tuple[int, int]
"""Leaves from the first up to and without the second."""


def hash_leaf(leaf: bytes) -> bytes:
    """The hash of a leaf's bytes."""
    return sha256(b"\x00" + leaf).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """The hash of a node over two hashes."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a tree: the roots of its largest whole subtrees, largest first."""

    __slots__ = ("_hashes", "size")

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        assert len(hashes) == size.bit_count(), (size, len(hashes))
        self.size = size
        """Leaves."""
        self._hashes = list(hashes)

    def append(self, leaf_hash: bytes) -> None:
        """Add the hash of one more leaf."""
        assert len(leaf_hash) == HASH_BYTES
        whole, hashed = self.size, leaf_hash
        while whole & 1:
            hashed = hash_node(self._hashes.pop(), hashed)
            whole >>= 1
        self._hashes.append(hashed)
        self.size += 1

    def root(self) -> bytes:
        """The hash of the whole tree."""
        if not self._hashes:
            return EMPTY_ROOT
        hashed = self._hashes[-1]
        for left in reversed(self._hashes[:-1]):
            hashed = hash_node(left, hashed)
        return hashed

    def copy(self) -> Frontier:
        return Frontier(self.size, self._hashes)

    def to_bytes(self) -> bytes:
        """The hashes one after another; the size is kept beside."""
        return b"".join(self._hashes)

    @classmethod
    def from_bytes(cls, size: int, text: bytes) -> Frontier:
        """Raises: ValueError where the bytes don't belong to that size."""
        hashes = split_hashes(text)
        if size < 0 or len(hashes) != size.bit_count():
            raise ValueError(f"{len(hashes)} hashes for a tree of {size}")
        return cls(size, hashes)


def split_hashes(text: bytes) -> list[bytes]:
    """Hashes from where they stand one after another. Raises: ValueError."""
    if len(text) % HASH_BYTES:
        raise ValueError(f"{len(text)} bytes aren't whole hashes")
    return [text[begin : begin + HASH_BYTES] for begin in range(0, len(text), HASH_BYTES)]


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root of a tree of these leaves."""
    frontier = Frontier()
    for leaf_hash in leaf_hashes:
        frontier.append(leaf_hash)
    return frontier.root()


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The subtrees whose roots are the audit path of a leaf, lowest first. RFC 6962 section 2.1.1."""
    assert 0 <= index < size, (index, size)
    return _path(index, 0, size)


def _path(index: int, begin: int, end: int) -> list[Range]:
    if end - begin == 1:
        return []
    middle = begin + _split(end - begin)
    if index < middle:
        return [*_path(index, begin, middle), (middle, end)]
    return [*_path(index, middle, end), (begin, middle)]


def consistency_ranges(old_size: int, size: int) -> list[Range]:
    """The subtrees whose roots prove that a tree begins with an older one. RFC 6962 section 2.1.2."""
    assert 0 < old_size <= size, (old_size, size)
    return [] if old_size == size else _subproof(old_size, 0, size, is_known=True)


def _subproof(old_end: int, begin: int, end: int, *, is_known: bool) -> list[Range]:
    """`is_known`: the subtree is the whole older tree, whose root the checker has."""
    if old_end == end:
        return [] if is_known else [(begin, end)]
    middle = begin + _split(end - begin)
    if old_end <= middle:
        return [*_subproof(old_end, begin, middle, is_known=is_known), (middle, end)]
    return [*_subproof(old_end, middle, end, is_known=False), (begin, middle)]


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << ((size - 1).bit_length() - 1)


class ProofBuilder:
    """Gathers the roots of some ranges while the leaves of a log pass by, first to last."""

    def __init__(self, ranges: Sequence[Range]) -> None:
        self._ranges = ranges
        self._trees = [Frontier() for _ in ranges]

    def feed(self, index: int, leaf_hash: bytes) -> None:
        for (begin, end), tree in zip(self._ranges, self._trees, strict=True):
            if begin <= index < end:
                assert tree.size == index - begin, "leaves come one after another"
                tree.append(leaf_hash)

    def proof(self) -> list[bytes]:
        """Once every leaf has passed."""
        for (begin, end), tree in zip(self._ranges, self._trees, strict=True):
            assert tree.size == end - begin, "the log is shorter than the proof"
        return [tree.root() for tree in self._trees]


def proof_from(ranges: Sequence[Range], leaf_hash_at: Callable[[int], bytes]) -> list[bytes]:
    """A proof whose leaves can all be asked for."""
    return [root_of(leaf_hash_at(index) for index in range(begin, end)) for begin, end in ranges]


def is_included(leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path proves that the leaf stands there in the tree with this root."""
    if not 0 <= index < size:
        return False
    node, last, hashed = index, size - 1, leaf_hash
    for sibling in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            hashed = hash_node(sibling, hashed)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            hashed = hash_node(hashed, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and hashed == root


def is_consistent(old_size: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the tree begins with the older one, leaf for leaf."""
    if not 0 < old_size <= size:
        return False
    if old_size == size:
        return not proof and old_root == root
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not path:
        return False
    node, last = old_size - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old_hash = new_hash = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old_hash, new_hash = hash_node(sibling, old_hash), hash_node(sibling, new_hash)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new_hash = hash_node(new_hash, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old_hash == old_root and new_hash == root
