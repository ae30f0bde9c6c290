"""Core: what the RTMP readers raise on bytes that they cannot or will not read. Each ends its own connection alone.

MediaError
└── RtmpError
    ├── Amf0Malformed        a command or metadata value is not AMF0, or is cut short
    ├── HandshakeMalformed   the first byte names another protocol or an encrypted one
    ├── ChunkMalformed       the chunk stream contradicts itself
    └── LimitExceeded        well formed perhaps, but over a named limit
"""

from __future__ import annotations

from media.errors import MediaError


class RtmpError(MediaError):
    """A peer's bytes were refused; `reason` may be logged and shown, it never quotes the bytes."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Amf0Malformed(RtmpError):
    """An AMF0 value is not well formed."""


class HandshakeMalformed(RtmpError):
    """The connection does not begin as RTMP does."""


class ChunkMalformed(RtmpError):
    """A chunk header or control message contradicts the protocol."""


class LimitExceeded(RtmpError):
    """A peer asked for more than one of our limits allows."""

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(f"{what} over the limit of {limit}")
        self.what = what
        self.limit = limit
