"""Waiting for a condition with a deadline, instead of sleeping and hoping."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def eventually(predicate: Callable[[], object], *, timeout_s: float = 5.0, poll_s: float = 0.01) -> None:
    """Return as soon as `predicate()` is true.

    Raises: AssertionError after `timeout_s`.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_s
    while not predicate():
        assert loop.time() < deadline, f"not true within {timeout_s} s: {predicate}"
        await asyncio.sleep(poll_s)
