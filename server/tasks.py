"""Edge: the one module that spawns tasks outside a TaskGroup; each has an owner, a name, and its failure in the log.

Callbacks of protocols and of the bus are plain functions: what they start that must await is spawned here and belongs
to a `TaskSet`, whose owner cancels it when it stops. A task that fails is logged and counted; it ends alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger("jishi.tasks")

CANCEL_AGAIN_S = 0.5
"""A task that has not ended so long after its cancellation is cancelled again."""


class TaskSet:
    """The tasks one owner has spawned; `stop` cancels what is left and waits for it."""

    __slots__ = ("_owner", "_tasks", "failures")

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._tasks: set[asyncio.Task[None]] = set()
        self.failures = 0

    def __len__(self) -> int:
        return len(self._tasks)

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run `work` as a task of this owner."""
        task = asyncio.get_running_loop().create_task(work, name=f"{self._owner}:{name}")
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            self.failures += 1
            log.error("task %s failed", task.get_name(), exc_info=failure)

    async def stop(self) -> None:
        """Cancel every task that is left and wait until all have ended. May be called more than once.

        A cancellation can get lost on its way through a library, so one is not enough: a stop once waited for good on
        a child whose probe had lost it.
        """
        tasks = set(self._tasks)
        while tasks:
            for task in tasks:
                task.cancel()
            _, tasks = await asyncio.wait(tasks, timeout=CANCEL_AGAIN_S)
