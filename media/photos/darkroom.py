"""Edge: pictures from people, made small and harmless by a child process each (child.py), a few at a time.

A child that dies, hangs or says no costs its own picture. What it answers is checked as if a stranger had sent it: it
is a WebP of a size that is taken, or it is nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import struct
import sys
from dataclasses import dataclass
from typing import Final, Literal

from media.photos.child import EXIT_TOO_MANY_PIXELS
from media.photos.rules import EDGE_PX_MAX, WEBP_BYTES_MAX, format_of

log = logging.getLogger("jishi.photos")

CHILDREN_MAX: Final = 2
"""Pictures worked on at a time by one process."""

WAITING_MAX: Final = 8
TIMEOUT_S: Final = 15.0
"""From start to answer: a child needs half a second, and may find the machine busy."""

_SIZE: Final = struct.Struct(">II")


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as it is kept."""

    width: int
    height: int
    webp: bytes


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a picture is not taken."""

    reason: Literal["type", "pixels", "unreadable", "busy"]


class Darkroom:
    """Develops pictures; one per process."""

    def __init__(self, *, children_max: int = CHILDREN_MAX, timeout_s: float = TIMEOUT_S) -> None:
        self._turn = asyncio.Semaphore(children_max)
        self._timeout_s = timeout_s
        self._waiting = 0

    async def develop(self, image: bytes) -> Photo | Unusable:
        """A stranger's bytes as a small picture without a past."""
        if format_of(image) is None:
            return Unusable("type")
        if self._waiting >= WAITING_MAX:
            return Unusable("busy")
        self._waiting += 1
        try:
            async with self._turn:
                return await self._in_child(image)
        finally:
            self._waiting -= 1

    async def _in_child(self, image: bytes) -> Photo | Unusable:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-E", "-s", "-B", "-m", "media.photos.child"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(self._timeout_s):
                answer, _ = await process.communicate(image)
        except TimeoutError:
            log.warning("a picture of %d bytes took longer than %g s", len(image), self._timeout_s)
            return Unusable("unreadable")
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode != 0:
            log.info("a picture of %d bytes was refused: exit code %s", len(image), process.returncode)
            return Unusable("pixels" if process.returncode == EXIT_TOO_MANY_PIXELS else "unreadable")
        return read_answer(answer) or Unusable("unreadable")


def read_answer(answer: bytes) -> Photo | None:
    """What a child wrote; None where it is not what a child writes."""
    if not _SIZE.size < len(answer) <= _SIZE.size + WEBP_BYTES_MAX:
        return None
    width, height = _SIZE.unpack_from(answer)
    webp = answer[_SIZE.size :]
    if not (1 <= width <= EDGE_PX_MAX and 1 <= height <= EDGE_PX_MAX and format_of(webp) == "WEBP"):
        return None
    return Photo(width, height, webp)
