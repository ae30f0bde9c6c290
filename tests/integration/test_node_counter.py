"""What an edge worker's live side is given, on a real database: accounts that may only look, and a database away."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from commerce.order.checkout import Checkout
from moderation.filter import Filter
from server.bus.memory import MemoryBus
from server.bus.requests import Requests
from server.casework.restrictions import Restrictions
from server.database.database import Database
from server.live.desk import Accepted
from server.live.rooms.filtering import CommentFilter
from server.live.topics import Refused, SayCommand
from server.live.wire import Buy
from server.node.workers.counter import Counter
from server.people.rooms import Rooms
from tests.commerce_scene import PRICE_MINOR, Scene, open_scene
from tests.shipped_filter import shipped_engine

LIMITED = Refused("account_limited", {})


@dataclass
class Desk:
    scene: Scene
    counter: Counter
    only_look: set[UUID] = field(default_factory=set)

    async def buy(self, key: str = "k") -> Accepted | Refused:
        scene = self.scene
        buy = Buy(1, key, str(scene.sku_id), 1, str(scene.card_id), PRICE_MINOR)
        return await self.counter.place_order(str(scene.buyers[0]), str(scene.room_id), buy)


@pytest.fixture
async def desk(database: Database, owner_connection: asyncpg.Connection) -> AsyncIterator[Desk]:
    scene = await open_scene(database, owner_connection)
    bus = MemoryBus()
    requests = Requests(bus, "edge")
    only_look: set[UUID] = set()
    counter = Counter(
        database,
        Rooms(database),
        Checkout(database),
        bus,
        CommentFilter(Filter(shipped_engine())),
        requests,
        lambda person_id: person_id not in only_look,
        Restrictions(database, bus),
    )
    yield Desk(scene, counter, only_look)
    await requests.stop()
    await bus.stop()


async def test_an_account_that_may_only_look_neither_buys_speaks_nor_removes(desk: Desk) -> None:
    scene, counter = desk.scene, desk.counter
    room_id, buyer = str(scene.room_id), str(scene.buyers[0])
    command = SayCommand(buyer, "Wang", "viewer", "苹果真甜", "k1", 0, None)
    assert isinstance(await desk.buy("before"), Accepted)
    assert counter.decide(room_id, command, time.time()).action == "allow"

    desk.only_look |= {scene.buyers[0], scene.host_id}
    assert await desk.buy("after") == LIMITED
    decision = counter.decide(room_id, command, time.time())
    assert (decision.shows, decision.code) == (False, "account_limited")
    await counter.record_decision(room_id, command, decision, str(uuid7()), [])
    assert await scene.value("SELECT count(*) FROM moderation.verdict") == 0
    assert await counter.remove_comment(str(scene.host_id), room_id, "c", "spam") == LIMITED
    assert await scene.stock() == (10, 1, 0)


async def test_a_database_that_is_away_is_unavailable_to_a_buyer(desk: Desk, database: Database) -> None:
    await database.close()
    answer = await desk.buy()
    assert isinstance(answer, Refused)
    assert answer.code == "unavailable"
