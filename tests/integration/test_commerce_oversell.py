"""Fifty buyers, ten units, two processes: ten are sold. A version that oversells shows that it would be seen."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import asyncpg
import pytest

from commerce.database import Database
from tests.commerce_scene import PRICE_MINOR, Scene, open_scene

UNITS = 10
BUYERS = 50


@pytest.fixture
async def scene(database: Database, owner_connection: asyncpg.Connection) -> Scene:
    return await open_scene(database, owner_connection, on_hand=UNITS, buyers=BUYERS)


async def race(scene: Scene, database_url: str, *, repeats: int = 1) -> list[str]:
    """Every buyer buys one unit, half of them in one process and half in another, all at once."""
    settings: dict[str, Any] = {
        "database_url": database_url,
        "room_id": str(scene.room_id),
        "card_id": str(scene.card_id),
        "sku_id": str(scene.sku_id),
        "price_minor": PRICE_MINOR,
        "keys": 1,
        "repeats": repeats,
    }
    processes = []
    for half in (0, 1):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.commerce_buyers",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdin is not None
        buyers = [str(buyer) for buyer in scene.buyers[half::2]]
        process.stdin.write(json.dumps(settings | {"buyers": buyers}).encode() + b"\n")
        processes.append(process)
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    answers = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    return [result for output, _ in answers for result in json.loads(output)]


async def test_fifty_buyers_race_for_ten_units_over_two_processes(scene: Scene, database_url: str) -> None:
    results = await race(scene, database_url)
    assert len(results) == BUYERS
    assert results.count("sold_out") == BUYERS - UNITS
    assert len({result for result in results if result != "sold_out"}) == UNITS
    assert await scene.stock() == (UNITS, UNITS, 0)
    assert await scene.value("SELECT count(*) FROM commerce.purchase_order") == UNITS
    assert await scene.value("SELECT sum(quantity) FROM commerce.reservation WHERE state = 'held'") == UNITS


async def test_impatient_buyers_get_one_order_each(scene: Scene, database_url: str) -> None:
    results = await race(scene, database_url, repeats=4)
    placed = {result for result in results if result != "sold_out"}
    assert len(placed) == UNITS
    assert await scene.value("SELECT count(DISTINCT buyer_id) FROM commerce.purchase_order") == UNITS
    assert await scene.stock() == (UNITS, UNITS, 0)


async def test_the_naive_version_oversells(scene: Scene) -> None:
    """The control: it reads, decides in the program, and writes what it decided. All read before any writes."""
    everyone_has_read = asyncio.Barrier(BUYERS)

    async def naive_place_order() -> bool:
        async with scene.database.transaction(platform=True) as connection:
            stock = await connection.fetchrow(
                "SELECT on_hand, reserved FROM commerce.stock WHERE sku_id = $1", scene.sku_id
            )
        await everyone_has_read.wait()
        if stock["on_hand"] - stock["reserved"] < 1:
            return False
        async with scene.database.transaction(platform=True) as connection:
            await connection.execute(
                "UPDATE commerce.stock SET reserved = $2 WHERE sku_id = $1", scene.sku_id, stock["reserved"] + 1
            )
        return True

    granted = await asyncio.gather(*(naive_place_order() for _ in range(BUYERS)))
    assert granted.count(True) == BUYERS > UNITS
    assert await scene.stock() == (UNITS, 1, 0)


async def test_the_database_itself_refuses_to_promise_more_than_there_is(scene: Scene) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="stock_never_oversold"):
        async with scene.database.transaction(platform=True) as connection:
            await connection.execute("UPDATE commerce.stock SET reserved = on_hand + 1")
