"""Edge: bodies that are files: read up to their own limit and deadline, a few at a time.

All other bodies keep the application's limit of 64 KiB; what a file may take is bounded here by the number that arrive
at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Mapping
from typing import Final, Protocol

from server.api.http.problem import Problem
from server.api.route import Upload

UPLOADS_MAX: Final = 12
"""Files that arrive at one worker at a time; with 4 MiB each, 48 MiB."""

RETRY_AFTER_MS: Final = 3_000


class Incoming(Protocol):
    """What of an aiohttp request is read here."""

    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def content_type(self) -> str: ...
    @property
    def content_length(self) -> int | None: ...
    @property
    def content(self) -> _Pieces: ...


class _Pieces(Protocol):
    def iter_any(self) -> AsyncIterable[bytes]: ...


class Uploads:
    """The files on their way in."""

    def __init__(self, *, uploads_max: int = UPLOADS_MAX) -> None:
        self._uploads_max = uploads_max
        self._under_way = 0

    async def read(self, request: Incoming, upload: Upload) -> bytes | Problem:
        """The file. Refused: unsupported_media_type, too_large, busy, request_timeout."""
        is_plain = request.headers.get("Content-Encoding", "identity") == "identity"
        if not is_plain or request.content_type not in upload.media_types:
            return Problem("unsupported_media_type", {"media_types": list(upload.media_types)})
        if (request.content_length or 0) > upload.bytes_max:
            return Problem("too_large", {"bytes_max": upload.bytes_max})
        if self._under_way >= self._uploads_max:
            return Problem("busy", {"retry_after_ms": RETRY_AFTER_MS})
        self._under_way += 1
        try:
            async with asyncio.timeout(upload.timeout_s):
                return await _read(request, upload)
        except TimeoutError:
            return Problem("request_timeout")
        finally:
            self._under_way -= 1


async def _read(request: Incoming, upload: Upload) -> bytes | Problem:
    pieces = bytearray()
    async for piece in request.content.iter_any():
        pieces += piece
        if len(pieces) > upload.bytes_max:
            return Problem("too_large", {"bytes_max": upload.bytes_max})
    return bytes(pieces)
