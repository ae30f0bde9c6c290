"""Requests that wait together are carried out together, and each is answered by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import asyncpg
import pytest

from commerce.gathering import Gathering


class Counted:
    """Carries out batches when the test lets it, and remembers them."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.go = asyncio.Event()
        self.failure: Exception | None = None

    async def carry_out(self, requests: Sequence[int]) -> list[str]:
        self.batches.append(list(requests))
        await self.go.wait()
        if -1 in requests:
            raise asyncpg.DataError("not a number")
        if self.failure is not None:
            raise self.failure
        return [f"answer {request}" for request in requests]


async def start(
    gathering: Gathering[int, str], requests: Sequence[int], group: asyncio.TaskGroup
) -> list[asyncio.Task[str]]:
    tasks = [group.create_task(gathering.ask(request)) for request in requests]
    await asyncio.sleep(0)
    return tasks


async def test_what_comes_while_one_is_under_way_goes_together_into_the_next() -> None:
    counted = Counted()
    gathering = Gathering(counted.carry_out, batch_max=3)
    async with asyncio.TaskGroup() as group:
        tasks = await start(gathering, range(6), group)
        assert counted.batches == [[0]]
        counted.go.set()
    assert counted.batches == [[0], [1, 2, 3], [4, 5]]
    assert [task.result() for task in tasks] == [f"answer {number}" for number in range(6)]
    assert (gathering.batches, gathering.requests) == (3, 6)


async def test_one_that_the_database_does_not_take_fails_alone() -> None:
    counted = Counted()
    gathering = Gathering(counted.carry_out, batch_max=8)

    async def ask(request: int) -> str | Exception:
        try:
            return await gathering.ask(request)
        except asyncpg.DataError as error:
            failure: Exception = error
            return failure

    async with asyncio.TaskGroup() as group:
        first = group.create_task(ask(0))
        await asyncio.sleep(0)
        tasks = [group.create_task(ask(request)) for request in (1, -1, 2)]
        await asyncio.sleep(0)
        counted.go.set()
    assert await first == "answer 0"
    good, bad, also_good = [task.result() for task in tasks]
    assert (good, also_good) == ("answer 1", "answer 2")
    assert isinstance(bad, asyncpg.DataError)


async def test_a_failure_of_the_world_is_everybodys() -> None:
    counted = Counted()
    counted.failure = ConnectionError("away")
    counted.go.set()
    gathering = Gathering(counted.carry_out, batch_max=8)
    for _ in range(2):
        with pytest.raises(ConnectionError):
            await gathering.ask(1)


@pytest.mark.parametrize("victim", [0, 1, 2])
async def test_whoever_is_cancelled_the_others_are_answered(victim: int) -> None:
    counted = Counted()
    gathering = Gathering(counted.carry_out, batch_max=8)
    tasks: list[asyncio.Task[str]] = []
    async with asyncio.TaskGroup() as group:
        tasks = await start(gathering, range(4), group)
        tasks[victim].cancel()
        await asyncio.sleep(0)
        counted.go.set()
    for number, task in enumerate(tasks):
        if number == victim:
            assert task.cancelled()
        else:
            assert task.result() == f"answer {number}"


async def test_lanes_do_not_wait_for_each_other_and_leave_nothing_behind() -> None:
    counted = Counted()
    gathering = Gathering(counted.carry_out, batch_max=8, lane_of=lambda request: request % 2)
    async with asyncio.TaskGroup() as group:
        await start(gathering, range(6), group)
        assert counted.batches == [[0], [1]]
        counted.go.set()
    assert sorted(counted.batches) == [[0], [1], [2, 4], [3, 5]]
    assert not gathering._lanes


async def test_twins_go_one_after_the_other() -> None:
    counted = Counted()
    gathering = Gathering(counted.carry_out, batch_max=8, twin_of=lambda request: request % 10)
    async with asyncio.TaskGroup() as group:
        tasks = await start(gathering, [0, 1, 11, 2, 21], group)
        counted.go.set()
    assert counted.batches == [[0], [1, 2], [11], [21]]
    assert [task.result() for task in tasks] == [f"answer {request}" for request in (0, 1, 11, 2, 21)]
