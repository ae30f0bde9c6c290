"""Tasks with an owner: their end, also where a cancellation gets lost."""

from __future__ import annotations

import asyncio
import contextlib

from server.tasks import TaskSet


async def test_a_task_that_swallows_its_first_cancellation_still_ends() -> None:
    tasks = TaskSet("test")
    asked = asyncio.Event()

    async def stubborn() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            asked.set()
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    tasks.spawn(stubborn(), "stubborn")
    await asked.wait()
    async with asyncio.timeout(10):
        await tasks.stop()
    assert len(tasks) == 0
    assert tasks.failures == 0


async def test_stopping_nothing_returns_at_once() -> None:
    await TaskSet("test").stop()
