"""Edge: keys that publish to a room: made at random, shown once, kept as hashes."""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Final

STREAM_KEY_BYTES: Final = 20
"""160 random bits: nobody guesses one."""

STREAM_KEY_CHARS: Final = 32


def stream_key_hash(stream_key: str) -> bytes:
    """What is stored of a stream key. A key is random enough that a plain hash cannot be turned back."""
    return hashlib.sha256(stream_key.encode()).digest()


def new_stream_key() -> str:
    """A key to publish with."""
    return base64.b32encode(secrets.token_bytes(STREAM_KEY_BYTES)).decode().lower()
