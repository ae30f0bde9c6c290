"""The clerk: outbox to owners and buyers, one clerk at a time, and going on when the world was away for a moment."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from commerce.money import Money
from commerce.payment.providers import Charge
from server.bus.memory import MemoryBus, MemoryExchange
from server.bus.requests import Requests
from server.database.database import Database
from server.live import topics
from server.live.wire import server_decoder
from server.node.workers.clerk import Clerk, hold_office
from tests.waiting import eventually


class NoProvider:
    """Nobody pays in these tests."""

    name = "none"

    async def create_charge(self, payment_id: UUID, amount: Money, *, description: str) -> Charge:
        raise AssertionError

    async def fetch_charge(self, payment_id: UUID) -> Charge:
        raise AssertionError

    async def close_charge(self, payment_id: UUID) -> Charge:
        raise AssertionError

    async def refund(self, payment_id: UUID, amount: Money) -> Charge:
        raise AssertionError

    def read_event(self, body: bytes) -> Charge | None:
        return None


async def write(database: Database, topic: str, payload: dict[str, Any]) -> None:
    async with database.transaction(platform=True) as connection:
        await connection.execute("INSERT INTO commerce.outbox (topic, payload) VALUES ($1, $2)", topic, payload)


async def left(owner: asyncpg.Connection) -> int:
    count: int = await owner.fetchval("SELECT count(*) FROM commerce.outbox WHERE done_at IS NULL")
    return count


async def test_rows_reach_the_rooms_owner_and_the_buyer_and_are_done(
    database: Database, owner_connection: asyncpg.Connection
) -> None:
    exchange = MemoryExchange()
    clerks, edges = MemoryBus(exchange), MemoryBus(exchange)
    await clerks.start()
    await edges.start()
    asking, answering = Requests(clerks, "clerk"), Requests(edges, "edge")
    room_id, person_id = str(uuid4()), str(uuid4())
    updates: list[topics.StateUpdate] = []
    told: list[Any] = []

    def take(payload: bytes) -> bytes:
        command = topics.command_decoder.decode(payload)
        assert isinstance(command, topics.StateUpdate)
        updates.append(command)
        return topics.encoder.encode(topics.Done())

    answering.serve(topics.room_ask(room_id), take)
    edges.subscribe(topics.person(person_id), lambda wire: told.append(server_decoder.decode(wire)), lambda: None)
    clerk = Clerk(database, NoProvider(), clerks, asking)
    relaying = asyncio.get_running_loop().create_task(clerk.relay())
    try:
        await write(database, f"room.{room_id}", {"items": [["stock:a", 4, {"available": 3}]]})
        await write(database, f"person.{person_id}", {"order_id": "o1", "version": 2, "state": "paid"})
        edges.publish(topics.OUTBOX_WRITTEN, b"")
        await eventually(lambda: updates and told)
        assert [(item.key, item.version, item.value) for item in updates[0].items] == [("stock:a", 4, {"available": 3})]
        assert told[0].order["state"] == "paid"
        for _ in range(500):
            if not await left(owner_connection):
                break
            await asyncio.sleep(0.01)
        assert await left(owner_connection) == 0

        # A room whose owner is away holds up nobody: it will read its state when it comes back.
        await write(database, f"room.{uuid4()}", {"items": [["stock:b", 1, None]]})
        await write(database, f"person.{person_id}", {"order_id": "o2", "version": 1, "state": "expired"})
        await eventually(lambda: len(told) == 2, timeout_s=10)
    finally:
        relaying.cancel()
        await asyncio.gather(relaying, return_exceptions=True)
        await asking.stop()
        await answering.stop()
        await clerks.stop()
        await edges.stop()


async def test_only_one_clerk_is_in_office(database_url: str) -> None:
    stop = asyncio.Event()
    entered: list[str] = []

    def office(name: str) -> Any:
        async def work() -> None:
            entered.append(name)
            await asyncio.Event().wait()

        return work

    first_stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(hold_office(database_url, first_stop, office("first")))
        await eventually(lambda: entered == ["first"])
        group.create_task(hold_office(database_url, stop, office("second")))
        # The lock is asked for once a second; the first one's leaving lets the second in, and not before.
        await asyncio.sleep(1.5)
        assert entered == ["first"]
        first_stop.set()
        await eventually(lambda: entered == ["first", "second"], timeout_s=10)
        stop.set()
