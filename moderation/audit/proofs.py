"""Core: proofs as files: that a leaf stands in a signed tree, and that a tree begins with an older one.

Whoever holds one needs no database to check it: the leaf's words, the path, the head, and a public key that they trust.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from moderation.audit.heads import Head, TrustedKeys, read_head, write_head
from moderation.audit.tree import HASH_BYTES, hash_leaf, is_consistent, is_included
from moderation.errors import HeadInvalid


class Inclusion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That a leaf stands in the tree."""

    leaf: str
    """What it says, as it was hashed."""
    leaf_index: int
    path: list[str]
    head: msgspec.Raw


class Consistency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That the tree begins with an older one."""

    old_size: int
    old_root: str
    path: list[str]
    head: msgspec.Raw


def inclusion(leaf: str, leaf_index: int, path: Sequence[bytes], head: Head) -> Inclusion:
    """A proof that a leaf stands in a head's tree."""
    return Inclusion(leaf, leaf_index, [each.hex() for each in path], msgspec.Raw(write_head(head)))


def consistency(old_size: int, old_root: bytes, path: Sequence[bytes], head: Head) -> Consistency:
    """A proof that a head's tree begins with an older one."""
    return Consistency(old_size, old_root.hex(), [each.hex() for each in path], msgspec.Raw(write_head(head)))


def read_inclusion(text: bytes) -> list[Inclusion]:
    """Proofs from a file: one, or a list. Raises: HeadInvalid."""
    try:
        return msgspec.json.decode(text, type=list[Inclusion])
    except msgspec.DecodeError as fault:
        try:
            return [msgspec.json.decode(text, type=Inclusion)]
        except msgspec.DecodeError:
            raise HeadInvalid(f"no proof: {fault}") from fault


def proof_fault(proof: Inclusion, keys: TrustedKeys, kept: Sequence[Head]) -> str | None:
    """What is wrong with a proof, or None.

    `kept`: heads that the holder has; one of the proof's size has to be the proof's.

    Raises: HeadInvalid for hexadecimal that is none.
    """
    head = read_head(bytes(proof.head).decode())
    if not keys.is_signed(head):
        return "the head is not signed by this key"
    if any(each.tree_size == head.tree_size and each.root != head.root for each in kept):
        return "the head is not the one that was kept"
    if not is_included(hash_leaf(proof.leaf.encode()), proof.leaf_index, head.tree_size, _path(proof.path), head.root):
        return "the leaf does not stand there in the head's tree"
    return None


def is_later(proof: Consistency, old: Head) -> bool:
    """Whether the proof shows that its head's tree begins with the older head's. Raises: HeadInvalid."""
    head = read_head(bytes(proof.head).decode())
    return old.tree_size == proof.old_size and is_consistent(
        old.tree_size, head.tree_size, old.root, head.root, _path(proof.path)
    )


def _path(texts: Sequence[str]) -> list[bytes]:
    try:
        path = [bytes.fromhex(text) for text in texts]
    except ValueError as error:
        raise HeadInvalid(f"the path: {error}") from error
    if any(len(each) != HASH_BYTES for each in path):
        raise HeadInvalid("the path has hashes that aren't 32 bytes")
    return path


def told(proof: Inclusion | Consistency) -> dict[str, Any]:
    """A proof as JSON's values."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(proof))
    return found
