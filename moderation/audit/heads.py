"""Core: signed tree heads: what an outsider keeps, so that nobody can rewrite the log behind it unnoticed.

A head is RFC 6962's TreeHeadSignature (version 0, type 1, milliseconds, size, root), signed with Ed25519 by a key that
is derived from JISHI_SECRET_KEY for this alone. As a file it is one JSON object a line, hexadecimal where bytes stand.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from moderation.audit.tree import HASH_BYTES
from moderation.errors import HeadInvalid

KEY_ID_CHARS: Final = 16
HEAD_CHARS_MAX: Final = 2_000
_KEY_PURPOSE: Final = b"jishi audit heads v1"
_SIGNED: Final = struct.Struct(">BBQQ32s")
_VERSION, _TREE_HASH = 0, 1


@dataclass(frozen=True, slots=True)
class Head:
    """The root of the tree at a size, signed."""

    tree_size: int
    root: bytes
    signed_ms: int
    """Unix time."""
    key_id: str
    signature: bytes

    def signed_bytes(self) -> bytes:
        """What the signature is over."""
        return _SIGNED.pack(_VERSION, _TREE_HASH, self.signed_ms, self.tree_size, self.root)


class _Line(msgspec.Struct, forbid_unknown_fields=False):
    tree_size: int
    root: str
    signed_ms: int
    key_id: str
    signature: str


class HeadKey:
    """The key that signs heads."""

    def __init__(self, secret_key: bytes) -> None:
        """`secret_key` is JISHI_SECRET_KEY: 32 bytes."""
        assert len(secret_key) >= 32, "a secret key has 32 bytes"
        seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=_KEY_PURPOSE).derive(secret_key)
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._private.public_key().public_bytes_raw()
        self.key_id = key_id(self.public_key)

    def sign(self, tree_size: int, root: bytes, signed_ms: int) -> Head:
        unsigned = Head(tree_size, root, signed_ms, self.key_id, b"")
        return Head(tree_size, root, signed_ms, self.key_id, self._private.sign(unsigned.signed_bytes()))


class TrustedKeys:
    """The public keys whose heads are believed: today's, and those of before that the operator names."""

    def __init__(self, public_keys: Iterable[bytes]) -> None:
        """Raises: ValueError for what is no Ed25519 key."""
        self._keys = {key_id(each): Ed25519PublicKey.from_public_bytes(each) for each in public_keys}

    def knows(self, head: Head) -> bool:
        """Whether the head names one of the keys."""
        return head.key_id in self._keys

    def is_signed(self, head: Head) -> bool:
        """Whether one of the keys signed this head."""
        key = self._keys.get(head.key_id)
        if key is None:
            return False
        try:
            key.verify(head.signature, head.signed_bytes())
        except InvalidSignature:
            return False
        return True


def key_id(public_key: bytes) -> str:
    """What a key is called by: the first digits of its hash."""
    return sha256(public_key).hexdigest()[:KEY_ID_CHARS]


def write_head(head: Head) -> str:
    """A head as a line, without its end."""
    line = _Line(head.tree_size, head.root.hex(), head.signed_ms, head.key_id, head.signature.hex())
    return msgspec.json.encode(line).decode()


def read_head(line: str) -> Head:
    """A head from its line. Raises: HeadInvalid."""
    if len(line) > HEAD_CHARS_MAX:
        raise HeadInvalid("the line is too long")
    try:
        told = msgspec.json.decode(line, type=_Line)
        head = Head(
            told.tree_size, bytes.fromhex(told.root), told.signed_ms, told.key_id, bytes.fromhex(told.signature)
        )
    except (msgspec.DecodeError, ValueError) as error:
        raise HeadInvalid(str(error)) from error
    if head.tree_size < 1 or head.signed_ms < 0 or max(head.tree_size, head.signed_ms) >= 1 << 63:
        raise HeadInvalid("no size and time of a tree")
    if len(head.root) != HASH_BYTES:
        raise HeadInvalid("the root isn't 32 bytes")
    return head


def read_heads(text: str) -> list[Head]:
    """The heads of a file, one a line. A last line that was cut off while it was written is left out.

    Raises: HeadInvalid, with the line's number.
    """
    heads = []
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            heads.append(read_head(line))
        except HeadInvalid as error:
            if number == len(lines) and number > 1:
                break
            raise HeadInvalid(f"line {number}: {error}") from error
    return heads
