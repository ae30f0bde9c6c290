"""Edge: keeps the node's children alive, and ends them in order.

Children start one after the other, each when the last is ready; they stop in reverse. One that dies is started again
after a growing pause; more than `DEATHS_MAX` deaths within `DEATHS_WINDOW_S` give it up, and with it the node, whose
last line says which child it was and why. A child that isn't needed is left alone for a while instead.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from typing import Any

from server.errors import ChildFailed
from server.node.child import Child, ChildSpec, exit_words
from server.tasks import TaskSet

DEATHS_MAX = 5
DEATHS_WINDOW_S = 60.0
PAUSE_FIRST_S = 0.1
PAUSE_MAX_S = 5.0
NOT_NEEDED_PAUSE_S = 60.0
"""Until a child that keeps dying, and without which the node goes on, is tried again."""

log = logging.getLogger("jishi.supervisor")


def pause_s(deaths: int) -> float:
    """How long to wait before the next start, after so many deaths in the window."""
    return float(min(PAUSE_MAX_S, PAUSE_FIRST_S * 2 ** max(0, deaths - 1)))


class _Kept:
    """One spec and the child that runs it now."""

    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        self.child: Child | None = None
        self.starts = 0
        self.first_ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Supervisor:
    """`await start(spec)` for each child in order, `await failed()` while they run, `await stop()` at the end."""

    def __init__(self) -> None:
        self._kept: list[_Kept] = []
        self._tasks = TaskSet("supervisor")
        self._stopping = False
        self._failure: asyncio.Future[ChildFailed] = asyncio.get_running_loop().create_future()

    async def start(self, spec: ChildSpec) -> None:
        """Start a child and return when it is ready; at once, where it isn't needed.

        Raises: ChildFailed when it keeps dying or isn't ready in its time.
        """
        assert not self._stopping
        kept = _Kept(spec)
        self._kept.append(kept)
        self._tasks.spawn(self._guard(kept), spec.name)
        if not spec.is_needed:
            return
        waits: set[asyncio.Future[Any]] = {kept.first_ready, self._failure}
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        if not kept.first_ready.done():
            raise self._failure.result()

    async def failed(self) -> ChildFailed:
        """Waits until a child is given up, and returns why. The caller stops the node."""
        return await asyncio.shield(self._failure)

    def children(self) -> dict[str, int]:
        """The process id of each child that runs now, by name, in the order of start."""
        return {
            kept.spec.name: kept.child.pid
            for kept in self._kept
            if kept.child is not None and kept.child.exit_code is None
        }

    async def stop(self) -> None:
        """Stop every child, the last started first; returns when none is left. May be called more than once."""
        self._stopping = True
        await self._tasks.stop()
        for kept in reversed(self._kept):
            if kept.child is not None and kept.child.exit_code is None:
                began = time.monotonic()
                await kept.child.stop()
                log.debug("%s stopped after %.2f s", kept.spec.name, time.monotonic() - began)
        self._kept.clear()

    async def _guard(self, kept: _Kept) -> None:
        try:
            failure = await self._keep(kept)
        except Exception as error:  # the supervision boundary: a fault in the keeping of one child stops the node
            log.exception("%s can't be kept", kept.spec.name)
            failure = ChildFailed(kept.spec.name, f"can't be kept: {error}")
        if not self._failure.done():
            self._failure.set_result(failure)

    async def _keep(self, kept: _Kept) -> ChildFailed:
        """Run the child again and again; returns when it is given up."""
        deaths: deque[float] = deque()
        while True:
            reason, exit_code = await self._run_once(kept)
            now = time.monotonic()
            deaths.append(now)
            while deaths[0] < now - DEATHS_WINDOW_S:
                deaths.popleft()
            if len(deaths) > DEATHS_MAX:
                log.error("%s keeps dying: %s", kept.spec.name, reason)
                if not kept.spec.is_needed:
                    deaths.clear()
                    await asyncio.sleep(NOT_NEEDED_PAUSE_S)
                    continue
                return ChildFailed(kept.spec.name, f"keeps dying: {reason}", exit_code)
            wait_s = pause_s(len(deaths))
            log.warning("%s %s; starting it again in %.1f s", kept.spec.name, reason, wait_s)
            await asyncio.sleep(wait_s)

    async def _run_once(self, kept: _Kept) -> tuple[str, int | None]:
        """One life of the child: the reason it ended, and its exit code (None: it was never a process)."""
        child = Child(kept.spec)
        began = time.monotonic()
        try:
            await child.start()
        except OSError as error:
            return f"can't be started: {error}", None
        kept.child = child
        kept.starts += 1
        if await child.until_ready():
            log.debug("%s is ready after %.2f s (pid %d)", kept.spec.name, time.monotonic() - began, child.pid)
            if not kept.first_ready.done():
                kept.first_ready.set_result(None)
        elif child.exit_code is None:
            await child.stop()
            return f"was not ready within {kept.spec.ready_timeout_s:g} s", child.exit_code
        exit_code = await child.wait()
        words = child.last_words()
        return f"{exit_words(exit_code)}{': ' + words if words else ''}", exit_code
