"""Edge: the lobby: every open room with what it shows, put together once for all who look within a moment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web

FRESH_S: Final = 1.0
"""How old the lobby may be."""

Load = Callable[[], Awaitable[dict[str, Any]]]


class Lobby:
    """The last lobby, and who is putting together the next one: one caller at a time, the others wait for that."""

    def __init__(self, *, fresh_s: float = FRESH_S) -> None:
        self._fresh_s = fresh_s
        self._loading = asyncio.Lock()
        self._body: dict[str, Any] = {}
        self._fresh_until_s = 0.0

    async def fetch(self, load: Load) -> dict[str, Any]:
        """The lobby, at most `FRESH_S` old."""
        async with self._loading:
            if time.monotonic() >= self._fresh_until_s:
                self._body = await load()
                self._fresh_until_s = time.monotonic() + self._fresh_s
            return self._body


LOBBY: Final = web.AppKey("lobby", Lobby)
