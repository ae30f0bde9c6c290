"""Core: personal fields as they lie in the database: sealed, so that who reads a table, a backup or a replica learns
nothing of them.

Every record is encrypted under a key of its own (AES-256-GCM), and that key is wrapped by the operator's data key
(`JISHI_DATA_KEY`); so the data key encrypts 32 random bytes for each record and never what people wrote, and another
data key can take over by wrapping the record keys anew. A record says where it belongs (`context`: the table and the
id), which is authenticated with it: moved to another row, it does not open.

    version (1) | data key's id (4) | nonce (12) | wrapped record key (32 + 16) | ciphertext (n + 16)

One nonce serves both layers, for no two of the keys are the same. The only things here that the arguments do not decide
are the record's key and nonce, which nobody outside may choose. The data key may wrap 2³² records with random nonces
before it should be changed (NIST SP 800-38D, section 8.3).
"""

from __future__ import annotations

import hashlib
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from commerce.errors import Unreadable

VERSION: Final = b"\x01"
KEY_BYTES: Final = 32
KEY_ID_BYTES: Final = 4
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16

_KEY_ID_AT: Final = len(VERSION)
_NONCE_AT: Final = _KEY_ID_AT + KEY_ID_BYTES
_WRAPPED_AT: Final = _NONCE_AT + NONCE_BYTES
_TEXT_AT: Final = _WRAPPED_AT + KEY_BYTES + TAG_BYTES

OVERHEAD_BYTES: Final = _TEXT_AT + TAG_BYTES
"""How much longer the sealed form is than its plain text."""


def seal(data_key: bytes, plaintext: bytes, *, context: bytes) -> bytes:
    """The sealed form of a record; `context` names its place, for instance b"resume:" + person_id.bytes."""
    record_key, nonce = os.urandom(KEY_BYTES), os.urandom(NONCE_BYTES)
    header = VERSION + key_id(data_key) + nonce
    wrapped = AESGCM(data_key).encrypt(nonce, record_key, header + context)
    return header + wrapped + AESGCM(record_key).encrypt(nonce, plaintext, header + context)


def unseal(data_key: bytes, sealed: bytes, *, context: bytes) -> bytes:
    """What was sealed. Raises: Unreadable (another data key, another place, or bytes that were changed)."""
    header, record_key = _open_key(data_key, sealed, context)
    try:
        return AESGCM(record_key).decrypt(header[_NONCE_AT:], sealed[_TEXT_AT:], header + context)
    except InvalidTag:
        raise Unreadable("it was changed since it was sealed") from None


def key_id(data_key: bytes) -> bytes:
    """What a sealed record says of the data key that wraps it; tells nothing of the key."""
    assert len(data_key) == KEY_BYTES, "the data key is 32 bytes"
    return hashlib.sha256(b"jishi data key\0" + data_key).digest()[:KEY_ID_BYTES]


def _open_key(data_key: bytes, sealed: bytes, context: bytes) -> tuple[bytes, bytes]:
    header = sealed[:_WRAPPED_AT]
    if len(sealed) < OVERHEAD_BYTES or not header.startswith(VERSION):
        raise Unreadable("it is not in a form that this version reads")
    if header[_KEY_ID_AT:_NONCE_AT] != key_id(data_key):
        raise Unreadable("it was sealed under another JISHI_DATA_KEY")
    try:
        return header, AESGCM(data_key).decrypt(header[_NONCE_AT:], sealed[_WRAPPED_AT:_TEXT_AT], header + context)
    except InvalidTag:
        raise Unreadable("it was changed since it was sealed, or belongs elsewhere") from None
