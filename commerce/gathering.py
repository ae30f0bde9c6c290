"""Edge: requests that arrive while a transaction is under way wait, and go together into the next one: what each
transaction costs, above all the wait for the disk, is paid once for all of them. A lone request waits for nobody.

Nobody else drives it: of those who wait one at a time leads, and carries a batch out for all. Requests are such that
carrying one out again is safe, so a leader that is cancelled leaves the others to ask again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import asyncpg

R = TypeVar("R")
A = TypeVar("A")

_OF_ONE = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)
"""One request has what the database does not take, and made those fail that went with it."""


class Gathering(Generic[R, A]):
    """Gathers requests into batches: one object per process and kind of request, safe to call concurrently.

    `carry_out` takes a batch of at most `batch_max` and answers each in its place.
    """

    def __init__(self, carry_out: Callable[[Sequence[R]], Awaitable[Sequence[A]]], *, batch_max: int) -> None:
        self._carry_out = carry_out
        self._batch_max = batch_max
        self._waiting: deque[_Entry[R, A]] = deque()
        self._busy = False
        self.batches = 0  # transactions, for metrics
        self.requests = 0  # what they answered

    async def ask(self, request: R) -> A:
        """The request's answer. Raises: what carrying it out raised."""
        entry: _Entry[R, A] = _Entry(request)
        self._waiting.append(entry)
        try:
            while not entry.done:
                if self._busy:
                    await entry.turn()
                else:
                    await self._lead()
        finally:
            self._leave(entry)
        return entry.result()

    async def _lead(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._batch_max))]
        self._busy = True
        self.batches += 1
        self.requests += len(batch)
        try:
            answers = await self._carry_out([entry.request for entry in batch])
            for entry, answer in zip(batch, answers, strict=True):
                entry.settle(answer, None)
        except _OF_ONE as failure:
            if len(batch) == 1:
                batch[0].settle(None, failure)
            else:
                for entry in batch:
                    await self._alone(entry)
        except Exception as failure:
            for entry in batch:
                entry.settle(None, failure)
        finally:
            self._busy = False
            self._waiting.extendleft(reversed([entry for entry in batch if not entry.done]))
            self._wake_first()

    async def _alone(self, entry: _Entry[R, A]) -> None:
        try:
            [answer] = await self._carry_out([entry.request])
        except Exception as failure:
            entry.settle(None, failure)
        else:
            entry.settle(answer, None)

    def _leave(self, entry: _Entry[R, A]) -> None:
        if entry in self._waiting:
            self._waiting.remove(entry)
        if not self._busy:
            self._wake_first()

    def _wake_first(self) -> None:
        if self._waiting:
            self._waiting[0].wake()


class _Entry(Generic[R, A]):
    """One who waits."""

    __slots__ = ("_answer", "_failure", "_turn", "done", "request")

    def __init__(self, request: R) -> None:
        self.request = request
        self.done = False
        self._answer: A | None = None
        self._failure: Exception | None = None
        self._turn: asyncio.Future[None] | None = None

    async def turn(self) -> None:
        """Wait until the answer is there or it is this one's turn to lead."""
        self._turn = asyncio.get_running_loop().create_future()
        await self._turn

    def wake(self) -> None:
        if self._turn is not None and not self._turn.done():
            self._turn.set_result(None)

    def settle(self, answer: A | None, failure: Exception | None) -> None:
        self._answer, self._failure, self.done = answer, failure, True
        self.wake()

    def result(self) -> A:
        if self._failure is not None:
            raise self._failure
        assert self.done
        return self._answer  # type: ignore[return-value]  # settled with an answer of its kind
