"""Edge: hashing passwords with argon2id, in few threads and with few waiting.

One hash takes 19 MiB and some 20 ms of a core, so a flood of sign-ins would take the machine with it: `RUNNING_MAX` are
worked on at once, `WAITING_MAX` may wait, each for at most `WAIT_MAX_S`, and the others are refused as `busy`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.people.refusals import BUSY, Refused

MEMORY_KIB: Final = 19 * 1024
TIME_COST: Final = 2
PARALLELISM: Final = 1
"""OWASP Password Storage Cheat Sheet: argon2id with m=19456, t=2, p=1."""

RUNNING_MAX: Final = 2
WAITING_MAX: Final = 32
WAIT_MAX_S: Final = 2.0
RETRY_AFTER_MS: Final = 2_000

_hasher = PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=PARALLELISM)

T = TypeVar("T")


class Passwords:
    """The one place of a process where passwords are hashed and checked."""

    def __init__(
        self, *, running_max: int = RUNNING_MAX, waiting_max: int = WAITING_MAX, wait_max_s: float = WAIT_MAX_S
    ) -> None:
        self._threads = ThreadPoolExecutor(running_max, thread_name_prefix="passwords")
        self._free = asyncio.Semaphore(running_max)
        self._waiting = 0
        self._waiting_max = waiting_max
        self._wait_max_s = wait_max_s
        self._nobodys_hash: str | None = None

    def close(self) -> None:
        """Let the threads go; hashes under way end first. May be called more than once."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def hash(self, password: str) -> str | Refused:
        """The hash to store (PHC string), or `busy`."""
        return await self._run(lambda: _hasher.hash(password))

    async def verify(self, password_hash: str | None, password: str) -> bool | Refused:
        """Whether this is the password, or `busy`. None takes as long, so that nobody learns which logins exist."""
        if password_hash is not None:
            return await self._run(lambda: _matches(password_hash, password))
        if self._nobodys_hash is None:
            nobodys = await self.hash("nobody's password")
            if isinstance(nobodys, Refused):
                return nobodys
            self._nobodys_hash = nobodys
        against = self._nobodys_hash
        matched = await self._run(lambda: _matches(against, password))
        return matched if isinstance(matched, Refused) else False

    async def _run(self, work: Callable[[], T]) -> T | Refused:
        busy = Refused(BUSY, {"retry_after_ms": RETRY_AFTER_MS})
        if self._waiting >= self._waiting_max:
            return busy
        self._waiting += 1
        try:
            async with asyncio.timeout(self._wait_max_s):
                await self._free.acquire()
        except TimeoutError:
            return busy
        finally:
            self._waiting -= 1
        running = self._threads.submit(work)
        running.add_done_callback(_releaser(asyncio.get_running_loop(), self._free))
        return await asyncio.wrap_future(running)


def _releaser(loop: asyncio.AbstractEventLoop, free: asyncio.Semaphore) -> Callable[[object], None]:
    # A caller that was cancelled does not end the thread's work: its place is free only when that is done.
    def release(_: object) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(free.release)

    return release


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
