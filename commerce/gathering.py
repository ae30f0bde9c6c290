"""Edge: requests that arrive while a transaction is under way wait, and go together into the next one: what each
transaction costs, above all the wait for the disk, is paid once for all of them. A lone request waits for nobody.

Nobody else drives it: of those who wait one at a time leads, and carries a batch out for all. Requests are such that
carrying one out again is safe, so a leader that is cancelled leaves the others to ask again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

import asyncpg

R = TypeVar("R")
A = TypeVar("A")

_OF_ONE = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)
"""One request has what the database does not take, and made those fail that went with it."""


class Gathering(Generic[R, A]):
    """Gathers requests into batches: one object per process and kind of request, safe to call concurrently.

    `carry_out` takes a batch of at most `batch_max` and answers each in its place. Only requests of the same `lane_of`
    go together, and lanes don't wait for each other. Two of the same `twin_of` never share a batch.
    """

    def __init__(
        self,
        carry_out: Callable[[Sequence[R]], Awaitable[Sequence[A]]],
        *,
        batch_max: int,
        lane_of: Callable[[R], Hashable] = lambda _: None,
        twin_of: Callable[[R], Hashable] = id,
    ) -> None:
        self._carry_out = carry_out
        self._batch_max = batch_max
        self._lane_of = lane_of
        self._twin_of = twin_of
        self._lanes: dict[Hashable, _Lane[R, A]] = {}
        self.batches = 0  # transactions, for metrics
        self.requests = 0  # what they answered

    async def ask(self, request: R) -> A:
        """The request's answer. Raises: what carrying it out raised."""
        name = self._lane_of(request)
        lane = self._lanes.setdefault(name, _Lane())
        entry: _Entry[R, A] = _Entry(request, self._twin_of(request))
        lane.waiting.append(entry)
        try:
            while not entry.done:
                if lane.busy:
                    await entry.turn()
                else:
                    await self._lead(lane)
        finally:
            lane.leave(entry)
            if not lane.busy and not lane.waiting and self._lanes.get(name) is lane:
                del self._lanes[name]
        return entry.result()

    async def _lead(self, lane: _Lane[R, A]) -> None:
        batch = lane.take_batch(self._batch_max)
        self.batches += 1
        self.requests += len(batch)
        try:
            answers = await self._carry_out([entry.request for entry in batch])
            for entry, answer in zip(batch, answers, strict=True):
                entry.settle(answer)
        except _OF_ONE as failure:
            if len(batch) == 1:
                batch[0].fail(failure)
            else:
                for entry in batch:
                    await self._alone(entry)
        except Exception as failure:
            for entry in batch:
                entry.fail(failure)
        finally:
            lane.end_batch([entry for entry in batch if not entry.done])

    async def _alone(self, entry: _Entry[R, A]) -> None:
        try:
            [answer] = await self._carry_out([entry.request])
        except Exception as failure:
            entry.fail(failure)
        else:
            entry.settle(answer)


class _Entry(Generic[R, A]):
    """One who waits."""

    __slots__ = ("_answers", "_failure", "_turn", "request", "twin")

    def __init__(self, request: R, twin: Hashable) -> None:
        self.request = request
        self.twin = twin
        self._answers: list[A] = []  # at most one; an answer may itself be None
        self._failure: Exception | None = None
        self._turn: asyncio.Future[None] | None = None

    @property
    def done(self) -> bool:
        return bool(self._answers) or self._failure is not None

    async def turn(self) -> None:
        """Wait until the answer is there or it is this one's turn to lead."""
        self._turn = asyncio.get_running_loop().create_future()
        await self._turn

    def wake(self) -> None:
        if self._turn is not None and not self._turn.done():
            self._turn.set_result(None)

    def settle(self, answer: A) -> None:
        self._answers.append(answer)
        self.wake()

    def fail(self, failure: Exception) -> None:
        self._failure = failure
        self.wake()

    def result(self) -> A:
        if self._failure is not None:
            raise self._failure
        [answer] = self._answers
        return answer


class _Lane(Generic[R, A]):
    """Those who wait for each other. While nobody leads, the first of them has been woken to do so."""

    __slots__ = ("busy", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[_Entry[R, A]] = deque()
        self.busy = False

    def take_batch(self, batch_max: int) -> list[_Entry[R, A]]:
        """The next entries, no two of them twins: the later of two stays for the batch after."""
        self.busy = True
        batch: dict[Hashable, _Entry[R, A]] = {}
        twins: list[_Entry[R, A]] = []
        while self.waiting and len(batch) < batch_max:
            entry = self.waiting.popleft()
            if batch.setdefault(entry.twin, entry) is not entry:
                twins.append(entry)
        self.waiting.extendleft(reversed(twins))
        return list(batch.values())

    def end_batch(self, unanswered: Sequence[_Entry[R, A]]) -> None:
        self.busy = False
        self.waiting.extendleft(reversed(unanswered))
        self._wake_first()

    def leave(self, entry: _Entry[R, A]) -> None:
        """`entry` waits no longer, answered or cancelled."""
        if entry in self.waiting:
            self.waiting.remove(entry)
        if not self.busy:
            self._wake_first()

    def _wake_first(self) -> None:
        if self.waiting:
            self.waiting[0].wake()
